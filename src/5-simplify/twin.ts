/**
 * Arrays that grow together have one length.
 *
 * Needs arrays made empty in one region that only grow, each time both of them, with nothing between that could leave
 * or look. Leaves no `length` of one whose elements nobody reads, so that it can go altogether.
 */
import { isNumber } from "../ir/build.ts";
import type { Func, Instruction, Operand, Region, Value } from "../ir/types.ts";
import { mapInstructions, operandsOf, regionsOf, visit, visitRegions } from "../ir/walk.ts";
import { type Facts, factsOf } from "./facts.ts";

type Growing = { made: Region; lengths: Value[]; isRead: boolean };
type Push = Extract<Instruction, { kind: "push" }>;

export function twin(func: Func): Func {
  const facts = factsOf(func);
  const growing = growingIn(func, facts);
  const unread = [...growing].filter(([, g]) => !g.isRead && g.lengths.some((l) => facts.uses(l) > 0));
  if (unread.length === 0) return func;
  const replaced = new Map<Operand, Value>();
  for (const [array, { made }] of unread) {
    const other = [...growing].find(([o, g]) => g.isRead && g.made === made && growTogether(func, array, o));
    if (other) replaced.set(array, other[0]);
  }
  if (replaced.size === 0) return func;
  const body = mapInstructions(func.body, (i) => {
    const of = i.kind === "length" ? replaced.get(i.of) : undefined;
    return of && i.kind === "length" ? { ...i, of } : i;
  });
  return { ...func, body };
}

/** Private arrays that start empty and are only pushed to, measured, read, and set at their last place. */
const growingIn = (func: Func, facts: Facts): ReadonlyMap<Value, Growing> => {
  const found = new Map<Value, Growing>();
  visitRegions(func.body, (made) => {
    for (const i of made.body)
      if (
        i.kind === "make" &&
        i.items.length === 0 &&
        i.result.type.kind === "array" &&
        facts.isPrivate(i.result)
      )
        found.set(i.result, { made, lengths: [], isRead: false });
  });
  const isLast = (array: Operand, key: Operand | undefined): boolean => {
    const by = key && facts.definition(key);
    if (by?.kind !== "op" || by.op !== "sub" || !isNumber(by.args[1]!, 1)) return false;
    const measured = facts.definition(by.args[0]!);
    return measured?.kind === "length" && measured.of === array;
  };
  visit(func.body, (i) => {
    for (const o of operandsOf(i)) {
      const array = o.kind === "value" ? found.get(o) : undefined;
      if (!array || o.kind !== "value") continue;
      if (i.kind === "length") array.lengths.push(i.result);
      else if (i.kind === "load") array.isRead = true;
      else if (i.kind !== "push" && !(i.kind === "store" && isLast(o, i.key))) found.delete(o);
    }
  });
  return found;
};

/** In every region, the pushes to the one stand beside those to the other. */
const growTogether = (func: Func, a: Value, b: Value): boolean => {
  let together = true;
  visitRegions(func.body, (r) => {
    const at = r.body.flatMap((i, n) => (isPush(i) && (i.to === a || i.to === b) ? [n] : []));
    if (at.length % 2 === 1) together = false;
    for (let n = 0; n + 1 < at.length; n += 2) {
      const [first, second] = [r.body[at[n]!] as Push, r.body[at[n + 1]!] as Push];
      if (first.to === second.to) together = false;
      if (!r.body.slice(at[n]! + 1, at[n + 1]).every((i) => isQuiet(i, [a, b]))) together = false;
    }
  });
  return together;
};

const isPush = (i: Instruction): i is Push => i.kind === "push";

const isQuiet = (i: Instruction, arrays: readonly Value[]): boolean =>
  regionsOf(i).length === 0 &&
  i.kind !== "call" &&
  i.kind !== "opaque" &&
  !(i.kind === "length" && arrays.some((a) => a === i.of));
