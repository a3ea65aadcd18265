/** Every derivative: the table of all operations, and the one question that is asked of it. */
import { isConstant } from "../ir/build.ts";
import type { Op } from "../ir/ops.ts";
import type { Operand } from "../ir/types.ts";
import { binary, type BinaryRule } from "./binary.ts";
import type { Expr } from "./expression.ts";
import { unary, type UnaryRule } from "./unary.ts";
import { variadic, type VariadicRule } from "./variadic.ts";

/** The derivative is 0 wherever there is one, and by convention where there is none. */
const steps = { sign: "none", floor: "none", ceil: "none", round: "none", trunc: "none" } as const;
const integers = {
  bitAnd: "none",
  bitOr: "none",
  bitXor: "none",
  bitNot: "none",
  shiftLeft: "none",
  shiftRight: "none",
  shiftRightUnsigned: "none",
  clz32: "none",
  imul: "none",
} as const;
const truths = {
  lt: "none",
  le: "none",
  gt: "none",
  ge: "none",
  eq: "none",
  ne: "none",
  not: "none",
  and: "none",
  or: "none",
  truthy: "none",
} as const;

type Rule = UnaryRule | BinaryRule | VariadicRule | "none";

/** Total: an operation without a row does not compile. */
const rules: Readonly<Record<Op, Rule>> = {
  ...unary,
  ...binary,
  ...variadic,
  ...steps,
  ...integers,
  ...truths,
} satisfies Record<Op, Rule>;

const apply = (
  rule: Rule,
  index: number,
  d: Expr,
  args: readonly Operand[],
  result: Operand,
): Expr | undefined => {
  if (rule === "none") return undefined;
  if (typeof rule === "function") return rule(d, args[0]!, result);
  if ("each" in rule) return rule.each(d, index, args, result);
  return rule[index === 0 ? 0 : 1](d, args[0]!, args[1]!, result);
};

const isZero = (e: Expr): boolean => e.kind !== "apply" && isConstant(e) && e.value === 0;

/**
 * What flows between `result = op(...args)` and its operand number `index`, times `d`: with the adjoint of the
 * result for `d`, the operand's share of it; with the operand's tangent, its share in the tangent of the result.
 * Undefined where that is zero by construction.
 */
export const contribution = (
  op: Op,
  index: number,
  d: Expr,
  args: readonly Operand[],
  result: Operand,
): Expr | undefined => {
  if (isZero(d)) return undefined;
  const share = apply(rules[op], index, d, args, result);
  return share === undefined || isZero(share) ? undefined : share;
};

/** Whether a derivative flows between the result of an operation and its operand number `index` at all. */
export const differentiable = (op: Op, index: number): boolean =>
  rules[op] !== "none" && !(op === "select" && index === 0);
