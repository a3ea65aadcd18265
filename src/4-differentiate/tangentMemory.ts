/** Forward mode through memory: what is done to memory is done to its tangent memory, with tangents for numbers. */
import { type Block, constant, fieldType, one, typeOf, value, zero } from "../ir/build.ts";
import { adjointName, emitNothing, emitZeros, holdsNumbers } from "../ir/shadow.ts";
import type { Instruction, Item, Operand, Type, Value } from "../ir/types.ts";
import { bare, missing } from "./tangentOptional.ts";
import { refuseAt } from "./refuse.ts";
import { pushKeyed } from "./tangentMap.ts";

import {
  double,
  hasTangent,
  isScalar,
  isShapeless,
  type Push,
  tangentOf,
  tangentType,
} from "./tangentState.ts";

type MemoryInstruction = Exclude<Instruction, { kind: "op" | "if" | "loop" | "block" | "call" | "opaque" }>;

export const pushMemory = (push: Push, i: MemoryInstruction, block: Block): void => {
  const { facts } = push;
  /** What goes to a slot: tangents of numbers there, tangent memory of references. */
  const stored = (v: Operand, slot: Type): Operand =>
    v.kind === "value" && bare(v.type).kind === "object" && !holdsNumbers(bare(v.type))
      ? emitNothing(block)
      : tangentOf(push, v, slot);
  const isActiveSlot = (of: Operand, key: Operand | undefined): boolean =>
    facts.isActiveSlot(facts.slotOf(of, key));
  const touched = memoryIn(i);
  if (touched && isShapeless(push, touched)) return refuseAt(push, i, "activeUnknown", {});
  switch (i.kind) {
    case "make": {
      if (!hasTangent(push, i.result)) return;
      const type = tangentType(i.result.type);
      const items = i.items.flatMap((item): Item[] => {
        const slot = slotType(type, item.key);
        if (!slot) return [];
        return [{ key: item.key, value: slot.kind === "undefined" ? missing : stored(item.value, slot) }];
      });
      block.add({ kind: "make", items, result: double(push, i.result), at: block.at });
      return;
    }
    case "alloc": {
      if (!hasTangent(push, i.result)) return;
      const type = tangentType(i.result.type);
      const element = type.kind === "array" ? type.element : type;
      const fill = i.fill ? stored(i.fill, element) : zero;
      const plain = isScalar(element) && fill === zero && type.kind === "array" && type.container !== "Array";
      const filled = plain || (!isScalar(element) && !i.fill) ? {} : { fill };
      block.add({ kind: "alloc", result: double(push, i.result), length: i.length, ...filled, at: block.at });
      return;
    }
    case "zeros":
      return noTangents(push, i.result, block);
    case "seeded":
      if (facts.isActiveMemory(i.seed) || facts.isActive(i.seed))
        throw new Error("no source says what a seed depends on");
      return noTangents(push, i.result, block);
    case "convert":
      if (!hasTangent(push, i.result)) return;
      if (!hasTangent(push, i.from)) return noTangents(push, i.result, block);
      block.add({ ...i, at: block.at, from: tangentOf(push, i.from), result: double(push, i.result) });
      return;
    case "addInto":
      if (hasTangent(push, i.to) && hasTangent(push, i.value))
        block.add({ ...i, at: block.at, to: tangentOf(push, i.to), value: tangentOf(push, i.value) });
      return;
    case "cell": {
      if (!hasTangent(push, i.result) || i.result.type.kind !== "cell") return;
      const initial = i.initial ? { initial: stored(i.initial, i.result.type.of) } : {};
      block.add({ kind: "cell", result: double(push, i.result), ...initial, at: block.at });
      return;
    }
    case "load":
      if (!hasTangent(push, i.result)) return;
      push.tangents.set(i.result, loaded(push, i, block));
      return;
    case "store": {
      if (!hasTangent(push, i.to)) return;
      const scalar = isScalar(typeOf(i.value)) || typeOf(i.value).kind === "undefined";
      if (scalar ? isActiveSlot(i.to, i.key) : hasTangent(push, i.value))
        block.store(
          tangentOf(push, i.to),
          i.key,
          scalar ? stored(i.value, numberType) : tangentOf(push, i.value),
        );
      return;
    }
    case "accumulate":
      if (hasTangent(push, i.value) && hasTangent(push, i.to) && isActiveSlot(i.to, i.key))
        block.accumulate(tangentOf(push, i.to), i.key, tangentOf(push, i.value));
      return;
    case "push": {
      if (!hasTangent(push, i.to)) return;
      const pushed = isScalar(typeOf(i.value)) ? stored(i.value, numberType) : tangentOf(push, i.value);
      block.add({ kind: "push", to: tangentOf(push, i.to), value: pushed, at: block.at });
      return;
    }
    case "pop": {
      if (!hasTangent(push, i.from)) return;
      const wanted = hasTangent(push, i.result) && (!isScalar(i.result.type) || isActiveSlot(i.from, one));
      const result = wanted ? double(push, i.result) : value(tangentType(i.result.type));
      block.add({ kind: "pop", result, from: tangentOf(push, i.from), at: block.at });
      return;
    }
    case "setLength":
      if (hasTangent(push, i.of))
        block.add({ kind: "setLength", of: tangentOf(push, i.of), length: i.length, at: block.at });
      return;
    case "view":
      if (hasTangent(push, i.result))
        block.add({ ...i, at: block.at, of: tangentOf(push, i.of), result: double(push, i.result) });
      return;
    case "get":
    case "put":
    case "has":
    case "remove":
    case "keys":
      return pushKeyed(push, i, block);
    case "length":
      return;
    default:
      return i satisfies never;
  }
};

const numberType: Type = { kind: "number" };

/** The memory that an instruction makes, reads or changes. */
const memoryIn = (i: MemoryInstruction): Operand | undefined => {
  switch (i.kind) {
    case "load":
    case "pop":
    case "convert":
    case "get":
    case "remove":
      return i.from;
    case "store":
    case "accumulate":
    case "push":
    case "addInto":
    case "put":
      return i.to;
    case "view":
      return i.of;
    case "make":
    case "alloc":
    case "cell":
    case "seeded":
    case "zeros":
      return i.result;
    case "length":
    case "setLength":
    case "has":
    case "keys":
      return undefined;
    default:
      return i satisfies never;
  }
};

const noTangents = (push: Push, of: Value, block: Block): void => {
  if (hasTangent(push, of))
    push.tangents.set(of, emitZeros(block, of, tangentType(of.type), adjointName(of.hint)));
};

/** A number that may be missing has tangent zero where it is missing. */
const loaded = (push: Push, i: Extract<Instruction, { kind: "load" }>, block: Block): Operand => {
  if (i.from.kind === "value" && !push.tangents.has(i.from)) {
    refuseAt(push, i, "activeUnknown", {});
    return isScalar(i.result.type) ? zero : emitZeros(block, i.result, tangentType(i.result.type), undefined);
  }
  const from = tangentOf(push, i.from);
  const field = i.key?.kind === "constant" && typeof i.key.value === "string" ? i.key.value : undefined;
  const name = adjointName(i.result.hint ?? field);
  const slot = slotType(typeOf(from), i.key?.kind === "constant" ? String(i.key.value) : "");
  // what is given may have only the parts that are differentiated
  if (!slot)
    return isScalar(i.result.type) ? zero : emitZeros(block, i.result, tangentType(i.result.type), name);
  // where the source knows that the number is there, so does its tangent
  const known = i.result.type.kind === "number" && slot.kind === "optional" ? slot.of : slot;
  const result: Value = { ...value(known, name), adjoint: true };
  block.add({ kind: "load", result, from, ...(i.key ? { key: i.key } : {}), at: block.at });
  if (!isScalar(i.result.type) || i.result.type.kind === "number") return result;
  const tangent: Value = { ...value(numberType, name), adjoint: true };
  const present = block.op("ne", [result, constant(undefined)]);
  block.add({ kind: "op", op: "select", args: [present, result, zero], result: tangent, at: block.at });
  return tangent;
};

/** The type of a slot of the tangent; none for what holds no numbers. */
const slotType = (type: Type, key: string | number): Type | undefined => {
  switch (type.kind) {
    case "cell":
      return type.of;
    case "array":
      return type.element;
    case "tuple":
      return type.elements[Number(key)] ?? type.elements[0];
    case "object": {
      const field = type.fields.find((f) => f.name === key);
      return field && fieldType(field);
    }
    case "optional":
      return slotType(type.of, key);
    default:
      return undefined;
  }
};
