/** What activity asks of single instructions. */
import { one } from "../ir/build.ts";
import type { LoopInstruction } from "../ir/facts.ts";
import type { Instruction, Operand, Value } from "../ir/types.ts";
import { contribution } from "../rules/rules.ts";

/** Does a derivative flow between the result and operand n at all? */
export const flows = (i: Extract<Instruction, { kind: "op" }>, n: number): boolean =>
  contribution(i.op, n, one, i.args, i.result) !== undefined;

export const keyOperand = (key: string | number): Operand => ({ kind: "constant", value: key });

/** Of unknown type (`any`), or of one that may be a number (`number | string`). */
export const isHidden = (o: Operand | undefined): o is Operand & { kind: "value" } =>
  o?.kind === "value" && o.type.kind === "other";

/** What the variable of a loop that counts is made of. */
export const steps = ({ shape }: LoopInstruction): readonly (readonly [Operand, Value])[] =>
  shape.kind === "range"
    ? [
        [shape.start, shape.variable],
        [shape.step, shape.variable],
      ]
    : [];
