/**
 * One condition, one `if`.
 *
 * Needs nothing. Leaves no test whose outcome is known where it stands (inside a branch of the same test, after
 * a guard, where the value was found equal to a constant, which TypeScript would see too), and joins two `if`s on one test where what stands between them may change places with either.
 */
import { constant } from "../ir/build.ts";
import type { Constant, Func, Instruction, Operand, Region, Terminator, Value } from "../ir/types.ts";
import { opInfo } from "../ir/ops.ts";
import { mapOperands, rebuild, rebuildEnd } from "../ir/rebuild.ts";
import { resultsOf } from "../ir/walk.ts";
import { sameOperand } from "./arithmetic.ts";
import { commute, type EffectsOf, effectsIn, mentions } from "./effects.ts";
import { type Facts, factsOf } from "./facts.ts";

type If = Extract<Instruction, { kind: "if" }>;

export function branches(func: Func): Func {
  const known = new Known(func).region(func.body);
  const current = known === func.body ? func : { ...func, body: known };
  const body = new Joining(current).region(current.body);
  return body === current.body ? current : { ...current, body };
}

/** Expressions are followed this far. */
const deepest = 12;

type Undo = () => unknown;

/** Puts what a branch says about its own test in place of the test. */
class Known {
  readonly #facts: Facts;
  readonly #truth = new Map<Value, boolean>();
  /** What a value was found to be equal to, or to differ from. */
  readonly #equal = new Map<Value, Constant>();
  readonly #unequal = new Map<Value, readonly Constant[]>();
  constructor(func: Func) {
    this.#facts = factsOf(func);
  }

  readonly #use = (o: Operand): Operand => {
    if (o.kind !== "value" || o.type.kind !== "boolean") return o;
    const by = this.#facts.definition(o);
    // a test made above of what has been told since
    const truth = this.#truth.get(o) ?? (by && this.#decided(by));
    return truth === undefined ? o : constant(truth);
  };

  /** What else holds if `test` is `truth`; `learnt` gets what makes it forgotten again. */
  #learn(test: Operand, truth: boolean, learnt: Undo[]): void {
    if (test.kind === "constant" || this.#truth.has(test)) return;
    this.#truth.set(test, truth);
    learnt.push(() => this.#truth.delete(test));
    const by = this.#facts.definition(test);
    if (by?.kind !== "op") return;
    if (by.op === "eq" || by.op === "ne") {
      const isEqual = (by.op === "eq") === truth;
      const [a, b] = by.args as [Operand, Operand];
      for (const [v, c] of [
        [a, b],
        [b, a],
      ] as const)
        if (v.kind === "value" && c.kind === "constant" && !this.#equal.has(v)) {
          if (isEqual) {
            this.#equal.set(v, c);
            learnt.push(() => this.#equal.delete(v));
          } else if (isNothing(c)) {
            const before = this.#unequal.get(v) ?? [];
            this.#unequal.set(v, [...before, c]);
            learnt.push(() => this.#unequal.set(v, before));
          }
        }
    }
    if (by.op === "not") this.#learn(by.args[0]!, !truth, learnt);
    if ((by.op === "and" && truth) || (by.op === "or" && !truth))
      for (const a of by.args) this.#learn(a, truth, learnt);
  }

  #forget(learnt: readonly Undo[]): void {
    for (const undo of learnt.toReversed()) undo();
  }

  #given(test: Operand, truth: boolean, r: Region): Region {
    const learnt: Undo[] = [];
    this.#learn(test, truth, learnt);
    const result = this.region(r);
    this.#forget(learnt);
    return result;
  }

  /** Whether a comparison with a constant is decided: its operand is known to be another one, or the same. */
  #decided(i: Instruction): boolean | undefined {
    if (i.kind !== "op" || (i.op !== "eq" && i.op !== "ne")) return undefined;
    const [x, y] = i.args as [Operand, Operand];
    const differs = x.kind === "value" && this.#unequal.get(x)?.some((c) => sameOperand(c, y));
    if (differs) return i.op === "ne";
    const [a, b] = i.args.map((o) => (o.kind === "constant" ? o : this.#equal.get(o)));
    return a && b && (a.value === b.value) === (i.op === "eq");
  }

  /** The operand in an expression that is only evaluated if `test` is `truth`. */
  #where(test: Operand, truth: boolean, o: Operand, before: Instruction[]): Operand {
    const learnt: Undo[] = [];
    this.#learn(test, truth, learnt);
    const result = this.#truth.size > 0 ? this.#rewritten(o, before, 0) : o;
    this.#forget(learnt);
    return result;
  }

  #rewritten(o: Operand, before: Instruction[], depth: number): Operand {
    const known = this.#use(o);
    const by = this.#facts.definition(known);
    if (known.kind === "constant" || by?.kind !== "op" || depth > deepest) return known;
    // arithmetic is done once, unless TypeScript would complain of a comparison in it
    if (this.#equal.size === 0 && !isLogical(by)) return known;
    const decided = this.#decided(by);
    if (decided !== undefined) return constant(decided);
    const args = by.args.map((a) => this.#rewritten(a, before, depth + 1));
    if (args.every((a, n) => a === by.args[n])) return known;
    const result: Value = { ...by.result };
    before.push({ ...by, result, args });
    return result;
  }

  /** `c ? a : b`, `c && a`, `c || a` with what `c` says about `a` and `b`. */
  #expression(i: Instruction): readonly Instruction[] {
    if (i.kind !== "op" || !["select", "and", "or"].includes(i.op)) return [i];
    const before: Instruction[] = [];
    const [test, a, b] = i.args as [Operand, Operand, Operand];
    const args =
      i.op === "select"
        ? [test, this.#where(test, true, a, before), this.#where(test, false, b, before)]
        : [test, this.#where(test, i.op === "and", a, before)];
    return args.every((x, n) => x === i.args[n]) ? [i] : [...before, { ...i, args }];
  }

  region(r: Region): Region {
    const learnt: Undo[] = [];
    const body = r.body.flatMap((i): readonly Instruction[] => {
      const own = rebuild(i, { use: this.#use });
      const decided = this.#decided(own);
      if (decided !== undefined && own.kind === "op") {
        // its uses all stand where it stands
        this.#truth.set(own.result, decided);
        return [own];
      }
      if (own.kind === "op") return this.#expression(own);
      if (own.kind !== "if") return [rebuild(own, { region: (inner) => this.region(inner) })];
      const original = (i as If).test;
      const then = this.#given(original, true, own.then);
      const otherwise = this.#given(original, false, own.else);
      const result = then === own.then && otherwise === own.else ? own : { ...own, then, else: otherwise };
      // after a branch that leaves, the other one was taken
      if (own.then.end.kind !== "yield") this.#learn(original, false, learnt);
      else if (own.else.end.kind !== "yield") this.#learn(original, true, learnt);
      return [result];
    });
    const end = rebuildEnd(r.end, this.#use);
    this.#forget(learnt);
    const unchanged = body.length === r.body.length && body.every((i, n) => i === r.body[n]);
    return unchanged && end === r.end ? r : { body, end };
  }
}

class Joining {
  readonly #facts: Facts;
  readonly #effects: EffectsOf = effectsIn();
  readonly #replaced = new Map<Value, Operand>();
  constructor(func: Func) {
    this.#facts = factsOf(func);
  }

  readonly #use = (o: Operand): Operand => (o.kind === "value" ? (this.#replaced.get(o) ?? o) : o);

  region(r: Region): Region {
    const body = [...r.body];
    let changed = false;
    for (let later = 1; later < body.length; later++) {
      const second = body[later]!;
      if (second.kind !== "if" || second.test.kind === "constant") continue;
      const earlier = body.findLastIndex((i, n) => n < later && i.kind === "if" && i.test === second.test);
      const first = body[earlier];
      if (first?.kind !== "if" || !comesBack(first)) continue;
      const between = body.slice(earlier + 1, later);
      if (this.#passes(second, between))
        body.splice(earlier, later - earlier + 1, this.#join(first, second), ...between);
      else if (this.#passes(first, between))
        body.splice(earlier, later - earlier + 1, ...between, this.#join(first, second));
      else continue;
      changed = true;
      later--;
    }
    const inner = body.map((i) => rebuild(i, { region: (x) => this.region(x) }));
    return changed || inner.some((i, n) => i !== body[n]) ? { body: inner, end: r.end } : r;
  }

  /** Whether an instruction may change places with all of these. */
  #passes(i: Instruction, others: readonly Instruction[]): boolean {
    return others.every((other) => {
      if (mentions(i, new Set<Operand>(resultsOf(other))) || mentions(other, new Set<Operand>(resultsOf(i))))
        return false;
      return commute(this.#facts, this.#effects(i), this.#effects(other));
    });
  }

  #join(first: If, second: If): If {
    const branch = (a: Region, b: Region): Region => {
      const values = (a.end as Extract<Terminator, { kind: "yield" }>).values;
      this.#replaced.clear();
      first.results.forEach((v, n) => this.#replaced.set(v, values[n]!));
      const rest = mapOperands(b, this.#use);
      const end: Terminator =
        rest.end.kind === "yield" ? { kind: "yield", values: [...values, ...rest.end.values] } : rest.end;
      return { body: [...a.body, ...rest.body], end };
    };
    return {
      ...first,
      results: [...first.results, ...second.results],
      then: branch(first.then, second.then),
      else: branch(first.else, second.else),
    };
  }
}

const isLogical = (i: Extract<Instruction, { kind: "op" }>): boolean =>
  i.op === "select" || opInfo(i.op).result === "boolean";

const isNothing = (c: Constant): boolean => c.value === undefined || c.value === null;

const comesBack = (i: If): boolean => i.then.end.kind === "yield" && i.else.end.kind === "yield";
