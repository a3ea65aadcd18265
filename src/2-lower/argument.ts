/** Arguments: one for each parameter, defaults filled in where the call stands. */
import { ts } from "ts-morph";
import { constant, elementType, typeOf, value } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import { copy, push, pushAll } from "./array.ts";
import { type Place, nameIt, at, bind, typeIn, variableOf } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { bindPattern, orElse } from "./pattern.ts";
import { type Spread, spreadValues } from "./spread.ts";
import { parameterSymbol } from "./scan.ts";

/** What a call hands over: values, and arrays whose elements are arguments. */
export type Given = Operand | Spread;

/** Evaluates the arguments as they are written; `declaration` names them, if it is known. */
export function lowerGiven(
  written: readonly ts.Expression[],
  declaration: ts.SignatureDeclaration | undefined,
  here: Place,
): Given[] {
  const given: Given[] = [];
  for (const a of written) {
    if (ts.isSpreadElement(a)) {
      given.push(...(spreadValues(a, here) ?? [{ spread: lowerExpression(a.expression, here) }]));
      continue;
    }
    const mark = here.block.body.length;
    const operand = lowerExpression(a, here);
    const parameter = declaration?.parameters[given.length];
    if (parameter && ts.isIdentifier(parameter.name)) nameIt(here, mark, operand, parameter.name.text, false);
    given.push(operand);
  }
  return given;
}

/** An argument for each parameter. */
export function lowerArguments(
  node: ts.Node,
  written: readonly ts.Expression[],
  declaration: ts.SignatureDeclaration,
  here: Place,
): Operand[] {
  return withDefaults(node, declaration, lowerGiven(written, declaration, here), here);
}

/** A default may read the parameters before it. */
export function withDefaults(
  node: ts.Node,
  declaration: ts.SignatureDeclaration,
  given: readonly Given[],
  here: Place,
): Operand[] {
  const { checker } = here.session;
  const outer = new Map(here.environment);
  const filled: Operand[] = [];
  const parameters = parametersOf(declaration);
  const each = dealtOut(node, given, parameters, here);
  for (const [i, parameter] of parameters.entries()) {
    const own = each[i] ?? constant(undefined);
    if (!parameter.dotDotDotToken && "spread" in own) throw new Error("a spread over parameters");
    let argument: Operand = "spread" in own ? own.spread : own;
    if (parameter.dotDotDotToken) argument = restOf(node, parameter, each.slice(i), here);
    else if (parameter.initializer) argument = orElse(argument, parameter.initializer, parameter, here);
    const symbol = parameterSymbol(parameter, checker);
    if (symbol) bind(symbol, argument, here);
    filled.push(argument);
  }
  for (const parameter of parameters) {
    const symbol = parameterSymbol(parameter, checker);
    const variable = symbol && variableOf(symbol, here);
    const before = variable && outer.get(variable);
    if (variable && before) here.environment.set(variable, before);
    else if (variable) here.environment.delete(variable);
  }
  return filled;
}

/** The elements of an array that is spread last, one for each parameter that is left; there may be fewer. */
function dealtOut(
  node: ts.Node,
  given: readonly Given[],
  parameters: readonly ts.ParameterDeclaration[],
  here: Place,
): readonly Given[] {
  const last = given.at(-1);
  const start = given.length - 1;
  if (!last || !("spread" in last) || parameters.some((p) => p.dotDotDotToken)) return given;
  const elements = parameters.slice(start).map((p, i): Operand => {
    const key = constant(i);
    const type = elementType(typeOf(last.spread), key);
    const mayBeMissing = p.initializer !== undefined || p.questionToken !== undefined;
    const isTold = !mayBeMissing || type.kind === "optional" || type.kind === "other";
    return at(here, node).load(last.spread, key, undefined, isTold ? type : { kind: "optional", of: type });
  });
  return [...given.slice(0, start), ...elements];
}

const parametersOf = (declaration: ts.SignatureDeclaration): readonly ts.ParameterDeclaration[] =>
  declaration.parameters.filter((p) => p.name.getText() !== "this");

/** Gives each parameter its argument. */
export function bindParameters(
  declaration: ts.SignatureDeclaration,
  args: readonly Operand[],
  inside: Place,
): void {
  for (const [i, parameter] of parametersOf(declaration).entries()) {
    const argument = args[i] ?? constant(undefined);
    if (!ts.isIdentifier(parameter.name)) {
      bindPattern(parameter.name, argument, inside, "const");
      continue;
    }
    const symbol = parameterSymbol(parameter, inside.session.checker);
    if (symbol) bind(symbol, argument, inside);
  }
}

function restOf(
  node: ts.Node,
  parameter: ts.ParameterDeclaration,
  rest: readonly Given[],
  here: Place,
): Operand {
  const { checker } = here.session;
  const result = value(
    typeIn(here.session, checker.getTypeAtLocation(parameter.name), parameter),
    parameter.name.getText(),
  );
  const cut = rest.findIndex((a) => "spread" in a);
  const plain = cut < 0 ? rest : rest.slice(0, cut);
  const [only] = rest;
  if (only && "spread" in only && rest.length === 1 && result.type.kind === "array")
    return copy(here, node, result.type, only.spread);
  const items = plain.flatMap((a, key) => ("spread" in a ? [] : [{ key, value: a }]));
  const block = at(here, node);
  block.add({ kind: "make", result, items, at: block.at });
  for (const a of rest.slice(plain.length)) {
    if ("spread" in a) pushAll(here, node, result, a.spread);
    else push(here, node, result, a);
  }
  return result;
}
