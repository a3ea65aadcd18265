import { describe, expect, it } from "vitest";
import { accumulator } from "../src/5-simplify/accumulator.ts";
import { dead } from "../src/5-simplify/dead.ts";
import { fold } from "../src/5-simplify/fold.ts";
import { rotate } from "../src/5-simplify/rotate.ts";
import { twin } from "../src/5-simplify/twin.ts";
import { simplify } from "../src/5-simplify/simplify.ts";
import { type Block, constant, one, value, zero } from "../src/ir/build.ts";
import { check } from "../src/ir/check.ts";
import { print } from "../src/ir/print.ts";
import type { Func, Operand, Value } from "../src/ir/types.ts";
import { interpret } from "./support/interpret.ts";
import { adjointOp, after, arrayOf, count, func, loop, x } from "./support/small.ts";

describe("accumulator", () => {
  const twoSums = (second: (b: Block, d: Value, i: Value) => Operand): Func =>
    func((b) => {
      const first = loop(b, zero, (inner, d) => adjointOp(inner, "add", d, x));
      return adjointOp(b, "add", first, loop(b, zero, second));
    });

  it("starts the second sum from the first", () => {
    const f = twoSums((b, d, i) => adjointOp(b, "add", d, i));
    const result = accumulator(f);
    check(result);
    expect(count(result, "op")).toBe(count(f, "op") - 1);
    expect(interpret(result, [2, []])).toBe(9);
  });

  it("leaves a second loop that does more than add", () => {
    for (const f of [
      twoSums((b, d) => adjointOp(b, "mul", d, x)),
      twoSums((b, d) => adjointOp(b, "add", d, d)),
      twoSums((b, d) => adjointOp(b, "add", d, adjointOp(b, "mul", d, x))),
      twoSums((b, d) => adjointOp(b, "sub", x, d)),
    ])
      expect(accumulator(f)).toBe(f);
  });
});

describe("rotate", () => {
  const firstIteration = (bound: number, first: Operand): Func =>
    func((b) =>
      loop(
        b,
        zero,
        (inner, d, i) => {
          const chosen = inner.op("select", [inner.op("eq", [i, zero]), first, d]);
          return inner.op("add", [chosen, x]);
        },
        bound,
      ),
    );

  it("waits for a loop that surely runs if the value is wanted", () => {
    const f = firstIteration(3, constant(5));
    expect(rotate(f)).toBe(f);
    expect(count(after(rotate, firstIteration(0, zero)), "op")).toBe(2);
  });
});

describe("twin", () => {
  const list = arrayOf("Array");
  /** Two lists that grow in a loop; the sum of the last element of one and the length of the other. */
  const grown = (between: (b: Block) => void): Func =>
    func((b) => {
      const [read, counted] = [value(list), value(list)];
      for (const result of [read, counted]) b.add({ kind: "make", result, items: [], at: b.at });
      loop(
        b,
        zero,
        (inner, d, i) => {
          inner.add({ kind: "push", to: read, value: i, at: b.at });
          between(inner);
          inner.add({ kind: "push", to: counted, value: zero, at: b.at });
          return d;
        },
        4,
      );
      const n = b.length(counted);
      return b.op("add", [b.load(read, b.op("sub", [n, one])), n]);
    });

  it("measures the one that is read", () => {
    const f = grown(() => {});
    const result = dead(twin(f));
    check(result);
    expect(count(result, "push")).toBe(1);
    expect(interpret(result, [2, []])).toBe(interpret(f, [2, []]));
  });

  it("leaves lists between whose growth something may happen", () => {
    const f = grown((b) => void loop(b, zero, (inner, d) => inner.op("add", [d, one])));
    expect(twin(f)).toBe(f);
  });
});

describe("fold", () => {
  const keeps = (write: (b: Block) => Operand, ops: number): void =>
    expect(count(after(simplify, func(write)), "op")).toBe(ops);

  it("knows which identities are exact", () => {
    keeps((b) => b.op("mul", [one, b.op("div", [x, one])]), 0);
    keeps((b) => b.op("neg", [b.op("neg", [x])]), 0);
    keeps((b) => b.op("sub", [x, zero]), 0);
    keeps((b) => b.op("add", [constant(-0), x]), 0);
    // -0 + 0 is 0, NaN * 0 is NaN, (x + 1) - 1 is not x
    keeps((b) => b.op("add", [x, zero]), 1);
    keeps((b) => b.op("mul", [x, zero]), 1);
    keeps((b) => b.op("sub", [b.op("add", [x, one]), one]), 2);
  });

  it("folds constants as long as they stay readable", () => {
    keeps((b) => b.op("mul", [constant(2), constant(0.5)]), 0);
    keeps((b) => b.op("div", [one, constant(3)]), 1);
    keeps((b) => b.op("exp", [one]), 1);
  });

  it("gathers the constants and signs of adjoints", () => {
    const f = func((b) => {
      const half = adjointOp(b, "mul", constant(0.5), x);
      const twice = adjointOp(b, "add", half, half);
      return adjointOp(b, "add", twice, adjointOp(b, "mul", adjointOp(b, "neg", x), x));
    });
    expect(print(simplify(f))).toMatchInlineSnapshot(`
      "func f(x%0: number, xs%1: number[]): number label L@2
        mul%3: number = mul x%0, x%0
        add%4: number = sub x%0, mul%3
        return add%4
      "
    `);
    expect(fold(f)).not.toBe(f);
  });
});
