/** Makes whole programs. */
import type { Mode } from "../../src/index.ts";
import { Chance } from "./chance.ts";
import { Expressions } from "./expressions.ts";
import { type Helper, helper, recursion } from "./helpers.ts";
import { declarations } from "./objects.ts";
import { type Param, type Program, type Ty, tyText } from "./program.ts";
import { names, Scope } from "./scope.ts";
import { Statements } from "./statements.ts";

const bind = (scope: Scope, name: string, ty: Ty): void => {
  const { contents } = scope;
  scope.names.add(name);
  switch (ty.t) {
    case "real":
      if (ty.optional) contents.maybes.push({ name, mutable: true });
      else contents.reals.push({ name, mutable: true });
      return;
    case "int":
      contents.ints.push({ text: name, low: 0, high: ty.max });
      return;
    case "array":
      if (ty.loose) contents.loose.push({ text: name, kind: ty.of });
      else contents.arrays.push({ text: name, length: ty.length, kind: ty.of });
      return;
    case "tuple":
      contents.arrays.push({ text: name, length: ty.length, kind: "tuple" });
      return;
    case "rows":
      contents.rows.push({
        text: name,
        rows: ty.rows,
        columns: ty.columns,
        swappable: ty.of === "number[][]",
      });
      return;
    case "object": {
      if (ty.name === "Vec") {
        contents.vectors.push({ name, mutable: true });
        return;
      }
      const reals = ty.fields.filter((f) => f.ty.t === "real" && !f.ty.optional).map((f) => f.name);
      contents.fields.push({ text: name, reals, shape: ty.name });
      for (const f of ty.fields) {
        if (f.ty.t === "array" && !f.ty.loose)
          contents.arrays.push({ text: `${name}.${f.name}`, length: f.ty.length, kind: f.ty.of });
        else if (f.ty.t === "array") contents.loose.push({ text: `${name}.${f.name}`, kind: f.ty.of });
        else if (f.ty.t === "object")
          contents.fields.push({
            text: `${name}.${f.name}`,
            reals: f.ty.fields.map((g) => g.name),
            shape: f.ty.name,
          });
      }
      return;
    }
    case "list":
      contents.lists.push({
        text: name,
        length: ty.length,
        reals: ty.of.fields.filter((f) => f.ty.t === "real").map((f) => f.name),
        shape: ty.of.name,
      });
      return;
    case "record":
      contents.records.push({ name, map: false });
      return;
    default:
      ty satisfies never;
  }
};

const real: Ty = { t: "real" };
const uw = ["u", "w"].map((name) => ({ name, ty: real }));

/** The interfaces that parameters have, by name. */
const interfaceText = (ty: Ty): string => {
  if (ty.t === "list") return interfaceText(ty.of);
  if (ty.t !== "object" || ty.make) return "";
  const inner = ty.fields.map((f) => interfaceText(f.ty)).join("");
  const fields = ty.fields.map(
    (f) => `${f.name}${f.ty.t === "real" && f.ty.optional ? "?" : ""}: ${tyText(f.ty)};`,
  );
  return `${inner}export interface ${ty.name} { ${fields.join(" ")} }\n`;
};

const parameters = (chance: Chance, size: number, scope: Scope, wide: boolean): Param[] => {
  const params: Param[] = [];
  const param = (pool: readonly string[], ty: Ty): void => {
    const name = scope.fresh(chance, pool);
    params.push({ name, ty });
    bind(scope, name, ty);
  };
  const array = (loose = false): Ty => ({
    t: "array",
    of: chance.weighted<Extract<Ty, { t: "array" }>["of"]>([
      [5, () => "number[]"],
      [1, () => "readonly number[]"],
      [2, () => "Float64Array"],
      [0.5, () => "Float32Array"],
    ]),
    length: chance.happens(0.8) ? size : chance.int(1, 4),
    loose,
  });
  param(names.real, real);
  if (chance.happens(0.5)) param(names.real, real);
  if (chance.happens(0.3)) param(names.array, array(true));
  if (chance.happens(0.12)) param(names.array, array(true));
  if (chance.happens(0.7)) param(names.array, array());
  if (chance.happens(0.3)) param(names.array, array());
  if (chance.happens(0.06)) param(names.rows, { t: "rows", of: "number[][]", rows: 2, columns: size });
  if (chance.happens(0.35)) {
    const of = chance.happens(0.75) ? "number[][]" : "Float64Array[]";
    param(names.rows, { t: "rows", of, rows: chance.int(2, 3), columns: size });
  }
  if (chance.happens(0.25)) {
    const fields: { name: string; ty: Ty }[] = [...uw];
    if (chance.happens(0.4)) fields.push({ name: "xs", ty: { t: "array", of: "number[]", length: size } });
    if (wide && chance.happens(0.3))
      fields.push({ name: "core", ty: { t: "object", name: "Core", fields: uw } });
    if (wide && chance.happens(0.2))
      fields.push({ name: "log", ty: { t: "array", of: "number[]", length: 0, loose: true } });
    const state: Ty = { t: "object", name: "State", fields };
    param(names.fields, state);
    if (chance.happens(0.25)) param(names.fields, state);
  }
  if (wide && chance.happens(0.3)) {
    const body = { t: "object", name: "Body", fields: uw } as const;
    param(names.list, { t: "list", of: body, length: chance.int(1, 3) });
  }
  if (wide && chance.happens(0.12)) {
    const xy = ["x", "y"].map((name) => ({ name, ty: real }));
    param(names.vector, { t: "object", name: "Vec", fields: xy, make: true });
  }
  if (chance.happens(0.12)) param(["pair"], { t: "tuple", length: 2 });
  if (chance.happens(0.35)) param(["n"], { t: "int", max: size });
  if (wide && chance.happens(0.1)) param(["scale", "offset"], { t: "real", optional: true });
  return params;
};

/** The text of a parameter: optional ones come last. */
const paramText = ({ name, ty }: Param): string => {
  if (ty.t === "real" && ty.optional) return `${name}?: number`;
  return `${name}: ${tyText(ty)}`;
};

/** A sum over everything in sight: nothing that the body did goes unseen. */
const summary = ({ make }: Statements, scope: Scope): string => {
  const { chance } = make;
  const terms: string[] = [];
  const weigh = (e: string): void => {
    if (chance.happens(0.75)) terms.push(chance.happens(0.5) ? `${make.number()} * ${e}` : `${e} * ${e}`);
  };
  const { reals, fields, arrays, rows, lists, loose, vectors, maybes, records } = scope.contents;
  for (const r of reals) weigh(r.name);
  for (const o of fields) for (const field of o.reals) weigh(`${o.text}.${field}`);
  for (const a of arrays) if (a.length > 0) weigh(`${a.text}[${chance.int(0, a.length - 1)}]`);
  for (const m of rows) weigh(`${m.text}[${chance.int(0, m.rows - 1)}][${chance.int(0, m.columns - 1)}]`);
  for (const b of lists) weigh(`${b.text}[${chance.int(0, b.length - 1)}].${chance.of(b.reals)}`);
  for (const { text } of loose) weigh(`(${text}.length > 0 ? ${text}[${text}.length - 1] : 1)`);
  for (const { name } of vectors) weigh(`${name}.${chance.of(["x", "y", "size"])}`);
  for (const { name } of maybes) weigh(`(${name} ?? 1)`);
  for (const { name, map } of records) weigh(map ? `(${name}.get("a") ?? 1)` : `(${name}.a ?? 1)`);
  return [...terms, make.real(scope, 2)].join(" + ");
};

type Result = "number" | "number[]" | "Float64Array" | "number[][]" | "[number, number]" | "object" | "void";

const resultOf = (chance: Chance, scope: Scope, params: readonly Param[]): Result =>
  chance.weighted<Result>([
    [8, () => "number"],
    [0.6, () => "number[]"],
    [0.4, () => "object"],
    [0.3, () => "[number, number]"],
    [0.3, () => "number[][]"],
    [scope.contents.arrays.some((a) => a.kind === "Float64Array") ? 0.5 : 0, () => "Float64Array"],
    [params.some(isOutput) ? 0.5 : 0, () => "void"],
  ]);

/** May the function give its result by writing to it? */
const isOutput = ({ ty }: Param): boolean => ty.t === "array" && !ty.of.startsWith("readonly");

/** The text of a result: something made in place, or memory that is in sight. */
const resultText = ({ make }: Statements, scope: Scope, type: Result): string => {
  const { chance } = make;
  const known = scope.plain.map((a) => a.text);
  const loose = scope.contents.loose.filter((a) => a.kind === "number[]").map((a) => a.text);
  const list = (n: number): string => `[${Array.from({ length: n }, () => make.real(scope, 2)).join(", ")}]`;
  const numbers = (): string => {
    const all = [...known, ...loose];
    return all.length > 0 && chance.happens(0.75) ? chance.of(all) : list(chance.int(0, 3));
  };
  switch (type) {
    case "number":
      return make.real(scope, 2);
    case "number[]":
      return numbers();
    case "[number, number]":
      return list(2);
    case "Float64Array": {
      const typed = scope.contents.arrays.filter((a) => a.kind === "Float64Array");
      return typed.length > 0 ? chance.of(typed).text : "new Float64Array(2)";
    }
    case "number[][]": {
      const whole = scope.contents.rows.filter((m) => m.swappable);
      if (whole.length > 0 && chance.happens(0.6)) return chance.of(whole).text;
      return known.length > 0 ? `[${chance.of(known)}, ${chance.of(known)}]` : "[]";
    }
    case "object":
      return `{ cost: ${make.real(scope, 2)}, at: ${numbers()} }`;
    case "void":
      return "";
    default:
      return type satisfies never;
  }
};

/** The derivatives to ask for. */
const modesOf = (chance: Chance, result: Result): readonly Mode[] => {
  if (result !== "number")
    return chance.weighted<readonly Mode[]>([
      [3, () => ["vjp"]],
      [1, () => ["vjp", "jvp"]],
    ]);
  return chance.weighted<readonly Mode[]>([
    [10, () => ["valueAndGrad"]],
    [1, () => ["grad", "valueAndGrad"]],
    [1.5, () => ["valueAndGrad", "vjp"]],
    [2, () => ["valueAndGrad", "jvp"]],
  ]);
};

/** Program number `index` of a seed; `wide` for the whole language. */
export const generate = (seed: number, index: number, wide = false): Program => {
  const chance = new Chance(seed, index);
  const size = chance.int(2, 4);
  const helpers: Helper[] = Array.from({ length: chance.of([0, 0, 0, 1, 1, 2]) }, (_, i) =>
    helper(chance, size, i, wide),
  );
  if (wide && chance.happens(0.04)) helpers.push(recursion(chance));
  const scope = new Scope([...helpers.map((h) => h.callee.name), "f", "Vec", "Mover", "Damped", "area"]);
  const params = parameters(chance, size, scope, wide);
  scope.contents.callees.push(...helpers.map((h) => h.callee));
  const statements = new Statements(new Expressions(chance, size, wide));
  const result = resultOf(chance, scope, params);
  const leave = (at: Scope): string => `return ${resultText(statements, at, result)};`;
  const body = statements.list(scope, chance.int(2, 6), { loops: [], inLoop: false, depth: 3, leave });
  const end =
    result === "number" ? `return ${summary(statements, scope)};` : result === "void" ? "" : leave(scope);
  const returns = result === "object" ? "{ cost: number; at: number[] }" : result;
  const list = params.map(paramText).join(", ");
  const f = `export function f(${list}): ${returns} {\n${body}\n${end}\n}`;
  const functions = [...helpers.map((h) => h.text), f].join("\n\n");
  const interfaces = new Set(params.map((p) => interfaceText(p.ty)));
  const used = Object.entries(declarations).flatMap(([name, text]) =>
    new RegExp(`\\b${name}\\b`).test(functions) ? [text] : [],
  );
  const source =
    [...new Set([...interfaces].join("").split("\n"))].join("\n") + [...used, functions].join("\n\n") + "\n";
  return { source, modes: modesOf(chance, result), params };
};
