/**
 * Dead code: what neither the result nor any effect needs.
 *
 * Needs nothing. Leaves no unused value, no loop-carried value that is used for its own next value only, no
 * write into memory that nobody reads, no construct without effect. Loads are pure; a loop is taken to end.
 * Fragments and calls that may not be repeated stay.
 */
import type { Func, Instruction, Label, Operand, Region, Terminator, Value } from "../ir/types.ts";
import { operandsOf, operandsOfEnd, regionsOf, resultsOf, visit } from "../ir/walk.ts";
import { type EffectsOf, effectsIn } from "./effects.ts";
import { isMemory } from "./facts.ts";
import { ownersOf } from "./owners.ts";

type Of<K extends Instruction["kind"]> = Extract<Instruction, { kind: K }>;
type Construct = Of<"if" | "loop" | "block">;

export function dead(func: Func): Func {
  const body = new Sweep(func).region(func.body);
  return body === func.body ? func : { ...func, body };
}

/** What a write goes into, and what it writes; a `pop` whose result nobody uses is one too. */
const destination = (i: Instruction): Operand | undefined => {
  switch (i.kind) {
    case "store":
    case "accumulate":
    case "addInto":
    case "push":
    case "put":
      return i.to;
    case "remove":
      return i.from;
    case "setLength":
      return i.of;
    case "pop":
      return i.from;
    default:
      return undefined;
  }
};

/** Marks what is needed, from the effects and the result backwards, and keeps only that. */
class Sweep {
  readonly #live = new Set<Value | Instruction | Terminator>();
  readonly #definition = new Map<Value, Instruction>();
  /** A loop's params, and its results, by the slot they stand for. */
  readonly #slots = new Map<Value, { of: Construct; slot: number }>();
  readonly #parent = new Map<Instruction | Terminator, Construct>();
  readonly #exits = new Map<Label, Extract<Terminator, { kind: "exit" }>[]>();
  readonly #owner: (v: Operand) => Value | undefined;
  readonly #writers = new Map<Value, Instruction[]>();
  readonly #effects: EffectsOf = effectsIn();
  readonly #todo: (() => void)[] = [];

  constructor(func: Func) {
    this.#owner = ownersOf(func);
    const anchors: (Instruction | Terminator)[] = [];
    this.#read(func.body, undefined, anchors, this.#holders(func));
    if (func.body.end.kind === "yield") anchors.push(func.body.end);
    for (const exit of this.#exits.get(func.label) ?? []) anchors.push(exit);
    for (const a of anchors) this.#need(a);
    for (let next = this.#todo.pop(); next; next = this.#todo.pop()) next();
  }

  /** Structures into which references were put. */
  #holders(func: Func): ReadonlySet<Value> {
    const holders = new Set<Value>();
    const note = (into: Operand, values: readonly Operand[]): void => {
      const owner = this.#owner(into);
      if (owner && values.some((v) => v.kind === "value" && isMemory(v.type))) holders.add(owner);
    };
    visit(func.body, (i) => {
      if (i.kind === "store" || i.kind === "push" || i.kind === "put") note(i.to, [i.value]);
      else if (i.kind === "make")
        note(
          i.result,
          i.items.map((item) => item.value),
        );
      else if (i.kind === "alloc" && i.fill) note(i.result, [i.fill]);
    });
    return holders;
  }

  #read(
    r: Region,
    parent: Construct | undefined,
    anchors: (Instruction | Terminator)[],
    holders: ReadonlySet<Value>,
  ): void {
    for (const i of r.body) {
      if (parent) this.#parent.set(i, parent);
      for (const v of resultsOf(i)) this.#definition.set(v, i);
      const into = destination(i);
      if (into) {
        const owner = this.#owner(into);
        // what is added into a structure reaches parts that others may hold too
        const deep = i.kind === "addInto" && owner !== undefined && holders.has(owner);
        if (owner && !deep) this.#writers.set(owner, [...(this.#writers.get(owner) ?? []), i]);
        else anchors.push(i);
      } else if (i.kind === "call" || i.kind === "opaque") {
        const e = this.#effects(i);
        if (e.once || e.leaves || e.writes.length > 0) anchors.push(i);
      } else if (i.kind === "if" || i.kind === "block" || i.kind === "loop") {
        i.results.forEach((v, slot) => this.#slots.set(v, { of: i, slot }));
        if (i.kind === "loop") i.params.forEach((v, slot) => this.#slots.set(v, { of: i, slot }));
        for (const inner of regionsOf(i)) this.#read(inner, i, anchors, holders);
      }
    }
    if (parent) this.#parent.set(r.end, parent);
    if (r.end.kind === "exit") this.#exits.set(r.end.to, [...(this.#exits.get(r.end.to) ?? []), r.end]);
    if (r.end.kind === "throw") anchors.push(r.end);
  }

  #need(node: Instruction | Terminator): void {
    if (this.#live.has(node)) return;
    this.#live.add(node);
    this.#todo.push(() => {
      const parent = this.#parent.get(node);
      if (parent) this.#need(parent);
      switch (node.kind) {
        case "yield":
          return node.values.forEach((o) => this.#use(o));
        case "throw":
          return node.reads.forEach((o) => this.#use(o));
        case "exit":
          // which values it hands on is decided slot by slot; a function's result is always wanted
          if (!parent || !this.#isInside(node)) node.values.forEach((o) => this.#use(o));
          return;
        case "if":
          return this.#use(node.test);
        case "block":
          return this.#needExits(node.label);
        case "loop":
          return this.#needLoop(node);
        default: {
          const into = destination(node);
          if (into && node.kind !== "pop" && !(node.kind === "remove" && node.result)) {
            // the memory is needed as well, or the write would not be here; adding goes by what it holds
            if (node.kind === "addInto") this.#use(into);
            else this.#useMemory(into);
            for (const o of operandsOf(node)) if (o !== into) this.#use(o);
          } else for (const o of operandsOf(node)) this.#use(o);
        }
      }
    });
  }

  /** Whether the exit leaves a construct of this function, rather than the function. */
  #isInside(exit: Extract<Terminator, { kind: "exit" }>): boolean {
    for (let p = this.#parent.get(exit); p; p = this.#parent.get(p))
      if (p.kind !== "if" && p.label === exit.to) return true;
    return false;
  }

  #needExits(label: Label): void {
    for (const exit of this.#exits.get(label) ?? []) this.#need(exit);
  }

  #needLoop(i: Of<"loop">): void {
    this.#needExits(i.label);
    const { shape, body } = i;
    if (shape.kind === "range") for (const o of [shape.start, shape.bound, shape.step]) this.#use(o);
    else if (shape.kind === "while") operandsOfEnd(shape.test.end).forEach((o) => this.#use(o));
    else if (shape.kind === "doWhile" && body.end.kind === "yield") this.#use(body.end.values[0]!);
  }

  #use(o: Operand): void {
    if (o.kind === "constant") return;
    const owner = this.#owner(o);
    if (owner && !this.#live.has(owner)) {
      this.#live.add(owner);
      this.#todo.push(() => this.#writers.get(owner)?.forEach((w) => this.#need(w)));
    }
    this.#useMemory(o);
  }

  /** A value is needed, without saying that what its memory holds is read. */
  #useMemory(o: Operand): void {
    if (o.kind === "constant") return;
    const slot = this.#slots.get(o);
    if (slot) return this.#needSlot(slot.of, slot.slot);
    const by = this.#definition.get(o);
    if (by) this.#need(by);
  }

  readonly #neededSlots = new Map<Construct, Set<number>>();

  #needSlot(of: Construct, slot: number): void {
    const needed = this.#neededSlots.get(of) ?? new Set();
    this.#neededSlots.set(of, needed);
    if (needed.has(slot)) return;
    needed.add(slot);
    this.#todo.push(() => {
      this.#need(of);
      if (of.kind === "loop") this.#use(of.initial[slot]!);
      const shift = of.kind === "loop" && of.shape.kind === "doWhile" ? 1 : 0;
      const bodies = of.kind === "if" ? [of.then, of.else] : [of.body];
      for (const r of bodies) if (r.end.kind === "yield") this.#use(r.end.values[slot + shift]!);
      if (of.kind !== "if") for (const exit of this.#exits.get(of.label) ?? []) this.#use(exit.values[slot]!);
    });
  }

  region(r: Region): Region {
    return this.#keep(r, (end) => end);
  }

  #keep(r: Region, finish: (end: Terminator) => Terminator): Region {
    const body = r.body.flatMap((i) => (this.#live.has(i) ? [this.#instruction(i)] : []));
    const end = r.end.kind === "exit" ? this.#exit(r.end) : r.end.kind === "yield" ? finish(r.end) : r.end;
    return body.length === r.body.length && body.every((i, n) => i === r.body[n]) && end === r.end
      ? r
      : { body, end };
  }

  readonly #keptOf = new Map<Label, (slot: number) => boolean>();

  #exit(end: Extract<Terminator, { kind: "exit" }>): Terminator {
    const kept = this.#keptOf.get(end.to);
    const values = kept ? end.values.filter((_, slot) => kept(slot)) : end.values;
    return values.length === end.values.length ? end : { ...end, values };
  }

  #instruction(i: Instruction): Instruction {
    if (i.kind !== "if" && i.kind !== "block" && i.kind !== "loop") return i;
    const needed = this.#neededSlots.get(i) ?? new Set();
    const kept = (slot: number): boolean => needed.has(slot);
    const filter = <T>(list: readonly T[]): readonly T[] => {
      const few = list.filter((_, slot) => kept(slot));
      return few.length === list.length ? list : few;
    };
    const shift = i.kind === "loop" && i.shape.kind === "doWhile" ? 1 : 0;
    const finish = (end: Terminator): Terminator => {
      if (end.kind !== "yield") return end;
      const values = end.values.filter((_, n) => n < shift || kept(n - shift));
      return values.length === end.values.length ? end : { kind: "yield", values };
    };
    if (i.kind !== "if") this.#keptOf.set(i.label, kept);
    if (i.kind === "if") {
      const [then, otherwise] = [this.#keep(i.then, finish), this.#keep(i.else, finish)];
      return then === i.then && otherwise === i.else && filter(i.results) === i.results
        ? i
        : { ...i, results: filter(i.results), then, else: otherwise };
    }
    const body = this.#keep(i.body, finish);
    if (i.kind === "block")
      return body === i.body && filter(i.results) === i.results
        ? i
        : { ...i, results: filter(i.results), body };
    const test = i.shape.kind === "while" ? this.region(i.shape.test) : undefined;
    const sameTest = i.shape.kind !== "while" || test === i.shape.test;
    if (body === i.body && sameTest && filter(i.results) === i.results) return i;
    return {
      ...i,
      params: filter(i.params),
      initial: filter(i.initial),
      results: filter(i.results),
      shape: i.shape.kind === "while" && test ? { ...i.shape, test } : i.shape,
      body,
    };
  }
}
