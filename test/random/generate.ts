/** Makes whole programs and the arguments they are called with. */
import { Chance } from "./chance.ts";
import { Expressions, type Helper } from "./expressions.ts";
import { arrayNames, matrixNames, objectNames, realNames, Scope } from "./scope.ts";
import { Statements } from "./statements.ts";
import type { Mode } from "../../src/index.ts";
import type { Fn, Program, Real, Statement, Ty } from "./tree.ts";

const bind = (scope: Scope, name: string, ty: Ty): void => {
  scope.names.add(name);
  switch (ty.t) {
    case "real":
      scope.reals.push({ name, mutable: true });
      break;
    case "int":
      scope.ints.push({ name, low: 0, high: ty.max, counter: false });
      break;
    case "array": {
      const single = ty.of === "Float32Array";
      const kind = ty.of === "number[]" ? "number[]" : "other";
      if (ty.loose) {
        const [writable, plain] = [!ty.of.startsWith("readonly"), kind === "number[]"];
        scope.loose.push({ of: { k: "array", name, single }, writable, plain });
        if (plain) scope.stacks.push({ name, least: 0 });
        break;
      }
      scope.arrays.push({
        typed: ty.of === "Float64Array",
        of: { k: "array", name, single },
        length: ty.length,
        writable: !ty.of.startsWith("readonly"),
        fixed: true,
        kind,
      });
      break;
    }
    case "tuple":
      scope.arrays.push({
        of: { k: "array", name },
        length: ty.length,
        writable: true,
        fixed: true,
        kind: "other",
      });
      break;
    case "matrix":
      scope.matrices.push({
        name,
        rows: ty.rows,
        columns: ty.columns,
        swappable: ty.of === "number[][]",
        single: false,
      });
      break;
    case "object": {
      const fields = ty.fields.filter((f) => f.ty.t === "real").map((f) => f.name);
      scope.objects.push({ name, fields, type: ty.name });
      for (const f of ty.fields) {
        if (f.ty.t !== "array") continue;
        scope.arrays.push({
          of: { k: "arrayMember", of: name, field: f.name },
          length: f.ty.length,
          writable: true,
          fixed: true,
          kind: "number[]",
        });
      }
      break;
    }
    case "objects":
      scope.bodies.push({ name, length: ty.length });
      break;
    default:
      ty satisfies never;
  }
};

const real: Ty = { t: "real" };

/** Whether a function may change memory that it is given. */
const writes = (f: Fn): boolean => f.params.some((p) => p.ty.t === "array" || p.ty.t === "object");

const helper = (chance: Chance, size: number, at: number, wide: boolean): Helper => {
  const scope = new Scope();
  const result = chance.happens(0.55) ? "number" : "void";
  const params: Fn["params"] = [];
  const param = (pool: readonly string[], ty: Ty): void => {
    const name = scope.fresh(chance, pool);
    params.push({ name, ty });
    bind(scope, name, ty);
  };
  const array: Ty = { t: "array", of: "number[]", length: size };
  param(realNames, real);
  if (result === "void" || chance.happens(0.4)) param(arrayNames, array);
  if (chance.happens(0.4)) param(realNames, real);
  if (chance.happens(0.3)) param(arrayNames, array);
  if (chance.happens(0.25)) param(["n"], { t: "int", max: size });
  const make = new Expressions(chance, [], wide);
  const statements = new Statements(make, size);
  const body = statements.list(scope, chance.int(1, 3), { loops: [], inLoop: false, depth: 2, result });
  if (result === "number") body.push({ k: "return", value: make.real(scope, 2) });
  const names = ["combine", "relax", "mix", "smooth", "score", "update"];
  const fn: Fn = { name: `${chance.of(names)}${at + 1}`, params, result, body };
  return { fn, writes: writes(fn) };
};

const parameters = (chance: Chance, size: number, scope: Scope, wide: boolean): Fn["params"] => {
  const params: Fn["params"] = [];
  const param = (pool: readonly string[], ty: Ty): void => {
    const name = scope.fresh(chance, pool);
    params.push({ name, ty });
    bind(scope, name, ty);
  };
  const array = (): Ty => ({
    t: "array",
    of: chance.weighted<Extract<Ty, { t: "array" }>["of"]>([
      [5, () => "number[]"],
      [1, () => "readonly number[]"],
      [2, () => "Float64Array"],
      [0.5, () => "Float32Array"],
    ]),
    length: chance.happens(0.8) ? size : chance.int(1, 4),
  });
  const loose = (): Ty => ({ ...array(), loose: true }) as Ty;
  param(realNames, real);
  if (chance.happens(0.5)) param(realNames, real);
  if (chance.happens(0.3)) param(arrayNames, loose());
  if (chance.happens(0.12)) param(arrayNames, loose());
  if (chance.happens(0.7)) param(arrayNames, array());
  if (chance.happens(0.3)) param(arrayNames, array());
  if (chance.happens(0.06)) param(matrixNames, { t: "matrix", of: "number[][]", rows: 2, columns: size });
  if (chance.happens(0.35)) {
    const of = chance.happens(0.75) ? "number[][]" : "Float64Array[]";
    param(matrixNames, { t: "matrix", of, rows: chance.int(2, 3), columns: size });
  }
  if (chance.happens(0.25)) {
    const fields: { name: string; ty: Ty }[] = [
      { name: "u", ty: real },
      { name: "w", ty: real },
    ];
    if (chance.happens(0.4)) fields.push({ name: "xs", ty: { t: "array", of: "number[]", length: size } });
    param(objectNames, { t: "object", name: "State", fields });
    if (chance.happens(0.25)) param(objectNames, { t: "object", name: "State", fields });
  }
  if (wide && chance.happens(0.3)) {
    const fields = ["u", "w"].map((name) => ({ name, ty: real }));
    param(["bodies", "points"], { t: "objects", name: "Body", fields, length: chance.int(1, 3) });
  }
  if (chance.happens(0.12)) param(["pair"], { t: "tuple", length: 2 });
  if (chance.happens(0.35)) param(["n"], { t: "int", max: size });
  return params;
};

/** A sum over everything in sight: nothing that the body did goes unseen. */
const summary = (statements: Statements, scope: Scope): Real => {
  const { chance } = statements.make;
  const terms: Real[] = [];
  const weight = (e: Real): void => {
    if (!chance.happens(0.75)) return;
    const by: Real = { k: "number", value: chance.real() };
    terms.push(
      chance.happens(0.5) ? { k: "binary", op: "*", a: by, b: e } : { k: "binary", op: "*", a: e, b: e },
    );
  };
  for (const r of scope.reals) weight({ k: "real", name: r.name });
  for (const o of scope.objects) for (const field of o.fields) weight({ k: "member", of: o.name, field });
  for (const a of scope.arrays)
    if (a.length > 0)
      weight({ k: "element", of: a.of, index: { k: "integer", value: chance.int(0, a.length - 1) } });
  for (const m of scope.matrices) {
    const of = {
      k: "row",
      of: m.name,
      index: { k: "integer", value: chance.int(0, m.rows - 1) },
      single: m.single,
    } as const;
    weight({ k: "element", of, index: { k: "integer", value: chance.int(0, m.columns - 1) } });
  }
  for (const b of scope.bodies) {
    weight({ k: "member", of: `${b.name}[${chance.int(0, b.length - 1)}]`, field: chance.of(["u", "w"]) });
  }
  for (const { name } of scope.stacks) {
    const of = { k: "array", name } as const;
    const last = { k: "intBinary", op: "-", a: { k: "length", of }, b: { k: "integer", value: 1 } } as const;
    const test = { k: "intCompare", op: ">", a: { k: "length", of }, b: { k: "integer", value: 0 } } as const;
    weight({ k: "choice", test, a: { k: "element", of, index: last }, b: { k: "number", value: 1 } });
  }
  return terms.reduceRight<Real>(
    (rest, term) => ({ k: "binary", op: "+", a: term, b: rest }),
    statements.make.real(scope, 2),
  );
};

/** Program number `index` of a seed; `wide` for the language of callbacks, closures and arrays of objects as well. */
export const generate = (seed: number, index: number, wide = false): Program => {
  const chance = new Chance(seed, index);
  const size = chance.int(2, 4);
  const helpers = Array.from({ length: chance.of([0, 0, 0, 1, 1, 2]) }, (_, i) =>
    helper(chance, size, i, wide),
  );
  const scope = new Scope(helpers.map((h) => h.fn.name));
  const params = parameters(chance, size, scope, wide);
  const make = new Expressions(chance, helpers, wide);
  const statements = new Statements(make, size);
  const result = resultOf(chance, scope);
  const at = { loops: [], inLoop: false, depth: 3, result };
  const body: Statement[] = statements.list(scope, chance.int(2, 6), at);
  body.push(
    result === "number"
      ? { k: "return", value: summary(statements, scope) }
      : statements.returned(scope, result),
  );
  const functions = [...helpers.map((h) => h.fn), { name: "f", params, result, body }];
  return { functions, modes: modesOf(chance, result) };
};

const resultOf = (chance: Chance, scope: Scope): Fn["result"] =>
  chance.weighted<Fn["result"]>([
    [8, () => "number"],
    [0.6, () => "number[]"],
    [0.4, () => "object"],
    [0.3, () => "[number, number]"],
    [0.3, () => "number[][]"],
    [scope.arrays.some((a) => a.typed) ? 0.5 : 0, () => "Float64Array"],
  ]);

/** The derivatives to ask for. */
const modesOf = (chance: Chance, result: Fn["result"]): readonly Mode[] => {
  if (result !== "number") return ["vjp"];
  return chance.weighted<readonly Mode[]>([
    [10, () => ["valueAndGrad"]],
    [1, () => ["grad", "valueAndGrad"]],
    [1.5, () => ["valueAndGrad", "vjp"]],
  ]);
};
