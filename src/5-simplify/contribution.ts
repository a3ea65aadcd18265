/**
 * A branch that contributes nothing to a sum does not touch it.
 *
 * Needs adjoints marked as such: 0 + -0 is not kept apart. Leaves no `sum + v` or `a[i] += v` right after the `if`
 * that gives v and gives 0 in one branch: the other branch adds, `if (c) sum += v`.
 */
import { isConstant } from "../ir/build.ts";
import type { Func, Instruction, Operand, Region, Value } from "../ir/types.ts";
import { rebuild } from "../ir/rebuild.ts";
import { commute, definedIn, type EffectsOf, effectsIn } from "./effects.ts";
import { type Facts, factsOf } from "./facts.ts";

type Of<K extends Instruction["kind"]> = Extract<Instruction, { kind: K }>;

export function contribution(func: Func): Func {
  const facts = factsOf(func);
  const body = new Contributions(facts).region(func.body);
  return body === func.body ? func : { ...func, body };
}

/** The values that a branch hands on. */
const yieldsOf = (r: Region): readonly Operand[] => (r.end.kind === "yield" ? r.end.values : []);

const isZero = (o: Operand | undefined): boolean => o !== undefined && isConstant(o) && o.value === 0;

class Contributions {
  readonly #facts: Facts;
  readonly #effects: EffectsOf = effectsIn();
  constructor(facts: Facts) {
    this.#facts = facts;
  }

  region(r: Region): Region {
    const body = [...r.body];
    let changed: Instruction | undefined;
    // one at a time in each region, and none inside what became of it: the facts are those of before
    for (const [at, i] of r.body.entries()) {
      const moved =
        i.kind === "accumulate"
          ? this.#accumulate(i, r, at)
          : i.kind === "op"
            ? this.#sum(i, r, at)
            : undefined;
      if (!moved) continue;
      body[moved.at] = moved.branch;
      body.splice(at, 1);
      changed = moved.branch;
      break;
    }
    const inner = body.map((i) => (i === changed ? i : rebuild(i, { region: (x) => this.region(x) })));
    return changed || inner.some((i, n) => i !== body[n]) ? { body: inner, end: r.end } : r;
  }

  /** The `if` before in the same region whose result this is, where one branch gives 0 and nobody else asks. */
  #chosen(
    o: Operand,
    r: Region,
    before: number,
  ): Readonly<{ branch: Of<"if">; at: number; slot: number }> | undefined {
    const branch = this.#facts.definition(o);
    if (o.kind !== "value" || !o.adjoint || branch?.kind !== "if" || this.#facts.uses(o) !== 1)
      return undefined;
    const at = r.body.indexOf(branch);
    const slot = branch.results.indexOf(o);
    const values = [yieldsOf(branch.then), yieldsOf(branch.else)];
    if (at < 0 || at >= before || values.some((v) => v.length === 0)) return undefined;
    return values.filter((v) => isZero(v[slot])).length === 1 ? { branch, at, slot } : undefined;
  }

  /** Whether an operand is known before the instruction at a place of the region. */
  #isKnownAt(o: Operand, r: Region, at: number): boolean {
    const by = this.#facts.definition(o);
    return !by || !r.body.slice(at).includes(by);
  }

  #accumulate(i: Of<"accumulate">, r: Region, n: number) {
    const found = this.#chosen(i.value, r, n);
    if (!found) return undefined;
    const { branch, at, slot } = found;
    if (![i.to, ...(i.key ? [i.key] : [])].every((o) => this.#isKnownAt(o, r, at))) return undefined;
    const between = r.body.slice(at + 1, n);
    if (!between.every((x) => commute(this.#facts, this.#effects(x), this.#effects(i)))) return undefined;
    const without = <T>(list: readonly T[]): readonly T[] => list.filter((_, k) => k !== slot);
    const side = (x: Region): Region => {
      const values = yieldsOf(x);
      const value = values[slot]!;
      return {
        body: isZero(value) ? x.body : [...x.body, { ...i, value }],
        end: { kind: "yield", values: without(values) },
      };
    };
    const results = without(branch.results);
    return { at, branch: { ...branch, results, then: side(branch.then), else: side(branch.else) } };
  }

  #sum(i: Of<"op">, r: Region, n: number) {
    if ((i.op !== "add" && i.op !== "sub") || !i.result.adjoint) return undefined;
    const [a, b] = i.args as [Operand, Operand];
    for (const [start, added] of i.op === "add" ? [[a, b] as const, [b, a] as const] : [[a, b] as const]) {
      const found = this.#chosen(added, r, n);
      if (!found || start === added) continue;
      const { branch, at, slot } = found;
      const own = start.kind === "value" ? branch.results.indexOf(start) : -1;
      if (own < 0 && !this.#isKnownAt(start, r, at)) continue;
      // the sum is worth nothing that the branch would have to compute
      if (own < 0 && definedIn(branch).has(start as Value)) continue;
      const side = (x: Region): Region => {
        const values = yieldsOf(x);
        const value = values[slot]!;
        const before = own < 0 ? start : values[own]!;
        const result: Value = { ...i.result };
        const sum: readonly Instruction[] = isZero(value) ? [] : [{ ...i, result, args: [before, value] }];
        const total = isZero(value) ? before : result;
        return {
          body: [...x.body, ...sum],
          end: { kind: "yield", values: values.map((v, k) => (k === slot ? total : v)) },
        };
      };
      const results = branch.results.map((v, k) => (k === slot ? i.result : v));
      return { at, branch: { ...branch, results, then: side(branch.then), else: side(branch.else) } };
    }
    return undefined;
  }
}
