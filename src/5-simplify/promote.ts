/**
 * Small local objects and cells become values.
 *
 * Needs memory made here, touched by constant keys alone. Leaves its slots as values that `if`s yield, loops
 * carry and exits hand on; where the object itself is handed out at last, it is made there. An object whose
 * identity is looked at, that is used after it was handed out, or that would have to be carried by an exit
 * although it is a mere cell, stays as it is.
 */
import { constant, isConstant } from "../ir/build.ts";
import type { Func, Instruction, Operand, Value } from "../ir/types.ts";
import { operandsOf, operandsOfEnd, visit, visitRegions } from "../ir/walk.ts";
import { type Candidate, NotPromotable, type Slot, promoteOne } from "./slots.ts";

/** More slots than this read better as an object. */
const most = 12;

export function promote(func: Func): Func {
  let current = func;
  const refused = new Set<Value>();
  for (;;) {
    const candidate = candidates(current).find((c) => !refused.has(c.memory));
    if (!candidate) return current;
    try {
      current = promoteOne(current, candidate);
    } catch (error) {
      if (!(error instanceof NotPromotable)) throw error;
    }
    refused.add(candidate.memory);
  }
}

/** Memory that is made here with all its slots, and touched by key. */
const candidates = (func: Func): readonly Candidate[] => {
  const found = new Map<Operand, Candidate>();
  const touched = new Set<Operand>();
  const unfit = new Set<Operand>();
  visit(func.body, (i) => {
    if (i.kind === "make" && i.items.length <= most && isExact(i.result)) {
      const slots = i.items.map((item) => ({ key: String(item.key), item: item.key, initial: item.value }));
      found.set(i.result, { memory: i.result, made: i, slots });
    }
    if (i.kind === "cell")
      found.set(i.result, {
        memory: i.result,
        made: i,
        slots: [{ key: "", ...(i.initial ? { initial: i.initial } : {}) }],
      });
  });
  const inspect = (i: Instruction): void => {
    const base =
      i.kind === "load" ? i.from : i.kind === "store" || i.kind === "accumulate" ? i.to : undefined;
    const candidate = base && found.get(base);
    if (candidate && base) {
      touched.add(base);
      const key = "key" in i ? i.key : undefined;
      const name = key ? (isConstant(key) ? String(key.value) : undefined) : "";
      const slot = candidate.slots.find((s) => s.key === name) ?? missingSlot(candidate, name);
      if (!slot) unfit.add(base);
      else if (!candidate.slots.includes(slot))
        found.set(base, { ...candidate, slots: [...candidate.slots, slot] });
    }
    const rest = i.kind === "op" && (i.op === "eq" || i.op === "ne") ? i.args : looksInside(i);
    for (const o of rest) unfit.add(o);
  };
  visit(func.body, inspect);
  const handedOut = new Set<Operand>();
  visit(func.body, (i) => {
    for (const o of operandsOf(i)) if (found.has(o) && !isTouch(i, o)) handedOut.add(o);
  });
  visitRegions(func.body, (r) => {
    for (const o of operandsOfEnd(r.end)) handedOut.add(o);
  });
  return [...found.values()].filter(
    ({ memory, made }) =>
      !unfit.has(memory) && touched.has(memory) && !(made.kind === "cell" && handedOut.has(memory)),
  );
};

/** A field that the object may have, and does not have at first. */
const missingSlot = ({ memory, made }: Candidate, name: string | undefined): Slot | undefined => {
  if (made.kind !== "make" || memory.type.kind !== "object" || name === undefined) return undefined;
  const isOptional = memory.type.fields.some((f) => f.name === name && f.optional && !f.beyond);
  return isOptional ? { key: name, initial: constant(undefined), isMissing: true } : undefined;
};

/** Gives back the bits that were put in. */
const isExact = ({ type }: Value): boolean =>
  type.kind === "object" ||
  type.kind === "tuple" ||
  (type.kind === "array" && (type.container === "Array" || type.container === "Float64Array"));

const isTouch = (i: Instruction, o: Operand): boolean =>
  (i.kind === "load" && i.from === o) ||
  ((i.kind === "store" || i.kind === "accumulate") && i.to === o && i.value !== o);

/** Operands that are read or changed as a whole. */
const looksInside = (i: Instruction): readonly Operand[] => {
  switch (i.kind) {
    case "zeros":
    case "seeded":
    case "convert":
    case "addInto":
    case "length":
    case "setLength":
    case "pop":
      return operandsOf(i);
    case "push":
    case "put":
      return [i.to];
    case "get":
    case "has":
    case "remove":
    case "keys":
    case "view":
      return operandsOf(i);
    default:
      return [];
  }
};
