/** Statements that no derivative flows through (strings, logs, checks that throw), and structures keyed by strings. */
import { names, type Scope } from "./scope.ts";
import type { Choice, Statements, Surroundings } from "./statements.ts";

const text = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const name = scope.fresh(chance, ["label", "message", "tag"]);
  const { reals, ints } = scope.contents;
  const part = reals.length > 0 ? chance.of(reals).name : ints.length > 0 ? chance.of(ints).text : "1";
  const init = chance.of([
    `\`\${${part}}:\` + "x".repeat(2)`,
    `String(${part}).slice(0, 3)`,
    `[${part}, 1].join("-")`,
    `JSON.stringify({ at: ${part} })`,
  ]);
  const use =
    scope.mutable.length > 0 && chance.happens(0.6)
      ? `\nif (${name}.length > ${chance.int(1, 8)}) ${s.write(scope.inner())}`
      : `\nvoid ${name};`;
  return `const ${name} = ${init};${use}`;
};

const check = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const { reals } = scope.contents;
  const what = reals.length > 0 ? chance.of(reals).name : "1";
  return chance.of([
    `if (!Number.isFinite(${what})) throw new RangeError("not finite: " + ${what});`,
    `if (${what} > 1e12) {\nthrow new Error(\`too large: \${${what}}\`);\n}`,
  ]);
};

const attempt = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const name = scope.fresh(chance, ["config", "parsed", "options"]);
  const scale = chance.of(["2", "0.5", "oops"]);
  const inner = scope.inner();
  inner.contents.reals.push({ name, mutable: false });
  const use = scope.mutable.length > 0 ? `\n${chance.of(scope.mutable)} *= ${name};` : "";
  return `let ${name} = 1;\ntry {\n${name} = JSON.parse("${scale}") as number;\n} catch {\n${name} = ${chance.int(1, 2)};\n}${use}`;
};

const declareRecord = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const name = scope.fresh(chance, names.record);
  const map = chance.happens(0.3);
  const items = ["a", "b"].slice(0, chance.int(map ? 0 : 1, 2));
  const value = (): string => s.make.real(scope, 1);
  const init = map
    ? `new Map<string, number>(${items.length > 0 ? `[${items.map((k) => `["${k}", ${value()}]`).join(", ")}]` : ""})`
    : `{ ${items.map((k) => `${k}: ${value()}`).join(", ")} }`;
  scope.contents.records.push({ name, map });
  return `const ${name}${map ? "" : ": Record<string, number>"} = ${init};`;
};

const store = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const { name, map } = chance.of(scope.contents.records);
  const { ints } = scope.contents;
  const key =
    ints.length > 0 && chance.happens(0.4) ? `\`k\${${chance.of(ints).text}}\`` : chance.of(['"a"', '"b"']);
  const value = s.make.damped(scope);
  return map ? `${name}.set(${key}, ${value});` : `${name}[${key}] = ${value};`;
};

export const passiveStatements = (
  s: Statements,
  scope: Scope,
  at: Surroundings,
  declaring: number,
): Choice[] => [
  [declaring * 0.3, () => text(s, scope)],
  [0.2, () => check(s, scope)],
  [at.inLoop ? 0 : declaring * 0.2, () => attempt(s, scope)],
  // an empty record loses its type in what is generated: those that have keys from the start do not
  [declaring * 0.15, () => declareRecord(s, scope)],
  [scope.contents.records.length > 0 ? 1 : 0, () => store(s, scope)],
];
