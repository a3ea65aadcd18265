/** `x.slice(start, end)`: indices that count from the end when they are negative. */
import type { ts } from "ts-morph";
import { typeOf, zero } from "../ir/build.ts";
import type { Operand, Type, Value } from "../ir/types.ts";
import { alloc } from "./array.ts";
import { isCount, isWhole } from "./arrayIndex.ts";
import { type Place, at } from "./environment.ts";
import { rangeLoop } from "./loop.ts";

type ArrayType = Extract<Type, { kind: "array" }>;

/** A copy of the elements from `start` up to `end`, both as JavaScript clamps them. */
export function slice(
  here: Place,
  node: ts.Node,
  type: ArrayType,
  from: Operand,
  given: readonly Operand[],
  written: readonly ts.Expression[],
): Value {
  const length = at(here, node).length(from);
  const [start, end] = given.map((index, i) => clamped(index, written[i], length, node, here));
  const first = start ?? zero;
  const behind = end ?? length;
  const block = at(here, node);
  const isWhole = first.kind === "constant" && first.value === 0;
  const difference = isWhole ? behind : block.op("sub", [behind, first]);
  const count = isWhole ? behind : block.op("max", [difference, zero]);
  const result = alloc(here, node, type, count);
  rangeLoop(
    here,
    node,
    [],
    [],
    { start: zero, bound: count, hint: "i", declared: false },
    (within, index) => {
      const inside = at(within, node);
      const place = isWhole ? index : inside.op("add", [first, index]);
      inside.store(result, index, inside.load(from, place));
      return undefined;
    },
  );
  return result;
}

/** Between 0 and the length, counted from the end if negative. */
export function clamped(
  index: Operand,
  written: ts.Expression | undefined,
  length: Operand,
  node: ts.Node,
  here: Place,
): Operand {
  const block = at(here, written ?? node);
  if (index.kind === "constant" && typeof index.value === "number" && Number.isInteger(index.value)) {
    if (Object.is(index.value, 0)) return zero;
    if (index.value > 0) return block.op("min", [index, length]);
    return block.op("max", [block.op("add", [length, index]), zero]);
  }
  const { checker } = here.session;
  const whole = !written || isWhole(written, checker) ? index : wholePart(index, here, written);
  if (written && isCount(written, checker)) return block.op("min", [whole, length]);
  const isNegative = block.op("lt", [whole, zero]);
  const fromEnd = block.op("max", [block.op("add", [length, whole]), zero]);
  return block.op(
    "select",
    [isNegative, fromEnd, block.op("min", [whole, length])],
    undefined,
    typeOf(length),
  );
}

/** `NaN` counts as 0, fractions are cut off. */
export function wholePart(index: Operand, here: Place, node: ts.Node): Operand {
  const block = at(here, node);
  const isNumber = block.op("eq", [index, index]);
  const cut = block.op("trunc", [index]);
  return block.op("select", [isNumber, cut, zero], undefined, typeOf(index));
}
