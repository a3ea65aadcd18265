/** What an instruction reads, writes and does besides, and which instructions may change places. */
import { mayChangeOutside, modules, type Outside, outsideOf } from "../ir/outside.ts";
import type { Func, Instruction, Label, Operand, Region, Value } from "../ir/types.ts";
import { calledBy, functionOf } from "../ir/callee.ts";
import { boundBy, operandsOf, regionsOf, resultsOf, visit, visitRegions } from "../ir/walk.ts";
import { type Facts, factsOf, holdsMemory, isMemory } from "./facts.ts";

/** A piece of memory: one slot of an object (any, if the key is not known), its length, or all that it reaches. */
export type Touch = Readonly<{ base: Operand; part: "slot" | "length" | "all" | "deep"; key?: Operand }>;

export type Effects = Readonly<{
  reads: readonly Touch[];
  writes: readonly Touch[];
  /** It may not come back: an exit to something around it, a throw. */
  leaves: boolean;
  /** It has effects or answers beyond memory: it runs as often and in the order it was written. */
  once: boolean;
}>;

/** The same with where it leaves to, so that constructs around can be told from those inside. */
type Inside = Readonly<{
  reads: readonly Touch[];
  writes: readonly Touch[];
  exits: ReadonlySet<Label>;
  throws: boolean;
  once: boolean;
}>;

const none: Inside = { reads: [], writes: [], exits: new Set(), throws: false, once: false };

const slot = (base: Operand, key: Operand | undefined): Touch => ({
  base,
  part: "slot",
  ...(key ? { key } : {}),
});
const deep = (base: Operand): Touch => ({ base, part: "deep" });

export type EffectsOf = (i: Instruction) => Effects;

/** The effects of the instructions of one function, remembered. */
export const effectsIn = (): EffectsOf => {
  const known = new Map<Instruction, Inside>();
  const answers = new Map<Instruction, Effects>();
  const callees = new Map<Func, Inside>();
  const beyond = new Map<Func, Outside>();

  /** What calling it does: what it and all that it calls do, which may be itself. */
  const ofCallee = (callee: Func): Inside => {
    let found = callees.get(callee);
    if (!found) {
      found = together(calledBy(callee).map(ownEffects));
      callees.set(callee, found);
    }
    return found;
  };
  const ownEffects = (func: Func): Inside => {
    const facts = factsOf(func);
    const parts: Inside[] = [];
    let throws = false;
    visit(func.body, (i) => {
      if (i.kind !== "call" && regionsOf(i).length === 0) parts.push(of(i));
    });
    visitRegions(func.body, (r) => {
      if (r.end.kind === "throw") throws = true;
    });
    const inside = together(parts, [], throws);
    return { ...inside, writes: inside.writes.filter((w) => w.part === "deep" || !facts.isFresh(w.base)) };
  };

  const together = (parts: readonly Inside[], exits: Iterable<Label> = [], throws = false): Inside => {
    const to = new Set([...exits, ...parts.flatMap((p) => [...p.exits])]);
    return {
      reads: distinct(parts.flatMap((p) => p.reads)),
      writes: distinct(parts.flatMap((p) => p.writes)),
      exits: to,
      throws: throws || parts.some((p) => p.throws),
      once: parts.some((p) => p.once),
    };
  };

  const ofRegion = (r: Region): Inside =>
    together(r.body.map(of), r.end.kind === "exit" ? [r.end.to] : [], r.end.kind === "throw");

  const without = (inside: Inside, label: Label): Inside => ({
    ...inside,
    exits: new Set([...inside.exits].filter((l) => l !== label)),
  });

  const compute = (i: Instruction): Inside => {
    switch (i.kind) {
      case "op":
      case "make":
      case "alloc":
      case "cell":
        return none;
      case "zeros":
        return { ...none, reads: [deep(i.like)] };
      case "seeded":
        return { ...none, reads: [deep(i.like), deep(i.seed)] };
      case "convert":
        return { ...none, reads: [deep(i.from)] };
      case "addInto":
        return { ...none, reads: [deep(i.to), deep(i.value)], writes: [deep(i.to)] };
      case "load":
        return { ...none, reads: [slot(i.from, i.key)] };
      case "store":
        return { ...none, writes: [slot(i.to, i.key)] };
      case "accumulate":
        return { ...none, reads: [slot(i.to, i.key)], writes: [slot(i.to, i.key)] };
      case "length":
        return { ...none, reads: [{ base: i.of, part: "length" }] };
      case "view":
        return none;
      case "get":
        return { ...none, reads: [slot(i.from, i.key)] };
      case "has":
      case "keys":
        return { ...none, reads: [{ base: i.of, part: "all" }] };
      case "put":
        return { ...none, writes: [{ base: i.to, part: "all" }] };
      case "remove": {
        const all: Touch = { base: i.from, part: "all" };
        return { ...none, reads: i.result ? [all] : [], writes: [all] };
      }
      case "push":
      case "setLength": {
        const all: Touch = { base: i.kind === "push" ? i.to : i.of, part: "all" };
        return { ...none, reads: [all], writes: [all] };
      }
      case "pop": {
        const all: Touch = { base: i.from, part: "all" };
        return { ...none, reads: [all], writes: [all] };
      }
      case "call": {
        const callee = functionOf(i.callee);
        const inside = ofCallee(callee);
        const memory = i.args.filter((a) => a.kind === "value" && isMemory(a.type)).map(deep);
        const outside = outsideOf(callee, beyond);
        return {
          ...inside,
          reads: [...memory, ...(outside.reads ? [deep(modules)] : [])],
          writes: [...(inside.writes.length > 0 ? memory : []), ...(outside.writes ? [deep(modules)] : [])],
        };
      }
      case "opaque":
        return {
          reads: i.reads.map(deep),
          writes: [...i.writes.map(deep), ...(mayChangeOutside(i) ? [deep(modules)] : [])],
          throws: !i.repeatable,
          exits: none.exits,
          once: !i.repeatable,
        };
      case "if":
        return together([ofRegion(i.then), ofRegion(i.else)]);
      case "block":
      case "loop":
        return without(together(regionsOf(i).map(ofRegion)), i.label);
      default:
        return i satisfies never;
    }
  };

  const of = (i: Instruction): Inside => {
    let found = known.get(i);
    if (!found) {
      found = compute(i);
      known.set(i, found);
    }
    return found;
  };
  return (i) => {
    let found = answers.get(i);
    if (!found) {
      const { reads, writes, exits, throws, once } = of(i);
      found = { reads, writes, leaves: throws || exits.size > 0, once };
      answers.set(i, found);
    }
    return found;
  };
};

/** Each touch once: what a large construct does is compared often. */
const distinct = (touches: readonly Touch[]): readonly Touch[] => {
  const seen = new Map<Operand, Touch[]>();
  return touches.filter((t) => {
    const others = seen.get(t.base) ?? [];
    if (others.some((o) => o.part === t.part && (o.key === t.key || sameConstant(o.key, t.key))))
      return false;
    seen.set(t.base, [...others, t]);
    return true;
  });
};

const sameConstant = (a: Operand | undefined, b: Operand | undefined): boolean =>
  a?.kind === "constant" && b?.kind === "constant" && Object.is(a.value, b.value);

/** Whether a write may change what a touch sees. */
export const meets = (facts: Facts, a: Touch, write: Touch): boolean => {
  const reaches = (from: Touch, other: Operand): boolean =>
    from.part === "deep" &&
    from.base.kind === "value" &&
    holdsMemory(from.base.type) &&
    !facts.isPrivate(other);
  if (a.base !== write.base && (reaches(a, write.base) || reaches(write, a.base))) return true;
  if (!facts.mayAlias(a.base, write.base)) return false;
  if (a.part !== "slot" || write.part !== "slot") return true;
  // one key, one slot: "0" and 0 are the same, unless one of the names is a view
  if (a.base !== write.base && facts.mayBeView(a.base, write.base)) return true;
  if (a.key?.kind === "constant" && write.key?.kind === "constant")
    return String(a.key.value) === String(write.key.value);
  return true;
};

export const disturbs = (facts: Facts, writes: readonly Touch[], touches: readonly Touch[]): boolean =>
  writes.some((w) => touches.some((t) => meets(facts, t, w)));

/** Whether an instruction uses one of the values, in its regions too. */
export const mentions = (i: Instruction, any: ReadonlySet<Operand>): boolean =>
  operandsOf(i).some((o) => any.has(o)) || regionsOf(i).some((r) => regionMentions(r, any));

export const regionMentions = (r: Region, any: ReadonlySet<Operand>): boolean =>
  r.body.some((i) => mentions(i, any)) ||
  (r.end.kind === "throw" ? r.end.reads : r.end.values).some((o) => any.has(o));

/** Whether two neighbours, neither of which uses what the other defines, may change places. */
export const commute = (facts: Facts, a: Effects, b: Effects): boolean => {
  const visible = (e: Effects): boolean => e.once || e.leaves || e.writes.length > 0;
  if ((a.once || a.leaves) && visible(b)) return false;
  if ((b.once || b.leaves) && visible(a)) return false;
  return !disturbs(facts, a.writes, [...b.reads, ...b.writes]) && !disturbs(facts, b.writes, a.reads);
};

/** Whether all that the instruction does is give values: it may be left out, or run where it did not before. */
export const isPure = (e: Effects): boolean => !e.once && !e.leaves && e.writes.length === 0;

/** What an instruction defines for others to see, and what only its own regions see. */
export const definedIn = (i: Instruction, into: Set<Value> = new Set()): Set<Value> => {
  for (const v of boundBy(i)) into.add(v);
  for (const v of resultsOf(i)) into.add(v);
  for (const r of regionsOf(i)) for (const inner of r.body) definedIn(inner, into);
  return into;
};
