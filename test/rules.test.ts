import { format } from "prettier";
import { describe, expect, test } from "vitest";
import { Block, constant, isConstant, numberType, value } from "../src/ir/build.ts";
import { type Op, opInfo, ops } from "../src/ir/ops.ts";
import type { Operand, Value } from "../src/ir/types.ts";
import {
  add,
  build,
  div,
  type Expr,
  leaves,
  type Memo,
  mul,
  neg,
  num,
  power,
  sub,
} from "../src/rules/expression.ts";
import { contribution, differentiable } from "../src/rules/rules.ts";
import { page, text } from "./rulesPage.ts";

type Result = number | boolean;

/** What an operation gives, by JavaScript itself: its own text, evaluated. */
const evaluators = new Map<Op, (...args: Result[]) => Result>();
const evaluator = (op: Op, count: number): ((...args: Result[]) => Result) => {
  const args = Array.from({ length: count }, (_, i) => value(numberType, `a${i}`));
  const made = new Function(...args.map((a) => a.hint ?? ""), `return ${text({ kind: "apply", op, args })}`);
  return (...given) => made(...given) as Result;
};
const apply = (op: Op, args: readonly Result[]): Result => {
  if (opInfo(op).arity < 0) return evaluator(op, args.length)(...args);
  const known = evaluators.get(op) ?? evaluator(op, args.length);
  evaluators.set(op, known);
  return known(...args);
};

type Environment = ReadonlyMap<Operand, Result>;

const evaluate = (e: Expr, env: Environment): Result => {
  if (e.kind === "constant") return e.value as Result;
  if (e.kind === "value") return env.get(e)!;
  return apply(
    e.op,
    e.args.map((arg) => evaluate(arg, env)),
  );
};

const d = value(numberType, "d");

/** The partial of op in operand `index` at a point, by the rule, times `by`; literals where asked for. */
const partial = (
  op: Op,
  index: number,
  at: readonly number[],
  literal: readonly number[] = [],
  by = 1,
): number => {
  const args = at.map((v, i): Operand => (literal.includes(i) ? constant(v) : value(numberType, `a${i}`)));
  const result = value(numberType, "r");
  const env = new Map<Operand, Result>([
    [d, by],
    [result, apply(op, at)],
    ...args.map((arg, i): [Operand, Result] => [arg, at[i]!]),
  ]);
  const share = contribution(op, index, d, args, result);
  return share === undefined ? 0 : (evaluate(share, env) as number);
};

/** Central differences, extrapolated to step 0 (Ridders): about ten digits at smooth points. */
const slope = (f: (x: number) => number, x: number): number => {
  let best = NaN;
  let error = Infinity;
  let before: number[] = [];
  let h = 0.1 * Math.min(1, Math.abs(x) || 1);
  for (let i = 0; i < 12; i++, h /= 1.6) {
    const row = [(f(x + h) - f(x - h)) / (2 * h)];
    for (let j = 1, factor = 1.6 ** 2; j <= i; j++, factor *= 1.6 ** 2) {
      row.push((row[j - 1]! * factor - before[j - 1]!) / (factor - 1));
      const spread = Math.max(Math.abs(row[j]! - row[j - 1]!), Math.abs(row[j]! - before[j - 1]!));
      if (spread < error) [best, error] = [row[j]!, spread];
    }
    before = row;
  }
  return best;
};

const everywhere = [-7.3, -2.4, -0.9, -0.31, 0.27, 0.8, 1.7, 3.1, 6.2];
const positive = everywhere.map(Math.abs);
const withinOne = [-0.93, -0.6, -0.2, 0.05, 0.4, 0.88];
const places: Partial<Record<Op, readonly number[]>> = {
  log: positive,
  log2: positive,
  log10: positive,
  log1p: positive,
  sqrt: positive,
  acosh: positive.map((v) => v + 1.05),
  asin: withinOne,
  acos: withinOne,
  atanh: withinOne,
};

const smooth: Op[] = (Object.keys(ops) as Op[]).filter(
  (op) =>
    opInfo(op).operands === "number" &&
    opInfo(op).result === "number" &&
    op !== "fround" &&
    opInfo(op).cost > 0,
);
const integerOps: Op[] = [
  "bitAnd",
  "bitOr",
  "bitXor",
  "bitNot",
  "shiftLeft",
  "shiftRight",
  "shiftRightUnsigned",
];
const flat: Op[] = [...integerOps, "clz32", "imul", "floor", "ceil", "round", "trunc", "sign"];

describe("partials agree with differences", () => {
  const check = (op: Op, at: readonly number[], literal: readonly number[] = []): void => {
    at.forEach((x, i) => {
      if (literal.includes(i)) return;
      const reference = slope((v) => apply(op, at.with(i, v)) as number, x);
      const got = partial(op, i, at, literal);
      const scale = Math.max(1, Math.abs(reference), Math.abs(apply(op, at) as number));
      expect(
        Math.abs(got - reference) / scale,
        `${op}(${at.join(", ")}) in operand ${i}: ${got}, ${reference}`,
      ).toBeLessThan(1e-9);
      expect(partial(op, i, at, literal, -2.5)).toBeCloseTo(-2.5 * got, 8);
    });
  };
  const real = smooth.filter((op) => !flat.includes(op));

  test.each(real.filter((op) => opInfo(op).arity === 1))("%s", (op) => {
    for (const x of places[op] ?? everywhere) check(op, [x]);
  });

  test.each(real.filter((op) => opInfo(op).arity === 2 && op !== "rem"))("%s", (op) => {
    const bases = op === "power" || op === "pow" ? positive : everywhere;
    for (const x of bases) for (const y of everywhere.map((v) => v * 0.41)) check(op, [x, y]);
  });

  test("rem", () => {
    for (const x of everywhere)
      for (const y of [-2.3, -0.7, 0.6, 1.9, 11]) {
        const quotient = Math.trunc(x / y);
        expect(partial("rem", 0, [x, y])).toBe(1);
        expect(partial("rem", 1, [x, y]) + 0).toBe(-quotient + 0);
      }
  });

  test.each(["max", "min", "hypot"] as const)("%s of one to four", (op) => {
    for (const x of everywhere) {
      check(op, [x]);
      check(op, [x, 1.1]);
      check(op, [x, 1.1], [1]);
      check(op, [1.1, x], [0]);
      check(op, [x, -x, 0.5]);
      check(op, [0.4, x, 2.5, -3]);
      check(op, [0.4, x, 2.5, -3], [0, 2]);
    }
  });

  test.each([-3, -2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 7])("x ** %d", (n) => {
    for (const x of Number.isInteger(n) ? everywhere : positive) {
      for (const op of ["power", "pow"] as const) {
        check(op, [x, n], [1]);
        const inactive = n === 0 ? 0 : n * x ** (n - 1);
        expect(Math.abs(partial(op, 0, [x, n]) - inactive)).toBeLessThanOrEqual(1e-14 * Math.abs(inactive));
      }
    }
  });

  test("a literal base", () => {
    for (const y of everywhere) check("power", [2, y], [0]);
  });
});

describe("conventions", () => {
  const cases: [Op, number[], (number | undefined)[]][] = [
    ["abs", [0], [0]],
    ["abs", [-0], [0]],
    ["max", [2, 2], [1, 0]],
    ["min", [2, 2], [1, 0]],
    ["max", [0, -0], [1, 0]],
    ["max", [-0, 0], [1, 0]],
    ["max", [NaN, 2], [1, 0]],
    ["max", [2, NaN], [0, 1]],
    ["min", [NaN, NaN], [1, 0]],
    ["min", [2, NaN], [0, 1]],
    ["max", [1, 3, 3], [0, 1, 0]],
    ["max", [1, NaN, NaN], [0, 1, 0]],
    ["min", [4, 5, 1], [0, 0, 1]],
    ["max", [-Infinity, -Infinity], [1, 0]],
    ["sqrt", [0], [Infinity]],
    ["cbrt", [0], [Infinity]],
    ["log", [0], [Infinity]],
    ["div", [1, 0], [Infinity, -Infinity]],
    ["power", [3, 0], [0, undefined]],
    ["power", [0, 0], [0, 0]],
    ["power", [0, 2], [0, 0]],
    ["power", [0, -1], [-Infinity, 0]],
    ["power", [-2, 2], [-4, NaN]],
    ["power", [-2, 0], [0, NaN]],
    ["pow", [0, 0.5], [Infinity, 0]],
    ["hypot", [0, 0], [0, 0]],
    ["hypot", [0], [0]],
    ["hypot", [0, 0, 0], [0, 0, 0]],
    ["atan2", [0, 0], [0, 0]],
    ["atan2", [0, -0], [0, 0]],
    ["asin", [1], [Infinity]],
    ["asin", [-1], [Infinity]],
    ["acos", [1], [-Infinity]],
    ["acosh", [1], [Infinity]],
    ["atanh", [1], [Infinity]],
    ["atanh", [-1], [Infinity]],
    ["log1p", [-1], [Infinity]],
    ["rem", [7, 0.1], [1, -69]],
    ["rem", [0.3, 0.1], [1, -2]],
    ["rem", [1, Infinity], [1, 0]],
    ["fround", [0.1], [1]],
  ];
  test.each(cases)("%s(%j)", (op, at, expected) => {
    expected.forEach((want, i) => {
      if (want === undefined) return;
      const got = partial(op, i, at);
      expect(got + 0, `in operand ${i}`).toBe(want);
    });
  });

  test("an extremum against a literal keeps them", () => {
    for (const op of ["max", "min"] as const)
      for (const x of [-1, 0, 1, NaN]) {
        expect(partial(op, 0, [x, 0], [1])).toBe(partial(op, 0, [x, 0]));
        expect(partial(op, 1, [0, x], [0])).toBe(partial(op, 1, [0, x]));
      }
  });

  test("a zero by convention stops an infinite adjoint where it is a branch", () => {
    expect(partial("hypot", 0, [0, 0], [], Infinity)).toBe(0);
    expect(partial("max", 1, [2, 2], [], Infinity)).toBe(0);
    expect(partial("pow", 0, [0, 0], [], Infinity)).toBe(0);
  });

  test.each(flat)("%s has derivative zero", (op) => {
    const args = Array.from({ length: Math.abs(opInfo(op).arity) }, () => value(numberType));
    args.forEach((_, i) => expect(contribution(op, i, d, args, value(numberType))).toBeUndefined());
  });

  test("differentiable says where a derivative flows", () => {
    for (const op of Object.keys(ops) as Op[]) {
      const args = Array.from({ length: Math.max(2, opInfo(op).arity) }, () => value(numberType));
      args.slice(0, opInfo(op).arity < 0 ? 2 : opInfo(op).arity).forEach((_, i) => {
        expect(differentiable(op, i), `${op} ${i}`).toBe(contribution(op, i, d, args, d) !== undefined);
      });
    }
  });

  test("a choice", () => {
    const [condition, a, b] = [
      value({ kind: "boolean" }, "t"),
      value(numberType, "a"),
      value(numberType, "b"),
    ];
    const share = (i: number): string => text(contribution("select", i, d, [condition, a, b], d)!);
    expect(contribution("select", 0, d, [condition, a, b], d)).toBeUndefined();
    expect([share(1), share(2)]).toEqual(["t ? d : 0", "t ? 0 : d"]);
  });
});

test("what may be missing", () => {
  const [a, b] = [value({ kind: "optional", of: numberType }, "a"), value(numberType, "b")];
  const share = (i: number): string => text(contribution("orElse", i, d, [a, b], d)!);
  expect([share(0), share(1)]).toEqual(["a === undefined ? 0 : d", "a === undefined ? d : 0"]);
});

describe("accuracy where the obvious formula fails", () => {
  const near = (got: number, want: number): void => expect(Math.abs(got / want - 1)).toBeLessThan(1e-14);
  test("close to the ends of a domain", () => {
    const e = 2 ** -40;
    near(partial("asin", 0, [1 - e]), 1 / Math.sqrt(e * (2 - e)));
    near(partial("acosh", 0, [1 + e]), 1 / Math.sqrt(e * (2 + e)));
    near(partial("atanh", 0, [1 - e]), 1 / (e * (2 - e)));
    near(partial("expm1", 0, [1e-12]), 1 + 1e-12);
  });
  test("far from 1", () => {
    near(partial("hypot", 0, [3e200, 4e200]), 0.6);
    near(partial("hypot", 1, [3e-200, 4e-200]), 0.8);
    near(partial("atan2", 0, [3e-200, 4e-200]), 1.6e199);
    near(partial("atan2", 1, [3e200, 4e200]), -1.2e-201);
    near(partial("cbrt", 0, [1e300]), 1e-200 / 3);
    near(partial("tanh", 0, [1e-9]), 1);
  });
  test("outside its domain acosh has no slope", () => expect(partial("acosh", 0, [-2])).toBeNaN());
});

describe("expressions", () => {
  const [x, y] = [value(numberType, "x"), value(numberType, "y")];

  test("fold what is exact", () => {
    const folded: [Expr, string][] = [
      [mul(num(1), x), "x"],
      [mul(x, num(-1)), "-x"],
      [mul(x, num(2)), "2 * x"],
      [mul(num(0.5), mul(num(2), x)), "x"],
      [mul(neg(x), neg(y)), "x * y"],
      [neg(neg(x)), "x"],
      [neg(mul(num(2), x)), "-2 * x"],
      [neg(num(3)), "-3"],
      [add(num(2), num(3)), "5"],
      [add(x, num(0)), "x"],
      [add(x, neg(y)), "x - y"],
      [sub(x, neg(y)), "x + y"],
      [sub(num(0), x), "-x"],
      [div(x, num(1)), "x"],
      [div(neg(x), y), "-(x / y)"],
      [power(x, num(1)), "x"],
      [power(neg(x), num(2)), "(-x) ** 2"],
      [mul(num(0), x), "0 * x"],
    ];
    for (const [e, want] of folded) expect(text(e)).toBe(want);
  });

  test("nothing flows from a zero adjoint", () => {
    expect(contribution("mul", 0, num(0), [x, y], value(numberType))).toBeUndefined();
    expect(contribution("pow", 0, d, [x, num(0)], value(numberType))).toBeUndefined();
  });

  test("say what they read", () => {
    const quotient = value(numberType, "q");
    expect(leaves(contribution("div", 1, d, [x, y], quotient)!)).toEqual([d, y, quotient]);
    expect(leaves(contribution("exp", 0, d, [x], y)!)).toEqual([d, y]);
    expect(leaves(contribution("add", 0, d, [x, y], quotient)!)).toEqual([d]);
  });

  test("are built once where they are equal", () => {
    const block = new Block();
    const memo: Memo = new Map();
    const quotient = value(numberType, "q");
    const kept = new Map<Operand, Value>([[y, value(numberType, "kept")]]);
    const leaf = (o: Operand): Operand => kept.get(o) ?? o;
    const [first, second] = [0, 1].map((i) =>
      build(contribution("div", i, d, [x, y], quotient)!, block, leaf, memo, `d${i}`),
    );
    expect(block.body.map((i) => (i.kind === "op" ? i.op : ""))).toEqual(["div", "mul", "neg"]);
    expect(block.body[0]).toMatchObject({ args: [d, kept.get(y)], result: first });
    expect(first).toMatchObject({ hint: "d0" });
    expect(second).toMatchObject({ hint: "d1" });
    expect(isConstant(build(num(2), block))).toBe(true);
  });
});

test("docs/rules.md says what the rules say", async () => {
  const formatted = await format(page(), { parser: "markdown", printWidth: 110 });
  await expect(formatted).toMatchFileSnapshot("../docs/rules.md");
});
