/** Functions that a program calls. */
import type { Chance } from "./chance.ts";
import { Expressions } from "./expressions.ts";
import { type Callee, names, Scope } from "./scope.ts";
import { Statements } from "./statements.ts";

export type Helper = Readonly<{ callee: Callee; text: string }>;

export const helper = (chance: Chance, size: number, at: number, wide: boolean): Helper => {
  const scope = new Scope(["f"]);
  const result = chance.weighted<Callee["result"]>([
    [5, () => "number"],
    [4, () => "void"],
    [wide ? 1.5 : 0, () => "pair"],
  ]);
  const params: string[] = [];
  const kinds: Callee["params"][number][] = [];
  const param = (kind: Callee["params"][number]): void => {
    kinds.push(kind);
    const { contents } = scope;
    switch (kind) {
      case "real": {
        const name = scope.fresh(chance, names.real);
        contents.reals.push({ name, mutable: true });
        params.push(`${name}: number`);
        return;
      }
      case "numbers": {
        const name = scope.fresh(chance, names.array);
        contents.arrays.push({ text: name, length: size, kind: "number[]" });
        params.push(`${name}: number[]`);
        return;
      }
      case "int": {
        const name = scope.fresh(chance, ["n"]);
        contents.ints.push({ text: name, low: 0, high: 3 });
        params.push(`${name}: number`);
        return;
      }
      case "fields": {
        const name = scope.fresh(chance, names.fields);
        contents.fields.push({ text: name, reals: ["u", "w"], shape: "Pair" });
        params.push(`${name}: { u: number; w: number }`);
        return;
      }
      case "function": {
        const name = scope.fresh(chance, ["fn", "kernel"]);
        contents.callees.push({ name, params: ["real"], result: "number", writes: false });
        params.push(`${name}: (t: number) => number`);
        return;
      }
      default:
        kind satisfies never;
    }
  };
  param("real");
  if (result === "void" || chance.happens(0.4)) param(wide && chance.happens(0.3) ? "fields" : "numbers");
  if (chance.happens(0.4)) param("real");
  if (chance.happens(0.3)) param("numbers");
  if (chance.happens(0.25)) param("int");
  if (wide && chance.happens(0.2)) param("function");
  const make = new Expressions(chance, size, wide);
  const statements = new Statements(make);
  const value = (s: Scope): string =>
    result === "pair" ? `[${make.real(s, 2)}, ${make.real(s, 1)}]` : make.real(s, 2);
  const leave = (s: Scope): string => (result === "void" ? "return;" : `return ${value(s)};`);
  const body = statements.list(scope, chance.int(1, 3), { loops: [], inLoop: false, depth: 2, leave });
  const end = result === "void" ? "" : `return ${value(scope)};`;
  const name = `${chance.of(["combine", "relax", "mix", "smooth", "score", "update"])}${at + 1}`;
  const returns = result === "pair" ? "[number, number]" : result;
  const writes = kinds.includes("numbers") || kinds.includes("fields");
  const list = params.join(", ");
  const text =
    wide && chance.happens(0.3)
      ? `const ${name} = (${list}): ${returns} => {\n${body}\n${end}\n};`
      : `function ${name}(${list}): ${returns} {\n${body}\n${end}\n}`;
  return { callee: { name, params: kinds, result, writes }, text };
};

/** A function that calls itself, a bounded number of times. */
export const recursion = (chance: Chance): Helper => {
  const scope = new Scope(["f", "n"]);
  const x = scope.fresh(chance, names.real);
  scope.contents.reals.push({ name: x, mutable: true });
  scope.contents.ints.push({ text: "n", low: 0, high: 3 });
  const make = new Expressions(chance, 0, false);
  const base = `if (n <= 0) return ${make.real(scope, 2)};`;
  const again = `power(${make.damped(scope)}, n - 1)`;
  const end = chance.of([
    `return ${again} * ${make.leaf(scope)};`,
    `return ${make.real(scope, 1)} + 0.5 * ${again};`,
    `const y = ${again};\nreturn y * y + ${make.leaf(scope)};`,
  ]);
  const text = `function power(${x}: number, n: number): number {\n${base}\n${end}\n}`;
  return { callee: { name: "power", params: ["real", "int"], result: "number", writes: false }, text };
};
