/** Statements about arrays that grow and shrink. */
import { names, type Scope } from "./scope.ts";
import type { Choice, Statements, Surroundings } from "./statements.ts";

/** A stack, pushed to in a loop right away. */
const declareStack = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const name = scope.fresh(chance, names.stack);
  const inner = scope.inner();
  const index = inner.fresh(chance, names.loop);
  inner.contents.ints.push({ text: index, low: 0, high: s.size - 1 });
  const skip = chance.happens(0.4) ? `if (${s.make.bool(inner, 1)}) continue;\n` : "";
  const append = s.make.wide && chance.happens(0.2);
  const push = append
    ? `${name}[${name}.length] = ${s.make.damped(inner)};`
    : `${name}.push(${s.make.damped(inner)});`;
  const after = chance.happens(0.4) ? `\n${s.write(inner)}` : "";
  scope.contents.loose.push({ text: name, kind: "number[]" });
  return `const ${name}: number[] = [];\nfor (let ${index} = 0; ${index} < ${s.size}; ${index}++) {\n${skip}${push}${after}\n}`;
};

/** Takes off one after the other, and sometimes puts one back. */
const worklist = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const { text } = chance.of(scope.resizable);
  const guard = scope.fresh(chance, ["guard", "rounds", "budget"]);
  const inner = scope.inner();
  const item = inner.fresh(chance, names.real);
  inner.contents.reals.push({ name: item, mutable: false });
  inner.contents.loose = inner.contents.loose.filter((a) => a.text !== text);
  const more = chance.happens(0.5)
    ? `if (${s.make.bool(inner, 1)}) ${text}.push(${s.make.damped(inner)});`
    : "";
  const take = chance.of(["pop", "pop", "shift"]);
  return `let ${guard} = 0;\nwhile (${text}.length > 0 && ${guard} < 6) {\n${guard}++;\nconst ${item} = ${text}.${take}()!;\n${s.write(inner)}\n${more}\n}`;
};

/** The bound changes while the loop runs. */
const growingLoop = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const { text } = chance.of(scope.resizable);
  const inner = scope.inner();
  const index = inner.fresh(chance, names.loop);
  const item = inner.fresh(chance, names.real);
  inner.contents.reals.push({ name: item, mutable: false });
  inner.contents.loose = inner.contents.loose.filter((a) => a.text !== text);
  const grow = `if (${s.make.bool(inner, 0)} && ${text}.length < 7) ${text}.push(${s.make.damped(inner)});`;
  const shrink = chance.happens(0.3) ? `if (${s.make.bool(inner, 0)}) ${text}.pop();` : "";
  return `for (let ${index} = 0; ${index} < ${text}.length && ${index} < 9; ${index}++) {\nconst ${item} = ${text}[${index}];\n${s.write(inner)}\n${grow}\n${shrink}\n}`;
};

const step = (s: Statements, scope: Scope): string => {
  const { chance, wide } = s.make;
  const { text } = chance.of(scope.resizable);
  const value = (): string => s.make.damped(scope);
  const filled = (body: (inner: Scope) => string): string =>
    `if (${text}.length > 0) {\n${body(scope.inner())}\n}`;
  return chance.weighted<string>([
    [3, () => `${text}.push(${value()});`],
    [
      1,
      () =>
        filled((inner) => {
          const name = inner.fresh(chance, names.real);
          inner.contents.reals.push({ name, mutable: false });
          return `const ${name} = ${text}.pop()!;\n${s.write(inner)}`;
        }),
    ],
    [1, () => filled((inner) => `${text}[${text}.length - 1] ${s.change(inner)};`)],
    [
      1.5,
      () => {
        const inner = scope.inner();
        inner.contents.loose = inner.contents.loose.filter((a) => a.kind !== "number[]");
        const name = inner.fresh(chance, names.real);
        inner.contents.reals.push({ name, mutable: false });
        return `for (const ${name} of ${text}) {\n${s.write(inner)}\n}`;
      },
    ],
    [wide ? 0.7 : 0, () => `${text}.pop();`],
    [wide ? 0.5 : 0, () => `${text}.push(${value()}, ${s.make.leaf(scope)});`],
    [wide ? 0.5 : 0, () => `${text}.shift();`],
    [wide ? 0.5 : 0, () => `${text}.unshift(${value()});`],
    [wide ? 0.6 : 0, () => `${text}.splice(${chance.int(0, 2)}, ${chance.int(0, 2)});`],
    [wide ? 0.4 : 0, () => `${text}.splice(${chance.int(0, 1)}, ${chance.int(0, 1)}, ${value()});`],
    [wide ? 0.4 : 0, () => `${text}[${text}.length] = ${value()};`],
    [wide ? 0.3 : 0, () => `${text}.${chance.of(["reverse()", "sort((a, b) => a - b)"])};`],
    [wide ? 0.15 : 0, () => `${text}.length = ${chance.of(["0", `Math.min(${text}.length, 2)`])};`],
    [
      wide && scope.mutable.length > 0 ? 0.6 : 0,
      () =>
        `${chance.of(scope.mutable)} = ${text}.${chance.of(["pop", "shift"])}() ?? ${s.make.leaf(scope)};`,
    ],
  ]);
};

/** An array that a filter or a flat map made. */
const derived = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const all = [...scope.contents.arrays, ...scope.contents.loose].filter(
    (a) => a.kind !== "tuple" && !a.kind.startsWith("Float"),
  );
  const { text } = chance.of(all);
  const inner = scope.inner();
  inner.hides = false;
  const item = inner.fresh(chance, names.real);
  inner.contents.reals.push({ name: item, mutable: false });
  const init = chance.weighted<string>([
    [2, () => `${text}.filter((${item}) => ${s.make.bool(inner, 1)})`],
    [
      1,
      () =>
        `${text}.flatMap((${item}) => ${s.make.bool(inner, 0)} ? [${s.make.real(inner, 1)}, ${s.make.leaf(inner)}] : [])`,
    ],
    [0.5, () => `${text}.slice(${chance.int(0, 2)})`],
    [0.5, () => `[${s.make.leaf(inner).replace(new RegExp(`\\b${item}\\b`, "g"), "1")}, ...${text}]`],
  ]);
  const name = scope.fresh(chance, names.array);
  scope.contents.loose.push({ text: name, kind: "number[]" });
  return `const ${name} = ${init};`;
};

export const resizingStatements = (s: Statements, scope: Scope, at: Surroundings): Choice[] => {
  const { wide } = s.make;
  const some = scope.resizable.length > 0;
  const deep = at.depth > 0;
  const arrays = [...scope.contents.arrays, ...scope.contents.loose];
  const listed = arrays.some((a) => a.kind !== "tuple" && !a.kind.startsWith("Float"));
  return [
    [some ? 3 : 0, () => step(s, scope)],
    [at.inLoop ? 0.15 : 0.6, () => declareStack(s, scope)],
    [wide && some && deep ? 0.8 : 0, () => worklist(s, scope)],
    [wide && some && deep ? 0.8 : 0, () => growingLoop(s, scope)],
    [wide && listed ? 0.5 : 0, () => derived(s, scope)],
  ];
};
