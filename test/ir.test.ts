import { describe, expect, it } from "vitest";
import {
  Block,
  constant,
  expression,
  label,
  nowhere,
  numberType,
  one,
  undefinedType,
  value,
  zero,
} from "../src/ir/build.ts";
import { newCallee } from "../src/ir/callee.ts";
import { check } from "../src/ir/check.ts";
import { cloneFunc, inlineCall } from "../src/ir/clone.ts";
import { print } from "../src/ir/print.ts";
import type { Func, Operand, Region, Type, Value } from "../src/ir/types.ts";
import { mapOperands } from "../src/ir/rebuild.ts";
import { visitDefinitions } from "../src/ir/walk.ts";
import { interpret } from "./support/interpret.ts";

const numbers: Type = { kind: "array", container: "Array", element: numberType };
const func = (
  params: readonly Value[],
  body: Region,
  returns: Type = numberType,
  own = label("f"),
): Func => ({
  name: "f",
  label: own,
  params,
  body,
  returns,
  at: nowhere,
});

/** The index of the first element above a bound, or -1: an early return from a loop. */
const firstAbove = (): Func => {
  const x = value(numbers, "x");
  const bound = value(numberType, "bound");
  const own = label("firstAbove");
  const i = value(numberType, "i");
  const then = new Block().end({ kind: "exit", to: own, values: [i], at: nowhere });
  const inner = new Block();
  const element = inner.load(x, i, "element");
  const above = inner.op("gt", [element, bound]);
  inner.add({ kind: "if", results: [], test: above, then, else: new Block().yield(), at: nowhere });
  const body = new Block();
  const n = body.length(x, "n");
  body.add({
    kind: "loop",
    label: label(),
    params: [],
    initial: [],
    results: [],
    shape: { kind: "range", variable: i, start: zero, bound: n, step: one, compare: "lt" },
    body: inner.yield(),
    at: nowhere,
  });
  return func([x, bound], body.yield(constant(-1)), numberType, own);
};

/** Sums of x[i]² in a carried value. */
const sumOfSquares = (): Func => {
  const x = value(numbers, "x");
  const i = value(numberType, "i");
  const s = value(numberType, "s");
  const total = value(numberType, "total");
  const inner = new Block();
  const element = inner.load(x, i, "element");
  const next = inner.op("add", [s, inner.op("mul", [element, element])]);
  const body = new Block();
  const n = body.length(x, "n");
  body.add({
    kind: "loop",
    label: label(),
    params: [s],
    initial: [zero],
    results: [total],
    shape: { kind: "range", variable: i, start: zero, bound: n, step: one, compare: "lt" },
    body: inner.yield(next),
    at: nowhere,
  });
  return func([x], body.yield(total));
};

const oneBlock = (make: (b: Block, x: Value) => Operand): Func => {
  const x = value(numberType, "x");
  const b = new Block();
  const result = make(b, x);
  return func([x], b.yield(result));
};

describe("the interpreter", () => {
  it("returns early from a loop", () => {
    check(firstAbove());
    expect(interpret(firstAbove(), [[1, 5, 9], 4])).toBe(1);
    expect(interpret(firstAbove(), [[1, 5, 9], 40])).toBe(-1);
  });

  it("carries values", () => {
    check(sumOfSquares());
    expect(interpret(sumOfSquares(), [[1, 2, 3]])).toBe(14);
    expect(interpret(sumOfSquares(), [[]])).toBe(0);
  });

  it("breaks with the values that an exit gives", () => {
    const f = oneBlock((b, x) => {
      const p = value(numberType, "p");
      const r = value(numberType, "r");
      const own = label();
      const inner = new Block();
      const next = inner.op("mul", [p, constant(2)]);
      const stop = inner.op("gt", [next, x]);
      const then = new Block().end({ kind: "exit", to: own, values: [p], at: nowhere });
      inner.add({ kind: "if", results: [], test: stop, then, else: new Block().yield(), at: nowhere });
      const body = inner.yield(next);
      b.add({
        kind: "loop",
        label: own,
        params: [p],
        initial: [one],
        results: [r],
        shape: { kind: "forever" },
        body,
        at: nowhere,
      });
      return r;
    });
    check(f);
    expect(interpret(f, [100])).toBe(64);
  });

  it("makes shadows, seeds and sums of structures by type", () => {
    const point: Type = {
      kind: "object",
      fields: [
        { name: "x", type: numberType },
        { name: "xs", type: { ...numbers, container: "Float32Array" } },
      ],
    };
    const shadow: Type = {
      kind: "object",
      fields: [
        { name: "x", type: numberType },
        { name: "xs", type: { ...numbers, container: "Float64Array" } },
      ],
    };
    const p = value(point, "p");
    const b = new Block();
    const z = value(shadow, "z");
    const s = value(shadow, "s");
    b.add({ kind: "zeros", result: z, like: p, at: nowhere });
    b.add({ kind: "seeded", result: s, like: p, seed: constant(undefined), at: nowhere });
    b.add({ kind: "addInto", to: z, value: s, at: nowhere });
    b.add({ kind: "addInto", to: z, value: s, at: nowhere });
    const f = func([p], b.yield(z), shadow);
    check(f);
    expect(interpret(f, [{ x: 3, xs: new Float32Array(2), name: "no number" }])).toEqual({
      x: 2,
      xs: new Float64Array([2, 2]),
    });
  });

  it("runs fragments, with what they refer to", () => {
    const reads = (x: Value): Func => {
      const b = new Block();
      const r = value(numberType, "r");
      const scale = {
        id: "a#scale",
        name: "scale",
        from: {
          kind: "copy",
          text: "const scale: number = base * 2;",
          references: [{ id: "a#base", name: "base", from: { kind: "import", file: "a", exported: "base" } }],
        },
      } as const;
      b.add({
        kind: "opaque",
        results: [r],
        reads: [x],
        writes: [],
        repeatable: true,
        code: { ...expression("(", { read: 0 }, " as number) * scale"), references: [scale] },
        at: nowhere,
      });
      const w = value(numberType, "w");
      b.add({
        kind: "opaque",
        results: [w],
        reads: [r],
        writes: [],
        repeatable: false,
        code: { form: "statement", parts: [{ write: 0 }, " = ", { read: 0 }, " + 1;"], references: [] },
        at: nowhere,
      });
      return func([x], b.yield(w));
    };
    const f = reads(value(numberType, "x"));
    check(f);
    expect(interpret(f, [5], new Map([["base", 10]]))).toBe(101);
  });
});

describe("the checker", () => {
  const refuses = (f: Func, message: RegExp): void => expect(() => check(f)).toThrow(message);

  it("wants every value to be visible where it is used", () => {
    const hidden = value(numberType, "hidden");
    refuses(
      oneBlock(() => hidden),
      /hidden.*never defined/,
    );
    refuses(
      oneBlock((b, x) => {
        const then = new Block();
        const inner = then.op("neg", [x], "inner");
        b.add({
          kind: "if",
          results: [],
          test: constant(true),
          then: then.yield(),
          else: new Block().yield(),
          at: nowhere,
        });
        return inner;
      }),
      /inner.*not visible/,
    );
  });

  it("wants every value to be defined once", () => {
    refuses(
      oneBlock((b, x) => {
        const r = b.op("neg", [x], "twice");
        b.add({ kind: "op", result: r, op: "neg", args: [x], at: nowhere });
        return r;
      }),
      /twice.*defined twice/,
    );
  });

  it("wants as many yields as results, exits to enclosing labels, operands that fit", () => {
    const branch = (then: Region): Func =>
      oneBlock((b) => {
        const r = value(numberType, "r");
        b.add({
          kind: "if",
          results: [r],
          test: constant(true),
          then,
          else: new Block().yield(one),
          at: nowhere,
        });
        return r;
      });
    refuses(branch(new Block().yield()), /0 given, 1 wanted/);
    refuses(branch(new Block().yield(constant(true))), /boolean|true/);
    refuses(branch(new Block().end({ kind: "exit", to: label(), values: [], at: nowhere })), /not around it/);
    refuses(
      oneBlock((b, x) => b.op("add", [x])),
      /1 operands/,
    );
    refuses(
      oneBlock((b, x) => b.op("add", [x, constant(true)])),
      /number is needed/,
    );
    refuses(
      oneBlock((b) => b.load(constant(1), zero, "v", numberType)),
      /memory is needed/,
    );
    const nothing = new Block().yield();
    expect(() => check(func([], nothing, undefinedType))).not.toThrow();
    refuses(func([], nothing), /0 given, 1 wanted/);
  });
});

describe("printing and copying", () => {
  it("prints the same text for the same program, whoever made it", () => {
    expect(print(firstAbove())).toMatchInlineSnapshot(`
      "func f(x%0: number[], bound%1: number): number label firstAbove@2
        n%3: number = length x%0
        loop L@4 i%5 = 0 lt n%3 step 1
          element%6: number = load x%0[i%5]
          v%7: boolean = gt element%6, bound%1
          if v%7
            exit firstAbove@2 i%5
        return -1
      "
    `);
    expect(print(cloneFunc(firstAbove()))).toBe(print(firstAbove()));
  });

  it("shares nothing between a function and its copy", () => {
    const f = sumOfSquares();
    const copy = cloneFunc(f);
    check(copy);
    const mine = new Set<Value>(f.params);
    visitDefinitions(f.body, (v) => mine.add(v));
    visitDefinitions(copy.body, (v) => expect(mine.has(v)).toBe(false));
    expect(interpret(copy, [[1, 2]])).toBe(5);
  });

  it("inlines a call with its early returns", () => {
    const x = value(numbers, "x");
    const b = new Block();
    const r = value(numberType, "r");
    const again = value(numberType, "again");
    const call = {
      kind: "call",
      results: [r],
      callee: newCallee("firstAbove", firstAbove()),
      args: [x, constant(2)],
      at: nowhere,
    } as const;
    b.add(inlineCall(call));
    b.add(inlineCall({ ...call, results: [again], args: [x, r] }));
    const f = func([x], b.yield(b.op("add", [r, again])));
    check(f);
    expect(interpret(f, [[1, 2, 3]])).toBe(4);
  });

  it("keeps the identity of what does not change", () => {
    const { body } = firstAbove();
    expect(mapOperands(body, (o) => o)).toBe(body);
  });
});
