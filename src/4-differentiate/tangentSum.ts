/** Tangents of results: the sum of what each operand's tangent contributes, in the form that one would write. */
import { add, div, type Expr, mul, neg, num, select, sub } from "../rules/expression.ts";

type Apply = Extract<Expr, { kind: "apply" }>;

const isApply = <O extends Apply["op"]>(e: Expr, op: O): e is Apply & { op: O } =>
  e.kind === "apply" && e.op === op;

const equal = (a: Expr, b: Expr): boolean => {
  if (a === b) return true;
  if (a.kind === "constant" && b.kind === "constant") return Object.is(a.value, b.value);
  if (a.kind !== "apply" || b.kind !== "apply" || a.op !== b.op) return false;
  return a.args.length === b.args.length && a.args.every((x, n) => equal(x, b.args[n]!));
};

/** (c ? a : 0) + (c ? 0 : b) is c ? a : b; a·x + a·x is 2a·x; a/y + (b/y)·q is (a + b·q)/y. */
export const plus = (a: Expr, b: Expr): Expr => {
  if (isApply(a, "select") && isApply(b, "select") && equal(a.args[0]!, b.args[0]!)) {
    const [yes, no] = [plus(a.args[1]!, b.args[1]!), plus(a.args[2]!, b.args[2]!)];
    return equal(yes, no) ? yes : select(a.args[0]!, yes, no);
  }
  if (a.kind === "apply" && equal(a, b)) return twice(a);
  const [x, y] = [quotient(a), quotient(b)];
  if (x && y && equal(x.by, y.by)) return div(plus(x.of, y.of), x.by);
  return isApply(a, "neg") && !isApply(b, "neg") ? sub(b, a.args[0]!) : add(a, b);
};

const twice = (e: Apply): Expr => mul(num(2), e);

/** A constant factor stands in front, where it meets others: d · (2 · x) is 2 · (d · x). */
export const constantFirst = (e: Expr): Expr => {
  if (!isApply(e, "mul")) return e;
  const [a, b] = [e.args[0]!, e.args[1]!];
  return isApply(b, "mul") && b.args[0]!.kind === "constant" ? mul(b.args[0]!, mul(a, b.args[1]!)) : e;
};

/** What is divided by what. */
const quotient = (e: Expr): { of: Expr; by: Expr } | undefined => {
  if (isApply(e, "div")) return { of: e.args[0]!, by: e.args[1]! };
  if (isApply(e, "neg")) {
    const inner = quotient(e.args[0]!);
    return inner && { of: neg(inner.of), by: inner.by };
  }
  if (!isApply(e, "mul")) return undefined;
  const inner = quotient(e.args[0]!);
  return inner && { of: mul(inner.of, e.args[1]!), by: inner.by };
};
