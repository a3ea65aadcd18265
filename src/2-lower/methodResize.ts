/** Methods that make an array longer or shorter: all of it is loads, stores, `push` and `pop`. */
import { ts } from "ts-morph";
import { constant, typeOf, value, zero } from "../ir/build.ts";
import type { Operand, Value } from "../ir/types.ts";
import { alloc, copy, isSequence, push, pushAll } from "./array.ts";
import { isCount, isWhole } from "./arrayIndex.ts";
import { choose } from "./branch.ts";
import { type Place, at, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { literalType } from "./literal.ts";
import { isNumber } from "./operator.ts";
import { plus } from "./methodCollect.ts";
import { type MethodCall, count, hinted } from "./methodWalk.ts";
import { clamped, wholePart } from "./slice.ts";

const isSpreadable = (a: ts.Expression, here: Place): boolean =>
  !ts.isSpreadElement(a) || isSequence(typeAt(here, a.expression));

/** What is added is evaluated before anything moves. */
export function lowerPush({ node, array, args, here, wanted }: MethodCall): Operand | undefined {
  if (!args.every((a) => isSpreadable(a, here))) return undefined;
  const to = lowerExpression(array, here);
  const items = args.map((a) => lowerExpression(ts.isSpreadElement(a) ? a.expression : a, here));
  for (const [i, a] of args.entries()) {
    if (ts.isSpreadElement(a)) pushAll(here, a, to, items[i]!);
    else push(here, node, to, items[i]!);
  }
  return wanted ? at(here, node).length(to) : constant(undefined);
}

/** An empty array has nothing to take off: its shadow would have. `!` says that it is not empty. */
export function lowerPop({ node, array, here, wanted }: MethodCall): Operand {
  const from = lowerExpression(array, here);
  if (ts.isNonNullExpression(node.parent)) return popFrom(here, node, from);
  const isThere = at(here, node).op("gt", [at(here, node).length(from), zero]);
  return choose(
    here,
    isThere,
    typeAt(here, node),
    node,
    (inside) => {
      const last = popFrom(inside, node, from);
      return wanted ? last : constant(undefined);
    },
    () => constant(undefined),
  );
}

function popFrom(here: Place, node: ts.CallExpression, from: Operand): Value {
  const type = typeOf(from);
  const result = value(type.kind === "array" ? type.element : typeAt(here, node));
  const block = at(here, node);
  block.add({ kind: "pop", result, from, at: block.at });
  return result;
}

/** The first is read, all others move down, and the last place goes; an empty array stays as it is (`!` says that it is not). */
export function lowerShift({ node, array, args, here, wanted }: MethodCall): Operand | undefined {
  if (args.length > 0) return undefined;
  const from = lowerExpression(array, here);
  const length = at(here, node).length(from);
  const shift = (inside: Place): Operand => {
    const first = wanted ? at(inside, node).load(from, zero) : constant(undefined);
    move(inside, node, from, { start: constant(1), bound: length, by: constant(-1), backwards: false });
    popFrom(inside, node, from);
    return first;
  };
  if (ts.isNonNullExpression(node.parent)) return shift(here);
  const isThere = at(here, node).op("gt", [length, zero]);
  return choose(here, isThere, typeAt(here, node), node, shift, () => constant(undefined));
}

type Move = Readonly<{ start: Operand; bound: Operand; by: Operand; backwards: boolean }>;

/** The elements from `start` to before `bound` go `by` places further; backwards where they would meet themselves. */
function move(here: Place, node: ts.Node, of: Operand, { by, ...bounds }: Move): void {
  count(here, node, bounds, (within, index) => {
    const block = at(within, node);
    const item = block.load(of, index);
    const to =
      by.kind === "constant" && Number(by.value) < 0
        ? block.op("sub", [index, constant(-Number(by.value))])
        : block.op("add", [index, by]);
    block.store(of, to, item);
  });
}

export function lowerUnshift({ node, array, args, here, wanted }: MethodCall): Operand | undefined {
  if (!args.every((a) => isSpreadable(a, here))) return undefined;
  const to = lowerExpression(array, here);
  insert(here, node, to, zero, itemsOf(args, here));
  return wanted ? at(here, node).length(to) : constant(undefined);
}

/** What goes in: values, or arrays of their own that hold them. */
type Inserted = Operand | Readonly<{ all: Operand }>;

/** What is spread is copied first: it may be the array that it goes into. */
const itemsOf = (args: readonly ts.Expression[], here: Place): readonly Inserted[] =>
  args.flatMap((a): readonly Inserted[] => {
    if (!ts.isSpreadElement(a)) return [lowerExpression(a, here)];
    const from = lowerExpression(a.expression, here);
    const type = typeOf(from);
    if (type.kind === "tuple") return type.elements.map((_, n) => at(here, a).load(from, constant(n)));
    if (type.kind !== "array") throw new Error("a spread of what is no array");
    return [{ all: copy(here, a, { ...type, container: "Array" }, from) }];
  });

/** Makes room at `start`, last element first, and puts the items there. */
function insert(here: Place, node: ts.Node, to: Operand, start: Operand, items: readonly Inserted[]): void {
  if (items.length === 0) return;
  const length = at(here, node).length(to);
  let added: Operand = zero;
  const places = items.map((item) => {
    const first = added;
    const size = "all" in item ? at(here, node).length(item.all) : constant(1);
    if ("all" in item) pushAll(here, node, to, item.all);
    else push(here, node, to, item);
    added = plus(here, node, added, size);
    return { item, first, size };
  });
  move(here, node, to, { start, bound: length, by: added, backwards: true });
  for (const { item, first, size } of places) {
    const place = plus(here, node, start, first);
    if (!("all" in item)) at(here, node).store(to, place, item);
    else
      count(here, node, { bound: size }, (within, index) =>
        at(within, node).store(to, plus(within, node, place, index), at(within, node).load(item.all, index)),
      );
  }
}

/** `toSpliced` is `splice` on a copy. */
export function lowerSplice(call: MethodCall, isCopy: boolean): Operand | undefined {
  const { node, array, args, here } = call;
  const [from, deleted, ...added] = args;
  const type = literalType(node, here);
  const isFit = [from, deleted].every((a) => !a || !ts.isSpreadElement(a));
  if (
    !from ||
    !isFit ||
    !added.every((a) => isSpreadable(a, here)) ||
    type.kind !== "array" ||
    type.container !== "Array"
  )
    return undefined;
  if (!isNumber(from, here) || (deleted && !isNumber(deleted, here))) return undefined;
  const original = lowerExpression(array, here);
  const first = lowerExpression(from, here);
  const most = deleted && lowerExpression(deleted, here);
  const items = itemsOf(added, here);
  const to = isCopy ? copy(here, node, type, original) : original;
  const length = at(here, node).length(to);
  const start = clamped(first, from, length, node, here);
  const rest = at(here, node).op("sub", [length, start]);
  const removed = most && deleted ? atMost(most, deleted, rest, here) : rest;
  const isNothing = removed.kind === "constant" && removed.value === 0;
  let taken: Operand = constant(undefined);
  if (call.wanted && !isCopy) {
    const taking = alloc(here, node, type, removed);
    hinted(taking, "removed");
    count(here, node, { bound: removed }, (within, index) => {
      const block = at(within, node);
      block.store(taking, index, block.load(to, block.op("add", [start, index])));
    });
    taken = taking;
  }
  if (!isNothing) remove(here, node, to, start, removed, length);
  insert(here, node, to, start, items);
  return isCopy ? to : taken;
}

/** How many are taken out: no fewer than none, no more than there are. */
function atMost(given: Operand, written: ts.Expression, rest: Operand, here: Place): Operand {
  const block = at(here, written);
  if (given.kind === "constant" && Number.isInteger(given.value)) {
    const most = Number(given.value);
    return most <= 0 ? zero : block.op("min", [constant(most), rest]);
  }
  const whole = isWhole(written, here.session.checker) ? given : wholePart(given, here, written);
  const most = block.op("min", [whole, rest]);
  return isCount(written, here.session.checker) ? most : block.op("max", [most, zero]);
}

function remove(
  here: Place,
  node: ts.CallExpression,
  of: Operand,
  start: Operand,
  removed: Operand,
  length: Operand,
): void {
  const first = plus(here, node, start, removed);
  count(here, node, { start: first, bound: length }, (within, index) => {
    const block = at(within, node);
    const item = block.load(of, index);
    block.store(of, block.op("sub", [index, removed]), item);
  });
  count(here, node, { bound: removed }, (within) => {
    popFrom(within, node, of);
  });
}
