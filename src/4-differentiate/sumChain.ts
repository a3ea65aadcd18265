/** Is a carried value only ever added to (rule R1a)? Then its adjoint is the same in every iteration. */
import type { LoopInstruction } from "../ir/facts.ts";
import type { Instruction, Operand, Region, Value } from "../ir/types.ts";
import { operandsOf, regionsOf } from "../ir/walk.ts";

/**
 * Param number `n` enters the next iteration only through `+`, or as the left side of `-`, alone in each, by way
 * of branches and inner loops that do the same; nothing else reads it or what came of it.
 */
export const isSum = (loop: LoopInstruction, n: number): boolean => {
  const shift = loop.shape.kind === "doWhile" ? 1 : 0;
  const chain = new Set<Operand>([loop.params[n]!]);
  if (loop.shape.kind === "while" && reads(loop.shape.test, chain)) return false;
  return follow(loop.body, chain, [n + shift]);
};

/** Does the region read any member of the chain at all? */
const reads = (region: Region, chain: ReadonlySet<Operand>): boolean =>
  region.body.some(
    (i) => operandsOf(i).some((o) => chain.has(o)) || regionsOf(i).some((r) => reads(r, chain)),
  ) ||
  (region.end.kind !== "throw" && region.end.values.some((o) => chain.has(o)));

/** Follows the chain through the region; its end may hand a member on only at the places given. */
const follow = (region: Region, chain: Set<Operand>, places: readonly number[]): boolean =>
  region.body.every((i) => step(i, chain)) &&
  (region.end.kind === "throw" || region.end.values.every((v, at) => chain.has(v) === places.includes(at)));

const step = (i: Instruction, chain: Set<Operand>): boolean => {
  const read = operandsOf(i).filter((o) => chain.has(o));
  switch (i.kind) {
    case "op": {
      if (read.length === 0) return true;
      const fits =
        (i.op === "add" && read.length === 1) ||
        (i.op === "sub" && read.length === 1 && chain.has(i.args[0]!)) ||
        (i.op === "select" && !chain.has(i.args[0]!) && read.length === 2);
      if (fits) chain.add(i.result);
      return fits;
    }
    case "if": {
      if (read.length > 0) return false;
      // a result is a member if both branches hand on one (or never come to their end)
      const ends = [i.then, i.else].filter((r) => r.end.kind === "yield");
      const inner = new Set(chain);
      if (!i.then.body.every((x) => step(x, inner)) || !i.else.body.every((x) => step(x, inner)))
        return false;
      const members: Value[] = [];
      for (const [n, result] of i.results.entries()) {
        const given = ends.map((r) => (r.end.kind === "yield" ? inner.has(r.end.values[n]!) : false));
        if (given.every((g) => g) && given.length > 0) members.push(result);
        else if (given.some((g) => g)) return false;
      }
      for (const member of members) chain.add(member);
      return [i.then, i.else].every((r) => r.end.kind !== "exit" || !r.end.values.some((v) => inner.has(v)));
    }
    case "loop": {
      if (read.some((o) => !i.initial.includes(o))) return false;
      const places = i.initial.flatMap((o, n) => (chain.has(o) ? [n] : []));
      if (places.length === 0) return !regionsOf(i).some((r) => reads(r, chain));
      // an inner loop that is left early hands on what it has: too much to follow here
      const inner = new Set(chain);
      const shift = i.shape.kind === "doWhile" ? 1 : 0;
      for (const n of places) inner.add(i.params[n]!);
      if (i.shape.kind === "while" && reads(i.shape.test, inner)) return false;
      if (i.shape.kind === "forever") return false;
      // the outer members themselves must not be read inside, only the params that stand for them
      if (
        !follow(
          i.body,
          new Set(places.map((n) => i.params[n]!)),
          places.map((n) => n + shift),
        ) ||
        reads(i.body, chain)
      )
        return false;
      if (hasExits(i.body)) return false;
      for (const n of places) chain.add(i.results[n]!);
      return true;
    }
    default:
      return read.length === 0 && !regionsOf(i).some((r) => reads(r, chain));
  }
};

const hasExits = (region: Region): boolean =>
  region.end.kind === "exit" || region.body.some((i) => regionsOf(i).some(hasExits));
