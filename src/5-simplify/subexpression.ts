/**
 * What is already there is not computed again.
 *
 * Needs nothing. Leaves no pure operation, load or length that repeats a visible one with no write in between
 * that may have changed it. A load right after a store gives what was stored. Index arithmetic such as `i + 1`
 * reads better repeated than named and stays, but what is loaded with it is found all the same. A shadow is made
 * with the length that has a name.
 */
import { isConstant, typeOf, zero } from "../ir/build.ts";
import { constantName } from "../ir/constantName.ts";
import { opInfo } from "../ir/ops.ts";
import type { Func, Instruction, Operand, Region, Value } from "../ir/types.ts";
import { rebuild, rebuildEnd } from "../ir/rebuild.ts";
import { boundBy } from "../ir/walk.ts";
import { disturbs, type EffectsOf, effectsIn, type Touch } from "./effects.ts";
import { type Facts, factsOf } from "./facts.ts";

export function subexpression(func: Func): Func {
  const body = new Search(func).region(func.body, new Available());
  return body === func.body ? func : { ...func, body };
}

/** What is known at a place: values by what they compute, and which memory they were read from. */
class Available {
  readonly #entries: Map<string, { value: Operand; from?: Touch }>;
  constructor(entries: Iterable<[string, { value: Operand; from?: Touch }]> = []) {
    this.#entries = new Map(entries);
  }
  find(key: string): Operand | undefined {
    return this.#entries.get(key)?.value;
  }
  set(key: string, value: Operand, from?: Touch): void {
    this.#entries.set(key, { value, ...(from ? { from } : {}) });
  }
  forget(facts: Facts, writes: readonly Touch[]): void {
    if (writes.length === 0) return;
    for (const [key, { from }] of this.#entries)
      if (from && disturbs(facts, writes, [from])) this.#entries.delete(key);
  }
  inner(): Available {
    return new Available(this.#entries);
  }
}

const commutative = new Set(["add", "mul", "eq", "ne"]);

class Search {
  readonly #facts: Facts;
  readonly #effects: EffectsOf = effectsIn();
  readonly #replaced = new Map<Value, Operand>();
  /** Values that stay although they repeat another one: they count as that one. */
  readonly #same = new Map<Value, Operand>();
  readonly #names = new Map<Value, string>();
  readonly #counters = new Set<Operand>();

  constructor(func: Func) {
    this.#facts = factsOf(func);
  }

  readonly #use = (o: Operand): Operand => {
    let current = o;
    for (let next; current.kind === "value" && (next = this.#replaced.get(current));) current = next;
    return current;
  };

  #name(o: Operand): string {
    const v = o.kind === "value" ? (this.#same.get(o) ?? o) : o;
    if (v.kind === "constant") return Object.is(v.value, -0) ? "-0" : `${typeof v.value} ${String(v.value)}`;
    let name = this.#names.get(v);
    if (name === undefined) {
      name = `#${this.#names.size}`;
      this.#names.set(v, name);
    }
    return name;
  }

  region(r: Region, known: Available): Region {
    const body: Instruction[] = [];
    for (const i of r.body) {
      const own = rebuild(i, { use: this.#use });
      const kept = this.#instruction(own, i, known);
      if (kept) body.push(kept);
    }
    const end = rebuildEnd(r.end, this.#use);
    const unchanged = body.length === r.body.length && body.every((i, n) => i === r.body[n]) && end === r.end;
    return unchanged ? r : { body, end };
  }

  #instruction(i: Instruction, before: Instruction, known: Available): Instruction | undefined {
    switch (i.kind) {
      case "op": {
        const names = i.args.map((a) => this.#name(a));
        if (commutative.has(i.op)) names.sort();
        return this.#find(i, i.result, `${i.op} ${names.join(" ")}`, known, undefined, this.#isIndexing(i));
      }
      case "load": {
        const from: Touch = { base: i.from, part: "slot", ...(i.key ? { key: i.key } : {}) };
        return this.#find(i, i.result, this.#slot(i.from, i.key), known, from);
      }
      case "length": {
        const from: Touch = { base: i.of, part: "length" };
        return this.#find(i, i.result, `length ${this.#name(i.of)}`, known, from);
      }
      case "zeros":
        return this.#sized(i, known);
      case "opaque": {
        const name = constantName(i);
        return name === undefined
          ? this.#other(i, known)
          : this.#find(i, i.results[0]!, `name ${name}`, known);
      }
      case "if":
      case "block":
      case "loop":
        return this.#construct(i, before, known);
      default:
        return this.#other(i, known);
    }
  }

  #other(i: Instruction, known: Available): Instruction {
    const { writes } = this.#effects(i);
    known.forget(this.#facts, writes);
    if (i.kind === "store" && keepsBits(i.to))
      known.set(this.#slot(i.to, i.key), i.value, {
        base: i.to,
        part: "slot",
        ...(i.key ? { key: i.key } : {}),
      });
    return i;
  }

  #slot(base: Operand, key: Operand | undefined): string {
    return `load ${this.#name(base)} ${key ? this.#name(key) : ""}`;
  }

  #find(
    i: Instruction,
    result: Value,
    key: string,
    known: Available,
    from?: Touch,
    cheap = false,
  ): Instruction | undefined {
    const found = known.find(key);
    if (found === undefined) {
      known.set(key, result, from);
      return i;
    }
    if (cheap) {
      this.#same.set(result, found);
      return i;
    }
    this.#replaced.set(result, found);
    return undefined;
  }

  /** Zeros shaped like an array of numbers whose length is known already are so many zeros. */
  #sized(i: Extract<Instruction, { kind: "zeros" }>, known: Available): Instruction {
    const { type } = i.result;
    const from = typeOf(i.like);
    if (type.kind !== "array" || from.kind !== "array" || from.element.kind !== "number") return i;
    const size = known.find(`length ${this.#name(i.like)}`);
    if (size === undefined) return i;
    const fill = type.container === "Array" ? { fill: zero } : {};
    return { kind: "alloc", result: i.result, length: size, ...fill, at: i.at };
  }

  /** `i + 1`, `2 * i`: one constant and a loop variable or length. */
  #isIndexing(i: Extract<Instruction, { kind: "op" }>): boolean {
    return (
      opInfo(i.op).cost <= 1 &&
      i.args.length === 2 &&
      i.args.some(isConstant) &&
      i.args.some((a) => this.#counters.has(a) || this.#facts.definition(a)?.kind === "length")
    );
  }

  #construct(i: Instruction, before: Instruction, known: Available): Instruction {
    const { writes } = this.#effects(before);
    if (i.kind === "loop") {
      for (const v of boundBy(i))
        if (i.shape.kind === "range" && v === i.shape.variable) this.#counters.add(v);
      // what an iteration writes, the next one finds
      known.forget(this.#facts, writes);
    }
    const result = rebuild(i, { region: (r) => this.region(r, known.inner()) });
    known.forget(this.#facts, writes);
    return result;
  }
}

/** Whether memory gives back exactly what was put into it. A typed array rounds, or has no such element. */
const keepsBits = (to: Operand): boolean =>
  to.kind === "value" &&
  (to.type.kind === "array"
    ? to.type.container === "Array"
    : ["tuple", "object", "cell"].includes(to.type.kind));
