/**
 * The reverse of what touches memory, on the shadow: reading adds the adjoint there, writing takes it away, a
 * push is undone by a pop and a pop by a push. Only numbers are added; references are mirrored, not added (rule R2).
 */
import {
  isScalar,
  constant,
  isAbsent,
  isConstant,
  numberType,
  one,
  typeOf,
  value,
  zero,
} from "../ir/build.ts";
import { elementName } from "../ir/spoken.ts";
import type { Instruction, Operand, Region, Value } from "../ir/types.ts";
import { contribute, emitExpression, takeAdjoint } from "./adjoint.ts";
import { fetch, sharedLoops } from "./fetch.ts";
import { reverseKeyed } from "./map.ts";
import { refuseAt } from "./refuse.ts";
import { shadowOf } from "./shadow.ts";
import { loopsAround, type Mirror, type Sweep } from "./sweep.ts";

type MemoryInstruction = Exclude<Instruction, { kind: "op" | "if" | "loop" | "block" | "call" | "opaque" }>;

export const reverseMemory = (sweep: Sweep, mirror: Mirror, i: MemoryInstruction): void => {
  const { facts } = sweep;
  const block = mirror.block;
  const activeSlot = (from: Operand, key: Operand | undefined): boolean =>
    facts.isActiveSlot(facts.slotOf(from, key));
  switch (i.kind) {
    case "load": {
      const d = takeAdjoint(mirror, i.result);
      if (!d) return;
      guarded(sweep, mirror, i.result, (block) => addToShadow(sweep, block, i.from, i.key, d));
      return;
    }
    case "store": {
      if (!isScalarOperand(i.value) || !activeSlot(i.to, i.key)) return;
      if (mayAppear(sweep, i)) return refuseAt(sweep, i, "activeField", { name: nameOfKey(i.key) });
      const shadow = shadowOf(sweep, i.to);
      const key = i.key && fetch(sweep, i.key);
      if (facts.isActive(i.value))
        contribute(sweep, mirror, i.value, adjointAt(sweep, mirror, i, shadow, key));
      if (!isFirstUse(sweep, mirror, i)) block.store(shadow, key, zero);
      return;
    }
    case "accumulate": {
      if (!facts.isActive(i.value) || !activeSlot(i.to, i.key)) return;
      const key = i.key && fetch(sweep, i.key);
      contribute(sweep, mirror, i.value, adjointAt(sweep, mirror, i, shadowOf(sweep, i.to), key));
      return;
    }
    case "push": {
      if (!isScalarOperand(i.value) || !activeSlot(i.to, one)) return;
      const result = { ...adjointOfElement(), hint: undefined };
      block.add({ kind: "pop", result, from: shadowOf(sweep, i.to), at: block.at });
      contribute(sweep, mirror, i.value, result);
      return;
    }
    case "pop": {
      if (!activeSlot(i.from, one)) return;
      const d = takeAdjoint(mirror, i.result) ?? zero;
      const shadow = shadowOf(sweep, i.from);
      guarded(sweep, mirror, i.result, (inner) =>
        inner.block.add({ kind: "push", to: shadow, value: d, at: block.at }),
      );
      return;
    }
    case "setLength":
      if (activeSlot(i.of, one)) refuseAt(sweep, i, "activeResize", {});
      return;
    case "make":
      for (const item of i.items)
        if (facts.isActive(item.value)) {
          const shadow = shadowOf(sweep, i.result);
          contribute(
            sweep,
            mirror,
            item.value,
            block.load(shadow, constant(item.key), undefined, numberType),
          );
        }
      return;
    case "alloc":
      if (i.fill && facts.isActive(i.fill)) contribute(sweep, mirror, i.fill, sumOf(sweep, mirror, i.result));
      return;
    case "cell":
      if (i.initial && facts.isActive(i.initial))
        contribute(sweep, mirror, i.initial, block.load(shadowOf(sweep, i.result)));
      return;
    case "convert":
      if (facts.isActiveMemory(i.result) && facts.isActiveMemory(i.from))
        block.add({
          kind: "addInto",
          to: shadowOf(sweep, i.from),
          value: shadowOf(sweep, i.result),
          at: block.at,
        });
      return;
    case "addInto":
    case "seeded":
      if (facts.isActiveMemory(i.kind === "addInto" ? i.to : i.result))
        throw new Error(`no source says ${i.kind}`);
      return;
    case "get":
    case "put":
    case "has":
    case "remove":
    case "keys":
      return reverseKeyed(sweep, mirror, i);
    case "zeros":
    case "length":
    case "view":
      return;
    default:
      return i satisfies never;
  }
};

const nameOfKey = (key: Operand | undefined): string => (key?.kind === "constant" ? String(key.value) : "");

/** A field that an object of the caller may not have had, and has from here on: its shadow has none either. */
const mayAppear = ({ facts }: Sweep, store: Store): boolean => {
  const { to, key } = store;
  const given = typeOf(to);
  const type = given.kind === "optional" ? given.of : given;
  if (type.kind !== "object" || key?.kind !== "constant") return false;
  const field = type.fields.find((f) => f.name === key.value);
  const slot = facts.slotOf(to, key);
  if (!field?.optional || field.type.kind !== "number" || !slot.memory.external) return false;
  const { program } = facts;
  if (to.kind === "value" && program.definitionOf(to)?.kind === "make") return false;
  const isIt = (o: Operand): boolean => {
    const made = o.kind === "value" ? program.definitionOf(o) : undefined;
    if (made?.kind !== "load") return false;
    const read = facts.slotOf(made.from, made.key);
    return read.memory === slot.memory && read.key === slot.key;
  };
  /** The test, come out so, says that the field is there. */
  const tells = (o: Operand, so: boolean): boolean => {
    const made = o.kind === "value" ? program.definitionOf(o) : undefined;
    if (made?.kind !== "op") return false;
    if (made.op === "not") return tells(made.args[0]!, !so);
    if (made.op === (so ? "and" : "or")) return made.args.some((a) => tells(a, so));
    return (
      made.op === (so ? "ne" : "eq") && made.args.some(isIt) && made.args.some((a) => a.kind === "constant")
    );
  };
  for (
    let region: Region | undefined = program.siteOf(store).region;
    region;
    region = program.parentOf(region)
  ) {
    const owner = program.ownerOf(region);
    if (owner?.kind === "if" && tells(owner.test, owner.then === region)) return false;
  }
  return true;
};

type Written = Extract<Instruction, { kind: "store" | "accumulate" }>;

/** The adjoint of what was stored; a store that missed a typed array is ignored, and has none. */
const adjointAt = (
  sweep: Sweep,
  mirror: Mirror,
  { to, key }: Written,
  shadow: Operand,
  at: Operand | undefined,
): Value => {
  const { block } = mirror;
  const type = typeOf(to);
  const isTyped = type.kind === "array" && type.container !== "Array";
  if (!isTyped || !key || !at || sweep.facts.isInside(to, key))
    return block.load(shadow, at, undefined, numberType);
  const found = block.load(shadow, at, undefined, { kind: "optional", of: numberType });
  const called = shadow.kind === "value" ? elementName(shadow.hint, at, hintOf(at)) : undefined;
  const result: Value = { ...value(numberType, called), adjoint: true };
  block.add({ kind: "op", op: "orElse", args: [found, zero], result, at: block.at });
  return result;
};

const hintOf = (o: Operand): string | undefined => (o.kind === "value" ? o.hint : undefined);

/** What concerns an element that may be missing is done only where it was there. */
const guarded = (sweep: Sweep, mirror: Mirror, element: Value, emit: (mirror: Mirror) => void): void => {
  // what is taken off the end was there, unless its type says otherwise
  const isTaken = sweep.facts.program.definitionOf(element)?.kind === "pop";
  const mayBeMissing = isTaken ? element.type.kind === "optional" : sweep.facts.mayBeMissing(element);
  if (!mayBeMissing) return emit(mirror);
  const test = isAbsent(mirror.block, fetch(sweep, element), "ne");
  const inner = { ...mirror, block: mirror.block.nested(), built: new Map(mirror.built) };
  emit(inner);
  const { at } = mirror.block;
  mirror.block.add({
    kind: "if",
    results: [],
    test,
    then: inner.block.yield(),
    else: mirror.block.nested().yield(),
    at,
  });
};

/** The adjoint of what an array was filled with. */
const sumOf = (sweep: Sweep, mirror: Mirror, of: Value): Value => {
  const shadow = shadowOf(sweep, of);
  const sum = (): Value => ({ ...value(numberType, "dFill"), adjoint: true });
  const [param, result] = [sum(), sum()];
  const variable = value(numberType, "i");
  const body = mirror.block.nested();
  const next = body.op("add", [param, body.load(shadow, variable)], "dFill");
  mirror.block.add({
    kind: "loop",
    label: { kind: "label" },
    params: [param],
    initial: [zero],
    results: [result],
    shape: {
      kind: "range",
      variable,
      start: zero,
      bound: mirror.block.length(shadow),
      step: one,
      compare: "lt",
    },
    body: body.yield(next),
    at: mirror.block.at,
  });
  return result;
};

/** `d` for an element of a shadow. */
const adjointOfElement = (): { kind: "value"; type: { kind: "number" }; adjoint: true } => ({
  kind: "value",
  type: { kind: "number" },
  adjoint: true,
});

/** shadow[key] += d */
export const addToShadow = (
  sweep: Sweep,
  mirror: Mirror,
  of: Operand,
  key: Operand | undefined,
  d: Operand,
): void => {
  if (isConstant(d) && d.value === 0) return;
  const shadow = shadowOf(sweep, of);
  mirror.block.accumulate(shadow, key && fetch(sweep, key), emitExpression(sweep, mirror, d));
};

type Store = Extract<Instruction, { kind: "store" }>;

/**
 * Did nothing use the location before the store, so that its adjoint need not be set back to zero? Only for local
 * memory that is not touched earlier, and where no later iteration of a loop stores there again.
 */
const isFirstUse = (sweep: Sweep, mirror: Mirror, store: Store): boolean => {
  const { program } = sweep.facts;
  const slot = sweep.facts.slotOf(store.to, store.key);
  const { memory } = slot;
  if (memory.external || memory.stored || memory.viewed || memory.passed) return false;
  if (slot.memory.makers.some((maker) => !startsInactive(sweep, maker))) return false;
  const site = program.siteOf(store);
  const within = loopsAround(mirror).base.region;
  const own = sharedLoops(sweep, slot, site.region, site.region, within);
  if (own.length > 1) return false;
  if (own.length === 1) {
    const owner = program.ownerOf(own[0]!);
    if (owner?.kind !== "loop" || owner.shape.kind !== "range" || owner.shape.variable !== store.key)
      return false;
  }
  return sweep.facts.usesOf(slot).every((use) => {
    if (use === store || slot.memory.makers.includes(use)) return true;
    const at = program.siteOf(use);
    return at.start > site.start && sharedLoops(sweep, slot, site.region, at.region, within).length === 0;
  });
};

/** Does freshly made memory hold nothing active yet? */
const startsInactive = (sweep: Sweep, maker: Instruction): boolean => {
  switch (maker.kind) {
    case "alloc":
      return !maker.fill || !sweep.facts.isActive(maker.fill);
    case "make":
      return maker.items.every((item) => !sweep.facts.isActive(item.value));
    case "cell":
      return !maker.initial || !sweep.facts.isActive(maker.initial);
    default:
      return false;
  }
};

const isScalarOperand = (o: Operand): boolean => isScalar(typeOf(o)) || typeOf(o).kind === "undefined";
