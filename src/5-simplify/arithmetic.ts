/** What an operation is worth without running the program: constants and identities that are exact. */
import { constant, isConstant, isNumber, value as newValue } from "../ir/build.ts";
import type { Op } from "../ir/ops.ts";
import type { Instruction, Operand, Value } from "../ir/types.ts";

type Operation = Extract<Instruction, { kind: "op" }>;

/** An operand that stands for the result, or operations that end in the one that defines it. */
export type Folded = Operand | readonly Operation[] | undefined;

const text = (n: number): string => String(n);

/** The result of an operation that every machine computes alike. */
const compute = (op: Op, args: readonly (number | boolean)[]): number | boolean | undefined => {
  const [a, b] = args as [number, number];
  switch (op) {
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "div":
      return a / b;
    case "rem":
      return a % b;
    case "neg":
      return -a;
    case "bitAnd":
      return a & b;
    case "bitOr":
      return a | b;
    case "bitXor":
      return a ^ b;
    case "bitNot":
      return ~a;
    case "shiftLeft":
      return a << b;
    case "shiftRight":
      return a >> b;
    case "shiftRightUnsigned":
      return a >>> b;
    case "lt":
      return a < b;
    case "le":
      return a <= b;
    case "gt":
      return a > b;
    case "ge":
      return a >= b;
    case "eq":
      return a === b;
    case "ne":
      return a !== b;
    case "floor":
    case "ceil":
    case "trunc":
    case "abs":
      return Math[op](a);
    case "max":
    case "min":
      return Math[op](...(args as number[]));
    default:
      return undefined;
  }
};

const symbols: Partial<Record<Op, number>> = { add: 3, sub: 3, mul: 3, div: 3, rem: 3, neg: 1 };

/** Constants are folded where the number is no harder to read than what it came from: 2 * 0.5, but not 1 / 3. */
const foldConstants = (i: Operation): Operand | undefined => {
  const args: (number | boolean)[] = [];
  for (const a of i.args) {
    if (!isConstant(a) || (typeof a.value !== "number" && typeof a.value !== "boolean")) return undefined;
    args.push(a.value);
  }
  if (args.some((a) => typeof a !== typeof args[0])) return undefined;
  const result = compute(i.op, args);
  if (result === undefined) return undefined;
  if (typeof result === "number") {
    const sign = symbols[i.op];
    const written = args.reduce((sum: number, a) => sum + String(a).length, sign ?? 10);
    if (!Number.isFinite(result) || text(result).length > written) return undefined;
  }
  return constant(result);
};

/** `definition` gives the operation that defines an operand, if one does. */
export const simplifyOperation = (
  i: Operation,
  definition: (o: Operand) => Operation | undefined,
): Folded => {
  const [a, b, c] = i.args as [Operand, Operand, Operand];
  const adjoint = i.result.adjoint === true;
  const to = (op: Op, ...args: Operand[]): readonly Operation[] => [{ ...i, op, args }];
  const negated = (o: Operand): Operand | undefined => {
    const by = definition(o);
    return by?.op === "neg" ? by.args[0] : undefined;
  };
  /** -(inner), where the rules of adjoints let the sign move outwards. */
  const negative = (op: Op, ...args: Operand[]): readonly Operation[] => {
    const inner: Value = newValue(i.result.type, i.result.hint);
    const result: Value = { ...inner, adjoint: true };
    return [
      { ...i, op, args, result },
      { ...i, op: "neg", args: [result] },
    ];
  };

  const folded = foldConstants(i);
  if (folded) return folded;

  switch (i.op) {
    case "add": {
      if (isNumber(b, -0)) return a;
      if (isNumber(a, -0)) return b;
      if (!adjoint) return undefined;
      if (isNumber(b, 0)) return a;
      if (isNumber(a, 0)) return b;
      if (a === b) return to("mul", constant(2), a);
      const right = negated(b);
      if (right) return to("sub", a, right);
      const left = negated(a);
      if (left) return to("sub", b, left);
      // x + q + q is x + 2 * q
      const sum = definition(a);
      if (sum?.op !== "add" || !sum.result.adjoint || sum.args[1] !== b || !isPlainNumber(b))
        return undefined;
      const twice: Value = { ...newValue(i.result.type), adjoint: true };
      return [
        { ...i, op: "mul", args: [constant(2), b], result: twice },
        { ...i, args: [sum.args[0]!, twice] },
      ];
    }
    case "sub": {
      if (isNumber(b, 0)) return a;
      if (!adjoint) return undefined;
      if (isNumber(b, -0)) return a;
      if (isNumber(a, 0) || isNumber(a, -0)) return to("neg", b);
      const right = negated(b);
      return right ? to("add", a, right) : undefined;
    }
    case "mul": {
      if (isNumber(b, 1)) return a;
      if (isNumber(a, 1)) return b;
      if (isNumber(b, -1)) return to("neg", a);
      if (isNumber(a, -1)) return to("neg", b);
      if (!adjoint) return undefined;
      if (isZero(a) || isZero(b)) return constant(0);
      if (isConstant(b)) return to("mul", b, a);
      // signs move outwards, until a sum takes them in
      if (isConstant(a) && typeof a.value === "number" && a.value < 0)
        return negative("mul", constant(-a.value), b);
      return adjointProduct(a, b, definition, to) ?? signs("mul", a, b);
    }
    case "div":
      if (isNumber(b, 1)) return a;
      if (isNumber(b, -1)) return to("neg", a);
      if (!adjoint) return undefined;
      if (isZero(a)) return constant(0);
      return signs("div", a, b);
    case "power":
    case "pow":
      return isNumber(b, 1) ? a : undefined;
    case "neg": {
      const by = definition(a);
      if (by?.op === "neg") return by.args[0];
      if (!adjoint) return undefined;
      if (by?.op === "sub" && by.result.adjoint) return to("sub", by.args[1]!, by.args[0]!);
      return undefined;
    }
    case "eq":
    case "ne": {
      // what arithmetic gives is a number: a default does not apply
      const [missing, other] = isConstant(b) ? [b, a] : [a, b];
      if (!isConstant(missing) || (missing.value !== undefined && missing.value !== null)) return undefined;
      const by = definition(other);
      return by && by.op !== "select" && by.result.type.kind === "number"
        ? constant(i.op === "ne")
        : undefined;
    }
    case "not": {
      const by = definition(a);
      if (isConstant(a)) return constant(!a.value);
      if (by?.op === "not") return by.args[0];
      if (by?.op === "eq") return to("ne", ...by.args);
      if (by?.op === "ne") return to("eq", ...by.args);
      return undefined;
    }
    case "truthy":
      if (isConstant(a)) return constant(Boolean(a.value));
      return a.type.kind === "boolean" ? a : undefined;
    case "and":
      if (isConstant(a)) return a.value ? b : a;
      if (isConstant(b) && b.value) return a;
      return a === b ? a : undefined;
    case "or":
      if (isConstant(a)) return a.value ? a : b;
      if (isConstant(b) && !b.value) return a;
      return a === b ? a : undefined;
    case "select": {
      if (isConstant(a)) return a.value ? b : c;
      if (sameOperand(b, c)) return b;
      if (isConstant(b) && isConstant(c) && b.value === true && c.value === false) return a;
      if (isConstant(b) && isConstant(c) && b.value === false && c.value === true) return to("not", a);
      const by = definition(a);
      // x !== undefined ? x : undefined
      if (by?.op === "ne" && sameOperand(by.args[0]!, b) && sameOperand(by.args[1]!, c) && isNothing(c))
        return b;
      return by?.op === "not" ? to("select", by.args[0]!, c, b) : undefined;
    }
    default:
      return undefined;
  }

  function signs(op: "mul" | "div", x: Operand, y: Operand): Folded {
    const left = negated(x);
    const right = negated(y);
    if (left && right) return to(op, left, right);
    if (left) return negative(op, left, y);
    return right ? negative(op, x, right) : undefined;
  }
};

const isPlainNumber = (o: Operand): boolean => o.kind === "value" && o.type.kind === "number";
const isZero = (o: Operand): boolean => isConstant(o) && o.value === 0;

export const sameOperand = (a: Operand, b: Operand): boolean =>
  a === b || (a.kind === "constant" && b.kind === "constant" && Object.is(a.value, b.value));

/** c1 · (c2 · x) = (c1 · c2) · x, which in an adjoint is as good as the other order. */
const adjointProduct = (
  a: Operand,
  b: Operand,
  definition: (o: Operand) => Operation | undefined,
  to: (op: Op, ...args: Operand[]) => readonly Operation[],
): Folded => {
  if (!isConstant(a) || typeof a.value !== "number") return undefined;
  const inner = definition(b);
  if (inner?.op !== "mul" || !inner.result.adjoint) return undefined;
  const [factor, rest] = inner.args as [Operand, Operand];
  if (!isConstant(factor) || typeof factor.value !== "number") return undefined;
  const product = a.value * factor.value;
  return Number.isFinite(product) && text(product).length <= text(a.value).length + text(factor.value).length
    ? to("mul", constant(product), rest)
    : undefined;
};

const isNothing = (o: Operand): boolean =>
  o.kind === "constant" && (o.value === undefined || o.value === null);
