/** Expressions that a rule is written in: trees over operands, built into a block when they are wanted. */
import { type Block, constant, isConstant, isNumber } from "../ir/build.ts";
import type { Op } from "../ir/ops.ts";
import type { Constant, Operand, Value } from "../ir/types.ts";

export type Expr = Operand | Apply;
type Apply = Readonly<{ kind: "apply"; op: Op; args: readonly Expr[] }>;

export const num = (n: number): Constant => constant(n);

const apply = (op: Op, ...args: readonly Expr[]): Expr => ({ kind: "apply", op, args });

const literal = (e: Expr): number | undefined =>
  e.kind === "constant" && typeof e.value === "number" ? e.value : undefined;

const is = (e: Expr, n: number): boolean => e.kind !== "apply" && isNumber(e, n);

const negated = (e: Expr): Expr | undefined => (e.kind === "apply" && e.op === "neg" ? e.args[0] : undefined);

/** The constant c of c · e, with e. */
const scaled = (e: Expr): { by: number; of: Expr } | undefined => {
  if (e.kind !== "apply" || e.op !== "mul") return undefined;
  const by = literal(e.args[0]!);
  return by === undefined ? undefined : { by, of: e.args[1]! };
};

/**
 * The constructors fold what adjoint code may fold: constants with constants, neutral elements, double signs.
 * A sign moves outwards, so that `+= -x` can be written `-= x`; a constant factor moves to the front.
 * Nothing is folded to 0 here: 0 · x is not 0 if x is infinite.
 */
export const add = (a: Expr, b: Expr): Expr => {
  const [p, q] = [literal(a), literal(b)];
  if (p !== undefined && q !== undefined) return num(p + q);
  if (p === 0) return b;
  if (q === 0) return a;
  const minus = negated(b);
  return minus ? sub(a, minus) : apply("add", a, b);
};

export const sub = (a: Expr, b: Expr): Expr => {
  const [p, q] = [literal(a), literal(b)];
  if (p !== undefined && q !== undefined) return num(p - q);
  if (p === 0) return neg(b);
  if (q === 0) return a;
  const minus = negated(b);
  return minus ? add(a, minus) : apply("sub", a, b);
};

export const mul = (a: Expr, b: Expr): Expr => {
  const [p, q] = [literal(a), literal(b)];
  if (p !== undefined && q !== undefined) return num(p * q);
  if (q !== undefined) return mul(b, a);
  if (p === 1) return b;
  if (p === -1) return neg(b);
  const [minusA, minusB] = [negated(a), negated(b)];
  if (minusA) return neg(mul(minusA, b));
  if (minusB) return neg(mul(a, minusB));
  const inner = scaled(b);
  if (p !== undefined && inner && Number.isFinite(p * inner.by) && p * inner.by !== 0) {
    return mul(num(p * inner.by), inner.of);
  }
  return apply("mul", a, b);
};

export const div = (a: Expr, b: Expr): Expr => {
  const [p, q] = [literal(a), literal(b)];
  if (p !== undefined && q !== undefined) return num(p / q);
  if (q === 1) return a;
  if (q === -1) return neg(a);
  const [minusA, minusB] = [negated(a), negated(b)];
  if (minusA) return neg(div(minusA, b));
  if (minusB) return neg(div(a, minusB));
  return apply("div", a, b);
};

export const neg = (a: Expr): Expr => {
  const p = literal(a);
  if (p !== undefined) return num(-p);
  const inner = scaled(a);
  if (inner) return mul(num(-inner.by), inner.of);
  return negated(a) ?? apply("neg", a);
};

export const select = (test: Expr, a: Expr, b: Expr): Expr => apply("select", test, a, b);

export const power = (x: Expr, n: Expr): Expr => (is(n, 1) ? x : apply("power", x, n));

export const eq = (a: Expr, b: Expr): Expr => apply("eq", a, b);
export const ne = (a: Expr, b: Expr): Expr => apply("ne", a, b);
export const lt = (a: Expr, b: Expr): Expr => apply("lt", a, b);
export const le = (a: Expr, b: Expr): Expr => apply("le", a, b);
export const gt = (a: Expr, b: Expr): Expr => apply("gt", a, b);
export const ge = (a: Expr, b: Expr): Expr => apply("ge", a, b);
export const or = (a: Expr, b: Expr): Expr => apply("or", a, b);

export const sqrt = (x: Expr): Expr => apply("sqrt", x);
export const log = (x: Expr): Expr => apply("log", x);
export const sin = (x: Expr): Expr => apply("sin", x);
export const cos = (x: Expr): Expr => apply("cos", x);
export const sinh = (x: Expr): Expr => apply("sinh", x);
export const cosh = (x: Expr): Expr => apply("cosh", x);
export const sign = (x: Expr): Expr => apply("sign", x);
export const round = (x: Expr): Expr => apply("round", x);
export const hypot = (x: Expr, y: Expr): Expr => apply("hypot", x, y);

/** The values that an expression reads, each once, in the order of reading. */
export const leaves = (expr: Expr): Value[] => {
  const found = new Set<Value>();
  const visit = (e: Expr): void => {
    if (e.kind === "value") found.add(e);
    else if (e.kind === "apply") e.args.forEach(visit);
  };
  visit(expr);
  return [...found];
};

/** What was already built in a region (or one that dominates it): equal applications are built once. */
export type Memo = Map<Op, Readonly<{ args: readonly Operand[]; result: Value }>[]>;

const same = (a: Operand, b: Operand): boolean =>
  a === b || (isConstant(a) && isConstant(b) && Object.is(a.value, b.value));

/** Emits an expression into a block and gives what it came to; `leaf` says what stands for each value it reads. */
export const build = (
  expr: Expr,
  block: Block,
  leaf: (o: Operand) => Operand = (o) => o,
  memo?: Memo,
  hint?: string,
): Operand => {
  if (expr.kind === "constant") return expr;
  if (expr.kind === "value") return leaf(expr);
  const args = expr.args.map((arg) => build(arg, block, leaf, memo));
  const known = memo?.get(expr.op) ?? [];
  const built = known.find(
    (k) => k.args.length === args.length && k.args.every((arg, i) => same(arg, args[i]!)),
  );
  if (built) return built.result;
  const result = block.op(expr.op, args, hint);
  memo?.set(expr.op, [...known, { args, result }]);
  return result;
};
