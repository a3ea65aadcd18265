/** Arguments: one for each parameter, defaults filled in where the call stands. */
import { ts } from "ts-morph";
import { constant, value } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import { toType } from "../source/type.ts";
import { copy, push, pushAll } from "./array.ts";
import { functionArgument } from "./callee.ts";
import type { Argument } from "./closure.ts";
import { type Place, at, nameIt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import type { WithBody } from "./function.ts";
import { orElse } from "./pattern.ts";
import { lowerClosure } from "./returned.ts";
import { type Spread, spreadValues } from "./spread.ts";
import { parameterSymbol } from "./scan.ts";

export const lowerArguments = (node: ts.CallExpression, declaration: WithBody, here: Place): Argument[] =>
  lowerCallArguments(node, node.arguments, declaration, here);

export function lowerCallArguments(
  node: ts.Node,
  written: readonly ts.Expression[],
  declaration: ts.SignatureDeclaration,
  here: Place,
): Argument[] {
  const given: (Argument | Spread)[] = [];
  for (const a of written) {
    const closure = functionArgument(a, here) ?? lowerClosure(a, here);
    if (closure) {
      given.push(closure);
      continue;
    }
    if (ts.isSpreadElement(a)) {
      given.push(...(spreadValues(a, here) ?? [{ spread: lowerExpression(a.expression, here) }]));
      continue;
    }
    const mark = here.block.body.length;
    const operand = lowerExpression(a, here);
    const parameter = declaration.parameters[given.length];
    if (parameter && ts.isIdentifier(parameter.name)) nameIt(here, mark, operand, parameter.name.text, false);
    given.push(operand);
  }
  return withDefaults(node, declaration, given, here);
}

/** A default may read the parameters before it. */
export function withDefaults(
  node: ts.Node,
  declaration: ts.SignatureDeclaration,
  given: readonly (Argument | Spread)[],
  here: Place,
): Argument[] {
  const { checker } = here.session;
  const outer = new Map(here.environment);
  const filled: Argument[] = [];
  const parameters = declaration.parameters.filter((p) => p.name.getText() !== "this");
  for (const [i, parameter] of parameters.entries()) {
    const own = given[i] ?? constant(undefined);
    if (!parameter.dotDotDotToken && "spread" in own) throw new Error("a spread over parameters");
    let argument: Argument = "spread" in own ? own.spread : own;
    if (parameter.dotDotDotToken) argument = restOf(node, parameter, given.slice(i), here);
    else if (parameter.initializer && !("body" in argument))
      argument = orElse(argument, parameter.initializer, parameter, here);
    const symbol = parameterSymbol(parameter, checker);
    if (symbol && !("body" in argument)) here.environment.set(symbol, argument);
    filled.push(argument);
  }
  for (const parameter of parameters) {
    const symbol = parameterSymbol(parameter, checker);
    const before = symbol && outer.get(symbol);
    if (symbol && before) here.environment.set(symbol, before);
    else if (symbol) here.environment.delete(symbol);
  }
  return filled;
}

function restOf(
  node: ts.Node,
  parameter: ts.ParameterDeclaration,
  rest: readonly (Argument | Spread)[],
  here: Place,
): Operand {
  const { checker } = here.session;
  const result = value(
    toType(checker.getTypeAtLocation(parameter.name), checker, parameter),
    parameter.name.getText(),
  );
  const cut = rest.findIndex((a) => "spread" in a);
  const plain = cut < 0 ? rest : rest.slice(0, cut);
  const [only] = rest;
  if (only && "spread" in only && rest.length === 1 && result.type.kind === "array")
    return copy(here, node, result.type, only.spread);
  const items = plain.map((a, key) => {
    if ("body" in a || "spread" in a) throw new Error("functions among the rest");
    return { key, value: a };
  });
  const block = at(here, node);
  block.add({ kind: "make", result, items, at: block.at });
  for (const a of rest.slice(plain.length)) {
    if ("body" in a) throw new Error("functions among the rest");
    if ("spread" in a) pushAll(here, node, result, a.spread);
    else push(here, node, result, a);
  }
  return result;
}
