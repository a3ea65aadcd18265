/** Forward mode through maps: what is done to a map is done to a map of tangents, a missing entry of which is zero. */
import { type Block, typeOf, value, zero } from "../ir/build.ts";
import { adjointName, emitZeros } from "../ir/shadow.ts";
import type { Instruction, Operand, Value } from "../ir/types.ts";
import { refuseAt } from "./refuse.ts";
import { double, hasTangent, isScalar, type Push, tangentOf, tangentType } from "./tangentState.ts";

type Keyed = Extract<Instruction, { kind: "get" | "put" | "has" | "remove" | "keys" }>;

export const pushKeyed = (push: Push, i: Keyed, block: Block): void => {
  const { facts } = push;
  const isActive = (of: Operand): boolean => facts.isActiveSlot(facts.slotOf(of, zero));
  switch (i.kind) {
    case "get": {
      if (!hasTangent(push, i.result)) return;
      const from = tangentOf(push, i.from);
      if (!isScalar(i.result.type)) {
        block.add({ ...i, from, result: double(push, i.result), at: block.at });
        return;
      }
      const result: Value = { ...value({ kind: "number" }, adjointName(i.result.hint)), adjoint: true };
      block.add({ kind: "get", result, from, key: i.key, missing: zero, at: block.at });
      push.tangents.set(i.result, result);
      return;
    }
    case "put": {
      if (!hasTangent(push, i.to)) return;
      const scalar = isScalar(typeOf(i.value));
      if (isActive(i.to) && facts.memoryOf(i.to).external) return refuseAt(push, i, "changedArgumentMap", {});
      if (scalar ? !isActive(i.to) : !hasTangent(push, i.value)) return;
      const tangent = tangentOf(push, i.value, scalar ? { kind: "number" } : tangentType(typeOf(i.value)));
      block.add({ kind: "put", to: tangentOf(push, i.to), key: i.key, value: tangent, at: block.at });
      return;
    }
    case "remove": {
      if (!hasTangent(push, i.from)) return;
      if (isActive(i.from) && facts.memoryOf(i.from).external)
        return refuseAt(push, i, "changedArgumentMap", {});
      const key = i.key ? { key: i.key } : {};
      block.add({ kind: "remove", from: tangentOf(push, i.from), ...key, at: block.at });
      return;
    }
    case "keys":
      if (facts.isActiveMemory(i.result)) refuseAt(push, i, "activeKeys", {});
      if (hasTangent(push, i.result))
        push.tangents.set(i.result, emitZeros(block, i.result, tangentType(i.result.type), "dKeys"));
      return;
    case "has":
      return;
    default:
      return i satisfies never;
  }
};
