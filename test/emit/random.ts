/** Random functions in the IR: every control construct, memory that overlaps, names that collide. */
import {
  Block,
  booleanType,
  constant,
  label,
  nowhere,
  numberType,
  one,
  value,
  zero,
} from "../../src/ir/build.ts";
import type { Op } from "../../src/ir/ops.ts";
import type { Func, Instruction, Label, Operand, Region, Value } from "../../src/ir/types.ts";
import { floats, numbers } from "./examples.ts";

type Exit = Readonly<{ to: Label; count: number }>;
type Scope = Readonly<{
  numbers: readonly Operand[];
  booleans: readonly Operand[];
  arrays: readonly Value[];
  cells: readonly Value[];
  exits: readonly Exit[];
}>;
/** A region's natural end: what it has to yield. */
type End = (b: Block, s: Scope) => Region;

const names = ["x", "y", "s", "i", "a", undefined, undefined];
const binary: readonly Op[] = [
  "add",
  "sub",
  "mul",
  "div",
  "add",
  "sub",
  "mul",
  "power",
  "rem",
  "max",
  "min",
  "bitAnd",
];
const unary: readonly Op[] = ["neg", "neg", "sin", "abs", "sqrt"];
const tests: readonly Op[] = ["lt", "le", "gt", "ge", "eq", "ne"];

/** `choose(n)` gives a number from 0 to n - 1. */
export function randomFunc(choose: (n: number) => number): Func {
  let left = 50 + choose(40);
  const pick = <T>(list: readonly T[]): T => list[choose(list.length)]!;
  const named = (type = numberType): Value => value(type, pick(names), choose(4) === 0);
  const number = (s: Scope): Operand =>
    choose(5) === 0 ? constant(pick([0, 1, -1, 2, -0.5, -0, 3])) : pick(s.numbers);
  const index = (s: Scope, b: Block): Operand => {
    if (choose(3) > 0) return constant(choose(4));
    const bits = b.op("bitAnd", [number(s), constant(3)]);
    return bits;
  };
  const withNumber = (s: Scope, ...v: Operand[]): Scope => ({ ...s, numbers: [...s.numbers, ...v, ...v] });

  const condition = (b: Block, s: Scope): Operand => {
    if (s.booleans.length > 0 && choose(3) === 0) return pick(s.booleans);
    const test = b.op(pick(tests), [number(s), number(s)]);
    if (choose(5) === 0) return b.op("not", [test]);
    if (choose(6) === 0)
      return b.op(pick(["and", "or"] as const), [test, b.op(pick(tests), [number(s), number(s)])]);
    return test;
  };

  const simple = (b: Block, s: Scope): Scope => {
    const add = (i: Instruction): void => void b.add(i);
    switch (choose(12)) {
      case 0:
      case 1:
      case 2: {
        const result = named();
        add({ kind: "op", result, op: pick(binary), args: [number(s), number(s)], at: nowhere });
        return withNumber(s, result);
      }
      case 3: {
        const result = named();
        add({ kind: "op", result, op: pick(unary), args: [number(s)], at: nowhere });
        return withNumber(s, result);
      }
      case 4:
      case 5: {
        const result = named();
        add({ kind: "load", result, from: pick(s.arrays), key: index(s, b), at: nowhere });
        return withNumber(s, result);
      }
      case 6:
        b.store(pick(s.arrays), index(s, b), number(s));
        return s;
      case 7:
        b.accumulate(pick(s.arrays), index(s, b), number(s));
        return s;
      case 8: {
        if (s.cells.length === 0 || choose(3) === 0) {
          const cell = value({ kind: "cell", of: numberType }, pick(names));
          add({ kind: "cell", result: cell, initial: number(s), at: nowhere });
          return { ...s, cells: [...s.cells, cell] };
        }
        if (choose(2) === 0) b.store(pick(s.cells), undefined, number(s));
        else b.accumulate(pick(s.cells), undefined, number(s));
        return s;
      }
      case 9: {
        if (s.cells.length === 0) return s;
        const result = named();
        add({ kind: "load", result, from: pick(s.cells), at: nowhere });
        return withNumber(s, result);
      }
      case 10: {
        const test = value(booleanType, pick(names), choose(3) === 0);
        add({ kind: "op", result: test, op: pick(tests), args: [number(s), number(s)], at: nowhere });
        return { ...s, booleans: [...s.booleans, test] };
      }
      default: {
        const array = value(pick([numbers, floats]), pick(names));
        add({ kind: "alloc", result: array, length: constant(4), fill: zero, at: nowhere });
        return { ...s, arrays: [...s.arrays, array] };
      }
    }
  };

  const region = (s: Scope, size: number, end: End): Region => {
    const b = new Block();
    let scope = s;
    for (let k = 0; k < size && left > 0; k++) {
      left--;
      scope = choose(5) < 3 ? simple(b, scope) : control(b, scope);
    }
    if (choose(8) === 0 && scope.exits.length > 0) {
      const exit = pick(scope.exits);
      return b.end({ kind: "exit", to: exit.to, values: some(scope, exit.count), at: nowhere });
    }
    return end(b, scope);
  };
  const some = (s: Scope, count: number): Operand[] => Array.from({ length: count }, () => number(s));
  const yields =
    (count: number): End =>
    (b, s) =>
      b.yield(...some(s, count));

  const control = (b: Block, s: Scope): Scope => {
    const count = choose(3);
    const results = Array.from({ length: count }, () => named());
    const at = nowhere;
    const own = label(pick(["outer", undefined]));
    const inside: Scope = { ...s, exits: [...s.exits, { to: own, count }] };
    switch (choose(7)) {
      case 0:
      case 1: {
        const test = condition(b, s);
        const then = region(s, choose(3), yields(count));
        const other = region(s, choose(3), yields(count));
        b.add({ kind: "if", results, test, then, else: other, at });
        return withNumber(s, ...results);
      }
      case 2: {
        b.add({ kind: "block", label: own, results, body: region(inside, 1 + choose(4), yields(count)), at });
        return withNumber(s, ...results);
      }
      default:
        return loop(b, s, inside, own, results);
    }
  };

  const loop = (b: Block, s: Scope, inside: Scope, label: Label, results: Value[]): Scope => {
    const at = nowhere;
    const params = results.map((r) => value(numberType, choose(3) > 0 ? r.hint : pick(names)));
    const initial = some(s, params.length);
    const within = withNumber(inside, ...params);
    const size = 1 + choose(4);
    const continued = (r: (s: Scope) => Region): Region => {
      // every third body is a block that can be left: `continue`
      if (choose(3) > 0) return r(within);
      const next: Label = { kind: "label" };
      const handed = params.map(() => value(numberType));
      const body = region(
        { ...within, exits: [...within.exits, { to: next, count: params.length }] },
        size,
        yields(params.length),
      );
      return {
        body: [{ kind: "block", label: next, results: handed, body, at }],
        end: { kind: "yield", values: handed },
      };
    };
    if (choose(2) === 0) {
      const variable = value(numberType, pick(["i", "j", undefined]), true);
      const down = choose(3) === 0;
      const shape = {
        kind: "range",
        variable,
        start: constant(down ? 2 : 0),
        bound: down
          ? zero
          : choose(3) === 0
            ? pick(s.numbers.filter((o) => o.kind === "constant"))
            : constant(3),
        step: down ? constant(-1) : one,
        compare: down ? "ge" : "lt",
      } as const;
      const body = continued((w) => region(withNumber(w, variable), size, yields(params.length)));
      b.add({ kind: "loop", label, params, initial, results, shape, body, at });
      return withNumber(s, ...results);
    }
    // other loops are counted by a cell, so that they end
    const cell = value({ kind: "cell", of: numberType }, "count");
    b.add({ kind: "cell", result: cell, initial: zero, at });
    const kind = pick(["while", "doWhile", "forever"] as const);
    const limit = (w: Block): Value => w.op("lt", [w.load(cell), constant(3)]);
    const count = (w: Block): void => void w.accumulate(cell, undefined, one);
    if (kind === "while") {
      const test = new Block();
      const more = limit(test);
      const go =
        choose(2) === 0
          ? test.op("and", [more, test.op(pick(tests), [number(within), number(within)])])
          : more;
      const body = new Block();
      count(body);
      const rest = continued((w) => region(w, size, yields(params.length)));
      const shape = { kind: "while", test: test.yield(go) } as const;
      b.add({
        kind: "loop",
        label,
        params,
        initial,
        results,
        shape,
        body: { body: [...body.body, ...rest.body], end: rest.end },
        at,
      });
    } else if (kind === "doWhile") {
      const body = region(within, size, (w, inner) => {
        const values = some(inner, params.length);
        count(w);
        const more = limit(w);
        const flag =
          choose(2) === 0 ? w.op("and", [more, w.op(pick(tests), [number(inner), number(inner)])]) : more;
        return w.yield(flag, ...values);
      });
      const counted = new Block();
      count(counted);
      const shape = { kind: "doWhile" } as const;
      b.add({
        kind: "loop",
        label,
        params,
        initial,
        results,
        shape,
        body: { body: [...counted.body, ...body.body], end: body.end },
        at,
      });
    } else {
      const body = new Block();
      count(body);
      const done = body.op("gt", [body.load(cell), constant(3)]);
      body.add({
        kind: "if",
        results: [],
        test: done,
        then: { body: [], end: { kind: "exit", to: label, values: some(within, params.length), at } },
        else: { body: [], end: { kind: "yield", values: [] } },
        at,
      });
      const rest = continued((w) => region(w, size, yields(params.length)));
      b.add({
        kind: "loop",
        label,
        params,
        initial,
        results,
        shape: { kind: "forever" },
        body: { body: [...body.body, ...rest.body], end: rest.end },
        at,
      });
    }
    return withNumber(s, ...results);
  };

  const a = value(numberType, "a", true);
  const b = value(numberType, "b", true);
  const xs = value(numbers, "xs", true);
  const ys = value(floats, "ys", true);
  const own = label("return");
  const scope: Scope = {
    numbers: [a, b, constant(2)],
    booleans: [],
    arrays: [xs, ys],
    cells: [],
    exits: [{ to: own, count: 1 }],
  };
  const body = region(scope, 12, yields(1));
  return { name: "random", label: own, params: [a, b, xs, ys], body, returns: numberType, at: nowhere };
}
