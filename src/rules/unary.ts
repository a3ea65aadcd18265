/**
 * Derivatives of the operations with one operand: (d, x, y) ↦ d · dy/dx, where y is the result, already computed.
 * `d` is an adjoint in reverse mode and a tangent in forward mode: a derivative scales either alike.
 */
import type { Operand } from "../ir/types.ts";
import { add, cos, cosh, div, type Expr, mul, neg, num, sign, sin, sinh, sqrt, sub } from "./expression.ts";

export type UnaryRule = (d: Expr, x: Operand, y: Operand) => Expr;

export const unary = {
  neg: (d) => neg(d),
  fround: (d) => d,
  abs: (d, x) => mul(d, sign(x)), // 0 at 0

  exp: (d, _x, y) => mul(d, y),
  expm1: (d, _x, y) => mul(d, add(y, num(1))),
  log: (d, x) => div(d, x),
  log1p: (d, x) => div(d, add(num(1), x)),
  log2: (d, x) => div(d, mul(num(Math.LN2), x)),
  log10: (d, x) => div(d, mul(num(Math.LN10), x)),

  sqrt: (d, _x, y) => div(mul(num(0.5), d), y),
  cbrt: (d, _x, y) => div(d, mul(num(3), mul(y, y))),

  sin: (d, x) => mul(d, cos(x)),
  cos: (d, x) => neg(mul(d, sin(x))),
  tan: (d, _x, y) => mul(d, add(num(1), mul(y, y))),
  // (1 - x)(1 + x) rather than 1 - x²: exact factors where x² would round the difference away
  asin: (d, x) => div(d, sqrt(mul(sub(num(1), x), add(num(1), x)))),
  acos: (d, x) => neg(div(d, sqrt(mul(sub(num(1), x), add(num(1), x))))),
  atan: (d, x) => div(d, add(num(1), mul(x, x))),

  sinh: (d, x) => mul(d, cosh(x)),
  cosh: (d, x) => mul(d, sinh(x)),
  tanh: (d, _x, y) => mul(d, sub(num(1), mul(y, y))),
  asinh: (d, x) => div(d, sqrt(add(mul(x, x), num(1)))),
  acosh: (d, x) => div(d, mul(sqrt(sub(x, num(1))), sqrt(add(x, num(1))))), // NaN below 1, as acosh itself
  atanh: (d, x) => div(d, mul(sub(num(1), x), add(num(1), x))),
} as const satisfies Record<string, UnaryRule>;
