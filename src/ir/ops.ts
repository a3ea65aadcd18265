/**
 * The pure operations: how each is written, how many operands it has, what it gives.
 * Every function of ES2023's `Math` that is a function of numbers is here under its own name.
 */

export type OpInfo = Readonly<{
  /** number of operands; -1: any number (max, min, hypot) */
  arity: number;
  operands: "number" | "boolean" | "any";
  result: "number" | "boolean" | "any";
  form: "infix" | "prefix" | "Math" | "select";
  text: string;
  /** 0 free, 1 an addition, more for what costs more; 10 and above: keep rather than recompute */
  cost: number;
}>;

const infix = (text: string, cost = 1): OpInfo => ({
  arity: 2,
  operands: "number",
  result: "number",
  form: "infix",
  text,
  cost,
});
const compare = (text: string): OpInfo => ({ ...infix(text), result: "boolean" });
const prefix = (text: string): OpInfo => ({
  arity: 1,
  operands: "number",
  result: "number",
  form: "prefix",
  text,
  cost: 1,
});
const math = (name: string, arity: number, cost: number): OpInfo => ({
  arity,
  operands: "number",
  result: "number",
  form: "Math",
  text: `Math.${name}`,
  cost,
});

export const arithmetic = {
  add: infix("+"),
  sub: infix("-"),
  mul: infix("*"),
  div: infix("/", 4),
  rem: infix("%", 8),
  power: infix("**", 15),
  neg: prefix("-"),
} as const satisfies Record<string, OpInfo>;

export const integer = {
  bitAnd: infix("&"),
  bitOr: infix("|"),
  bitXor: infix("^"),
  bitNot: prefix("~"),
  shiftLeft: infix("<<"),
  shiftRight: infix(">>"),
  shiftRightUnsigned: infix(">>>"),
} as const satisfies Record<string, OpInfo>;

export const comparison = {
  lt: compare("<"),
  le: compare("<="),
  gt: compare(">"),
  ge: compare(">="),
  /** === and !== between any two operands, references included */
  eq: { ...compare("==="), operands: "any" },
  ne: { ...compare("!=="), operands: "any" },
} as const satisfies Record<string, OpInfo>;

export const logic = {
  not: { ...prefix("!"), operands: "boolean", result: "boolean" },
  /** both operands evaluated: only for cheap pure operands; `&&` with effects or cost is an `if` */
  and: { ...infix("&&"), operands: "boolean", result: "boolean" },
  or: { ...infix("||"), operands: "boolean", result: "boolean" },
  /** whether it counts as true: of a number, a text, whatever */
  truthy: {
    arity: 1,
    operands: "any",
    result: "boolean",
    form: "prefix",
    text: "Boolean",
    cost: 1,
  },
} as const satisfies Record<string, OpInfo>;

export const choice = {
  /** select(test, a, b) = test ? a : b, for cheap pure operands; else an `if` */
  select: { arity: 3, operands: "any", result: "any", form: "select", text: "?:", cost: 1 },
  /** a ?? b, for what may be undefined (never null) and a cheap pure operand */
  orElse: { arity: 2, operands: "any", result: "any", form: "infix", text: "??", cost: 1 },
} as const satisfies Record<string, OpInfo>;

export const mathFunctions = {
  abs: math("abs", 1, 1),
  acos: math("acos", 1, 20),
  acosh: math("acosh", 1, 20),
  asin: math("asin", 1, 20),
  asinh: math("asinh", 1, 20),
  atan: math("atan", 1, 20),
  atan2: math("atan2", 2, 25),
  atanh: math("atanh", 1, 20),
  cbrt: math("cbrt", 1, 20),
  ceil: math("ceil", 1, 1),
  clz32: math("clz32", 1, 1),
  cos: math("cos", 1, 15),
  cosh: math("cosh", 1, 20),
  exp: math("exp", 1, 15),
  expm1: math("expm1", 1, 20),
  floor: math("floor", 1, 1),
  fround: math("fround", 1, 1),
  hypot: math("hypot", -1, 20),
  imul: math("imul", 2, 1),
  log: math("log", 1, 15),
  log10: math("log10", 1, 15),
  log1p: math("log1p", 1, 20),
  log2: math("log2", 1, 15),
  max: math("max", -1, 2),
  min: math("min", -1, 2),
  pow: math("pow", 2, 20),
  round: math("round", 1, 2),
  sign: math("sign", 1, 1),
  sin: math("sin", 1, 15),
  sinh: math("sinh", 1, 20),
  sqrt: math("sqrt", 1, 5),
  tan: math("tan", 1, 20),
  tanh: math("tanh", 1, 20),
  trunc: math("trunc", 1, 1),
} as const satisfies Record<string, OpInfo>;

export const ops = {
  ...arithmetic,
  ...integer,
  ...comparison,
  ...logic,
  ...choice,
  ...mathFunctions,
} as const;

export type Op = keyof typeof ops;

export const opInfo = (op: Op): OpInfo => ops[op];
