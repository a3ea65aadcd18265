/**
 * Things are made where they are first wanted.
 *
 * Needs nothing; runs last. Leaves allocations, and pure work that is used once, right before the first
 * instruction of the same region that uses them, as far as no write in between would change what they read.
 */
import type { Func, Instruction, Operand, Region } from "../ir/types.ts";
import { reverseSweep } from "../ir/section.ts";
import { rebuild } from "../ir/rebuild.ts";
import { resultsOf } from "../ir/walk.ts";
import { commute, type EffectsOf, effectsIn, isPure, mentions } from "./effects.ts";
import { type Facts, factsOf, isAllocation } from "./facts.ts";

export function sink(func: Func): Func {
  const body = new Sinking(func).region(func.body);
  return body === func.body ? func : { ...func, body };
}

class Sinking {
  readonly #facts: Facts;
  readonly #effects: EffectsOf = effectsIn();
  constructor(func: Func) {
    this.#facts = factsOf(func);
  }

  region(r: Region): Region {
    const body = [...r.body];
    // from the end: what is used late has found its place before what it uses looks for one
    for (let at = body.length - 1; at >= 0; at--) {
      const i = body[at]!;
      if (!this.#maySink(i)) continue;
      const results = new Set<Operand>(resultsOf(i));
      let to = at;
      while (to + 1 < body.length) {
        const next = body[to + 1]!;
        if (mentions(next, results) || !commute(this.#facts, this.#effects(i), this.#effects(next))) break;
        to++;
      }
      // among those that wait for the same instruction the order stays
      while (to > at && this.#maySink(body[to]!)) to--;
      if (to === at) continue;
      body.splice(at, 1);
      body.splice(to, 0, i);
    }
    const inner = body.map((i) => rebuild(i, { region: (x) => this.region(x) }));
    return inner.every((i, n) => i === r.body[n]) ? r : { body: inner, end: r.end };
  }

  #maySink(i: Instruction): boolean {
    if (!isPure(this.#effects(i))) return false;
    if (isAllocation(i)) return true;
    // a comment belongs to the place where it stands
    if (i.at.comment !== undefined && i.at.comment !== reverseSweep) return false;
    const [result] = resultsOf(i);
    return (
      (i.kind === "op" || i.kind === "load" || i.kind === "length") &&
      result !== undefined &&
      !result.declared &&
      this.#facts.uses(result) === 1
    );
  }
}
