/** Statements and expressions of the wider language: methods of arrays, destructuring, nested objects, a class. */
import type { Expressions } from "./expressions.ts";
import { arrayNames, loopNames, objectNames, realNames, type Scope, vectorNames } from "./scope.ts";
import type { Maker, Statements } from "./statements.ts";
import type { ArrayInit, Real, Statement, Vector } from "./tree.ts";

export const vectorOf = (make: Expressions, scope: Scope, depth: number): Vector => {
  const { chance } = make;
  const named = scope.vectors.length > 0;
  return chance.weighted<Vector>([
    [named ? 5 : 0, () => ({ k: "vector", name: chance.of(scope.vectors) })],
    [1, () => ({ k: "newVector", x: make.real(scope, 1), y: make.real(scope, 1) })],
    [
      depth > 0 ? 2 : 0,
      () => ({ k: "vectorSum", a: vectorOf(make, scope, depth - 1), b: vectorOf(make, scope, depth - 1) }),
    ],
    [
      depth > 0 ? 1 : 0,
      () => ({ k: "vectorScaled", a: vectorOf(make, scope, depth - 1), by: make.real(scope, 1) }),
    ],
  ]);
};

/** A number out of a vector. */
export const ofVectors = (make: Expressions, scope: Scope): Real => {
  const { chance } = make;
  const vector = (depth: number): Vector => vectorOf(make, scope, depth);
  return chance.happens(0.5)
    ? { k: "vectorField", of: { k: "vector", name: chance.of(scope.vectors) }, field: chance.of(["x", "y"]) }
    : { k: "dot", a: vector(1), b: vector(1) };
};

export const widerStatements = ({ make }: Statements, scope: Scope, declaring: number): [number, Maker][] => {
  const { chance } = make;
  const plain = scope.arrays.filter((a) => a.kind === "number[]" && a.length > 0);
  const writable = plain.filter((a) => a.writable && a.fixed);
  const field = (name: string): { name: string; value: Real } => ({ name, value: make.real(scope, 1) });

  const derived = (): Statement[] => {
    const { of, length } = chance.of(plain);
    const inner = scope.inner();
    const made = chance.weighted<{ init: ArrayInit; length: number }>([
      [1, () => ({ init: { k: "sorted", of }, length })],
      [1, () => ({ init: { k: "reversed", of }, length })],
      [
        1,
        () => {
          const and = chance.of(plain);
          return { init: { k: "concat", of, and: and.of }, length: length + and.length };
        },
      ],
      [
        1,
        () => {
          const from = chance.int(0, length - 1);
          const to = chance.int(from + 1, length);
          return { init: { k: "section", of, from, to }, length: to - from };
        },
      ],
      [
        1.5,
        () => {
          const index = inner.fresh(chance, loopNames);
          inner.ints.push({ name: index, low: 0, high: length - 1, counter: false });
          const init: ArrayInit = {
            k: "from",
            length: { k: "length", of },
            index,
            value: make.real(inner, 2),
          };
          return { init, length };
        },
      ],
    ]);
    const name = scope.fresh(chance, arrayNames);
    scope.arrays.push({
      of: { k: "array", name },
      length: made.length,
      writable: true,
      fixed: true,
      kind: "number[]",
    });
    return [{ k: "declareArray", name, init: made.init }];
  };

  const filtered = (): Statement[] => {
    const { of } = chance.of(plain);
    const inner = scope.inner();
    const item = inner.fresh(chance, realNames);
    inner.reals.push({ name: item, mutable: false });
    const test = make.bool(inner, 1);
    const name = scope.fresh(chance, arrayNames);
    scope.loose.push({ of: { k: "array", name }, writable: true, plain: true });
    scope.stacks.push({ name, least: 0 });
    return [{ k: "declareArray", name, init: { k: "filter", of, item, test } }];
  };

  const reorder = (): Statement[] => [
    { k: "reorder", of: chance.of(writable).of, how: chance.of(["sort", "reverse"]) },
  ];

  const unpack = (): Statement[] => {
    const { of, length } = chance.of(plain);
    const names = Array.from({ length: chance.int(1, Math.min(2, length)) }, () =>
      scope.fresh(chance, realNames),
    );
    const rest = chance.happens(0.4) && names.length < length ? scope.fresh(chance, arrayNames) : "";
    for (const name of names) scope.reals.push({ name, mutable: false });
    if (rest !== "")
      scope.arrays.push({
        of: { k: "array", name: rest },
        length: length - names.length,
        writable: true,
        fixed: true,
        kind: "number[]",
      });
    return [{ k: "unpack", names, rest, of }];
  };

  const unpackObject = (): Statement[] => {
    const { name: of, fields } = chance.of(scope.objects);
    const names = fields.map((f) => ({ field: f, name: scope.fresh(chance, realNames) }));
    for (const { name } of names) scope.reals.push({ name, mutable: false });
    return [{ k: "unpackObject", names, of }];
  };

  const nested = (): Statement[] => {
    const items = [0, 1].map(() => make.real(scope, 1));
    const inner = { field: "at", fields: [field("u"), field("w")] };
    const name = scope.fresh(chance, objectNames);
    scope.objects.push({ name: `${name}.at`, fields: ["u", "w"], type: "" });
    scope.replaceable.push(`${name}.at`);
    const of = { k: "arrayMember", of: name, field: "list" } as const;
    scope.arrays.push({ of, length: 2, writable: true, fixed: true, kind: "number[]" });
    return [{ k: "declareNested", name, inner, list: { field: "list", items } }];
  };

  const replace = (): Statement[] => [
    { k: "replaceObject", of: chance.of(scope.replaceable), fields: [field("u"), field("w")] },
  ];

  const vector = (): Statement[] => {
    const value = vectorOf(make, scope, 2);
    const name = scope.fresh(chance, vectorNames);
    scope.vectors.push(name);
    return [{ k: "declareVector", name, value }];
  };

  const changeVector = (): Statement[] => [
    {
      k: "changeVector",
      name: chance.of(scope.vectors),
      by: vectorOf(make, scope, 1),
      factor: make.real(scope, 1),
    },
  ];

  return [
    [plain.length > 0 ? declaring * 1.2 : 0, derived],
    [plain.length > 0 ? declaring * 0.6 : 0, filtered],
    [writable.length > 0 ? 0.5 : 0, reorder],
    [plain.length > 0 ? declaring * 0.8 : 0, unpack],
    [scope.objects.length > 0 ? declaring * 0.8 : 0, unpackObject],
    [declaring * 0.8, nested],
    [scope.replaceable.length > 0 ? 1.2 : 0, replace],
    [declaring * 0.9, vector],
    [scope.vectors.length > 0 ? 1.2 : 0, changeVector],
  ];
};
