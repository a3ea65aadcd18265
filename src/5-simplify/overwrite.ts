/**
 * Adjoints of memory are not written only to be written again.
 *
 * Needs adjoints marked as such: 0 + q is q. Leaves no `a[i] = 0` before `a[i] += q`, which is `a[i] = q`, and no
 * `a[i] += q` before `v = a[i]; a[i] = …`, which is `v = a[i] + q`.
 */
import { isConstant } from "../ir/build.ts";
import type { Func, Instruction, Operand, Region, Value } from "../ir/types.ts";
import { rebuild } from "../ir/rebuild.ts";
import { sameOperand } from "./arithmetic.ts";
import { disturbs, type EffectsOf, effectsIn, type Touch } from "./effects.ts";
import { type Facts, factsOf } from "./facts.ts";
import { renamed } from "./rename.ts";

type Of<K extends Instruction["kind"]> = Extract<Instruction, { kind: K }>;

export function overwrite(func: Func): Func {
  const overwriting = new Overwriting(factsOf(func));
  const body = overwriting.region(func.body);
  return body === func.body ? func : { ...func, body: overwriting.renamed(body) };
}

const sameSlot = (a: Of<"store" | "accumulate">, b: Of<"store" | "accumulate"> | Of<"load">): boolean => {
  const base = b.kind === "load" ? b.from : b.to;
  return a.to === base && (a.key === b.key || (!!a.key && !!b.key && sameOperand(a.key, b.key)));
};

const isAdjoint = (o: Operand): boolean => isConstant(o) || o.adjoint === true;

class Overwriting {
  readonly #facts: Facts;
  readonly #effects: EffectsOf = effectsIn();
  readonly #named = new Map<Value, Value>();
  constructor(facts: Facts) {
    this.#facts = facts;
  }

  region(r: Region): Region {
    let body: readonly Instruction[] = r.body;
    for (const i of r.body) {
      if (i.kind === "store" && isConstant(i.value) && i.value.value === 0) body = this.#refilled(i, body);
      if (i.kind === "accumulate" && isAdjoint(i.value)) body = this.#taken(i, body);
    }
    const inner = body.map((i) => rebuild(i, { region: (x) => this.region(x) }));
    return body !== r.body || inner.some((i, n) => i !== body[n]) ? { body: inner, end: r.end } : r;
  }

  /** Sums that took the place of an element are called as it would have been. */
  renamed(r: Region): Region {
    return this.#named.size === 0 ? r : renamed(r, (v) => this.#named.get(v) ?? v);
  }

  /** The next instruction from a place on that has to do with the slot. */
  #next(i: Of<"store" | "accumulate">, body: readonly Instruction[], from: number): number {
    const slot: Touch = { base: i.to, part: "slot", ...(i.key ? { key: i.key } : {}) };
    return body.findIndex((x, n) => {
      if (n <= from) return false;
      const { reads, writes, leaves, once } = this.#effects(x);
      return leaves || once || disturbs(this.#facts, [slot], reads) || disturbs(this.#facts, writes, [slot]);
    });
  }

  /** `a[i] = 0; … a[i] += q` is `… a[i] = q`. */
  #refilled(store: Of<"store">, body: readonly Instruction[]): readonly Instruction[] {
    const at = body.indexOf(store);
    if (at < 0) return body;
    const n = this.#next(store, body, at);
    const added = body[n];
    if (added?.kind !== "accumulate" || !sameSlot(store, added)) return body;
    if (added.value.kind === "value" && !added.value.adjoint) return body;
    const { kind: _, ...rest } = added;
    return body.flatMap((x, k) => (k === at ? [] : k === n ? [{ kind: "store", ...rest } as const] : [x]));
  }

  /** `a[i] += q; … v = a[i]; … a[i] = w` is `… v = a[i] + q; … a[i] = w`. */
  #taken(added: Of<"accumulate">, body: readonly Instruction[]): readonly Instruction[] {
    const at = body.indexOf(added);
    if (at < 0) return body;
    const n = this.#next(added, body, at);
    const load = body[n];
    if (load?.kind !== "load" || !sameSlot(added, load) || !keepsBits(load.from)) return body;
    // of an element that may be missing nothing is known but what is there
    if (load.result.type.kind !== "number") return body;
    const m = this.#next(added, body, n);
    const store = body[m];
    if (store?.kind !== "store" || !sameSlot(added, store)) return body;
    const before: Value = { kind: "value", type: load.result.type, adjoint: true };
    const name = load.result.hint ?? elementName(load);
    const sum: Instruction = {
      kind: "op",
      op: "add",
      args: [before, added.value],
      result: load.result,
      at: load.at,
    };
    const together = body.flatMap((x, k) =>
      k === at ? [] : k === n ? [{ ...load, result: before }, sum] : [x],
    );
    if (name === undefined || load.result.hint !== undefined) return together;
    const named: Value = { ...load.result, hint: name };
    this.#named.set(load.result, named);
    return together;
  }
}

/** `dxI` for `dx[i]`. */
const elementName = ({ from, key }: Of<"load">): string | undefined => {
  const base = from.kind === "value" ? from.hint : undefined;
  const index = key?.kind === "constant" ? String(key.value) : key?.hint;
  if (!base || !index || !/^\w{1,7}$/.test(index)) return undefined;
  return `${base}${index[0]!.toUpperCase()}${index.slice(1)}`;
};

/** Whether a sum that was put there comes back as it is. */
const keepsBits = (o: Operand): boolean =>
  o.kind === "value" &&
  (o.type.kind !== "array" || o.type.container === "Array" || o.type.container === "Float64Array");
