/** Functions that become part of the function that calls them. */
import { ts } from "ts-morph";
import { constant, label } from "../ir/build.ts";
import type { Operand, Origin } from "../ir/types.ts";
import { bindHoisted } from "./hoisted.ts";
import { type Given, bindParameters, withDefaults } from "./argument.ts";
import { receiverOf } from "./class.ts";
import {
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
import { instantiated } from "./generic.ts";
import { type WithBody, lowerBodyInto, returnTypeOf } from "./function.ts";
import type { Closure } from "./known.ts";
import { standsAlone } from "./ordinary.ts";
import { callStandalone } from "./standalone.ts";
import { scopeOf } from "./variable.ts";

/**
 * Runs the body here, where everything that it captures is at hand; gives what it returns. A function that may call
 * itself, or runs already, is called.
 */
export const inline = (
  node: ts.Node,
  closure: Closure,
  given: readonly Given[],
  here: Place,
  receiver?: Operand,
): Operand => instantiated(node, closure.body, here.session, () => run(node, closure, given, here, receiver));

function run(
  node: ts.Node,
  closure: Closure,
  given: readonly Given[],
  here: Place,
  receiver?: Operand,
): Operand {
  const { body: declaration } = closure;
  const { session } = here;
  if (standsAlone(closure, here)) return callStandalone(node, closure, given, here, receiver);
  const returned: Returned = { kind: "returned", type: returnTypeOf(declaration, session) };
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
  const self = receiver && receiverOf(declaration, session);
  if (self) here.environment.set(self, receiver);
  const isFresh = makesFunctions(declaration) || here.inlining.includes(declaration);
  const inside = fork(here, {
    targets: [target],
    tail: [target],
    inlining: [...here.inlining, declaration],
    running: [...here.running, closure],
    scope: scopeOf(declaration, closure.scope, isFresh),
  });
  bindParameters(declaration, withDefaults(node, declaration, given, inside), inside);
  bindHoisted(declaration.body, inside);
  const flow = lowerBodyInto(declaration, inside, target);
  const end = closeBlock(here, inside, target, flow, origin);
  settle(here, end, origin);
  const result = here.environment.get(returned) ?? constant(undefined);
  leaveScope(here, outer);
  const before = self && outer.get(self);
  if (before) here.environment.set(self, before);
  return result;
}

/** There are functions inside, which may be called when this one has returned. */
export const makesFunctions = (declaration: ts.Node): boolean =>
  ts.forEachChild(declaration, (c) => ts.isFunctionLike(c) || makesFunctions(c) || undefined) === true;

/** What never comes back: what stands behind it is there all the same, and is never reached. */
export function settle(here: Place, end: Flow, origin: Origin): void {
  if (!end) return;
  const rest = fork(here).block.yield();
  const then = endOf(fork(here), end, []);
  here.block.add({ kind: "if", results: [], test: constant(true), then, else: rest, at: origin });
}

export const nameOf = (declaration: WithBody): string | undefined => {
  const { name, parent } = declaration;
  if (name && ts.isIdentifier(name)) return name.text;
  return ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name) ? parent.name.text : undefined;
};
