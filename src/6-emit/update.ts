/** `x = x + e` as `x += e`, with the same bits. */
import type { Op } from "../ir/ops.ts";
import type { Operand } from "../ir/types.ts";
import { type Operands, opposed } from "./expression.ts";

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
  const is = (o: Operand): boolean => o.kind === "value" && by.write(o).text === name;
  const other = is(a) ? b : commutes.has(op) && is(b) ? a : undefined;
  if (!other) return undefined;
  const additive = op === "add" || op === "sub";
  if (additive && other.kind === "constant" && other.value === 1)
    return `${name}${op === "add" ? "++" : "--"};`;
  const less = additive ? opposed(other, by) : undefined;
  if (less) return `${name} ${op === "add" ? "-=" : "+="} ${less.text};`;
  return `${name} ${sign} ${by.write(other).text};`;
}
