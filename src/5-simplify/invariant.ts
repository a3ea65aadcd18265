/**
 * What does not change in a loop is not part of it.
 *
 * Needs nothing. Leaves no carried value that is always its initial one, and no dear operation (a quotient, a
 * function of Math), field or row of a matrix that each iteration finds anew. Only pure work moves, so a loop that does
 * not run loses nothing but time; cheap arithmetic stays where it is read.
 */
import { opInfo } from "../ir/ops.ts";
import type { Func, Instruction, Label, Operand, Region, Terminator, Value } from "../ir/types.ts";
import { mapOperands, rebuild } from "../ir/rebuild.ts";
import { boundBy, operandsOf, resultsOf, visitRegions } from "../ir/walk.ts";
import { sameOperand } from "./arithmetic.ts";
import { definedIn, disturbs, type EffectsOf, effectsIn, type Touch } from "./effects.ts";
import { type Facts, factsOf, isMemory } from "./facts.ts";

type Loop = Extract<Instruction, { kind: "loop" }>;

export function invariant(func: Func): Func {
  const uncarried = uncarry(func.body);
  const current = uncarried === func.body ? func : { ...func, body: uncarried };
  const body = new Hoist(current).region(current.body);
  return body === current.body ? current : { ...current, body };
}

/** Replaces params that every iteration hands on unchanged by what they start with. */
const uncarry = (region: Region): Region => {
  let body = region.body.map((i) => rebuild(i, { region: uncarry }));
  const results = new Map<Value, Operand>();
  body = body.map((i) => {
    if (i.kind !== "loop") return i;
    const { params, initial } = i;
    const yielded =
      i.body.end.kind === "yield" ? i.body.end.values.slice(i.shape.kind === "doWhile" ? 1 : 0) : params;
    const replaced = new Map<Value, Operand>();
    const exits = exitsTo(i.body, i.label);
    params.forEach((p, n) => {
      const same = (o: Operand): boolean => o === p || sameOperand(o, initial[n]!);
      if (!same(yielded[n]!)) return;
      replaced.set(p, initial[n]!);
      if (exits.every((e) => same(e.values[n]!))) results.set(i.results[n]!, initial[n]!);
    });
    if (replaced.size === 0) return i;
    // its own slot goes once it is dead
    const use = (o: Operand): Operand => (o.kind === "value" ? (replaced.get(o) ?? o) : o);
    return rebuild(i, { region: (r) => mapOperands(r, use) });
  });
  if (results.size > 0) {
    const use = (o: Operand): Operand => (o.kind === "value" ? (results.get(o) ?? o) : o);
    return mapOperands({ body, end: region.end }, use);
  }
  return body.every((i, n) => i === region.body[n]) ? region : { body, end: region.end };
};

const exitsTo = (region: Region, label: Label): readonly Extract<Terminator, { kind: "exit" }>[] => {
  const found: Extract<Terminator, { kind: "exit" }>[] = [];
  visitRegions(region, (r) => {
    if (r.end.kind === "exit" && r.end.to === label) found.push(r.end);
  });
  return found;
};

/** From here on an operation is worth a name outside the loop. */
const dear = 4;

class Hoist {
  readonly #facts: Facts;
  readonly #effects: EffectsOf = effectsIn();
  constructor(func: Func) {
    this.#facts = factsOf(func);
  }

  region(r: Region): Region {
    const body: Instruction[] = [];
    let changed = false;
    for (const i of r.body) {
      // inner loops first: what leaves them may leave this one too
      const inner = rebuild(i, { region: (x) => this.region(x) });
      if (inner.kind !== "loop") {
        changed ||= inner !== i;
        body.push(inner);
        continue;
      }
      const moved = this.#invariants(inner);
      const rest = moved.size === 0 ? inner : { ...inner, body: without(inner.body, moved) };
      changed ||= rest !== i;
      body.push(...moved, rest);
    }
    return changed ? { body, end: r.end } : r;
  }

  /** The instructions of the loop's own body that are worth to be moved before it, in order. */
  #invariants(loop: Loop): ReadonlySet<Instruction> {
    const inside = new Set<Operand>([...definedIn(loop), ...boundBy(loop)]);
    for (const v of loop.results) inside.delete(v);
    const { writes } = this.#effects(loop);
    const movable = new Map<Value, Instruction>();
    for (const i of loop.body.body) {
      if (!operandsOf(i).every((o) => !inside.has(o))) continue;
      if (!this.#isMovable(i, writes)) continue;
      for (const v of resultsOf(i)) {
        movable.set(v, i);
        inside.delete(v);
      }
    }
    const chosen = new Set<Instruction>();
    const choose = (i: Instruction): void => {
      for (const o of operandsOf(i)) {
        const by = o.kind === "value" ? movable.get(o) : undefined;
        if (by) choose(by);
      }
      chosen.add(i);
    };
    for (const i of movable.values()) if (isWorthIt(i)) choose(i);
    return chosen;
  }

  #isMovable(i: Instruction, writes: readonly Touch[]): boolean {
    if (i.kind === "op" || i.kind === "view") return true;
    if (i.kind !== "load" && i.kind !== "length") return false;
    const base = i.kind === "load" ? i.from : i.of;
    // a row that is not there throws when it is looked into: only if the loop runs at all
    if (base.kind !== "value" || base.type.kind === "optional" || base.type.kind === "other") return false;
    if (!this.#facts.isParam(base) && !this.#facts.isFresh(base)) return false;
    const read: Touch =
      i.kind === "load" ? { base, part: "slot", ...(i.key ? { key: i.key } : {}) } : { base, part: "length" };
    return !disturbs(this.#facts, writes, [read]);
  }
}

/** A field is what the user would have given a name before the loop. */
const isWorthIt = (i: Instruction): boolean => {
  if (i.kind === "view") return true;
  if (i.kind === "op") return opInfo(i.op).cost >= dear;
  const isField = i.kind === "load" && i.key?.kind === "constant" && typeof i.key.value === "string";
  return i.kind === "load" && (isMemory(i.result.type) || isField);
};

const without = (r: Region, moved: ReadonlySet<Instruction>): Region => ({
  body: r.body.filter((i) => !moved.has(i)),
  end: r.end,
});
