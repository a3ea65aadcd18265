/** Statements of the wider language: callbacks, closures that read and write, switches, objects in arrays. */
import { indexBelow, loopNames, objectNames, realNames, type Scope } from "./scope.ts";
import { int as intText } from "./source.ts";
import type { Maker, Statements, Surroundings } from "./statements.ts";
import type { Statement } from "./tree.ts";

export const wideStatements = (
  statements: Statements,
  scope: Scope,
  at: Surroundings,
  declaring: number,
): [number, Maker][] => {
  const { make } = statements;
  const { chance } = make;
  const deep = at.depth > 0;

  const forEach = (): Statement[] => {
    const array = chance.of(scope.arrays);
    const inner = scope.inner();
    const item = inner.fresh(chance, realNames);
    const index = inner.fresh(chance, loopNames);
    inner.reals.push({ name: item, mutable: false });
    inner.ints.push({ name: index, low: 0, high: array.length - 1, counter: false });
    inner.hides = false; // the callback's parameters are names of the same block
    // a `return` in the callback goes on with the next element
    const inside: Surroundings = { loops: [], inLoop: true, depth: at.depth - 1, result: "void" };
    return [
      { k: "forEach", of: array.of, item, index, body: statements.list(inner, chance.int(1, 3), inside) },
    ];
  };

  const closure = (): Statement[] => {
    const inner = scope.inner();
    const params = Array.from({ length: chance.int(0, 2) }, () => inner.fresh(chance, realNames));
    inner.hides = false;
    for (const name of params) inner.reals.push({ name, mutable: true });
    const inside: Surroundings = {
      loops: [],
      inLoop: false,
      depth: Math.min(1, at.depth - 1),
      result: "number",
    };
    const body = statements.list(inner, chance.int(0, 2), inside);
    const value = make.real(inner, 2);
    const name = scope.fresh(chance, ["weigh", "bump", "next", "force"]);
    scope.closures.push({ name, params: params.length });
    return [{ k: "closure", name, params, body, value }];
  };

  const choose = (): Statement[] => {
    const on = chance.of(scope.ints).name;
    const inside = { ...at, depth: at.depth - 1 };
    const values = [0, 1, 2].slice(0, chance.int(1, 3));
    const cases = [...values, ...(chance.happens(0.6) ? (["default"] as const) : [])].map((value) => ({
      value,
      body: statements.list(scope.inner(), 1, inside),
      falls: chance.happens(0.35),
    }));
    const which = {
      k: "intBinary",
      op: "%",
      a: { k: "int", name: on },
      b: { k: "integer", value: 3 },
    } as const;
    return [{ k: "switch", on: which, cases }];
  };

  const storeInBody = (): Statement[] => [
    { k: "assign", to: make.bodyField(scope), op: make.operator(), value: make.damped(scope) },
  ];

  const alias = (of: string, like: { fields: string[]; type: string }): Statement[] => {
    const name = scope.fresh(chance, objectNames);
    scope.objects.push({ ...like, name });
    return [{ k: "aliasObject", name, of }];
  };

  const aliasBody = (): Statement[] => {
    const { name, length } = chance.of(scope.bodies);
    const index = indexBelow(length, { k: "array", name }, scope, chance);
    return alias(`${name}[${intText(index)}]`, { fields: ["u", "w"], type: "" });
  };

  const aliasObject = (): Statement[] => {
    const like = chance.of(scope.objects);
    return alias(like.name, like);
  };

  return [
    [deep && scope.arrays.length > 0 ? 1.5 : 0, forEach],
    [deep ? declaring * 1.2 : 0, closure],
    [deep && scope.ints.length > 0 ? 0.8 : 0, choose],
    [scope.bodies.length > 0 ? 3 : 0, storeInBody],
    [scope.bodies.length > 0 ? declaring * 1.5 : 0, aliasBody],
    [scope.objects.length > 0 ? declaring * 0.5 : 0, aliasObject],
  ];
};
