/**
 * Names for the parts of structures: in `const axis = [x / r, y / r, z / r]` the quotients are axis0, axis1, axis2, and
 * the array that an object is made with, and that has no other name, is called like the field.
 */
import type { Func, Instruction, Operand, Region, Value } from "../ir/types.ts";
import { rebuild, rebuildEnd } from "../ir/rebuild.ts";
import { operandsOf, operandsOfEnd, visit, visitRegions } from "../ir/walk.ts";

/** Gives a name to each nameless number whose only use is to be a part of something, and to memory in fields. */
export const nameParts = (func: Func): Func => {
  const uses = new Map<Operand, number>();
  const count = (o: Operand): void => void uses.set(o, (uses.get(o) ?? 0) + 1);
  /** What a value is called once it was handed on. */
  const later = new Map<Operand, string>();
  const hand = (region: Region, results: readonly Value[]): void => {
    if (region.end.kind === "yield")
      region.end.values.forEach((o, n) => {
        const name = results[n]?.hint;
        if (name !== undefined) later.set(o, name);
      });
  };
  const computed = new Set<Operand>();
  const made = new Set<Operand>();
  visit(func.body, (i) => {
    operandsOf(i).forEach(count);
    if (i.kind === "op" && i.result.type.kind === "number") computed.add(i.result);
    if (i.kind === "make" || i.kind === "alloc") made.add(i.result);
    if (i.kind === "if") for (const r of [i.then, i.else]) hand(r, i.results);
    if (i.kind === "block") hand(i.body, i.results);
  });
  visitRegions(func.body, (r) => operandsOfEnd(r.end).forEach(count));

  const named = new Map<Value, Value>();
  visit(func.body, (i) => {
    if (i.kind !== "make") return;
    for (const { key, value } of i.items)
      if (value.kind === "value" && value.hint === undefined && made.has(value) && typeof key === "string")
        named.set(value, { ...value, hint: key });
    const whole = i.result.hint ?? later.get(i.result);
    if (whole === undefined) return;
    for (const { key, value } of i.items) {
      if (value.kind !== "value" || value.hint !== undefined) continue;
      if (!computed.has(value) || uses.get(value) !== 1) continue;
      const part = String(key);
      named.set(value, { ...value, hint: `${whole}${part[0]!.toUpperCase()}${part.slice(1)}` });
    }
  });
  if (named.size === 0) return func;
  const define = (v: Value): Value => named.get(v) ?? v;
  const use = (o: Operand): Operand => (o.kind === "value" ? define(o) : o);
  const region = (r: Region): Region => ({
    body: r.body.map((i): Instruction => rebuild(i, { use, define, region })),
    end: rebuildEnd(r.end, use),
  });
  return { ...func, body: region(func.body) };
};
