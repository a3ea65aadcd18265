/**
 * Out of SSA: values that hand on to each other and never live at the same time become one variable, so that
 * `loop(initial 0; s) { yield s + t }` is `let s = 0; … s += t`.
 */
import type { Instruction, Operand, Type, Value } from "../ir/types.ts";
import { resultsOf } from "../ir/walk.ts";
import { type Facts, handsOnFlag, targetsOf } from "./facts.ts";
import type { Inlining } from "./inline.ts";
import type { Interference } from "./liveness.ts";

/** A variable of the generated function and the values that it holds, one after the other. */
export type Variable = Readonly<{ values: readonly Value[]; type: Type; hint?: string; parameter: boolean }>;

export type Variables = ReadonlyMap<Value, Variable>;

type Group = { values: Value[]; near: Set<Value>; parameter: boolean };

/** How much a pair should share a variable; the smaller, the sooner. */
type Affinity = Readonly<{ a: Value; b: Value; rank: number; kind: "same" | "initial" | "hand" | "step" }>;

const typeKey = (type: Type): string => JSON.stringify(type);

export function coalesce(facts: Facts, inlining: Inlining, interference: Interference): Variables {
  const groups = new Map<Value, Group>();
  const groupOf = (v: Value): Group => {
    let g = groups.get(v);
    if (!g) {
      g = { values: [v], near: new Set(interference.get(v)), parameter: facts.func.params.includes(v) };
      groups.set(v, g);
    }
    return g;
  };

  const merge = (a: Group, b: Group): void => {
    a.values.push(...b.values);
    for (const v of b.near) a.near.add(v);
    a.parameter ||= b.parameter;
    for (const v of b.values) groups.set(v, a);
  };

  const agrees = (a: Group, b: Group, kind: Affinity["kind"]): boolean => {
    const hints = (g: Group): Set<string> => new Set(g.values.flatMap((v) => (v.hint ? [v.hint] : [])));
    const [x, y] = [hints(a), hints(b)];
    const equal = x.size === 0 || y.size === 0 || [...x].some((h) => y.has(h));
    if (a.parameter || b.parameter) return [...x].some((h) => y.has(h));
    if (kind === "initial" || kind === "step") return equal;
    // an adjoint in the variable of what it is the adjoint of something else of would mislead
    const isAdjoint = (g: Group): boolean => g.values.some((v) => v.adjoint);
    if (isAdjoint(a) !== isAdjoint(b) && x.size > 0 && y.size > 0) return false;
    const declared = (g: Group): boolean => g.values.some((v) => v.declared);
    return equal || !(declared(a) && declared(b));
  };

  // the head of a loop declares its variable, which nothing else may share; a function of the user's that
  // outlives its statement must go on seeing the value that it saw
  const alone = new Set<Operand>(
    facts.order.flatMap((i) => {
      if (i.kind === "loop" && i.shape.kind === "range") return [i.shape.variable];
      return i.kind === "opaque" && makesFunction(i) ? i.reads : [];
    }),
  );

  const join = ({ a, b, kind }: Affinity): void => {
    const [x, y] = [groupOf(a), groupOf(b)];
    if (x === y || alone.has(a) || alone.has(b)) return;
    if (kind !== "same") {
      if (typeKey(a.type) !== typeKey(b.type)) return;
      if (x.values.some((v) => y.near.has(v)) || y.values.some((v) => x.near.has(v))) return;
      if (!agrees(x, y, kind)) return;
    }
    merge(x, y);
  };

  const affinities = findAffinities(facts, inlining);
  [...affinities].sort((p, q) => p.rank - q.rank).forEach(join);

  const made = new Map<Group, Variable>();
  const variables = new Map<Value, Variable>();
  const add = (v: Value): void => {
    const group = groupOf(v);
    let variable = made.get(group);
    if (!variable) {
      const hint = bestHint(facts, group.values);
      variable = {
        values: group.values,
        type: group.values.at(-1)!.type,
        ...(hint ? { hint } : {}),
        parameter: group.parameter,
      };
      made.set(group, variable);
    }
    variables.set(v, variable);
  };
  facts.func.params.forEach(add);
  for (const i of facts.order) {
    if (i.kind === "loop") {
      i.params.forEach(add);
      if (i.shape.kind === "range") add(i.shape.variable);
    }
    resultsOf(i).forEach(add);
  }
  return variables;
}

const makesFunction = (i: Extract<Instruction, { kind: "opaque" }>): boolean =>
  i.code.parts.some((p) => typeof p === "string" && /=>|\bfunction\b/.test(p)) &&
  (!i.repeatable || i.writes.length > 0 || i.results.some((r) => r.type.kind === "other"));

/** A parameter's name before a declared one, before that of a carried value, before any. */
function bestHint(facts: Facts, values: readonly Value[]): string | undefined {
  const carried = (v: Value): boolean => {
    const made = facts.definition.get(v);
    return made === undefined || made.kind === "loop" || made.kind === "if" || made.kind === "block";
  };
  const candidates = [
    values.find((v) => facts.func.params.includes(v)),
    values.find((v) => v.declared),
    values.find((v) => v.hint && carried(v)),
    values.find((v) => v.hint),
  ];
  return candidates.find((v) => v?.hint)?.hint;
}

function findAffinities(facts: Facts, inlining: Inlining): readonly Affinity[] {
  const found: Affinity[] = [];
  const own = (o: Operand): Value | undefined => {
    if (o.kind !== "value") return undefined;
    const made = facts.definition.get(o);
    return made && inlining.inlined.has(made) ? undefined : o;
  };
  const pair = (a: Value, o: Operand | undefined, kind: Affinity["kind"]): void => {
    const b = o && own(o);
    if (!b) return;
    const equal = a.hint !== undefined && a.hint === b.hint;
    const base = { same: 0, hand: 2, initial: 4, step: 6 }[kind];
    found.push({ a, b, rank: kind === "same" ? 0 : equal ? base - 1 : base, kind });
  };
  const each = (i: Instruction): void => {
    if (inlining.dead.has(i) || inlining.inlined.has(i)) return;
    if (i.kind === "loop") {
      i.params.forEach((p, k) => {
        pair(p, i.results[k], "same");
        pair(p, i.initial[k], "initial");
      });
    }
    if (i.kind === "op") {
      // x = x + e: one variable, if it has one name
      for (const o of i.args)
        if (o.kind === "value" && o.hint && o.hint === i.result.hint) pair(i.result, o, "step");
    }
  };
  facts.order.forEach(each);
  for (const frame of facts.frames.values()) {
    const { end } = frame.region;
    if (frame.owner && inlining.ternaries.has(frame.owner)) continue;
    if (end.kind === "throw") continue;
    const targets = end.kind === "exit" ? facts.results.get(end.to)! : targetsOf(frame);
    const values = end.kind === "yield" && handsOnFlag(frame) ? end.values.slice(1) : end.values;
    targets.forEach((t, k) => pair(t, values[k], "hand"));
  }
  return found;
}
