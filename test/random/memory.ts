/** Statements about arrays and matrices, and second names for them. */
import { type ArrayKind, indexBelow, isWritable, names, type Numbers, type Scope } from "./scope.ts";
import type { Choice, Statements, Surroundings } from "./statements.ts";
import { callback } from "./wide.ts";

type Made = Readonly<{ init: string; length: number; kind: ArrayKind }>;

/** A new array: its text, and what is known of it. */
const fresh = ({ make, size }: Statements, scope: Scope): Made => {
  const { chance, wide } = make;
  const sources = scope.plain.filter((a) => a.length > 0);
  const from = sources.length > 0 ? chance.of(sources) : undefined;
  const items = (): string => Array.from({ length: size }, () => make.real(scope, 1)).join(", ");
  const plain = (init: string, length = size): Made => ({ init, length, kind: "number[]" });
  const indexed = (length: number): [Scope, string] => {
    const inner = scope.inner();
    inner.hides = false;
    const index = inner.fresh(chance, names.loop);
    inner.contents.ints.push({ text: index, low: 0, high: length - 1 });
    return [inner, index];
  };
  const typed = chance.of(["Float64Array", "Float64Array", "Float32Array"] as const);
  return chance.weighted<Made>([
    [2, () => plain(`new Array<number>(${size}).fill(${chance.happens(0.6) ? "0" : make.real(scope, 1)})`)],
    [1.5, () => ({ init: `new ${typed}(${size})`, length: size, kind: typed })],
    [2, () => plain(`[${items()}]`)],
    [from ? 0.6 : 0, () => plain(chance.of([`${from!.text}.slice()`, `[...${from!.text}]`]), from!.length)],
    [
      wide && from ? 2 : 0,
      () => {
        const [inner, index] = indexed(from!.length);
        const item = inner.fresh(chance, names.real);
        inner.contents.reals.push({ name: item, mutable: false });
        return plain(`${from!.text}.map((${item}, ${index}) => ${make.real(inner, 2)})`, from!.length);
      },
    ],
    [
      wide && from ? 0.4 : 0,
      () => plain(`${from!.text}.${chance.of(["toSorted((a, b) => a - b)", "toReversed()"])}`, from!.length),
    ],
    [
      wide && from ? 0.4 : 0,
      () => plain(`${from!.text}.slice().${chance.of(["sort((a, b) => b - a)", "reverse()"])}`, from!.length),
    ],
    [
      wide && from ? 0.4 : 0,
      () => {
        const and = chance.of(sources);
        const init = chance.of([`${from!.text}.concat(${and.text})`, `[...${from!.text}, ...${and.text}]`]);
        return plain(init, from!.length + and.length);
      },
    ],
    [
      wide && from ? 0.4 : 0,
      () => {
        const start = chance.int(0, from!.length - 1);
        const end = chance.int(start + 1, from!.length);
        return plain(`${from!.text}.slice(${start}, ${end})`, end - start);
      },
    ],
    [
      wide ? 0.8 : 0,
      () => {
        const length = from?.length ?? size;
        const [inner, index] = indexed(length);
        const of = from ? `${from.text}.length` : String(size);
        return plain(`Array.from({ length: ${of} }, (_, ${index}) => ${make.real(inner, 2)})`, length);
      },
    ],
    [
      wide && from ? 0.3 : 0,
      () =>
        plain(`${from!.text}.with(${chance.int(0, from!.length - 1)}, ${make.real(scope, 1)})`, from!.length),
    ],
    [wide ? 0.2 : 0, () => ({ init: `${typed}.from([${items()}])`, length: size, kind: typed })],
    [
      wide && from ? 0.2 : 0,
      () => ({ init: `${typed}.from(${from!.text})`, length: from!.length, kind: typed }),
    ],
  ]);
};

const declareArray = (s: Statements, scope: Scope): string => {
  const { init, length, kind } = fresh(s, scope);
  const name = scope.fresh(s.make.chance, names.array);
  scope.contents.arrays.push({ text: name, length, kind });
  return `const ${name} = ${init};`;
};

const declareRows = ({ make, size }: Statements, scope: Scope): string => {
  const { chance } = make;
  const name = scope.fresh(chance, names.rows);
  const row = (): string => `[${Array.from({ length: size }, () => make.real(scope, 1)).join(", ")}]`;
  const known = scope.plain.filter((a) => a.length === size);
  // a row may be an array that has another name
  const given = (): string => (known.length > 0 && chance.happens(0.25) ? chance.of(known).text : row());
  const init = chance.weighted<string>([
    [4, () => `[${given()}, ${given()}]`],
    [1, () => `Array.from({ length: 2 }, () => new Array<number>(${size}).fill(${make.leaf(scope)}))`],
    [0.5, () => `[0, 1].map((i) => ${row().replace("[", "[i + ")})`],
  ]);
  scope.contents.rows.push({ text: name, rows: 2, columns: size, swappable: true });
  return `const ${name}: number[][] = ${init};`;
};

const alias = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  if (scope.contents.rows.length > 0 && chance.happens(0.6)) {
    const m = chance.of(scope.contents.rows);
    const name = scope.fresh(chance, names.row);
    const text = `${m.text}[${indexBelow(m.rows, m.text, scope, chance)}]`;
    scope.contents.arrays.push({
      text: name,
      length: m.columns,
      kind: m.swappable ? "number[]" : "Float64Array",
    });
    return `const ${name} = ${text};`;
  }
  const list = scope.plain.length > 0 ? scope.plain : scope.contents.arrays;
  if (list.length === 0) return declareArray(s, scope);
  const like = chance.of(list);
  const mutable = chance.happens(0.5) && like.kind === "number[]";
  const name = scope.fresh(chance, names.array);
  const chosen = scope.plain.filter((a) => a.length === like.length);
  const test = s.make.bool(scope, 1);
  const made: Numbers = { ...like, text: name };
  scope.contents.arrays.push(made);
  if (mutable) scope.contents.aliases.push(made);
  if (s.make.wide && mutable && chosen.length > 1 && chance.happens(0.4))
    return `let ${name} = ${test} ? ${like.text} : ${chance.of(chosen).text};`;
  return `${mutable ? "let" : "const"} ${name} = ${like.text};`;
};

const realias = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const one = chance.of(scope.contents.aliases);
  const fits = scope.plain.filter((a) => a.length === one.length);
  return `${one.text} = ${chance.of(fits).text};`;
};

/** Rows change places, are replaced by new ones, or stand in two places. */
const changeRows = ({ make }: Statements, scope: Scope): string => {
  const { chance } = make;
  const m = chance.of(scope.contents.rows.filter((x) => x.swappable));
  const [a, b] = [0, 1].map(() => `${m.text}[${indexBelow(m.rows, m.text, scope, chance)}]`);
  const known = scope.plain.filter((x) => x.length === m.columns);
  return chance.weighted<string>([
    [3, () => `[${a}, ${b}] = [${b}, ${a}];`],
    [0.7, () => `${a} = ${b};`],
    [known.length > 0 ? 0.7 : 0, () => `${a} = ${chance.of(known).text};`],
    [
      make.wide ? 0.7 : 0,
      () => {
        const [inner, [item]] = callback(make, scope, 1);
        return `${a} = ${b}.map((${item}) => ${make.real(inner, 1)});`;
      },
    ],
    [make.wide ? 0.4 : 0, () => `${m.text}.reverse();`],
  ]);
};

/** const [a, ...rest] = x */
const unpack = ({ make }: Statements, scope: Scope): string => {
  const { chance } = make;
  const { text, length } = chance.of(scope.plain.filter((a) => a.length > 0));
  const parts = Array.from({ length: chance.int(1, Math.min(2, length)) }, () =>
    scope.fresh(chance, names.real),
  );
  const rest = chance.happens(0.4) && parts.length < length ? scope.fresh(chance, names.array) : "";
  const init = parts.map((name) => (chance.happens(0.2) ? `${name} = ${make.leaf(scope)}` : name));
  for (const name of parts) scope.contents.reals.push({ name, mutable: false });
  if (rest !== "")
    scope.contents.arrays.push({ text: rest, length: length - parts.length, kind: "number[]" });
  return `const [${[...init, ...(rest === "" ? [] : [`...${rest}`])].join(", ")}] = ${text};`;
};

/** What is done to a whole array at once. */
const whole = ({ make }: Statements, scope: Scope): string => {
  const { chance } = make;
  const { text, length, kind } = chance.of(scope.writable);
  const sources = scope.contents.arrays.filter((a) => a.length === length && isWritable(a.kind));
  return chance.weighted<string>([
    [1, () => `${text}.fill(${make.damped(scope)});`],
    [0.4, () => `${text}.fill(${make.leaf(scope)}, ${chance.int(0, length - 1)});`],
    [1, () => `${text}.reverse();`],
    [0.8, () => `${text}.sort((a, b) => ${chance.of(["a - b", "b - a", "a * a - b * b"])});`],
    [kind.startsWith("Float") ? 2 : 0, () => `${text}.set(${chance.of(sources).text});`],
    [0.2, () => `${text}.copyWithin(0, ${chance.int(0, length - 1)});`],
  ]);
};

/** A view of a part of a typed array. */
const view = ({ make }: Statements, scope: Scope): string => {
  const { chance } = make;
  const { text, length, kind } = chance.of(
    scope.contents.arrays.filter((a) => a.kind.startsWith("Float") && a.length > 0),
  );
  const start = chance.int(0, length - 1);
  const end = chance.int(start + 1, length);
  const name = scope.fresh(chance, names.array);
  scope.contents.arrays.push({ text: name, length: end - start, kind });
  return `const ${name} = ${text}.subarray(${start}, ${end});`;
};

export const memoryStatements = (
  s: Statements,
  scope: Scope,
  at: Surroundings,
  declaring: number,
): Choice[] => {
  const { wide } = s.make;
  const { arrays, rows, aliases } = scope.contents;
  const filled = scope.plain.some((a) => a.length > 0);
  return [
    [declaring * 0.9, () => declareArray(s, scope)],
    [at.inLoop ? 0 : declaring * 0.4, () => declareRows(s, scope)],
    [arrays.length + rows.length > 0 ? declaring * 0.9 : 0, () => alias(s, scope)],
    [aliases.length > 0 ? 1.2 : 0, () => realias(s, scope)],
    [rows.some((m) => m.swappable) ? 0.6 : 0, () => changeRows(s, scope)],
    [wide && filled ? declaring * 0.8 : 0, () => unpack(s, scope)],
    [wide && scope.writable.length > 0 ? 0.7 : 0, () => whole(s, scope)],
    [
      wide && arrays.some((a) => a.kind.startsWith("Float") && a.length > 0) ? declaring * 0.15 : 0,
      () => view(s, scope),
    ],
  ];
};
