/**
 * One accumulator instead of two that are added up.
 *
 * Needs adjoints marked as such: it reorders their sums. Leaves no `r1 + loop(from 0: sum)` where the loop could
 * have started from r1, and no fresh shadow whose first use is to be the copy of another one.
 */
import { isConstant } from "../ir/build.ts";
import { sameType } from "../ir/shadow.ts";
import type { Func, Instruction, Label, Operand, Region, Terminator, Value } from "../ir/types.ts";
import { mapOperands, rebuild } from "../ir/rebuild.ts";
import { operandsOfEnd, visitRegions } from "../ir/walk.ts";
import { mentions } from "./effects.ts";
import { type Facts, factsOf } from "./facts.ts";

type Loop = Extract<Instruction, { kind: "loop" }>;
type Exit = Extract<Terminator, { kind: "exit" }>;

export function accumulator(func: Func): Func {
  const adopted = adopt(func.body, factsOf(func));
  let current = adopted === func.body ? func : { ...func, body: adopted };
  // each start moves one sum into a loop; the facts change with it
  for (;;) {
    const next = startFromSum(current);
    if (next === current) return current;
    current = next;
  }
}

/** A shadow of zeros whose first use is to take in a structure that nobody else wants is that structure. */
const adopt = (region: Region, facts: Facts): Region => {
  for (const [at, taken] of region.body.entries()) {
    if (taken.kind !== "addInto" || taken.to.kind !== "value" || taken.value.kind !== "value") continue;
    const { to, value } = taken;
    // 0 + -0 is 0: the primal's sums stay
    if (!to.adjoint) continue;
    const zeros = region.body.findIndex((i) => isZeros(i) && i.result === to);
    const made = facts.definition(value);
    if (
      zeros < 0 ||
      zeros > at ||
      !facts.isPrivate(value) ||
      !made ||
      !region.body.slice(0, at).includes(made)
    )
      continue;
    if (!sameType(to.type, value.type)) continue;
    const isUnused = (o: Operand, from: number, end: number): boolean =>
      !region.body.slice(from, end).some((i) => mentions(i, new Set([o])));
    const isLast = isUnused(value, at + 1, region.body.length) && !operandsOfEnd(region.end).includes(value);
    if (!isLast || !isUnused(to, zeros + 1, at)) continue;
    const rest: Region = { body: region.body.slice(at + 1), end: region.end };
    const adopted: Value = { ...value, ...(to.hint === undefined ? {} : { hint: to.hint }) };
    const renamed = mapOperands(rest, (o) => (o === to ? adopted : o));
    const before = region.body
      .slice(0, at)
      .filter((_, n) => n !== zeros)
      .map((i) => rebuild(i, { define: (v) => (v === value ? adopted : v) }))
      .map((i) => rebuild(i, { use: (o) => (o === value ? adopted : o) }));
    return adopt({ body: [...before, ...renamed.body], end: renamed.end }, facts);
  }
  const body = region.body.map((i) => rebuild(i, { region: (r) => adopt(r, facts) }));
  return body.every((i, n) => i === region.body[n]) ? region : { body, end: region.end };
};

const isZeros = (i: Instruction): i is Extract<Instruction, { kind: "zeros" | "alloc" }> =>
  i.kind === "zeros" ||
  (i.kind === "alloc" &&
    (i.fill ? isZero(i.fill) : i.result.type.kind === "array" && i.result.type.container !== "Array"));

const startFromSum = (func: Func): Func => {
  const facts = factsOf(func);
  const exits = exitsOf(func);
  let done = false;
  const region = (r: Region): Region => {
    if (done) return r;
    for (const [n, i] of r.body.entries()) {
      const found = i.kind === "op" && i.op === "add" && i.result.adjoint ? summed(i, r, n) : undefined;
      if (!found) continue;
      done = true;
      const { at, slot, start, loop, total } = found;
      const put = <T>(list: readonly T[], x: T): readonly T[] => list.map((y, k) => (k === slot ? x : y));
      const merged: Loop = {
        ...loop,
        initial: put(loop.initial, start),
        results: put(loop.results, total),
      };
      return { body: r.body.flatMap((x, k) => (k === at ? [merged] : k === n ? [] : [x])), end: r.end };
    }
    const body = r.body.map((i) => rebuild(i, { region }));
    return body.every((i, n) => i === r.body[n]) ? r : { body, end: r.end };
  };

  /** The loop in the same region whose sum is added here, and what it is added to, if that is there before it. */
  const summed = (i: Extract<Instruction, { kind: "op" }>, r: Region, n: number) => {
    for (const [sum, start] of [
      [i.args[1]!, i.args[0]!],
      [i.args[0]!, i.args[1]!],
    ] as const) {
      const loop = facts.definition(sum);
      if (loop?.kind !== "loop" || sum.kind !== "value" || !sum.adjoint || facts.uses(sum) !== 1) continue;
      const at = r.body.indexOf(loop);
      const slot = loop.results.indexOf(sum);
      if (at < 0 || at > n || !isZero(loop.initial[slot]!)) continue;
      const by = facts.definition(start);
      const isBefore = start.kind === "constant" || !by || !r.body.slice(at, n).includes(by);
      if (isBefore && isSum(loop, slot, facts, exits)) return { at, slot, start, loop, total: i.result };
    }
    return undefined;
  };

  const body = region(func.body);
  return done ? { ...func, body } : func;
};

const isZero = (o: Operand): boolean => isConstant(o) && o.value === 0;

const exitsOf = (func: Func): ReadonlyMap<Label, readonly Exit[]> => {
  const found = new Map<Label, Exit[]>();
  visitRegions(func.body, ({ end }) => {
    if (end.kind === "exit") found.set(end.to, [...(found.get(end.to) ?? []), end]);
  });
  return found;
};

/** Whether a carried value is only ever added to: its start may be anything, and comes out added to the rest. */
const isSum = (
  loop: Loop,
  slot: number,
  facts: Facts,
  exits: ReadonlyMap<Label, readonly Exit[]>,
): boolean => {
  const param = loop.params[slot]!;
  const { end } = loop.body;
  const ways: Operand[] = (exits.get(loop.label) ?? []).map((e) => e.values[slot]!);
  if (end.kind === "yield") ways.push(end.values[slot + (loop.shape.kind === "doWhile" ? 1 : 0)]!);
  const used = new Map<Value, number>();
  const chain = (o: Operand): boolean => {
    if (o.kind === "constant") return false;
    used.set(o, (used.get(o) ?? 0) + 1);
    if (o === param) return true;
    if ((used.get(o) ?? 0) > 1) return true;
    const by = facts.definition(o);
    if (by?.kind === "op" && o.adjoint && (by.op === "add" || by.op === "sub")) {
      if (chainStarts(by.args[0]!)) return chain(by.args[0]!);
      return by.op === "add" && chainStarts(by.args[1]!) && chain(by.args[1]!);
    }
    if (by?.kind === "if") {
      const n = by.results.indexOf(o);
      return [by.then.end, by.else.end].every((e) => e.kind !== "yield" || chain(e.values[n]!));
    }
    if (by?.kind === "loop") {
      const n = by.results.indexOf(o);
      return isSum(by, n, facts, exits) && chain(by.initial[n]!);
    }
    return false;
  };
  /** Whether an operand leads back to the param; found out without counting. */
  const chainStarts = (o: Operand): boolean => leadsTo(o, param, facts);
  // every use of the param and of the sums in between is one of the chain
  return ways.length > 0 && ways.every(chain) && [...used].every(([v, n]) => facts.uses(v) === n);
};

const leadsTo = (o: Operand, param: Value, facts: Facts): boolean => {
  if (o === param) return true;
  const by = facts.definition(o);
  if (by?.kind === "op" && (by.op === "add" || by.op === "sub"))
    return leadsTo(by.args[0]!, param, facts) || (by.op === "add" && leadsTo(by.args[1]!, param, facts));
  if (o.kind !== "value") return false;
  if (by?.kind === "if") {
    const n = by.results.indexOf(o);
    return [by.then.end, by.else.end].some((e) => e.kind === "yield" && leadsTo(e.values[n]!, param, facts));
  }
  return by?.kind === "loop" && leadsTo(by.initial[by.results.indexOf(o)]!, param, facts);
};
