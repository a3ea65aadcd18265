import { describe, expect, it } from "vitest";
import { accumulator } from "../src/5-simplify/accumulator.ts";
import { common } from "../src/5-simplify/common.ts";
import { dead } from "../src/5-simplify/dead.ts";
import { fold } from "../src/5-simplify/fold.ts";
import { promote } from "../src/5-simplify/promote.ts";
import { rotate } from "../src/5-simplify/rotate.ts";
import { type Pass, simplify } from "../src/5-simplify/simplify.ts";
import { sink } from "../src/5-simplify/sink.ts";
import { Block, constant, label, nowhere, numberType, one, value, zero } from "../src/ir/build.ts";
import { check } from "../src/ir/check.ts";
import { print } from "../src/ir/print.ts";
import type { Container, Func, Instruction, Operand, Type, Value } from "../src/ir/types.ts";
import { visit } from "../src/ir/walk.ts";
import { interpret } from "./support/interpret.ts";

const arrayOf = (container: Container): Type => ({ kind: "array", container, element: numberType });
const x = value(numberType, "x");
const xs = value(arrayOf("Array"), "xs");
const pair: Type = {
  kind: "object",
  fields: [
    { name: "p", type: numberType },
    { name: "q", type: numberType },
  ],
};

const func = (write: (b: Block) => Operand, returns: Type = numberType): Func => {
  const b = new Block();
  const result = write(b);
  return { name: "f", label: label(), params: [x, xs], body: b.yield(result), returns, at: nowhere };
};

/** The function after the pass; its meaning is compared for a few arguments. */
const after = (pass: Pass, f: Func): Func => {
  check(f);
  const result = pass(f);
  check(result);
  for (const given of [0.1, -3, 2.5]) {
    const [mine, yours] = [
      [1, 2, 3],
      [1, 2, 3],
    ];
    expect(interpret(result, [given, mine])).toStrictEqual(interpret(f, [given, yours]));
    expect(mine).toStrictEqual(yours);
  }
  return result;
};

const count = (f: Func, kind: Instruction["kind"]): number => {
  let n = 0;
  visit(f.body, (i) => (n += i.kind === kind ? 1 : 0));
  return n;
};

const alloc = (b: Block, container: Container): Value => {
  const result = value(arrayOf(container), "memory");
  b.add({ kind: "alloc", result, length: constant(3), fill: zero, at: nowhere });
  return result;
};

const adjoint = (hint: string): Value => ({ ...value(numberType, hint), adjoint: true });

/** for (i = 0; i < 3; i++): one carried value. */
const loop = (
  b: Block,
  initial: Operand,
  body: (b: Block, carried: Value, i: Value) => Operand,
  bound = 3,
): Value => {
  const [param, result, variable] = [adjoint("d"), adjoint("sum"), value(numberType, "i")];
  const inner = new Block();
  b.add({
    kind: "loop",
    label: label(),
    params: [param],
    initial: [initial],
    results: [result],
    shape: { kind: "range", variable, start: zero, bound: constant(bound), step: one, compare: "lt" },
    body: inner.yield(body(inner, param, variable)),
    at: nowhere,
  });
  return result;
};

const adjointOp = (b: Block, op: "add" | "mul" | "sub" | "neg", ...args: Operand[]): Value => {
  const result = adjoint(op);
  b.add({ kind: "op", result, op, args, at: nowhere });
  return result;
};

describe("common", () => {
  const storeThenLoad = (container: Container): Func =>
    func((b) => {
      const memory = alloc(b, container);
      b.store(memory, zero, x);
      return b.load(memory, zero);
    });

  it("forwards what was stored, but for memory that rounds", () => {
    expect(count(after(common, storeThenLoad("Array")), "load")).toBe(0);
    expect(count(after(common, storeThenLoad("Float32Array")), "load")).toBe(1);
    expect(count(after(common, storeThenLoad("Int8Array")), "load")).toBe(1);
  });

  it("loads again after a write that may have changed the slot, and only then", () => {
    const between = (write: (b: Block) => void): Func =>
      func((b) => {
        const first = b.load(xs, zero);
        write(b);
        return b.op("add", [first, b.load(xs, zero)]);
      });
    expect(
      count(
        after(
          common,
          between((b) => b.store(xs, one, x)),
        ),
        "load",
      ),
    ).toBe(1);
    expect(
      count(
        after(
          common,
          between((b) => b.store(alloc(b, "Array"), zero, x)),
        ),
        "load",
      ),
    ).toBe(1);
    expect(
      count(
        after(
          common,
          between((b) => b.accumulate(xs, zero, x)),
        ),
        "load",
      ),
    ).toBe(2);
    expect(
      count(
        after(
          common,
          between((b) => b.store(xs, b.op("floor", [x]), x)),
        ),
        "load",
      ),
    ).toBe(2);
    const inLoop = between((b) => void loop(b, zero, (inner, d, i) => (inner.store(xs, i, x), d)));
    expect(count(after(common, inLoop), "load")).toBe(2);
  });
});

describe("dead", () => {
  it("drops writes into memory that nobody reads, in rows as well", () => {
    const f = func((b) => {
      b.store(alloc(b, "Array"), zero, x);
      return x;
    });
    expect(after(dead, f).body.body).toEqual([]);
  });

  it("drops a value that is carried for its own sake", () => {
    const f = func((b) => {
      loop(b, zero, (inner, d) => inner.op("add", [d, x]));
      return x;
    });
    expect(after(dead, f).body.body).toEqual([]);
  });

  it("keeps writes that are seen through another name", () => {
    const f = func((b) => {
      const memory = alloc(b, "Array");
      const chosen = b.op("select", [b.op("gt", [x, zero]), memory, xs]);
      b.store(memory, zero, x);
      return b.load(chosen, zero);
    });
    expect(count(after(dead, f), "store")).toBe(1);
  });
});

describe("promote", () => {
  const made = (b: Block): Value => {
    const result = value(pair, "pair");
    const items = [
      { key: "p", value: x },
      { key: "q", value: zero },
    ];
    b.add({ kind: "make", result, items, at: nowhere });
    return result;
  };

  it("makes the object where it is handed out", () => {
    const f = func((b) => {
      const object = made(b);
      loop(b, zero, (inner, d) => (inner.accumulate(object, constant("q"), x), d));
      return object;
    }, pair);
    const result = after(promote, f);
    expect(count(result, "accumulate")).toBe(0);
    expect(result.body.body.at(-1)?.kind).toBe("make");
  });

  it("leaves an object that is changed after it was handed out", () => {
    const outer: Type = { kind: "object", fields: [{ name: "inner", type: pair }] };
    const f = func((b) => {
      const object = made(b);
      const holder = value(outer, "holder");
      b.add({ kind: "make", result: holder, items: [{ key: "inner", value: object }], at: nowhere });
      b.store(object, constant("p"), constant(7));
      return holder;
    }, outer);
    expect(count(after(promote, f), "store")).toBe(1);
  });
});

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

describe("sink", () => {
  it("stops at a write to what is read", () => {
    const f = func((b) => {
      const first = b.load(xs, zero);
      b.store(xs, zero, x);
      b.store(xs, one, x);
      return b.op("neg", [first]);
    });
    expect(after(sink, f).body.body.map((i) => i.kind)).toEqual(["load", "store", "store", "op"]);
  });
});
