/** Makes loops of every shape. */
import { type KnownArray, loopNames, realNames, rowNames, type Scope } from "./scope.ts";
import type { Statements, Surroundings } from "./statements.ts";
import type { Int, Statement } from "./tree.ts";

const integer = (value: number): Int => ({ k: "integer", value });

/** One loop; what it needs before it (a counter) comes with it. */
export const loops = (statements: Statements, scope: Scope, at: Surroundings): Statement[] => {
  const { chance } = statements.make;
  const label = chance.happens(0.25)
    ? (["outer", "rows", "scan"].find((l) => !at.loops.includes(l)) ?? "")
    : "";
  const inside: Surroundings = { ...at, loops: [...at.loops, label], inLoop: true, depth: at.depth - 1 };
  const body = (inner: Scope): Statement[] => statements.list(inner, chance.int(1, 3), inside);
  const arrays = scope.arrays.filter((a) => a.length > 0 && a.fixed);

  const counted = (): Statement[] => {
    const inner = scope.inner();
    const outer = scope.ints.filter((x) => loopNames.includes(x.name));
    const hides = outer.length > 0 && chance.happens(0.15);
    const name = hides ? chance.of(outer).name : inner.fresh(chance, loopNames);
    if (hides) inner.hide(name);
    const add = (low: number, high: number): void =>
      void inner.ints.push({ name, low, high, counter: false });
    const loop = (start: Int, test: "<" | "<=" | ">" | ">=" | "!==", bound: Int, by: number): Statement[] => [
      { k: "for", name, label, start, test, bound, by, body: body(inner) },
    ];
    const plain = hides ? arrays.filter((a) => a.of.k !== "row") : arrays;
    const array = plain.length > 0 ? chance.of(plain) : undefined;
    const ints = scope.ints.filter((x) => !x.counter && x.high <= 5 && x.low >= 0 && x.name !== name);
    return chance.weighted<Statement[]>([
      [array ? 4 : 0, () => up(array!, chance.int(0, 1))],
      [array ? 2 : 0, () => down(array!)],
      [1.5, () => (add(0, statements.size - 1), loop(integer(0), "<", integer(statements.size), 1))],
      [0.5, () => (add(0, 3), loop(integer(0), "<=", integer(3), chance.int(2, 3)))],
      [0.4, () => (add(1, 4), loop(integer(4), ">", integer(0), -2))],
      [0.3, () => (add(0, 2), loop(integer(0), "!==", integer(3), 1))],
      [0.3, () => (add(2, 2), loop(integer(2), "<", integer(chance.int(0, 2)), 1))], // no trip at all
      // triangular, or bounded by a parameter
      [
        ints.length > 0 ? 2 : 0,
        () => {
          const bound = chance.of(ints);
          add(0, Math.max(0, bound.high - 1));
          return loop(integer(0), "<", { k: "int", name: bound.name }, 1);
        },
      ],
      [
        ints.length > 0 ? 0.7 : 0,
        () => {
          const from = chance.of(ints);
          add(0, from.high);
          return loop({ k: "int", name: from.name }, ">=", integer(0), -1);
        },
      ],
    ]);

    function up(a: KnownArray, start: number): Statement[] {
      add(start, a.length - 1);
      return loop(integer(start), "<", { k: "length", of: a.of }, 1);
    }
    function down(a: KnownArray): Statement[] {
      add(0, a.length - 1);
      return loop(
        { k: "intBinary", op: "-", a: { k: "length", of: a.of }, b: integer(1) },
        ">=",
        integer(0),
        -1,
      );
    }
  };

  /** Over an array of any length: its elements at the loop's variable are in sight. */
  const overLoose = (): Statement[] => {
    const { of, writable } = chance.of(scope.loose);
    const inner = scope.inner();
    inner.loose = [];
    inner.stacks = [];
    if (chance.happens(0.25)) {
      const name = inner.fresh(chance, realNames);
      inner.reals.push({ name, mutable: false });
      return [{ k: "forOf", name, label, of, body: body(inner) }];
    }
    const name = inner.fresh(chance, loopNames);
    const variable: Int = { k: "int", name };
    const at = (index: Int): void =>
      void inner.elements.push({ place: { k: "element", of, index }, writable });
    at(variable);
    const length: Int = { k: "length", of };
    const last: Int = { k: "intBinary", op: "-", a: length, b: integer(1) };
    at({ k: "intBinary", op: "-", a: last, b: variable });
    const others = scope.loose.filter((a) => JSON.stringify(a.of) !== JSON.stringify(of));
    if (others.length > 0 && chance.happens(0.5)) {
      // the common length of two arrays is only asked when the program runs
      const other = chance.of(others);
      inner.elements.push({
        place: { k: "element", of: other.of, index: variable },
        writable: other.writable,
      });
      const enough = { k: "intCompare", op: ">=", a: variable, b: { k: "length", of: other.of } } as const;
      const stop: Statement = { k: "if", test: enough, body: [{ k: "break", label: "" }], otherwise: [] };
      return [
        {
          k: "for",
          name,
          label,
          start: integer(0),
          test: "<",
          bound: length,
          by: 1,
          body: [stop, ...body(inner)],
        },
      ];
    }
    if (chance.happens(0.3))
      return [
        { k: "for", name, label, start: last, test: ">=", bound: integer(0), by: -1, body: body(inner) },
      ];
    const start = chance.int(0, 1);
    if (start === 1) at({ k: "intBinary", op: "-", a: variable, b: integer(1) });
    const by = chance.of([1, 1, 1, 2]);
    return [
      { k: "for", name, label, start: integer(start), test: "<", bound: length, by, body: body(inner) },
    ];
  };

  const ofElements = (): Statement[] => {
    const array = chance.of(arrays);
    const inner = scope.inner();
    const name = inner.fresh(chance, realNames);
    inner.reals.push({ name, mutable: false });
    return [{ k: "forOf", name, label, of: array.of, body: body(inner) }];
  };

  const ofRows = (): Statement[] => {
    const m = chance.of(scope.matrices);
    const inner = scope.inner();
    const name = inner.fresh(chance, rowNames);
    inner.arrays.push({
      of: { k: "array", name, single: m.single },
      length: m.columns,
      writable: true,
      fixed: true,
      kind: m.swappable ? "number[]" : "other",
    });
    return [{ k: "forRows", name, label, of: m.name, body: body(inner) }];
  };

  /** while, do-while and endless loops count their trips themselves, first thing in the body. */
  const uncounted = (): Statement[] => {
    const inner = scope.inner();
    const name = scope.fresh(chance, ["k", "trip", "it", "round"]);
    inner.names.add(name);
    const limit = chance.int(1, 4);
    inner.ints.push({ name, low: 1, high: limit, counter: false });
    const start: Statement = { k: "declareInt", name, value: integer(0) };
    const step: Statement = { k: "step", name, by: "++" };
    const more = { k: "intCompare", op: "<", a: { k: "int", name }, b: integer(limit) } as const;
    const test = chance.happens(0.5)
      ? more
      : ({ k: "logic", op: "&&", a: more, b: statements.make.bool(scope, 1) } as const);
    const made = chance.weighted<Statement>([
      [2, () => ({ k: "while", label, test, body: [step, ...body(inner)] })],
      [1, () => ({ k: "doWhile", label, test, body: [step, ...body(inner)] })],
      [
        1,
        () => {
          const stop: Statement = {
            k: "if",
            test: { k: "not", a: test },
            body: [{ k: "break", label: "" }],
            otherwise: [],
          };
          return { k: "forever", label, body: [step, ...body(inner), stop] };
        },
      ],
    ]);
    // a `continue` of the endless loop would pass by the test at its end
    const head: Statement = {
      k: "if",
      test: { k: "intCompare", op: ">", a: { k: "int", name }, b: integer(limit) },
      body: [{ k: "break", label: "" }],
      otherwise: [],
    };
    if (made.k === "forever") made.body.splice(1, 0, head);
    scope.ints.push({ name, low: 0, high: limit + 1, counter: false });
    return [start, made];
  };

  return chance.weighted<Statement[]>([
    [5, counted],
    [arrays.length > 0 ? 1.2 : 0, ofElements],
    [scope.matrices.length > 0 ? 1 : 0, ofRows],
    [scope.loose.length > 0 ? 5 : 0, overLoose],
    [1.6, uncounted],
  ]);
};
