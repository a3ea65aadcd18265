/** Pure operations as text, with the parentheses that they need and no others. */
import { type Op, opInfo } from "../ir/ops.ts";
import type { Constant, Instruction, Operand } from "../ir/types.ts";

/** Text and how tightly it binds. */
export type Expression = Readonly<{ text: string; level: number }>;

export const level = {
  conditional: 2,
  or: 3,
  and: 4,
  equality: 8,
  relational: 9,
  shift: 10,
  additive: 11,
  multiplicative: 12,
  power: 13,
  unary: 14,
  primary: 16,
} as const;

const infixLevels: Partial<Record<Op, number>> = {
  add: level.additive,
  sub: level.additive,
  mul: level.multiplicative,
  div: level.multiplicative,
  rem: level.multiplicative,
  power: level.power,
  bitAnd: 7,
  bitOr: 5,
  bitXor: 6,
  shiftLeft: level.shift,
  shiftRight: level.shift,
  shiftRightUnsigned: level.shift,
  lt: level.relational,
  le: level.relational,
  gt: level.relational,
  ge: level.relational,
  eq: level.equality,
  ne: level.equality,
  and: level.and,
  or: level.or,
  orElse: level.conditional,
};

export const primary = (text: string): Expression => ({ text, level: level.primary });

/** The text, in parentheses if it binds less tightly than `least`. */
export const bind = (e: Expression, least: number): string => (e.level >= least ? e.text : `(${e.text})`);

export function constantExpression({ value }: Constant): Expression {
  if (typeof value === "number") {
    if (Object.is(value, -0)) return { text: "-0", level: level.unary };
    return value < 0 ? { text: `-${numeral(-value)}`, level: level.unary } : primary(numeral(value));
  }
  return primary(typeof value === "string" ? JSON.stringify(value) : String(value));
}

const numeral = (n: number): string => String(n).replace("e+", "e");

/** What an operand is written as, and the operation that melts into it, if one does. */
export type Operands = Readonly<{
  write(o: Operand): Expression;
  inlinedOp(o: Operand): Extract<Instruction, { kind: "op" }> | undefined;
}>;

type OpInstruction = Readonly<{ op: Op; args: readonly Operand[] }>;

export function operation({ op, args }: OpInstruction, by: Operands): Expression {
  const info = opInfo(op);
  const [a, b, c] = args;
  switch (info.form) {
    case "Math":
      return primary(`${info.text}(${args.map((x) => by.write(x).text).join(", ")})`);
    case "select": {
      const test = bind(condition(a!, by), level.or);
      return { text: `${test} ? ${bind(by.write(b!), 2)} : ${bind(by.write(c!), 2)}`, level: 2 };
    }
    case "prefix":
      if (op === "not") return negated(a!, by);
      if (op === "truthy") return primary(`Boolean(${by.write(a!).text})`);
      return (op === "neg" && negatedProduct(a!, by)) || minus(info.text, by.write(a!));
    case "infix":
      return infix(op, a!, b!, by);
    default:
      return info.form satisfies never;
  }
}

/** `-x`; two signs in a row would read as a decrement. */
const minus = (sign: string, e: Expression): Expression => ({
  text: e.text.startsWith(sign) && sign === "-" ? `-(${e.text})` : `${sign}${bind(e, level.unary)}`,
  level: level.unary,
});

/** -(a * b) as -a * b, the same bits; not before a power, whose base may not have a sign. */
function negatedProduct(o: Operand, by: Operands): Expression | undefined {
  const isProduct = (x: Operand): boolean => ["mul", "div"].includes(by.inlinedOp(x)?.op ?? "");
  if (!isProduct(o)) return undefined;
  let first = o;
  while (isProduct(first)) first = by.inlinedOp(first)!.args[0]!;
  const { text } = by.write(o);
  const e = by.write(first);
  if (e.level === level.power || e.level === level.unary || text.startsWith("-")) return undefined;
  return { text: `-${text}`, level: level.multiplicative };
}

/** `x === undefined || x === null` as `x == null`, and the opposite. */
function nothing({ op, args }: OpInstruction, by: Operands, opposite = false): Expression | undefined {
  const [one, other] = args.map((a) => by.inlinedOp(a));
  const wanted = op === "or" ? "eq" : "ne";
  if (op !== "or" && op !== "and") return undefined;
  if (one?.op !== wanted || other?.op !== wanted || one.args[0] !== other.args[0]) return undefined;
  const isConstant = (x: Operand | undefined, value: undefined | null): boolean =>
    x?.kind === "constant" && x.value === value;
  if (!isConstant(one.args[1], undefined) || !isConstant(other.args[1], null)) return undefined;
  const text = bind(by.write(one.args[0]!), level.equality);
  return { text: `${text} ${(op === "or") !== opposite ? "==" : "!="} null`, level: level.equality };
}

function infix(op: Op, a: Operand, b: Operand, by: Operands): Expression {
  const short = nothing({ op, args: [a, b] }, by);
  if (short) return short;
  // a + -b is a - b, and a - -b is a + b, to the bit
  if (op === "add" || op === "sub") {
    const opposite = opposed(b, by);
    if (opposite)
      return {
        text: `${bind(by.write(a), level.additive)} ${op === "add" ? "-" : "+"} ${bind(opposite, level.multiplicative)}`,
        level: level.additive,
      };
  }
  const own = infixLevels[op]!;
  // ?? takes neither && nor || beside it
  if (op === "orElse")
    return {
      text: `${bind(by.write(a), level.and + 1)} ?? ${bind(by.write(b), level.and + 1)}`,
      level: own,
    };
  // everything but ** groups to the left; && and || mean the same either way
  const left = op === "power" ? level.primary : own;
  const right = op === "power" ? level.power : op === "and" || op === "or" ? own : own + 1;
  return { text: `${bind(by.write(a), left)} ${opInfo(op).text} ${bind(by.write(b), right)}`, level: own };
}

/** -x for what is written with a minus in front: x. IEEE: (-a) * b = -(a * b), (-a) / b = -(a / b). */
export function opposed(o: Operand, by: Operands): Expression | undefined {
  if (o.kind === "constant") {
    const { value } = o;
    const negative = typeof value === "number" && (value < 0 || Object.is(value, -0));
    return negative ? constantExpression({ kind: "constant", value: -value }) : undefined;
  }
  const made = by.inlinedOp(o);
  if (made?.op === "neg") return by.write(made.args[0]!);
  if (made?.op !== "mul" && made?.op !== "div") return undefined;
  const first = opposed(made.args[0]!, by);
  if (!first) return undefined;
  const rest = bind(by.write(made.args[1]!), level.multiplicative + 1);
  return {
    text: `${bind(first, level.multiplicative)} ${opInfo(made.op).text} ${rest}`,
    level: level.multiplicative,
  };
}

/** What is only asked whether it counts as true. */
export function condition(o: Operand, by: Operands): Expression {
  const made = by.inlinedOp(o);
  if (made?.op === "truthy") return by.write(made.args[0]!);
  if ((made?.op !== "and" && made?.op !== "or") || nothing(made, by)) return by.write(o);
  const own = infixLevels[made.op]!;
  const parts = made.args.map((a) => {
    const part = condition(a, by);
    return part.level < own ? `(${part.text})` : part.text;
  });
  return { text: parts.join(` ${opInfo(made.op).text} `), level: own };
}

/** `!x`, by the opposite comparison only where it is the same for NaN as well. */
export function negated(o: Operand, by: Operands): Expression {
  if (o.kind === "constant") return primary(String(!o.value));
  const made = by.inlinedOp(o);
  if (made?.op === "eq" || made?.op === "ne")
    return operation({ op: made.op === "eq" ? "ne" : "eq", args: made.args }, by);
  if (made?.op === "not") return by.write(made.args[0]!);
  const short = made && nothing(made, by, true);
  if (short) return short;
  if ((made?.op === "and" || made?.op === "or") && made.args.every((a) => turns(a, by))) {
    const own = made.op === "and" ? level.or : level.and;
    const text = made.args.map((a) => bind(negated(a, by), own + 1));
    return { text: text.join(made.op === "and" ? " || " : " && "), level: own };
  }
  const e = condition(o, by);
  return { text: `!${bind(e, level.unary)}`, level: level.unary };
}

/** Whether the opposite is no longer to write. */
const turns = (o: Operand, by: Operands): boolean => {
  const op = by.inlinedOp(o)?.op;
  return op === "eq" || op === "ne" || op === "not";
};
