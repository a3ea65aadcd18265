/** A choice between constants that is compared with a constant is the condition that it was chosen by. */
import { constant, isConstant, value } from "../ir/build.ts";
import { booleanType } from "../ir/build.ts";
import type { Constant, Instruction, Operand } from "../ir/types.ts";
import type { Folded } from "./arithmetic.ts";

type Operation = Extract<Instruction, { kind: "op" }>;

/** `(test ? 1 : 2) === 1` is `test`; also where an `if` hands on one of two constants. */
export function foldChoice(i: Operation, definition: (o: Operand) => Instruction | undefined): Folded {
  if (i.op !== "eq" && i.op !== "ne") return undefined;
  const [chosen, wanted] = i.args as [Operand, Operand];
  const arms = armsOf(chosen, definition(chosen));
  if (!arms || !isConstant(wanted) || Number.isNaN(wanted.value)) return undefined;
  const holds = (c: Constant): boolean => (c.value === wanted.value) === (i.op === "eq");
  const [yes, no] = [arms.yes, arms.no];
  if (isConstant(yes) && isConstant(no)) {
    if (holds(yes) === holds(no)) return constant(holds(yes));
    return holds(yes) ? arms.test : [{ ...i, op: "not", args: [arms.test] }];
  }
  if (!arms.isVisible || !isConstant(yes)) return undefined;
  const rest = value(booleanType);
  const compared: Operation = { ...i, result: rest, args: [no, wanted] };
  if (holds(yes)) return [compared, { ...i, op: "or", args: [arms.test, rest] }];
  const not = value(booleanType);
  return [
    { ...i, op: "not", result: not, args: [arms.test] },
    compared,
    { ...i, op: "and", args: [not, rest] },
  ];
}

type Arms = Readonly<{
  test: Operand;
  yes: Operand;
  no: Operand;
  /** What is chosen from can be named where the choice is. */
  isVisible: boolean;
}>;

function armsOf(chosen: Operand, by: Instruction | undefined): Arms | undefined {
  if (by?.kind === "op" && by.op === "select")
    return { test: by.args[0]!, yes: by.args[1]!, no: by.args[2]!, isVisible: true };
  if (by?.kind !== "if" || by.then.end.kind !== "yield" || by.else.end.kind !== "yield") return undefined;
  const at = by.results.findIndex((r) => r === chosen);
  const [yes, no] = [by.then.end.values[at], by.else.end.values[at]];
  return yes && no ? { test: by.test, yes, no, isVisible: false } : undefined;
}
