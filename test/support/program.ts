/** Random programs in IR: a stream of choices becomes a function that passes the checker and always ends. */
import {
  Block,
  booleanType,
  constant,
  isConstant,
  label,
  nowhere,
  numberType,
  one,
  value,
  zero,
} from "../../src/ir/build.ts";
import type { Op } from "../../src/ir/ops.ts";
import type { Func, Label, Operand, Region, Type, Value } from "../../src/ir/types.ts";

const numbers: Type = { kind: "array", container: "Array", element: numberType };
const floats: Type = { kind: "array", container: "Float64Array", element: numberType };
const narrow: Type = { kind: "array", container: "Float32Array", element: numberType };
const pair: Type = {
  kind: "object",
  fields: [
    { name: "p", type: numberType },
    { name: "q", type: numberType },
  ],
};
const nested: Type = {
  kind: "object",
  fields: [
    { name: "inner", type: pair },
    { name: "n", type: numberType },
  ],
};
const cell: Type = { kind: "cell", of: numberType };

type Target = Readonly<{ label: Label; count: number; forever?: boolean }>;
type Scope = Readonly<{
  numbers: readonly Operand[];
  booleans: readonly Operand[];
  /** Whole numbers from 0 to 3. */
  indices: readonly Operand[];
  memory: readonly Value[];
  targets: readonly Target[];
  depth: number;
}>;

export type Options = Readonly<{ adjoint?: boolean }>;

/** The arguments that go with every random program. */
export const argumentsFor = (a: number, b: number, flag: boolean): unknown[] => [
  a,
  b,
  flag,
  [1.5, -2, 0.25, a],
  new Float64Array([b, 3, -0.5, 2]),
  { inner: { p: a, q: 2 }, n: b },
  [],
];

export const programFrom = (choices: readonly number[], options: Options = {}): Func => {
  let at = 0;
  const next = (n: number): number => (at < choices.length ? choices[at++]! % n : 0);
  const pick = <T>(list: readonly T[]): T => list[next(list.length)]!;
  /** The later it was made, the more it is used: long chains find more than many short ones. */
  const recent = <T>(list: readonly T[]): T =>
    list[list.length - 1 - Math.min(next(list.length), next(list.length))]!;
  const fresh = (type: Type, hint: string): Value => ({
    ...value(type, hint),
    ...(options.adjoint ? { adjoint: true } : {}),
  });

  const trace = value(numbers, "trace");
  const own = label("program");
  const arithmetic: readonly Op[] = options.adjoint
    ? ["add", "sub", "mul", "neg"]
    : ["add", "sub", "add", "sub", "mul", "neg", "max", "abs", "floor", "sin", next(4) ? "sin" : "div"];

  const number = (s: Scope): Operand => {
    const literals = options.adjoint ? [0, 1, 2, 0.5, -1] : [0, -0, 1, 2, 0.5, -1, 0.1, next(9) ? 3 : NaN];
    return next(4) === 0 ? constant(pick(literals)) : recent(s.numbers);
  };
  const boolean = (s: Scope): Operand => (next(9) === 0 ? constant(next(2) === 1) : pick(s.booleans));
  const slot = (s: Scope, m: Value): Operand | undefined => {
    if (m.type.kind === "cell") return undefined;
    if (m.type.kind === "object")
      return constant(m.type.fields.length > 1 && m.type.fields[0]!.name === "p" ? pick(["p", "q"]) : "n");
    return m.type.kind === "tuple"
      ? constant(next(2))
      : s.indices[Math.min(next(s.indices.length), next(s.indices.length))];
  };

  const region = (
    outer: Scope,
    results: number,
    size: number,
    extra: (b: Block, s: Scope) => readonly Operand[] = () => [],
  ): Region => {
    const b = new Block();
    let s: Scope = { ...outer, depth: outer.depth + 1 };
    const count = next(size) + 1;
    for (let n = 0; n < count && at < choices.length; n++) s = statement(b, s);
    if (outer.depth > 0 && next(12) === 1) {
      const to = pick(s.targets);
      return b.end({ kind: "exit", to: to.label, values: leave(b, s, to), at: nowhere });
    }
    const last = extra(b, s);
    return b.yield(...last, ...Array.from({ length: results }, () => number(s)));
  };

  const leave = (b: Block, s: Scope, to: Target): Operand[] =>
    to.label === own ? [result(b, s)] : Array.from({ length: to.count }, () => number(s));

  const result = (b: Block, s: Scope): Value => {
    const held = s.memory.filter((m) => m.type.kind !== "cell" && next(3) < 2).slice(-4);
    const cells = s.memory.filter((m) => m.type.kind === "cell").map((m) => b.load(m));
    const some = Array.from({ length: 4 }, () => number(s));
    const items = [...some, ...s.numbers.slice(-3), ...cells, ...held].map((v, key) => ({
      key: `r${key}`,
      value: v,
    }));
    const type: Type = {
      kind: "object",
      fields: items.map((i) => ({ name: i.key, type: isConstant(i.value) ? numberType : i.value.type })),
    };
    const made = value(type, "result");
    b.add({ kind: "make", result: made, items, at: nowhere });
    return made;
  };

  const withNumbers = (s: Scope, vs: readonly Value[]): Scope => ({ ...s, numbers: [...s.numbers, ...vs] });
  const withMemory = (s: Scope, v: Value): Scope => ({ ...s, memory: [...s.memory, v] });

  const statement = (b: Block, s: Scope): Scope => {
    const kind = next(s.depth > 3 ? 15 : 21);
    switch (kind) {
      default:
      case 0:
      case 1: {
        const op = pick(arithmetic);
        const args =
          op === "neg" || op === "abs" || op === "floor" || op === "sin"
            ? [number(s)]
            : [number(s), number(s)];
        const r = fresh(numberType, "v");
        b.add({ kind: "op", result: r, op, args, at: nowhere });
        return withNumbers(s, [r]);
      }
      case 2: {
        const r = b.op(pick(["lt", "le", "eq"] as const), [number(s), number(s)]);
        return { ...s, booleans: [...s.booleans, next(3) === 0 ? b.op("not", [r]) : r] };
      }
      case 3: {
        const r = fresh(numberType, "chosen");
        b.add({ kind: "op", result: r, op: "select", args: [boolean(s), number(s), number(s)], at: nowhere });
        return withNumbers(s, [r]);
      }
      case 4:
      case 5: {
        const m = recent(s.memory);
        return withNumbers(s, [b.load(m, slot(s, m), "loaded", numberType)]);
      }
      case 6:
      case 7: {
        const m = recent(s.memory);
        b.store(m, slot(s, m), number(s));
        return s;
      }
      case 8: {
        const m = recent(s.memory);
        b.accumulate(m, slot(s, m), number(s));
        return s;
      }
      case 9: {
        const m = value(next(2) ? pair : { kind: "tuple", elements: [numberType, numberType] }, "aggregate");
        const keys = m.type.kind === "object" ? ["p", "q"] : [0, 1];
        b.add({
          kind: "make",
          result: m,
          items: keys.map((key) => ({ key, value: number(s) })),
          at: nowhere,
        });
        return withMemory(s, m);
      }
      case 10: {
        const m = value(pick([numbers, floats, narrow]), "local");
        b.add({ kind: "alloc", result: m, length: constant(4), fill: zero, at: nowhere });
        return withMemory(s, m);
      }
      case 11: {
        const m = value(cell, "cell");
        b.add({ kind: "cell", result: m, initial: number(s), at: nowhere });
        return withMemory(s, m);
      }
      case 12: {
        const like = pick(s.memory.filter((m) => m.type.kind !== "cell"));
        const m = fresh(like.type, "shadow");
        b.add({
          kind: next(2) ? "zeros" : "seeded",
          result: m,
          like,
          seed: constant(undefined),
          at: nowhere,
        });
        if (next(2)) b.add({ kind: "addInto", to: m, value: like, at: nowhere });
        return withMemory(s, m);
      }
      case 13: {
        const code = {
          form: "expression",
          parts: [{ read: 0 }, ".push(", { read: 1 }, ")"],
          references: [],
        } as const;
        const r = value(numberType, "count");
        b.add({
          kind: "opaque",
          results: [r],
          reads: [trace, number(s)],
          writes: [trace],
          repeatable: false,
          code,
          at: nowhere,
        });
        return s;
      }
      case 14: {
        const m = value(nested, "outer");
        const inner = pick([...s.memory.filter((x) => x.type === pair), undefined]) ?? value(pair, "inner");
        if (!s.memory.includes(inner))
          b.add({
            kind: "make",
            result: inner,
            items: [
              { key: "p", value: number(s) },
              { key: "q", value: number(s) },
            ],
            at: nowhere,
          });
        b.add({
          kind: "make",
          result: m,
          items: [
            { key: "inner", value: inner },
            { key: "n", value: number(s) },
          ],
          at: nowhere,
        });
        const again = b.load(m, constant("inner"), "again");
        return withMemory(withMemory(s, m), again);
      }
      case 15:
      case 16: {
        const results = Array.from({ length: next(3) }, () => fresh(numberType, "joined"));
        const test = boolean(s);
        const then = region(s, results.length, 4);
        const otherwise = next(2)
          ? region(s, results.length, 4)
          : new Block().yield(...results.map(() => number(s)));
        b.add({ kind: "if", results, test, then, else: otherwise, at: nowhere });
        return withNumbers(s, results);
      }
      case 17: {
        const results = Array.from({ length: next(3) }, () => fresh(numberType, "left"));
        const target: Target = { label: label("block"), count: results.length };
        const body = region({ ...s, targets: [...s.targets, target] }, results.length, 5);
        b.add({ kind: "block", label: target.label, results, body, at: nowhere });
        return withNumbers(s, results);
      }
      case 18:
      case 19:
      case 20:
        return loop(b, s, kind === 20);
    }
  };

  const loop = (b: Block, s: Scope, counted: boolean): Scope => {
    const n = next(3);
    const params = Array.from({ length: n }, () => fresh(numberType, "carried"));
    const results = params.map(() => fresh(numberType, "total"));
    const initial = params.map(() => number(s));
    const own = label("loop");
    const count = value(numberType, "count");
    const all = counted ? [...params, count] : params;
    const target: Target = { label: own, count: all.length };
    const inside: Scope = { ...withNumbers(s, params), targets: [...s.targets, target] };
    if (!counted) {
      const variable = value(numberType, "i");
      const body = region({ ...withNumbers(inside, [variable]), indices: [...s.indices, variable] }, n, 5);
      const shape = {
        kind: "range",
        variable,
        start: zero,
        bound: constant((next(4) + 3) % 4),
        step: one,
        compare: "lt",
      } as const;
      b.add({ kind: "loop", label: own, params, initial, results, shape, body, at: nowhere });
      return withNumbers(s, results);
    }
    const end = value(numberType, "trips");
    const loopParts = {
      kind: "loop",
      label: own,
      params: all,
      initial: [...initial, zero],
      results: [...results, end],
      at: nowhere,
    } as const;
    const advance = (r: Region, goOn: boolean): Region => {
      if (r.end.kind !== "yield") return r;
      const tail = new Block();
      const following = tail.op("add", [count, one]);
      const first = goOn ? [tail.op("lt", [following, constant(3)])] : [];
      return {
        body: [...r.body, ...tail.body],
        end: { kind: "yield", values: [...first, ...r.end.values, following] },
      };
    };
    const kind = next(3);
    if (kind === 0) {
      const test = new Block();
      const shape = { kind: "while", test: test.yield(test.op("lt", [count, constant(3)])) } as const;
      b.add({ ...loopParts, shape, body: advance(region(inside, n, 5), false) });
    } else if (kind === 1) {
      b.add({ ...loopParts, shape: { kind: "doWhile" }, body: advance(region(inside, n, 5), true) });
    } else {
      const body = advance(region(inside, n, 5), false);
      const head = new Block();
      const stop = head.op("ge", [count, constant(3)]);
      const then = new Block().end({ kind: "exit", to: own, values: all, at: nowhere });
      head.add({ kind: "if", results: [], test: stop, then, else: new Block().yield(), at: nowhere });
      b.add({
        ...loopParts,
        shape: { kind: "forever" },
        body: { body: [...head.body, ...body.body], end: body.end },
      });
    }
    return withNumbers(s, [...results]);
  };

  const a = value(numberType, "a");
  const c = value(numberType, "b");
  const flag = value(booleanType, "flag");
  const x = value(numbers, "x");
  const y = value(floats, "y");
  const z = value(nested, "z");
  const top: Scope = {
    numbers: [a, c],
    booleans: [flag],
    indices: [0, 1, 2, 3].map((n) => constant(n)),
    memory: [x, y, z],
    targets: [{ label: own, count: 1 }],
    depth: 0,
  };
  const b = new Block();
  let s = top;
  while (at < choices.length) s = statement(b, s);
  at = 0;
  const returned = result(b, s);
  return {
    name: "program",
    label: own,
    params: [a, c, flag, x, y, z, trace],
    body: b.yield(returned),
    returns: returned.type,
    at: nowhere,
  };
};
