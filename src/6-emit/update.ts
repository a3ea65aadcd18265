/** `x = x + e` as `x += e`, with the same bits. */
import type { Op } from "../ir/ops.ts";
import type { Instruction, Operand } from "../ir/types.ts";
import { type Operands, negated, opposed } from "./expression.ts";

const signs: Partial<Record<Op, string>> = {
  add: "+=",
  sub: "-=",
  mul: "*=",
  div: "/=",
  rem: "%=",
  bitAnd: "&=",
  bitOr: "|=",
  bitXor: "^=",
  shiftLeft: "<<=",
  shiftRight: ">>=",
  shiftRightUnsigned: ">>>=",
};

const commutes = new Set<Op>(["add", "mul"]);

export function update(
  name: string,
  { op, args }: Readonly<{ op: Op; args: readonly Operand[] }>,
  by: Operands,
): string | undefined {
  const sign = signs[op];
  if (!sign) return undefined;
  const [a, b] = args as [Operand, Operand];
  // `x!` where it may be missing by its type
  const is = (o: Operand): boolean => o.kind === "value" && by.write(o).text.replace(/!$/, "") === name;
  const self = is(a) ? a : commutes.has(op) && is(b) ? b : undefined;
  if (!self) return undefined;
  const other = self === a ? b : a;
  const target = by.write(self).text;
  const additive = op === "add" || op === "sub";
  if (additive && other.kind === "constant" && other.value === 1)
    return `${target}${op === "add" ? "++" : "--"};`;
  const less = additive ? opposed(other, by) : undefined;
  if (less) return `${target} ${op === "add" ? "-=" : "+="} ${less.text};`;
  return `${target} ${sign} ${by.write(other).text};`;
}

type OpInstruction = Extract<Instruction, { kind: "op" }>;

/** `x += c ? v : 0` of an adjoint as `if (c) x += v`: adding nothing changes nothing. */
export function conditionalUpdate(
  name: string,
  { op, args, result }: OpInstruction,
  by: Operands,
): string | undefined {
  const [a, b] = args as [Operand, Operand];
  const own = (o: Operand): boolean => o.kind === "value" && by.write(o).text.replace(/!$/, "") === name;
  if (!result.adjoint || (op !== "add" && op !== "sub")) return undefined;
  const self = own(a) ? a : b;
  const added = own(a) ? b : op === "add" && own(b) ? a : undefined;
  const chosen = added && by.inlinedOp(added);
  return chosen && guardedUpdate(chosen, (v) => update(name, { op, args: [self, v] }, by)!, by);
}

/** A choice between a value and 0 that is added somewhere. */
export function guardedUpdate(
  { op, args }: OpInstruction,
  add: (value: Operand) => string,
  by: Operands,
): string | undefined {
  if (op !== "select") return undefined;
  const [test, then, otherwise] = args as [Operand, Operand, Operand];
  const isZero = (o: Operand): boolean => o.kind === "constant" && o.value === 0;
  if (isZero(otherwise)) return `if (${by.write(test).text}) ${add(then)}`;
  return isZero(then) ? `if (${negated(test, by).text}) ${add(otherwise)}` : undefined;
}
