/**
 * The reverse of what is done to maps. The shadow of a map of numbers has an entry once something is added to it, a
 * missing one is zero; maps of references have mirrored shadows (see carry.ts). A key that is missing has no adjoint:
 * what a reading gave there goes away where the key came to be missing, or with the map.
 */
import { type Block, isScalar, numberType, typeOf, value, zero } from "../ir/build.ts";
import type { Instruction, Operand, Value } from "../ir/types.ts";
import { contribute, emitExpression, takeAdjoint } from "./adjoint.ts";
import { fetch } from "./fetch.ts";
import { refuseAt } from "./refuse.ts";
import { shadowOf } from "./shadow.ts";
import type { Mirror, Sweep } from "./sweep.ts";

type Keyed = Extract<Instruction, { kind: "get" | "put" | "has" | "remove" | "keys" }>;

export const reverseKeyed = (sweep: Sweep, mirror: Mirror, i: Keyed): void => {
  const { facts } = sweep;
  const { block } = mirror;
  const isActive = (of: Operand): boolean => facts.isActiveSlot(facts.slotOf(of, zero));
  switch (i.kind) {
    case "get": {
      const d = takeAdjoint(mirror, i.result);
      if (d) addTo(sweep, mirror, i.from, i.key, d);
      return;
    }
    case "put": {
      if (!isActive(i.to)) return;
      if (facts.memoryOf(i.to).external) return refuseAt(sweep, i, "changedArgumentMap", {});
      if (!isScalar(typeOf(i.value))) return;
      const [shadow, key] = [shadowOf(sweep, i.to), fetch(sweep, i.key)];
      if (facts.isActive(i.value)) contribute(sweep, mirror, i.value, entryOf(block, shadow, key));
      block.add({ kind: "put", to: shadow, key, value: zero, at: block.at });
      return;
    }
    case "remove": {
      if (!isActive(i.from)) return;
      if (facts.memoryOf(i.from).external) return refuseAt(sweep, i, "changedArgumentMap", {});
      const key = i.key && fetch(sweep, i.key);
      block.add({ kind: "remove", from: shadowOf(sweep, i.from), ...(key ? { key } : {}), at: block.at });
      return;
    }
    case "keys":
      if (facts.isActiveMemory(i.result)) refuseAt(sweep, i, "activeKeys", {});
      return;
    case "has":
      return;
    default:
      return i satisfies never;
  }
};

/** `dm.get(key) ?? 0` */
export const entryOf = (block: Block, of: Operand, key: Operand, hint?: string): Value => {
  const result: Value = { ...value(numberType, hint), adjoint: true };
  block.add({ kind: "get", result, from: of, key, missing: zero, at: block.at });
  return result;
};

/** `dm.set(key, (dm.get(key) ?? 0) + d)`; of an argument, whose gradient has the keys it had, only where it has one. */
const addTo = (sweep: Sweep, mirror: Mirror, of: Operand, key: Operand, d: Operand): void => {
  const [shadow, at] = [shadowOf(sweep, of), fetch(sweep, key)];
  const added = emitExpression(sweep, mirror, d);
  const add = (block: Block): void => {
    const sum: Value = { ...value(numberType), adjoint: true };
    block.add({
      kind: "op",
      op: "add",
      args: [entryOf(block, shadow, at), added],
      result: sum,
      at: block.at,
    });
    block.add({ kind: "put", to: shadow, key: at, value: sum, at: block.at });
  };
  const { block } = mirror;
  if (!sweep.facts.memoryOf(of).external) return add(block);
  const test: Value = value({ kind: "boolean" });
  block.add({ kind: "has", result: test, of: shadow, key: at, at: block.at });
  const then = block.nested();
  add(then);
  block.add({
    kind: "if",
    results: [],
    test,
    then: then.yield(),
    else: block.nested().yield(),
    at: block.at,
  });
};
