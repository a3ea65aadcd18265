/** Functions that become part of the function that calls them: local ones, and those that are handed functions. */
import { ts } from "ts-morph";
import { constant, label } from "../ir/build.ts";
import type { Operand, Origin } from "../ir/types.ts";
import {
  type Closure,
  type Flow,
  type Place,
  type Returned,
  type Target,
  closeBlock,
  endOf,
  fork,
  leaveScope,
  originOf,
} from "./environment.ts";
import { type WithBody, lowerBodyInto, returnTypeOf } from "./function.ts";
import { bindPattern } from "./pattern.ts";
import { hoistedIn, parameterSymbol } from "./scan.ts";

/** A value, or a function whose body is at hand. */
export type Argument = Operand | Closure;

/** Runs the body here, where everything that it captures is at hand; gives what it returns. */
export function inline(
  node: ts.Node,
  { body: declaration, captured }: Closure,
  args: readonly Argument[],
  here: Place,
): Operand {
  const { checker } = here.session;
  const returned: Returned = { kind: "returned", type: returnTypeOf(declaration, here.session) };
  const target: Target = {
    label: label(nameOf(declaration)),
    kind: "function",
    names: [],
    returned,
    exits: [],
  };
  const outer = new Map(here.environment);
  here.environment.set(returned, constant(undefined));
  const origin = originOf(node, here);
  captured?.variables.forEach((operand, variable) => here.environment.set(variable, operand));
  const callbacks = new Map([...here.callbacks, ...(captured?.functions ?? [])]);
  const inside = fork(here, {
    targets: [target],
    tail: [target],
    inlining: [...here.inlining, declaration],
    callbacks,
  });
  bindParameters(declaration, args, inside, callbacks);
  for (const symbol of hoistedIn(declaration.body, checker))
    if (!inside.environment.has(symbol)) inside.environment.set(symbol, constant(undefined));
  const flow = lowerBodyInto(declaration, inside, target);
  const end = closeBlock(here, inside, target, flow, origin);
  settle(here, end, origin);
  const result = here.environment.get(returned) ?? constant(undefined);
  leaveScope(here, outer);
  captured?.variables.forEach((_, variable) => {
    const before = outer.get(variable);
    if (before) here.environment.set(variable, before);
  });
  return result;
}

/** Gives each parameter its argument. */
export function bindParameters(
  declaration: ts.SignatureDeclaration,
  args: readonly Argument[],
  inside: Place,
  callbacks: Map<ts.Symbol, Closure>,
): void {
  const parameters = declaration.parameters.filter((p) => p.name.getText() !== "this");
  for (const [i, parameter] of parameters.entries()) {
    const { name } = parameter;
    const argument = args[i] ?? constant(undefined);
    if (!ts.isIdentifier(name)) {
      if ("body" in argument) throw new Error("a function is taken apart");
      bindPattern(name, argument, inside, "const");
      continue;
    }
    const symbol = parameterSymbol(parameter, inside.session.checker);
    if (!symbol) continue;
    if ("body" in argument) callbacks.set(symbol, argument);
    else inside.environment.set(symbol, argument);
  }
}

/** What never comes back: what stands behind it is there all the same, and is never reached. */
export function settle(here: Place, end: Flow, origin: Origin): void {
  if (!end) return;
  const rest = fork(here).block.yield();
  const then = endOf(fork(here), end, []);
  here.block.add({ kind: "if", results: [], test: constant(true), then, else: rest, at: origin });
}

const nameOf = (declaration: WithBody): string | undefined => {
  const { name, parent } = declaration;
  if (name && ts.isIdentifier(name)) return name.text;
  return ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name) ? parent.name.text : undefined;
};
