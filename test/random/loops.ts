/** Makes loops of every shape. */
import { isWritable, names, type Numbers, type Scope } from "./scope.ts";
import type { Statements, Surroundings } from "./statements.ts";

/** One loop; what it needs before it (a counter) comes with it. */
export const loops = (statements: Statements, scope: Scope, at: Surroundings): string => {
  const { chance } = statements.make;
  const free = ["outer", "rows", "scan"].find((l) => !at.loops.includes(l));
  const label = chance.happens(0.25) && free ? free : "";
  const inside: Surroundings = { ...at, loops: [...at.loops, label], inLoop: true, depth: at.depth - 1 };
  const labelled = label === "" ? "" : `${label}: `;
  const body = (inner: Scope): string => statements.list(inner, chance.int(1, 3), inside);
  const arrays = scope.contents.arrays.filter((a) => a.length > 0);
  const wide = statements.make.wide;

  const counted = (): string => {
    const inner = scope.inner();
    const outer = scope.contents.ints.filter((x) => (names.loop as readonly string[]).includes(x.text));
    const hides = outer.length > 0 && chance.happens(0.15);
    const name = hides ? chance.of(outer).text : inner.fresh(chance, names.loop);
    if (hides) inner.hide(name);
    const usable = hides ? arrays.filter((a) => !new RegExp(`\\b${name}\\b`).test(a.text)) : arrays;
    const array: Numbers | undefined = usable.length > 0 ? chance.of(usable) : undefined;
    const ints = scope.contents.ints.filter(
      (x) => !x.counter && x.high <= 5 && x.low >= 0 && x.text !== name,
    );
    const loop = (start: string | number, test: string, step: string, low: number, high: number): string => {
      inner.contents.ints.push({ text: name, low, high });
      return `${labelled}for (let ${name} = ${start}; ${test}; ${step}) {\n${body(inner)}\n}`;
    };
    const up = `${name}++`;
    return chance.weighted<string>([
      [
        array ? 4 : 0,
        () => {
          const start = chance.int(0, 1);
          return loop(start, `${name} < ${array!.text}.length`, up, start, array!.length - 1);
        },
      ],
      [
        array ? 2 : 0,
        () => loop(`${array!.text}.length - 1`, `${name} >= 0`, `${name}--`, 0, array!.length - 1),
      ],
      [1.5, () => loop(0, `${name} < ${statements.size}`, up, 0, statements.size - 1)],
      [0.5, () => loop(0, `${name} <= 3`, `${name} += ${chance.int(2, 3)}`, 0, 3)],
      [0.4, () => loop(4, `${name} > 0`, `${name} -= 2`, 1, 4)],
      [0.3, () => loop(0, `${name} !== 3`, up, 0, 2)],
      [0.3, () => loop(2, `${name} < ${chance.int(0, 2)}`, up, 2, 2)], // no trip at all
      // triangular, or bounded by a parameter
      [
        ints.length > 0 ? 2 : 0,
        () => {
          const bound = chance.of(ints);
          return loop(0, `${name} < ${bound.text}`, up, 0, Math.max(0, bound.high - 1));
        },
      ],
      [
        ints.length > 0 ? 0.7 : 0,
        () => {
          const from = chance.of(ints);
          return loop(from.text, `${name} >= 0`, `${name}--`, 0, from.high);
        },
      ],
      // two variables, the second left for the body
      [
        wide ? 0.4 : 0,
        () => {
          const second = inner.fresh(chance, names.int);
          inner.contents.ints.push({ text: second, low: 0, high: 9 });
          return loop(`0, ${second} = 0`, `${name} < 3 && ${second} < 7`, `${name}++, ${second} += 2`, 0, 2);
        },
      ],
    ]);
  };

  /** Over an array of any length: its elements at the loop's variable are in sight. */
  const overLoose = (): string => {
    const { text, kind } = chance.of(scope.contents.loose);
    const writable = isWritable(kind);
    const inner = scope.inner();
    // what stands at a valid place stays there: no resizing in the loop
    inner.contents.loose = inner.contents.loose.map((a) => ({
      ...a,
      kind: a.kind === "number[]" ? "tuple" : a.kind,
    }));
    if (chance.happens(0.25)) {
      const name = inner.fresh(chance, names.real);
      inner.contents.reals.push({ name, mutable: false });
      return `${labelled}for (const ${name} of ${text}) {\n${body(inner)}\n}`;
    }
    const name = inner.fresh(chance, names.loop);
    const place = (index: string, of = text, may = writable): void =>
      void inner.contents.places.push({ text: `${of}[${index}]`, writable: may });
    place(name);
    place(`${text}.length - 1 - ${name}`);
    const others = scope.contents.loose.filter((a) => a.text !== text);
    if (others.length > 0 && chance.happens(0.5)) {
      // the common length of two arrays is only asked when the program runs
      const other = chance.of(others);
      place(name, other.text, isWritable(other.kind));
      const stop = `if (${name} >= ${other.text}.length) break;`;
      return `${labelled}for (let ${name} = 0; ${name} < ${text}.length; ${name}++) {\n${stop}\n${body(inner)}\n}`;
    }
    if (chance.happens(0.3))
      return `${labelled}for (let ${name} = ${text}.length - 1; ${name} >= 0; ${name}--) {\n${body(inner)}\n}`;
    const start = chance.int(0, 1);
    if (start === 1) place(`${name} - 1`);
    const step = chance.of([`${name}++`, `${name}++`, `${name}++`, `${name} += 2`]);
    return `${labelled}for (let ${name} = ${start}; ${name} < ${text}.length; ${step}) {\n${body(inner)}\n}`;
  };

  const ofElements = (): string => {
    const array = chance.of(arrays);
    const inner = scope.inner();
    const name = inner.fresh(chance, names.real);
    inner.contents.reals.push({ name, mutable: false });
    if (wide && chance.happens(0.4)) {
      const index = inner.fresh(chance, names.loop);
      inner.contents.ints.push({ text: index, low: 0, high: array.length - 1 });
      return `${labelled}for (const [${index}, ${name}] of ${array.text}.entries()) {\n${body(inner)}\n}`;
    }
    return `${labelled}for (const ${name} of ${array.text}) {\n${body(inner)}\n}`;
  };

  const ofKeys = (): string => {
    const array = chance.of(arrays);
    const inner = scope.inner();
    const name = inner.fresh(chance, names.loop);
    inner.contents.ints.push({ text: name, low: 0, high: array.length - 1 });
    return `${labelled}for (const ${name} of ${array.text}.keys()) {\n${body(inner)}\n}`;
  };

  const ofRows = (): string => {
    const m = chance.of(scope.contents.rows);
    const inner = scope.inner();
    const name = inner.fresh(chance, names.row);
    const kind = m.swappable ? "number[]" : "Float64Array";
    inner.contents.arrays.push({ text: name, length: m.columns, kind });
    return `${labelled}for (const ${name} of ${m.text}) {\n${body(inner)}\n}`;
  };

  const ofList = (): string => {
    const list = chance.of(scope.contents.lists);
    const inner = scope.inner();
    const name = inner.fresh(chance, names.fields);
    if (chance.happens(0.3)) {
      const parts = list.reals.slice(0, 2).map((field) => ({ field, name: inner.fresh(chance, names.real) }));
      for (const part of parts) inner.contents.reals.push({ name: part.name, mutable: false });
      const pattern = parts.map((p) => `${p.field}: ${p.name}`).join(", ");
      return `${labelled}for (const { ${pattern} } of ${list.text}) {\n${body(inner)}\n}`;
    }
    inner.contents.fields.push({ text: name, reals: list.reals, shape: list.shape });
    return `${labelled}for (const ${name} of ${list.text}) {\n${body(inner)}\n}`;
  };

  /** while, do-while and endless loops count their trips themselves, first thing in the body. */
  const uncounted = (): string => {
    const inner = scope.inner();
    const name = scope.fresh(chance, ["k", "trip", "it", "round"]);
    inner.names.add(name);
    const limit = chance.int(1, 4);
    inner.contents.ints.push({ text: name, low: 1, high: limit });
    const start = `let ${name} = 0;`;
    const more = `${name} < ${limit}`;
    const counts = wide && chance.happens(0.3);
    const test = chance.happens(0.5) ? more : `${more} && ${statements.make.bool(scope, 1)}`;
    const first = counts ? `${name}++ < ${limit}${test.slice(more.length)}` : test;
    const step = counts ? "" : `${name}++;\n`;
    const made = chance.weighted<string>([
      [2, () => `${labelled}while (${first}) {\n${step}${body(inner)}\n}`],
      [1, () => `${labelled}do {\n${name}++;\n${body(inner)}\n} while (${test});`],
      [
        1,
        () => {
          // a `continue` of the endless loop would pass by the test at its end
          const head = `if (${name} > ${limit}) break;`;
          const stop = `if (!(${test})) break;`;
          return `${labelled}${chance.of(["while (true)", "for (;;)"])} {\n${name}++;\n${head}\n${body(inner)}\n${stop}\n}`;
        },
      ],
    ]);
    scope.contents.ints.push({ text: name, low: 0, high: limit + 1 });
    return `${start}\n${made}`;
  };

  return chance.weighted<string>([
    [5, counted],
    [arrays.length > 0 ? 1.2 : 0, ofElements],
    [wide && arrays.length > 0 ? 0.4 : 0, ofKeys],
    [scope.contents.rows.length > 0 ? 1 : 0, ofRows],
    [scope.contents.lists.length > 0 ? 1.2 : 0, ofList],
    [scope.contents.loose.length > 0 ? 5 : 0, overLoose],
    [1.6, uncounted],
  ]);
};
