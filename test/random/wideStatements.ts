/** Statements of the wider language: callbacks, closures that read and write, switches, what may be missing. */
import { literal } from "./expressions.ts";
import { names, type Scope } from "./scope.ts";
import type { Choice, Statements, Surroundings } from "./statements.ts";
import { callback } from "./wide.ts";

export const wideStatements = (
  statements: Statements,
  scope: Scope,
  at: Surroundings,
  declaring: number,
): Choice[] => {
  const { make } = statements;
  const { chance } = make;
  const deep = at.depth > 0;
  const { arrays, loose, rows, ints } = scope.contents;
  const all = [...arrays, ...loose];

  const forEach = (): string => {
    const list = chance.of(all);
    const inner = scope.inner();
    inner.hides = false; // the callback's parameters are names of the same block
    inner.contents.loose = inner.contents.loose.filter((a) => a.text !== list.text);
    const item = inner.fresh(chance, names.real);
    const index = inner.fresh(chance, names.loop);
    inner.contents.reals.push({ name: item, mutable: false });
    const fixed = arrays.find((a) => a === list);
    if (fixed) inner.contents.ints.push({ text: index, low: 0, high: fixed.length - 1 });
    // a `return` in the callback goes on with the next element
    const inside: Surroundings = { loops: [], inLoop: true, depth: at.depth - 1, leave: () => "return;" };
    const params = fixed ? `${item}, ${index}` : item;
    return `${list.text}.forEach((${params}) => {\n${statements.list(inner, chance.int(1, 3), inside)}\n});`;
  };

  const closure = (): string => {
    const inner = scope.inner();
    inner.hides = false;
    const params = Array.from({ length: chance.int(0, 2) }, () => inner.fresh(chance, names.real));
    for (const name of params) inner.contents.reals.push({ name, mutable: true });
    const result = chance.happens(0.7) ? "number" : "void";
    const leave = (s: Scope): string => (result === "number" ? `return ${make.real(s, 1)};` : "return;");
    const inside: Surroundings = { loops: [], inLoop: false, depth: Math.min(1, at.depth - 1), leave };
    const typed = params.map((name, i) =>
      i > 0 && chance.happens(0.3) ? `${name} = ${literal(chance.real())}` : `${name}: number`,
    );
    const body = statements.list(inner, chance.int(result === "number" ? 0 : 1, 2), inside);
    const end = result === "number" ? `\nreturn ${make.real(inner, 2)};` : "";
    const name = scope.fresh(chance, names.closure);
    scope.contents.callees.push({ name, params: params.map(() => "real"), result, writes: true });
    const returns = result === "number" ? "number" : "void";
    return chance.happens(0.7)
      ? `const ${name} = (${typed.join(", ")}): ${returns} => {\n${body}${end}\n};`
      : `function ${name}(${typed.join(", ")}): ${returns} {\n${body}${end}\n}`;
  };

  const choose = (): string => {
    const inside = { ...at, depth: at.depth - 1 };
    const values = ["case 0", "case 1", "case 2"].slice(0, chance.int(1, 3));
    const labels = chance.happens(0.6) ? [...values, "default"] : values;
    if (chance.happens(0.2)) labels.reverse();
    const cases = labels.map((label) => {
      const falls = chance.happens(0.35);
      const empty = chance.happens(0.1);
      const body = empty ? "" : `{\n${statements.list(scope.inner(), 1, inside)}\n}`;
      return `${label}: ${body}${falls ? "" : "\nbreak;"}`;
    });
    return `switch (${chance.of(ints).text} % 3) {\n${cases.join("\n")}\n}`;
  };

  const maybe = (): string => {
    const name = scope.fresh(chance, names.maybe);
    const text = all.length > 0 ? chance.of(all).text : "";
    const [inner, [item]] = callback(make, scope, 1);
    const init = chance.weighted<string>([
      [1, () => `${make.bool(scope, 1)} ? ${make.real(scope, 1)} : undefined`],
      [text === "" ? 0 : 1, () => `${text}.find((${item}) => ${make.bool(inner, 0)})`],
      [text === "" ? 0 : 1, () => `${text}[${chance.int(0, 4)}]`],
    ]);
    scope.contents.maybes.push({ name, mutable: true });
    return `let ${name}: number | undefined = ${init};`;
  };

  const changeMaybe = (): string => {
    const { name } = chance.of(scope.contents.maybes);
    return chance.weighted<string>([
      [1, () => `${name} ??= ${make.real(scope, 1)};`],
      [0.7, () => `${name} = ${make.real(scope, 1)};`],
      [0.4, () => `${name} = undefined;`],
      [
        1,
        () => {
          const value = make.leaf(scope);
          return `if (${name} === undefined || ${value} < ${name}) ${name} = ${value};`;
        },
      ],
    ]);
  };

  /** An assignment where a condition stands. */
  const inCondition = (): string => {
    const inside = { ...at, depth: at.depth - 1 };
    const name = chance.of(scope.mutable);
    return `if ((${name} ${chance.of(["=", "+=", "*="])} ${make.damped(scope)}) ${chance.of([">", "<"])} ${make.leaf(scope)}) ${statements.block(scope, 1, inside)}`;
  };

  const ofRowValues = (): string => {
    const m = chance.of(rows);
    const [inner, [item]] = callback(make, scope, 1);
    const name = scope.fresh(chance, names.array);
    const row = inner.fresh(chance, names.row);
    const [deeper, [sum]] = callback(make, inner, 1);
    const made = `const ${name} = ${m.text}.map((${row}) => ${row}.reduce((${sum}, ${item}) => ${sum} + ${make.real(deeper, 1)}, 0));`;
    scope.contents.arrays.push({ text: name, length: m.rows, kind: "number[]" });
    return made;
  };

  const pair = (): string => {
    const pairs = scope.contents.callees.filter((c) => c.result === "pair");
    const made = make.call(chance.of(pairs), scope);
    if (!made) return statements.declare(scope);
    const [p, q] = [0, 1].map(() => scope.fresh(chance, names.real)) as [string, string];
    scope.contents.reals.push({ name: p, mutable: false }, { name: q, mutable: false });
    return `const [${p}, ${q}] = ${made};`;
  };

  const sequence = (): string => {
    const [a, b] = [0, 1].map(() => chance.of(scope.mutable));
    return `${a} = (${b} ${make.operator()} ${make.damped(scope)}, ${make.real(scope, 1)});`;
  };

  return [
    [deep && all.length > 0 ? 1.5 : 0, forEach],
    [deep ? declaring * 1.2 : 0, closure],
    [deep && ints.length > 0 ? 0.8 : 0, choose],
    [declaring * 0.4, maybe],
    [scope.contents.maybes.length > 0 ? 1.2 : 0, changeMaybe],
    [deep && scope.mutable.length > 0 ? 0.4 : 0, inCondition],
    [rows.length > 0 ? declaring * 0.3 : 0, ofRowValues],
    [scope.contents.callees.some((c) => c.result === "pair") && make.calls > 0 ? declaring : 0, pair],
    [scope.mutable.length > 0 ? 0.15 : 0, sequence],
  ];
};
