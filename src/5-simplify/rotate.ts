/**
 * A carried value that the first iteration replaces starts with the replacement.
 *
 * Needs a loop in which `v === start ? first : carried` is the carried value's only use. Leaves `first` as what
 * the loop starts from. Where the carried value is wanted after the loop, the loop must be known to run.
 */
import { isConstant, isNumber } from "../ir/build.ts";
import type { Func, Instruction, Operand, Region, Value } from "../ir/types.ts";
import { mapOperands, rebuild } from "../ir/rebuild.ts";
import { visit, visitRegions } from "../ir/walk.ts";
import { sameOperand } from "./arithmetic.ts";
import { definedIn, type EffectsOf, effectsIn } from "./effects.ts";
import { type Facts, factsOf } from "./facts.ts";

type Of<K extends Instruction["kind"]> = Extract<Instruction, { kind: K }>;

export function rotate(func: Func): Func {
  const body = new Rotation(func).region(func.body);
  return body === func.body ? func : { ...func, body };
}

class Rotation {
  readonly #func: Func;
  readonly #facts: Facts;
  readonly #effects: EffectsOf = effectsIn();
  constructor(func: Func) {
    this.#func = func;
    this.#facts = factsOf(func);
  }

  region(r: Region): Region {
    const body = r.body.map((i, n) => {
      const own = i.kind === "loop" ? this.#loop(i, r.body.slice(0, n)) : i;
      return rebuild(own, { region: (inner) => this.region(inner) });
    });
    return body.every((i, n) => i === r.body[n]) ? r : { body, end: r.end };
  }

  #loop(loop: Of<"loop">, before: readonly Instruction[]): Of<"loop"> {
    const { shape } = loop;
    if (shape.kind !== "range" || !isConstant(shape.step) || shape.step.value === 0) return loop;
    const inside = new Set<Operand>(definedIn(loop));
    const first = new Map<number, Operand>();
    const replaced = new Map<Value, Operand>();
    for (const i of loop.body.body) {
      if (i.kind !== "op" || i.op !== "select" || !this.#isFirst(i.args[0]!, shape.variable, shape.start))
        continue;
      const [, start, carried] = i.args as [Operand, Operand, Operand];
      const slot = loop.params.findIndex((p) => p === carried);
      if (slot < 0 || inside.has(start) || this.#facts.uses(loop.params[slot]!) !== 1) continue;
      const isWanted = this.#facts.uses(loop.results[slot]!) > 0;
      if (isWanted && !sameOperand(start, loop.initial[slot]!) && !this.#runs(shape, before)) continue;
      first.set(slot, start);
      replaced.set(i.result, carried);
    }
    if (first.size === 0) return loop;
    const use = (o: Operand): Operand => (o.kind === "value" ? (replaced.get(o) ?? o) : o);
    return {
      ...loop,
      initial: loop.initial.map((o, n) => first.get(n) ?? o),
      body: mapOperands(
        {
          body: loop.body.body.filter((i) => !(i.kind === "op" && replaced.has(i.result))),
          end: loop.body.end,
        },
        use,
      ),
    };
  }

  /** `variable === start`, both ways round; the start may be computed once more. */
  #isFirst(test: Operand, variable: Value, start: Operand): boolean {
    const by = this.#facts.definition(test);
    if (by?.kind !== "op" || by.op !== "eq") return false;
    const [a, b] = by.args as [Operand, Operand];
    return (a === variable && this.#agree(b, start)) || (b === variable && this.#agree(a, start));
  }

  #agree(a: Operand, b: Operand): boolean {
    if (sameOperand(a, b)) return true;
    const [x, y] = [this.#facts.definition(a), this.#facts.definition(b)];
    return (
      x?.kind === "op" &&
      y?.kind === "op" &&
      x.op === y.op &&
      x.args.length === y.args.length &&
      x.args.every((o, n) => this.#agree(o, y.args[n]!))
    );
  }

  /** Whether the loop counts down from a number of trips that is at least one. */
  #runs(shape: Extract<Of<"loop">["shape"], { kind: "range" }>, before: readonly Instruction[]): boolean {
    const start = this.#facts.definition(shape.start);
    if (shape.compare !== "ge" || !isNumber(shape.bound, 0)) return false;
    if (start?.kind !== "op" || start.op !== "sub" || !isNumber(start.args[1]!, 1)) return false;
    const trips = this.#facts.definition(start.args[0]!);
    // what comes before has come to its end
    const done = before.flatMap((i) => [i, ...this.#surely(i)]);
    if (trips?.kind === "loop")
      return done.includes(trips) && this.#counts(trips, trips.results.indexOf(start.args[0] as Value));
    if (trips?.kind !== "length" || !before.includes(trips) || !this.#facts.isPrivate(trips.of)) return false;
    return done.some((i) => i.kind === "push" && i.to === trips.of) && !this.#shrinks(trips.of);
  }

  /** What runs at least once when the instruction runs. */
  #surely(i: Instruction): readonly Instruction[] {
    const runs = i.kind === "block" || (i.kind === "loop" && ["forever", "doWhile"].includes(i.shape.kind));
    if (!runs) return [];
    const { body } = i.body;
    const leaving = body.findIndex((inner) => this.#effects(inner).leaves);
    const reached = leaving < 0 ? body : body.slice(0, leaving + 1);
    return reached.flatMap((inner) => [inner, ...this.#surely(inner)]);
  }

  /** An endless loop that adds one to a count before it is left. */
  #counts(loop: Of<"loop">, slot: number): boolean {
    if (loop.shape.kind !== "forever" && loop.shape.kind !== "doWhile") return false;
    const param = loop.params[slot];
    const initial = loop.initial[slot]!;
    const isMore = (o: Operand): boolean => {
      const by = this.#facts.definition(o);
      return by?.kind === "op" && by.op === "add" && by.args[0] === param && isNumber(by.args[1]!, 1);
    };
    let all = isConstant(initial) && typeof initial.value === "number" && initial.value >= 0;
    visitRegions(loop.body, ({ end }) => {
      if (end.kind === "exit" && end.to === loop.label) all &&= isMore(end.values[slot]!);
    });
    const { end } = loop.body;
    const shift = loop.shape.kind === "doWhile" ? 1 : 0;
    return all && (end.kind !== "yield" || isMore(end.values[slot + shift]!));
  }

  #shrinks(record: Operand): boolean {
    let found = false;
    visit(this.#func.body, (i) => {
      found ||= (i.kind === "pop" && i.from === record) || (i.kind === "setLength" && i.of === record);
    });
    return found;
  }
}
