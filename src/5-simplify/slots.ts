/** Carries the slots of one local object through a function's structured control flow. */
import { constant, fieldType, numberType, typeOf, value as newValue } from "../ir/build.ts";
import { opInfo } from "../ir/ops.ts";
import { adjointName } from "../ir/shadow.ts";
import type { Func, Instruction, Label, Operand, Region, Terminator, Type, Value } from "../ir/types.ts";
import { rebuild, rebuildEnd } from "../ir/rebuild.ts";
import { operandsOf, operandsOfEnd, regionsOf } from "../ir/walk.ts";

export type Slot = Readonly<{
  key: string;
  item?: string | number;
  initial?: Operand;
  /** The object does not have it at first. */
  isMissing?: boolean;
}>;
export type Candidate = Readonly<{
  memory: Value;
  made: Extract<Instruction, { kind: "make" | "cell" }>;
  slots: readonly Slot[];
}>;

/** The object has to stay: thrown where it turns out, before anything was changed. */
export class NotPromotable extends Error {}

/** What each slot holds at a place; `gone` once the object was handed out. `undefined`: the place is not reached. */
type State = Readonly<{ held: ReadonlyMap<string, Operand>; gone: boolean }>;

type Around = Readonly<{ keys: readonly string[]; leaves: State[] }>;

export const promoteOne = (func: Func, candidate: Candidate): Func => new Slots(candidate).func(func);

class Slots {
  readonly #candidate: Candidate;
  readonly #replaced = new Map<Value, Operand>();
  /** Constructs between the object and where we are: an exit to one of them hands on the slots it changes. */
  readonly #around = new Map<Label, Around>();

  constructor(candidate: Candidate) {
    this.#candidate = candidate;
  }

  func(func: Func): Func {
    return { ...func, body: this.#seek(func.body) };
  }

  readonly #use = (o: Operand): Operand => {
    let current = o;
    for (let next; current.kind === "value" && (next = this.#replaced.get(current));) current = next;
    return current;
  };

  /** Finds the region in which the object is made. */
  #seek(r: Region): Region {
    const at = r.body.indexOf(this.#candidate.made);
    if (at < 0) {
      const body = r.body.map((i) => rebuild(i, { region: (inner) => this.#seek(inner) }));
      return body.every((i, n) => i === r.body[n]) ? r : { body, end: r.end };
    }
    const held = new Map<string, Operand>();
    for (const { key, initial } of this.#candidate.slots) if (initial) held.set(key, initial);
    const rest = this.#region({ body: r.body.slice(at + 1), end: r.end }, { held, gone: false }, []);
    return { body: [...r.body.slice(0, at), ...rest.region.body], end: rest.region.end };
  }

  /** `keys`: the slots that the region's end hands on, after its own values. */
  #region(r: Region, start: State, keys: readonly string[]): { region: Region; state?: State } {
    const body: Instruction[] = [];
    let state = start;
    for (const i of r.body) state = this.#instruction(i, state, body);
    state = this.#handOut(operandsOfEnd(r.end), state, body);
    const end = this.#end(r.end, state, keys);
    return { region: { body, end }, ...(r.end.kind === "yield" ? { state } : {}) };
  }

  #end(end: Terminator, state: State, keys: readonly string[]): Terminator {
    const own = rebuildEnd(end, this.#use);
    if (own.kind === "yield")
      return keys.length === 0 ? own : { ...own, values: [...own.values, ...this.#all(keys, state)] };
    if (own.kind !== "exit") return own;
    const around = this.#around.get(own.to);
    if (!around) return own;
    around.leaves.push(state);
    if (around.keys.length === 0) return own;
    if (this.#candidate.made.kind === "cell") throw new NotPromotable();
    return { ...own, values: [...own.values, ...this.#all(around.keys, state)] };
  }

  #all(keys: readonly string[], state: State): readonly Operand[] {
    return keys.map((key) => this.#get(state, key));
  }

  #get(state: State, key: string): Operand {
    const held = state.held.get(key);
    if (held === undefined) throw new NotPromotable();
    return this.#use(held);
  }

  #set(state: State, key: string, to: Operand): State {
    const isMissing = this.#candidate.slots.some((s) => s.key === key && s.isMissing);
    if (state.gone || (isMissing && mayBeNothing(to))) throw new NotPromotable();
    return { ...state, held: new Map(state.held).set(key, to) };
  }

  /** Where the object itself is wanted, it is made from what its slots hold: once, and not touched afterwards. */
  #handOut(operands: readonly Operand[], state: State, body: Instruction[]): State {
    const { memory, made, slots } = this.#candidate;
    if (!operands.includes(memory)) return state;
    if (state.gone || made.kind === "cell") throw new NotPromotable();
    const result: Value = { ...memory };
    const items = slots.flatMap((s) => {
      const value = this.#get(state, s.key);
      if (s.isMissing && value.kind === "constant" && value.value === undefined) return [];
      // whether the object has it then is known at run time alone
      if (s.isMissing && mayBeNothing(value)) throw new NotPromotable();
      return [{ key: s.item ?? s.key, value }];
    });
    body.push({ ...made, result, items });
    this.#replaced.set(memory, result);
    return { ...state, gone: true };
  }

  #fresh(key: string, type: Type): Value {
    const { memory, made } = this.#candidate;
    const ofTuple = memory.hint === undefined ? undefined : `${memory.hint}${key}`;
    const ofField = memory.adjoint ? adjointName(key) : key;
    const name =
      made.kind === "cell" ? memory.hint : typeof made.items[0]?.key === "number" ? ofTuple : ofField;
    return { ...newValue(type, name), ...(memory.adjoint ? { adjoint: true } : {}) };
  }

  #slotType(key: string): Type {
    const { memory, slots } = this.#candidate;
    const { type } = memory;
    const slot = slots.find((s) => s.key === key)!;
    if (type.kind === "cell") return type.of;
    if (type.kind === "array") return type.element;
    if (type.kind === "tuple") return type.elements[Number(key)]!;
    const field = type.kind === "object" ? type.fields.find((f) => f.name === key) : undefined;
    if (field) return fieldType(field);
    return slot.initial ? typeOf(slot.initial) : { kind: "other", text: "unknown" };
  }

  #instruction(i: Instruction, state: State, body: Instruction[]): State {
    const { memory } = this.#candidate;
    const keyOf = (key: Operand | undefined): string => (key?.kind === "constant" ? String(key.value) : "");
    if (i.kind === "load" && i.from === memory) {
      if (state.gone) throw new NotPromotable();
      this.#replaced.set(i.result, this.#get(state, keyOf(i.key)));
      return state;
    }
    if (i.kind === "store" && i.to === memory && i.value !== memory)
      return this.#set(state, keyOf(i.key), this.#use(i.value));
    if (i.kind === "accumulate" && i.to === memory) {
      const key = keyOf(i.key);
      const result = this.#fresh(key, numberType);
      const args = [this.#get(state, key), this.#use(i.value)];
      body.push({ kind: "op", result, op: "add", args, at: i.at });
      return this.#set(state, key, result);
    }
    if (i.kind === "if" || i.kind === "block" || i.kind === "loop") {
      const given = this.#handOut(operandsOf(i), state, body);
      if (!this.#concerns(i)) {
        body.push(this.#renamed(i));
        return given;
      }
      return i.kind === "if"
        ? this.#if(i, given, body)
        : i.kind === "block"
          ? this.#block(i, given, body)
          : this.#loop(i, given, body);
    }
    const given = this.#handOut(operandsOf(i), state, body);
    body.push(countable(rebuild(i, { use: this.#use })));
    return given;
  }

  /** A construct that has nothing to do with the object. Exits in it may still leave constructs that have. */
  #renamed(i: Instruction): Instruction {
    return countable(rebuild(i, { use: this.#use, region: (r) => this.#inert(r) }));
  }

  #inert(r: Region): Region {
    return { body: r.body.map((i) => this.#renamed(i)), end: rebuildEnd(r.end, this.#use) };
  }

  /** Whether the construct touches the object, or leaves to where its slots are handed on. */
  #concerns(i: Instruction): boolean {
    const { memory } = this.#candidate;
    const inside = (r: Region): boolean =>
      operandsOfEnd(r.end).includes(memory) ||
      (r.end.kind === "exit" && this.#around.has(r.end.to)) ||
      r.body.some((x) => operandsOf(x).includes(memory) || regionsOf(x).some(inside));
    return regionsOf(i).some(inside);
  }

  /** The slots that are written in a construct. */
  #written(i: Instruction): readonly string[] {
    const keys = new Set<string>();
    const inside = (r: Region): void => {
      for (const x of r.body) {
        if ((x.kind === "store" || x.kind === "accumulate") && x.to === this.#candidate.memory)
          keys.add(x.key?.kind === "constant" ? String(x.key.value) : "");
        regionsOf(x).forEach(inside);
      }
    };
    regionsOf(i).forEach(inside);
    return this.#candidate.slots.map((s) => s.key).filter((key) => keys.has(key));
  }

  /** The state behind a construct whose results are extended by the slots it writes. */
  #after(
    state: State,
    keys: readonly string[],
    ways: readonly (State | undefined)[],
  ): { state: State; results: Value[] } {
    const results = keys.map((key) => this.#fresh(key, this.#slotType(key)));
    const held = new Map(state.held);
    keys.forEach((key, n) => held.set(key, results[n]!));
    return { state: { held, gone: state.gone || ways.some((s) => s?.gone) }, results };
  }

  /** Slots that hold nothing yet and are set on the way may only be handed on if every way has set them. */
  #if(i: Extract<Instruction, { kind: "if" }>, state: State, body: Instruction[]): State {
    const keys = this.#written(i);
    const then = this.#region(i.then, state, keys);
    const otherwise = this.#region(i.else, state, keys);
    const after = this.#after(state, keys, [then.state, otherwise.state]);
    body.push({
      ...i,
      test: this.#use(i.test),
      then: then.region,
      else: otherwise.region,
      results: [...i.results, ...after.results],
    });
    return after.state;
  }

  #block(i: Extract<Instruction, { kind: "block" }>, state: State, body: Instruction[]): State {
    const keys = this.#written(i);
    const leaves: State[] = [];
    this.#around.set(i.label, { keys, leaves });
    const inner = this.#region(i.body, state, keys);
    this.#around.delete(i.label);
    const after = this.#after(state, keys, [inner.state, ...leaves]);
    body.push({ ...i, body: inner.region, results: [...i.results, ...after.results] });
    return after.state;
  }

  #loop(i: Extract<Instruction, { kind: "loop" }>, state: State, body: Instruction[]): State {
    const keys = this.#written(i);
    const leaves: State[] = [];
    const params = keys.map((key) => this.#fresh(key, this.#slotType(key)));
    const initial = this.#all(keys, state);
    const held = new Map(state.held);
    keys.forEach((key, n) => held.set(key, params[n]!));
    const start: State = { held, gone: state.gone };
    const own = rebuild(i, { use: this.#use }) as typeof i;
    this.#around.set(i.label, { keys, leaves });
    const test = i.shape.kind === "while" ? this.#region(i.shape.test, start, []) : undefined;
    if (test && test.state !== start && test.state?.held !== start.held) throw new NotPromotable();
    const inner = this.#region(i.body, start, keys);
    this.#around.delete(i.label);
    // the next iteration would find an object that was handed out
    if (!state.gone && (inner.state?.gone || test?.state?.gone)) throw new NotPromotable();
    const after = this.#after(state, keys, leaves);
    body.push({
      ...own,
      params: [...i.params, ...params],
      initial: [...own.initial, ...initial],
      results: [...i.results, ...after.results],
      shape: own.shape.kind === "while" && test ? { ...own.shape, test: test.region } : own.shape,
      body: inner.region,
    });
    return after.state;
  }
}

const mayBeNothing = (o: Operand): boolean => {
  const { kind } = typeOf(o);
  return kind === "optional" || kind === "undefined" || kind === "other";
};

/** A field that is not there is no number: behind a test for it that is never passed, or in the program itself. */
const countable = (i: Instruction): Instruction => {
  if (i.kind !== "op" || opInfo(i.op).operands !== "number") return i;
  const isNothing = (o: Operand): boolean => o.kind === "constant" && o.value === undefined;
  return i.args.some(isNothing)
    ? { ...i, args: i.args.map((a) => (isNothing(a) ? constant(Number.NaN) : a)) }
    : i;
};
