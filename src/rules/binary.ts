/** Derivatives of the operations with two operands: a pair of (d, x, y, result) ↦ d · partial, in x and in y. */
import { isConstant, isNumber } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import { div, eq, type Expr, hypot, log, mul, neg, num, power, round, select, sub } from "./expression.ts";

type Share = (d: Expr, x: Operand, y: Operand, result: Operand) => Expr;
export type BinaryRule = readonly [Share, Share];

/** d · n · x^(n-1), in the cheapest form for a literal n; 0 for n = 0 whatever x is. */
const inBase: Share = (d, x, n, result) => {
  if (!isConstant(n)) return select(eq(n, num(0)), num(0), mul(d, mul(n, power(x, sub(n, num(1))))));
  switch (n.value) {
    case 0:
      return num(0);
    case 1:
      return d;
    case 2:
      return mul(d, mul(num(2), x));
    case 3:
      return mul(d, mul(num(3), mul(x, x)));
    case -1:
      return neg(mul(d, mul(result, result)));
    default:
      return mul(d, mul(n, power(x, sub(n, num(1)))));
  }
};

/** d · x^n · log x; 0 for x = 0, NaN for a negative base. */
const inExponent: Share = (d, x, _n, result) => {
  if (isNumber(x, 0) || isNumber(x, -0)) return num(0);
  const partial = mul(d, mul(result, log(x)));
  return isConstant(x) ? partial : select(eq(x, num(0)), num(0), partial);
};

const pow: BinaryRule = [inBase, inExponent];

export const binary = {
  add: [(d) => d, (d) => d],
  sub: [(d) => d, (d) => neg(d)],
  mul: [(d, _x, y) => mul(d, y), (d, x) => mul(d, x)],
  div: [(d, _x, y) => div(d, y), (d, _x, y, quotient) => neg(mul(div(d, y), quotient))],
  // x - y · trunc(x / y), by the quotient that % used: x / y itself may round to the next integer
  rem: [(d) => d, (d, x, y, remainder) => neg(mul(d, round(div(sub(x, remainder), y))))],
  power: pow,
  pow,
  // atan2(y, x): x / (x² + y²) and -y / (x² + y²), by the hypotenuse because the squares may under- or overflow
  atan2: [
    (d, y, x) => select(eq(hypot(x, y), num(0)), num(0), mul(div(d, hypot(x, y)), div(x, hypot(x, y)))),
    (d, y, x) => select(eq(hypot(x, y), num(0)), num(0), neg(mul(div(d, hypot(x, y)), div(y, hypot(x, y))))),
  ],
} as const satisfies Record<string, BinaryRule>;
