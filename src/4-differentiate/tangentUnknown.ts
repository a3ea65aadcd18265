/** Forward mode past fragments and calls that no derivative flows through: what they make has tangent zero. */
import type { Block } from "../ir/build.ts";
import { adjointName, emitZeros } from "../ir/shadow.ts";
import type { Instruction, Operand } from "../ir/types.ts";
import { refuse, refuseAt } from "./refuse.ts";

import { hasTangent, isScalar, type Push, tangentType } from "./tangentState.ts";

export const pushUnknown = (
  push: Push,
  i: Extract<Instruction, { kind: "call" | "opaque" }>,
  block: Block,
): void => {
  refuse(push, i);
  const written = i.kind === "call" ? i.args : i.writes;
  if (written.some((o) => mayOutgrow(push, o))) refuseAt(push, i, "activeUnknown", {});
  for (const result of i.results) {
    if (!hasTangent(push, result) || isScalar(result.type)) continue;
    const type = tangentType(result.type);
    push.tangents.set(result, emitZeros(block, result, type, adjointName(result.hint)));
  }
};

/** Would the length of tangent memory that is handed out no longer be that of its memory? */
const mayOutgrow = (push: Push, o: Operand): boolean =>
  o.kind === "value" &&
  o.type.kind === "array" &&
  o.type.container === "Array" &&
  hasTangent(push, o) &&
  push.returned.has(push.facts.memoryOf(o));
