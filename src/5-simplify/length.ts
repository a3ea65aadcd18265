/**
 * The length of an array that keeps it is what the array was made with.
 *
 * Needs arrays made here, never handed out, resized or stored to behind their end. Leaves no `length` of them.
 * A typed array keeps its length whatever happens to it.
 */
import { isConstant } from "../ir/build.ts";
import type { Func, Instruction, Operand, Region, Shape, Value } from "../ir/types.ts";
import { mapOperands } from "../ir/rebuild.ts";
import { visit } from "../ir/walk.ts";
import { type Facts, factsOf } from "./facts.ts";

export function length(func: Func): Func {
  const facts = factsOf(func);
  const fixed = fixedLengths(func, facts);
  const replaced = new Map<Value, Operand>();
  visit(func.body, (i) => {
    const known = i.kind === "length" ? fixed.get(i.of) : undefined;
    if (i.kind === "length" && known && facts.uses(i.result) > 0) replaced.set(i.result, known);
  });
  if (replaced.size === 0) return func;
  const use = (o: Operand): Operand => {
    let current = o;
    for (let next; current.kind === "value" && (next = replaced.get(current));) current = next;
    return current;
  };
  const body: Region = mapOperands(func.body, use);
  return { ...func, body };
}

/** For each array whose length never changes, the integer it was made with. */
const fixedLengths = (func: Func, facts: Facts): ReadonlyMap<Operand, Operand> => {
  const fixed = new Map<Operand, Operand>();
  const ranges = new Map<Operand, Extract<Shape, { kind: "range" }>>();
  visit(func.body, (i) => {
    if (i.kind === "loop" && i.shape.kind === "range") ranges.set(i.shape.variable, i.shape);
    if (i.kind !== "alloc" || i.result.type.kind !== "array") return;
    const isTyped = i.result.type.container !== "Array";
    if (isLength(facts, i.length) && (isTyped || facts.isPrivate(i.result))) fixed.set(i.result, i.length);
  });
  const isTyped = (o: Operand): boolean =>
    o.kind === "value" && o.type.kind === "array" && o.type.container !== "Array";
  /** Whether an index lies before the end of the array, or is no index at all. */
  const isInside = (array: Operand, key: Operand | undefined): boolean => {
    const size = fixed.get(array);
    if (!key || !size) return false;
    if (isConstant(key)) return isConstant(size) && Number(key.value) < Number(size.value);
    const range = ranges.get(key);
    if (range?.compare !== "lt") return false;
    const by = facts.definition(range.bound);
    return range.bound === size || (by?.kind === "length" && by.of === array);
  };
  visit(func.body, (i) => {
    const resized = resizes(i);
    if (resized && !isTyped(resized)) fixed.delete(resized);
    if ((i.kind === "store" || i.kind === "accumulate") && !isTyped(i.to) && !isInside(i.to, i.key))
      fixed.delete(i.to);
  });
  return fixed;
};

const isLength = (facts: Facts, o: Operand): boolean =>
  isConstant(o) ? Number.isInteger(o.value) : facts.definition(o)?.kind === "length";

const resizes = (i: Instruction): Operand | undefined => {
  switch (i.kind) {
    case "push":
      return i.to;
    case "pop":
      return i.from;
    case "setLength":
      return i.of;
    default:
      return undefined;
  }
};
