/** Whole structures as text: zeros and seeds shaped like another structure, deep copies, deep addition. */
import { fieldType, typeOf } from "../ir/build.ts";
import type { Field, Instruction, Type } from "../ir/types.ts";
import { type Expression, level, primary } from "./expression.ts";
import { type Writing, bare, narrowed, property } from "./memory.ts";
import { isIdentifier, unique } from "./name.ts";

const field = (of: string, name: string): string =>
  isIdentifier(name) ? `${of}.${name}` : `${of}[${JSON.stringify(name)}]`;

/** Names for the variables of the small functions and loops written here, none of them in the texts. */
const fresh = (wanted: string, ...texts: string[]): string =>
  unique(wanted, (name) =>
    texts.some((t) => new RegExp(`(?<![\\w$])${name.replace(/\$/g, "\\$")}(?![\\w$])`).test(t)),
  );

const holdsNumbers = (type: Type): boolean => {
  switch (type.kind) {
    case "number":
      return true;
    case "array":
      return holdsNumbers(type.element);
    case "tuple":
      return type.elements.some(holdsNumbers);
    case "object":
      return type.fields.some((f) => holdsNumbers(f.type));
    case "map":
      return holdsNumbers(type.value);
    case "optional":
      return holdsNumbers(type.of);
    default:
      return false;
  }
};

/** Whether nothing stands where something may be missing. */
const isNothing = (text: string, type: Type): string => {
  const absent = type.kind === "optional" ? type.absent : undefined;
  return absent === "either" ? `${text} == null` : `${text} === ${absent ?? "undefined"}`;
};

/** An object's numeric parts, one by one; an absent optional field stays absent. */
function object(
  type: Type,
  fields: readonly Field[],
  like: string,
  part: (f: Field, text: string) => string,
): string {
  const wanted = bare(type);
  const kept = fields.filter(
    (f) => holdsNumbers(f.type) && (wanted.kind !== "object" || wanted.fields.some((w) => w.name === f.name)),
  );
  const parts = kept.map((f) => {
    const text = field(f.partial ? narrowed(like, f, fields) : like, f.name);
    const value = property(f.name, part(f, text));
    if (f.optional) return `...(${isNothing(text, fieldType(f))} ? {} : { ${value} })`;
    if (f.type.kind !== "optional") return value;
    return property(f.name, `${isNothing(text, f.type)} ? undefined : ${part(f, text)}`);
  });
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

const fieldOf = (type: Type, name: string): Type => {
  const inner = bare(type);
  const found = inner.kind === "object" ? inner.fields.find((f) => f.name === name) : undefined;
  return found ? bare(found.type) : inner;
};

const elementOf = (type: Type): Type => {
  const inner = bare(type);
  return inner.kind === "array" ? inner.element : inner.kind === "map" ? inner.value : inner;
};

const containerOf = (type: Type): string => {
  const inner = bare(type);
  return inner.kind === "array" ? inner.container : "Array";
};

/** A structure shaped like `like` with every number `n`, in the containers of `type`. */
export function filled(like: string, likeType: Type, type: Type, n: number, by: Writing): string {
  if (likeType.kind === "optional")
    return `(${isNothing(like, likeType)} ? undefined : ${filled(like, likeType.of, type, n, by)})`;
  const from = bare(likeType);
  switch (from.kind) {
    case "number":
      return String(n);
    case "array": {
      const container = containerOf(type);
      if (container !== "Array") return `new ${container}(${like}.length)${n === 0 ? "" : `.fill(${n})`}`;
      if (from.element.kind === "number") return `new Array<number>(${like}.length).fill(${n})`;
      const row = fresh("row", like);
      return `${like}.map((${row}) => ${arrow(filled(row, from.element, elementOf(type), n, by))})`;
    }
    case "map": {
      if (from.record && bare(from.value).kind === "number")
        return `Object.fromEntries(Object.keys(${like}).map((key) => [key, ${n}]))`;
      if (from.record) {
        const part = filled("entry", from.value, elementOf(type), n, by);
        return `Object.fromEntries(Object.entries(${like}).map(([key, entry]) => [key, ${part}]))`;
      }
      if (bare(from.value).kind === "number") return `new Map([...${like}.keys()].map((key) => [key, ${n}]))`;
      const entry = filled("entry", from.value, elementOf(type), n, by);
      return `new Map([...${like}].map(([key, entry]) => [key, ${entry}]))`;
    }
    case "tuple": {
      const to = bare(type);
      const elements = from.elements.map((t, k) =>
        filled(`${like}[${k}]`, t, to.kind === "tuple" ? to.elements[k]! : elementOf(type), n, by),
      );
      return `[${elements.join(", ")}]`;
    }
    case "object":
      return object(type, from.fields, like, (f, text) =>
        filled(text, bare(f.type), fieldOf(type, f.name), n, by),
      );
    default:
      return like;
  }
}

/** A deep copy in the containers of `type`. */
export function copied(from: string, fromType: Type, type: Type, by: Writing): string {
  if (fromType.kind === "optional" && bare(fromType).kind !== "number")
    return `(${isNothing(from, fromType)} ? undefined : ${copied(from, fromType.of, type, by)})`;
  const source = bare(fromType);
  switch (source.kind) {
    case "array": {
      const container = containerOf(type);
      if (bare(source.element).kind === "number") {
        if (container === source.container) return `${from}.slice()`;
        return container === "Array" ? `Array.from(${from})` : `new ${container}(${from})`;
      }
      const row = fresh("row", from);
      return `${from}.map((${row}) => ${arrow(copied(row, source.element, elementOf(type), by))})`;
    }
    case "map": {
      if (source.record && bare(source.value).kind === "number") return `{ ...${from} }`;
      if (source.record) {
        const part = copied("entry", source.value, elementOf(type), by);
        return `Object.fromEntries(Object.entries(${from}).map(([key, entry]) => [key, ${part}]))`;
      }
      if (bare(source.value).kind === "number") return `new Map(${from})`;
      const entry = copied("entry", source.value, elementOf(type), by);
      return `new Map([...${from}].map(([key, entry]) => [key, ${entry}]))`;
    }
    case "tuple": {
      const to = bare(type);
      const elements = source.elements.map((t, k) =>
        copied(`${from}[${k}]`, t, to.kind === "tuple" ? to.elements[k]! : elementOf(type), by),
      );
      return `[${elements.join(", ")}]`;
    }
    case "object":
      return object(type, source.fields, from, (f, text) =>
        copied(text, bare(f.type), fieldOf(type, f.name), by),
      );
    default:
      return from;
  }
}

/** The body of an arrow function; an object literal needs parentheses there. */
const arrow = (text: string): string => (text.startsWith("{") ? `(${text})` : text);

/** `to += value`, number by number, as statements. */
export function added(to: string, value: string, type: Type, by: Writing, depth = 0): readonly string[] {
  if (depth === 0 && type.kind === "optional") {
    const lines = added(to, value, type.of, by);
    const test = value === to ? to : `${to} !== undefined && ${value}`;
    return [`if (${test} !== undefined) {`, ...lines.map((line) => `  ${line}`), "}"];
  }
  const inner = bare(type);
  switch (inner.kind) {
    case "number":
      return [`${to} += ${value};`];
    case "array": {
      const i = fresh(["i", "j", "k", "l"][depth] ?? "i", to, value);
      const sure = by.unchecked ? "!" : "";
      const head = `for (let ${i} = 0; ${i} < ${to}.length; ${i}++) {`;
      const [x, y] = [`${to}[${i}]${sure}`, `${value}[${i}]${sure}`];
      const element = bare(inner.element);
      if (element.kind === "object" && element.fields.some((f) => f.optional || f.type.kind === "optional")) {
        // a test tells TypeScript more of a name than of an element
        const [own, given] = [fresh("part", to, value), fresh("given", to, value)];
        const body = added(own, given, element, by, depth + 1);
        const names = [`const ${own} = ${x};`, `const ${given} = ${y};`];
        return [head, ...[...names, ...body].map((line) => `  ${line}`), "}"];
      }
      const body = added(x, y, inner.element, by, depth + 1);
      return [head, ...body.map((line) => `  ${line}`), "}"];
    }
    case "map": {
      const [key, entry] = [fresh("key", to, value), fresh("entry", to, value)];
      if (inner.record) {
        const sum =
          bare(inner.value).kind === "number"
            ? [`${to}[${key}] = (${to}[${key}] ?? 0) + ${entry};`]
            : added(`${to}[${key}]!`, entry, inner.value, by, depth);
        const head = `for (const [${key}, ${entry}] of Object.entries(${value})) {`;
        return [head, ...sum.map((line) => `  ${line}`), "}"];
      }
      const body =
        bare(inner.value).kind === "number"
          ? [`${to}.set(${key}, (${to}.get(${key}) ?? 0) + ${entry});`]
          : added(`${to}.get(${key})!`, entry, inner.value, by, depth);
      return [`for (const [${key}, ${entry}] of ${value}) {`, ...body.map((line) => `  ${line}`), "}"];
    }
    case "tuple":
      return inner.elements.flatMap((t, k) => added(`${to}[${k}]`, `${value}[${k}]`, t, by, depth));
    case "object":
      return inner.fields.flatMap((f) => {
        if (!holdsNumbers(f.type)) return [];
        const [x, y] = [field(to, f.name), field(value, f.name)];
        const lines = added(x, y, f.type, by, depth);
        if (!f.optional && f.type.kind !== "optional") return lines;
        return [`if (${x} !== undefined && ${y} !== undefined) {`, ...lines.map((line) => `  ${line}`), "}"];
      });
    default:
      return [];
  }
}

/** The seed, or ones if none is given: a copy, unless nothing writes to it. */
export function seeded(
  { seed, like, result: { type } }: Extract<Instruction, { kind: "seeded" }>,
  isWhole: boolean,
  isOnlyRead: boolean,
  by: Writing,
): Expression {
  const ones = isWhole
    ? filled("", type, type, 1, by)
    : filled(by.write(like).text, typeOf(like), type, 1, by);
  if (seed.kind === "constant") return primary(ones);
  const { text } = by.write(seed);
  const optional = seed.type.kind === "optional";
  if (optional && isOnlyRead) return { text: `${text} ?? ${ones}`, level: 0 };
  const copy = copied(text, bare(seed.type), type, by);
  return optional ? { text: `${text} ? ${copy} : ${ones}`, level: level.conditional } : primary(copy);
}
