/** What methods with callbacks have in common: the array, how long it is when they begin, and what runs for each element. */
import { ts } from "ts-morph";
import { constant, one, typeOf, value, zero } from "../ir/build.ts";
import type { Operand, Value } from "../ir/types.ts";
import { branch, isPresent, truth } from "./branch.ts";
import { type ItemsOfMap, itemsOfMap } from "./arrayIterable.ts";
import { applyCallback, asksForList, canApply, parameterName } from "./callback.ts";
import { settle } from "./closure.ts";
import { effectsOf, isGlobal, mayResize } from "./effects.ts";
import { type Flow, type Place, type Target, type Variable, at, exitTo, originOf } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { rangeLoop } from "./loop.ts";
import { keepsKeys, mapWalk } from "./mapKeys.ts";
import { bare } from "./scan.ts";
import { indicesOf, knownLength, unrolled } from "./unroll.ts";

/** A call of a method of an array. */
export type MethodCall = Readonly<{
  node: ts.CallExpression;
  array: ts.Expression;
  name: string;
  args: readonly ts.Expression[];
  here: Place;
  /** Whether somebody asks for the result. */
  wanted: boolean;
}>;

export type Walk = Readonly<{
  call: MethodCall;
  callback: ts.Expression;
  from: Operand;
  length: Value;
  /** What the callback gets of each, if it is no array that holds them. */
  item?: ((within: Place, index: Operand) => Operand) | undefined;
  /** The array may get shorter meanwhile: elements that are gone by then are left out. */
  shrinks: boolean;
}>;

/** The callback, if it is one whose body is at hand and the array has no holes. */
export function callbackOf(call: MethodCall, most = 1): ts.Expression | undefined {
  const { args, array, here } = call;
  const [callback] = args;
  if (!callback || args.length > most || args.some(ts.isSpreadElement)) return undefined;
  if (isHollow(array, here) || !(canApply(callback, here) || isBoolean(callback, here))) return undefined;
  return callback;
}

/** `new Array(n)`, whose elements no method visits. */
function isHollow(array: ts.Expression, here: Place): boolean {
  const node = bare(array);
  if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return false;
  const made = bare(node.expression);
  return ts.isIdentifier(made) && made.text === "Array" && isGlobal(made, here.session.checker);
}

/** Evaluates the array; what else stands in the call is lowered by `between`, before anything runs. */
export function walk(call: MethodCall, callback: ts.Expression, between?: () => void): Walk {
  const { node, array, here } = call;
  const items = lazily(array, callback, here);
  if (items) {
    between?.();
    const { keys: from, length, item } = items;
    return { call, callback, from, length, item, shrinks: false };
  }
  const from = lowerExpression(array, here);
  between?.();
  const length = at(here, node).length(from);
  return { call, callback, from, length, shrinks: mayShrink(array, callback, here) };
}

/** Entries of a map or record that nobody but the callback asks for: they are read as the loop goes. */
function lazily(array: ts.Expression, callback: ts.Expression, here: Place): ItemsOfMap | undefined {
  const list = bare(array);
  const [only, ...others] = ts.isArrayLiteralExpression(list) ? list.elements : [];
  const isSpread = only !== undefined && ts.isSpreadElement(only) && others.length === 0;
  const walk = mapWalk(isSpread ? only.expression : array, here);
  if (!walk || !keepsKeys(walk, [callback], undefined, here)) return undefined;
  // whoever gets the list itself must have one
  if (asksForList(callback, here)) return undefined;
  return itemsOfMap(array, walk, here);
}

function mayShrink(array: ts.Expression, callback: ts.Expression, here: Place): boolean {
  const { checker } = here.session;
  const effects = effectsOf([callback], here);
  if (!checker.isArrayType(checker.getTypeAtLocation(array))) return false;
  if (effects.unknown) return true;
  if (!effects.shrinks) return false;
  if (mayResize(effects, checker.getTypeAtLocation(array), checker)) return true;
  const name = bare(array);
  const symbol = ts.isIdentifier(name) ? checker.getSymbolAtLocation(name) : undefined;
  return effects.resized.size > 0 && (!symbol || effects.resized.has(symbol));
}

type Options = Readonly<{
  /** From the last element to the first. */
  backwards?: boolean;
  /** How many elements at that end are left out. */
  skip?: number;
  /** Which parameters of the callback are the element and the index. */
  element?: number;
  /** Variables that are carried beside those that the callback assigns. */
  extra?: readonly Variable[];
  /** Elements that are gone are visited all the same, as undefined. */
  visitsAll?: boolean;
}>;

/** The loop over the elements. */
export function eachElement(
  { call, callback, from, length, shrinks, item: read }: Walk,
  run: (within: Place, item: Operand, index: Operand) => Flow,
  options: Options = {},
): void {
  const { node, here } = call;
  const { backwards = false, skip = 0, element = 0, extra = [], visitsAll = false } = options;
  const hint = parameterName(callback, element + 1, here) ?? "i";
  const forth = { start: constant(skip), bound: length, hint, declared: false };
  const range = backwards
    ? {
        start: at(here, node).op("sub", [length, constant(1 + skip)]),
        bound: zero,
        step: constant(-1),
        compare: "ge" as const,
        hint,
        declared: false,
      }
    : forth;
  const load = (within: Place, index: Operand): Flow => {
    const item =
      read?.(within, index) ?? at(within, node).load(from, index, parameterName(callback, element, within));
    return run(within, item, index);
  };
  const count = knownLength(from, here);
  if (count !== undefined && !shrinks) {
    settle(here, unrolled(here, node, [], indicesOf(count, backwards, skip), load), originOf(node));
    return;
  }
  rangeLoop(
    here,
    node,
    [],
    [callback],
    range,
    (within, index) => {
      if (!shrinks || visitsAll) return load(within, index);
      const isThere = at(within, node).op("lt", [index, at(within, node).length(from)]);
      return branch(
        within,
        isThere,
        originOf(node),
        (inside) => load(inside, index),
        () => undefined,
      );
    },
    extra,
  );
}

/** What the callback gives for an element. */
export const apply = (
  { call, callback, from }: Walk,
  item: Operand,
  index: Operand,
  within: Place,
): Operand => applyCallback(call.node, callback, [item, index, from], within);

/** Whether what the callback gives counts as true. */
export function holds(walked: Walk, item: Operand, index: Operand, within: Place): Operand {
  const { callback } = walked;
  if (isBoolean(callback, within)) return truth(item, callback, within);
  const given = apply(walked, item, index, within);
  const type = typeOf(given);
  const isReference = type.kind === "optional" && ["array", "tuple", "object"].includes(type.of.kind);
  if (!isReference) return truth(given, callback, within);
  const node = bare(callback);
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return isPresent(given, node.body, within);
  const block = at(within, callback);
  const isGiven = block.op("ne", [given, constant(undefined)]);
  return block.op("and", [isGiven, block.op("ne", [given, constant(null)])]);
}

/** `filter(Boolean)` */
function isBoolean(callback: ts.Expression, here: Place): boolean {
  const node = bare(callback);
  return ts.isIdentifier(node) && node.text === "Boolean" && isGlobal(node, here.session.checker);
}

/** Leaves the loop that `within` stands in the body of. */
export function leaveLoop(within: Place, node: ts.Node): Flow {
  const target: Target | undefined = within.targets.findLast((t) => t.kind === "loop");
  if (!target) throw new Error("no loop to leave");
  return exitTo(within, target, node);
}

/** What the user calls the type of an expression. */
export const typeName = (node: ts.Expression, { session: { checker } }: Place): string =>
  checker.typeToString(checker.getTypeAtLocation(node));

/** A name for what the source may give no name to. */
export function hinted<O extends Operand>(operand: O, hint: string): O {
  // still under construction: a variable that it is assigned to names it anew
  if (operand.kind === "value" && !operand.declared) (operand as { hint?: string }).hint = hint;
  return operand;
}

/** A fresh list without elements, to be pushed to. */
export function emptyList(here: Place, node: ts.Node, element: Value["type"], hint: string): Value {
  const result = value({ kind: "array", container: "Array", element }, hint);
  const block = at(here, node);
  block.add({ kind: "make", result, items: [], at: block.at });
  return result;
}

/** `of[i]` for each i from `start` to before `bound`; counted down from before `bound` if `backwards`. */
export function count(
  here: Place,
  node: ts.Node,
  bounds: Readonly<{ start?: Operand; bound: Operand; backwards?: boolean }>,
  run: (within: Place, index: Operand) => void,
  assigning: readonly ts.Node[] = [],
): void {
  const { start = zero, bound, backwards = false } = bounds;
  const step = backwards ? { step: constant(-1), compare: "ge" as const } : {};
  const from = backwards ? at(here, node).op("sub", [bound, one]) : start;
  const range = { start: from, bound: backwards ? start : bound, hint: "i", declared: false, ...step };
  rangeLoop(here, node, [], assigning, range, (within, index) => {
    run(within, index);
    return undefined;
  });
}
