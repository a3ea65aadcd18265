import { describe, expect, it } from "vitest";
import { branches } from "../src/5-simplify/branches.ts";
import { subexpression } from "../src/5-simplify/subexpression.ts";
import { dead } from "../src/5-simplify/dead.ts";
import { promote } from "../src/5-simplify/promote.ts";
import { sink } from "../src/5-simplify/sink.ts";
import { Block, constant, nowhere, numberType, one, value, zero } from "../src/ir/build.ts";
import type { Container, Func, Operand, Type, Value } from "../src/ir/types.ts";
import { after, alloc, arrayOf, count, func, loop, pair, x, xs } from "./support/small.ts";

describe("subexpression", () => {
  const storeThenLoad = (container: Container): Func =>
    func((b) => {
      const memory = alloc(b, container);
      b.store(memory, zero, x);
      return b.load(memory, zero);
    });

  it("forwards what was stored, but for memory that rounds", () => {
    expect(count(after(subexpression, storeThenLoad("Array")), "load")).toBe(0);
    expect(count(after(subexpression, storeThenLoad("Float32Array")), "load")).toBe(1);
    expect(count(after(subexpression, storeThenLoad("Int8Array")), "load")).toBe(1);
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
          subexpression,
          between((b) => b.store(xs, one, x)),
        ),
        "load",
      ),
    ).toBe(1);
    expect(
      count(
        after(
          subexpression,
          between((b) => b.store(alloc(b, "Array"), zero, x)),
        ),
        "load",
      ),
    ).toBe(1);
    expect(
      count(
        after(
          subexpression,
          between((b) => b.accumulate(xs, zero, x)),
        ),
        "load",
      ),
    ).toBe(2);
    expect(
      count(
        after(
          subexpression,
          between((b) => b.store(xs, b.op("floor", [x]), x)),
        ),
        "load",
      ),
    ).toBe(2);
    const inLoop = between((b) => void loop(b, zero, (inner, d, i) => (inner.store(xs, i, x), d)));
    expect(count(after(subexpression, inLoop), "load")).toBe(2);
  });
});

describe("subexpression, where names meet", () => {
  it("loads again in an iteration what an earlier one may have written", () => {
    const f = func((b) => {
      const before = b.load(xs, zero);
      const sum = loop(b, zero, (inner, d) => {
        const next = inner.op("add", [d, inner.load(xs, zero)]);
        inner.store(xs, zero, next);
        return next;
      });
      return b.op("add", [before, sum]);
    });
    expect(count(after(subexpression, f), "load")).toBe(2);
  });

  it("loads again what may have been written under another name", () => {
    const f = func((b) => {
      const memory = alloc(b, "Array");
      const alias = b.op("select", [b.op("gt", [x, zero]), memory, xs]);
      const before = b.load(memory, zero);
      b.store(alias, zero, x);
      return b.op("add", [before, b.load(memory, zero)]);
    });
    expect(count(after(subexpression, f), "load")).toBe(2);
  });
});

describe("branches", () => {
  const twoIfs = (between: (b: Block) => void, second: (b: Block, loaded: Value) => void): Func =>
    func((b) => {
      const test = b.op("gt", [x, zero]);
      const branch = (write: (inner: Block) => void): void => {
        const then = new Block();
        write(then);
        b.add({ kind: "if", results: [], test, then: then.yield(), else: new Block().yield(), at: nowhere });
      };
      branch((inner) => inner.store(xs, zero, x));
      between(b);
      const loaded = b.load(xs, zero);
      branch((inner) => second(inner, loaded));
      return loaded;
    });

  it("joins two ifs on one test unless what stands between would see another world", () => {
    const still = twoIfs(
      () => undefined,
      (b, loaded) => b.store(xs, zero, b.op("neg", [loaded])),
    );
    expect(count(after(branches, still), "if")).toBe(2);
    const free = twoIfs(
      () => undefined,
      (b) => b.store(xs, one, x),
    );
    expect(count(after(branches, free), "if")).toBe(1);
    const between = twoIfs(
      (b) => b.store(xs, one, one),
      (b) => b.store(xs, one, x),
    );
    expect(count(after(branches, between), "if")).toBe(2);
  });

  it("keeps the order of effects", () => {
    const say = (b: Block, what: Operand): void => {
      const code = {
        form: "expression",
        parts: [{ read: 0 }, ".push(", { read: 1 }, ")"],
        references: [],
      } as const;
      const result = value(numberType, "length");
      b.add({
        kind: "opaque",
        results: [result],
        reads: [xs, what],
        writes: [xs],
        repeatable: false,
        code,
        at: nowhere,
      });
    };
    const f = twoIfs(
      (b) => say(b, one),
      (b) => say(b, x),
    );
    expect(count(after(branches, f), "if")).toBe(2);
  });
});

describe("dead", () => {
  it("drops writes into memory that nobody reads", () => {
    const f = func((b) => {
      b.store(alloc(b, "Array"), zero, x);
      return x;
    });
    expect(after(dead, f).body.body).toEqual([]);
  });

  it("keeps a write into an array that was put into a local one", () => {
    const rows: Type = { kind: "array", container: "Array", element: arrayOf("Array") };
    const f = func((b) => {
      const matrix = value(rows, "matrix");
      b.add({ kind: "make", result: matrix, items: [{ key: 0, value: xs }], at: nowhere });
      b.store(b.load(matrix, zero), zero, x);
      return x;
    });
    expect(count(after(dead, f), "store")).toBe(1);
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
