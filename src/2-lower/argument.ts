/** Arguments: one for each parameter, defaults filled in where the call stands. */
import { ts } from "ts-morph";
import { constant, value } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import { toType } from "../source/type.ts";
import { functionArgument } from "./callee.ts";
import type { Argument } from "./closure.ts";
import { type Place, at, nameIt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import type { WithBody } from "./function.ts";
import { orElse } from "./pattern.ts";
import { parameterSymbol } from "./scan.ts";

export const lowerArguments = (node: ts.CallExpression, declaration: WithBody, here: Place): Argument[] =>
  lowerCallArguments(node, node.arguments, declaration, here);

export function lowerCallArguments(
  node: ts.Node,
  written: readonly ts.Expression[],
  declaration: ts.SignatureDeclaration,
  here: Place,
): Argument[] {
  const given = written.map((a, i): Argument => {
    const body = functionArgument(a, here);
    if (body) return body;
    const mark = here.block.body.length;
    const operand = lowerExpression(a, here);
    const parameter = declaration.parameters[i];
    if (parameter && ts.isIdentifier(parameter.name)) nameIt(here, mark, operand, parameter.name.text, false);
    return operand;
  });
  return withDefaults(node, declaration, given, here);
}

/** A default may read the parameters before it. */
export function withDefaults(
  node: ts.Node,
  declaration: ts.SignatureDeclaration,
  given: readonly Argument[],
  here: Place,
): Argument[] {
  const { checker } = here.session;
  const outer = new Map(here.environment);
  const filled: Argument[] = [];
  const parameters = declaration.parameters.filter((p) => p.name.getText() !== "this");
  for (const [i, parameter] of parameters.entries()) {
    let argument: Argument = given[i] ?? constant(undefined);
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
  rest: readonly Argument[],
  here: Place,
): Operand {
  const { checker } = here.session;
  const result = value(
    toType(checker.getTypeAtLocation(parameter.name), checker, parameter),
    parameter.name.getText(),
  );
  const items = rest.map((a, key) => {
    if ("body" in a) throw new Error("functions among the rest");
    return { key, value: a };
  });
  const block = at(here, node);
  block.add({ kind: "make", result, items, at: block.at });
  return result;
}
