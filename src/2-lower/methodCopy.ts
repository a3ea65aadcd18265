/** `fill`, `slice`, `at`, `with`, `set`: elements named by index, as JavaScript clamps it. */
import { ts } from "ts-morph";
import { constant, numberType, typeOf, zero } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import { copy, isSequence } from "./array.ts";
import { isCount, isWhole } from "./arrayIndex.ts";
import { choose } from "./branch.ts";
import { type Place, at, endOf, fork, originOf, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { literalType } from "./literal.ts";
import { isNumber } from "./operator.ts";
import { type MethodCall, count } from "./methodWalk.ts";
import { plus } from "./methodCollect.ts";
import { hasNoViews } from "./methodView.ts";
import { bare } from "./scan.ts";
import { clamped, slice, wholePart } from "./slice.ts";

const areNumbers = (args: readonly ts.Expression[], here: Place): boolean =>
  args.every((a) => !ts.isSpreadElement(a) && isNumber(a, here));

export function lowerFill({ node, array, args, here }: MethodCall): Operand | undefined {
  const [given, ...bounds] = args;
  if (!given || args.length > 3 || ts.isSpreadElement(given) || !areNumbers(bounds, here)) return undefined;
  const to = lowerExpression(array, here);
  const item = lowerExpression(given, here);
  const limits = bounds.map((b) => lowerExpression(b, here));
  const length = at(here, node).length(to);
  const [start = zero, bound = length] = limits.map((limit, n) =>
    clamped(limit, bounds[n], length, node, here),
  );
  count(here, node, { start, bound }, (within, index) => at(within, node).store(to, index, item));
  return to;
}

export function lowerSlice({ node, array, args, here }: MethodCall): Operand | undefined {
  const type = literalType(node, here);
  if (args.length > 2 || !areNumbers(args, here) || type.kind !== "array") return undefined;
  const from = lowerExpression(array, here);
  if (args.length === 0) return copy(here, node, type, from);
  const given = args.map((a) => lowerExpression(a, here));
  return slice(here, node, type, from, given, args);
}

/** Counted from the end if negative; not clamped. */
function placeOf(index: Operand, written: ts.Expression, of: Operand, here: Place): Operand {
  const block = at(here, written);
  if (index.kind === "constant" && Number.isInteger(index.value))
    return Number(index.value) < 0
      ? block.op("sub", [block.length(of), constant(-Number(index.value))])
      : index;
  const whole = isWhole(written, here.session.checker) ? index : wholePart(index, here, written);
  if (isCount(written, here.session.checker)) return whole;
  const isNegative = block.op("lt", [whole, zero]);
  const fromEnd = block.op("add", [block.length(of), whole]);
  return block.op("select", [isNegative, fromEnd, whole], undefined, numberType);
}

/** Outside of the array there is nothing to load; `!` says that the place is inside. */
export function lowerAtIndex({ node, array, args, here }: MethodCall): Operand | undefined {
  const [index] = args;
  if (!index || args.length !== 1 || !areNumbers(args, here)) return undefined;
  const from = lowerExpression(array, here);
  const key = lowerExpression(index, here);
  const place = placeOf(key, index, from, here);
  if (ts.isNonNullExpression(node.parent)) return at(here, node).load(from, place);
  const block = at(here, node);
  const isCounted = key.kind === "constant" ? Number(key.value) >= 0 : isCount(index, here.session.checker);
  const inside = block.op("lt", [place, block.length(from)]);
  const isThere =
    key.kind === "constant" && !isCounted
      ? block.op("ge", [place, zero])
      : isCounted
        ? inside
        : block.op("and", [block.op("ge", [place, zero]), inside]);
  const load = (within: Place): Operand => at(within, node).load(from, place);
  return choose(here, isThere, typeAt(here, node), node, load, () => constant(undefined));
}

export function lowerWith({ node, array, args, here }: MethodCall): Operand | undefined {
  const [index, given] = args;
  const type = literalType(node, here);
  if (!index || !given || args.length !== 2 || type.kind !== "array" || !areNumbers([index], here))
    return undefined;
  const from = lowerExpression(array, here);
  const key = lowerExpression(index, here);
  const item = lowerExpression(given, here);
  const place = placeOf(key, index, from, here);
  const block = at(here, node);
  const isOutside = block.op("or", [
    block.op("lt", [place, zero]),
    block.op("ge", [place, block.length(from)]),
  ]);
  if (type.container === "Array")
    throwIf(here, node, isOutside, ['throw new RangeError("Invalid index : " + ', { read: 0 }, ");"], [key]);
  else throwIf(here, node, isOutside, ['throw new RangeError("Invalid typed array index");'], []);
  const result = copy(here, node, type, from);
  at(here, node).store(result, place, item);
  return result;
}

export function throwIf(
  here: Place,
  node: ts.Node,
  test: Operand,
  parts: readonly (string | { read: number })[],
  reads: readonly Operand[],
): void {
  const code = { form: "statement", parts, references: [] } as const;
  const then = endOf(fork(here), { kind: "throw", code, reads, at: originOf(node) }, []);
  at(here, node).add({
    kind: "if",
    results: [],
    test,
    then,
    else: fork(here).block.yield(),
    at: originOf(node),
  });
}

/** `x.set(y, offset)` of typed arrays. */
export function lowerSet({ node, array, args, here }: MethodCall): Operand | undefined {
  const [source, offset] = args;
  const type = typeAt(here, array);
  if (!source || args.length > 2 || args.some(ts.isSpreadElement)) return undefined;
  if (type.kind !== "array" || type.container === "Array" || !isSequence(typeAt(here, source)))
    return undefined;
  if (offset && !isNumber(offset, here)) return undefined;
  const to = lowerExpression(array, here);
  const whole = lowerExpression(source, here);
  const given = offset ? lowerExpression(offset, here) : zero;
  const start = offset ? wholeStart(given, offset, here) : zero;
  const length = at(here, node).length(whole);
  const block = at(here, node);
  const isTooLong = block.op("gt", [plus(here, node, start, length), block.length(to)]);
  const isBefore = start.kind === "constant" ? undefined : block.op("lt", [start, zero]);
  const test = isBefore ? block.op("or", [isBefore, isTooLong]) : isTooLong;
  throwIf(here, node, test, ['throw new RangeError("offset is out of bounds");'], []);
  const own = typeOf(whole);
  const isOther = own.kind !== "array" || own.container !== type.container;
  const isFresh = isOther || isMade(bare(source));
  const isOwn = [array, source].some((e) => hasNoViews(e, here));
  const overlaps = !isFresh && !isOwn && whole !== to && usesViews(node, here);
  // what may be another view of the same memory is read before anything is written
  const from = overlaps && own.kind === "array" ? copy(here, node, own, whole) : whole;
  // an array that is set into itself further on is copied from its end, as if from a copy
  const backwards = !isFresh && !(start.kind === "constant" && start.value === 0);
  count(here, node, { bound: length, backwards }, (within, index) => {
    const inside = at(within, node);
    inside.store(to, plus(within, node, start, index), inside.load(from, index));
  });
  return constant(undefined);
}

/** Memory of its own, that nothing else is a view of. */
const isMade = (source: ts.Expression): boolean => {
  if (ts.isArrayLiteralExpression(source) || ts.isNewExpression(source)) return true;
  return (
    ts.isCallExpression(source) &&
    ts.isPropertyAccessExpression(source.expression) &&
    /^(?:map|slice|filter|from|of|toSorted|toReversed|with)$/.test(source.expression.name.text)
  );
};

/** Do the files of the functions that are being lowered make views at all? */
function usesViews(node: ts.Node, { session, inlining }: Place): boolean {
  const files = [node, ...session.helpers.keys(), ...inlining].map((n) => n.getSourceFile());
  return [...new Set(files)].some((file) => /\bsubarray\b/.test(file.text));
}

function wholeStart(given: Operand, written: ts.Expression, here: Place): Operand {
  if (given.kind === "constant") return constant(Math.trunc(Number(given.value)) || 0);
  return isWhole(written, here.session.checker) ? given : wholePart(given, here, written);
}
