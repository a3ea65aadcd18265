/**
 * Shadows of arguments that the function writes: they share exactly what the arguments share (rule R6). Two names
 * of one array or object have one shadow; what is found in lists is looked up in a map from memory to shadows, one
 * for each kind, parts before wholes; views that overlap without being the same throw.
 */
import { type Block, booleanType, constant, isConstant, typeOf, value, zero } from "./build.ts";
import {
  accessOf,
  bare,
  fragmentOf,
  isNumbers,
  kindOf,
  keyText,
  type Kind,
  kindsIn,
  mayBeOne,
  spokenOf,
  typeText,
  type Words,
} from "./entryPlace.ts";
import { adjointName, emitZeros, holdsNumbers, partsOf, shadowType } from "./shadow.ts";
import type { Item, Operand, Type, Value } from "./types.ts";

export { canShare } from "./entryPlace.ts";

/** Is there nothing else among the arguments that an array of references could be? */
export const isOnlyOne = ({ kinds }: Pool, type: Type): boolean => {
  const kind = kinds.get(kindOf(type));
  const isInnermost = (of: Type): boolean =>
    isNumbers(of) || partsOf(of).every((p) => p.type.kind === "number");
  return type.kind === "array" && isInnermost(type.element) && kind?.lists.length === 1 && !kind.listed;
};

type Known = Readonly<{ of: Operand; shadow: Operand }>;
/** What already has a shadow by itself, and, for kinds of memory that are found in lists, a map to their shadows. */
export type Pool = Readonly<{
  known: Known[];
  maps: ReadonlyMap<string, Value>;
  kinds: ReadonlyMap<string, Kind>;
}>;

/** The maps for what is found in lists in arguments that share shadows. */
export const sharedBy = (block: Block, params: readonly Value[]): Pool => {
  const maps = new Map<string, Value>();
  const kinds = kindsIn(params);
  for (const [id, { type, lists, listed }] of kinds) {
    if (!listed) continue;
    const name = spokenOf(type);
    const map = value({ kind: "other", text: "Map" }, `${name}Shadows`);
    const shadow = shadowText(name, type, shadowType(type), maps);
    emitOpaque(
      block,
      [map],
      ["new Map(", ...together(lists), `.map((${name}) => [${name}, `, ...shadow, "]))"],
    );
    maps.set(id, map);
  }
  kinds.forEach(([, a], n) =>
    kinds.slice(n + 1).forEach(([, b]) => {
      if (mayBeOne(a.type, b.type)) guardKinds(block, a.lists, b.lists);
    }),
  );
  return { known: [], maps, kinds: new Map(kinds) };
};

const together = (lists: readonly Words[]): Words =>
  lists.length === 1 ? lists[0]! : ["[", ...lists.flatMap(joined), "]"];

/** What a list of one is a list of. */
const single = (lists: readonly Words[]): Words | undefined => {
  const [only, ...others] = lists;
  return only && others.length === 0 && only[0] === "[" ? only.slice(1, -1) : undefined;
};

/** A list as a part of a literal. */
const joined = (list: Words): Words => {
  const inner = list.slice(1, -1);
  return list[0] === "[" && list.at(-1) === "]" ? [...inner, ", "] : ["...", ...list, ", "];
};

const emitOpaque = (block: Block, results: readonly Value[], words: Words): void => {
  const { parts, reads } = fragmentOf(words);
  block.add({
    kind: "opaque",
    results,
    reads,
    writes: [],
    repeatable: false,
    fresh: true,
    code: { form: results.length > 0 ? "expression" : "statement", parts, references: [] },
    at: block.at,
  });
};

/** A new shadow of what the text names; its parts are found in the maps. */
const shadowText = (name: string, type: Type, wide: Type, maps: ReadonlyMap<string, Value>): Words => {
  if (type.kind === "number") return ["0"];
  if (isNumbers(type)) return zerosText([`${name}.length`], wide);
  const found = (text: string, part: Type): Words => {
    if (bare(part).kind === "number") return ["0"];
    return [mapOf(maps, part), `.get(${text})!`];
  };
  if (type.kind === "array") {
    const inner = spokenOf(type.element) === name ? `${name[0]!}` : spokenOf(type.element);
    return [`${name}.map((${inner}) => `, ...found(inner, type.element), ")"];
  }
  if (type.kind === "tuple") {
    const parts = type.elements.map((part, n): Words => {
      if (!holdsNumbers(part)) return ["undefined"];
      return found(`${name}[${n}]`, part);
    });
    return ["[", ...parts.flatMap((part): Words => [...part, ", "]), `] as ${typeText(wide)}`];
  }
  if (type.kind !== "object") throw new Error(`no shadow of a ${type.kind} is shared`);
  const fields = type.fields.filter((f) => holdsNumbers(f.type));
  const written = fields.map((f): Words => {
    // only some members of a union have it
    const part = `{ ${keyText(f.name)}: ${typeText(bare(f.type))} }`;
    const owner = f.partial ? `(${name} as ${f.beyond ? "unknown as " : ""}${part})` : name;
    const text = `${owner}${accessOf(f.name)}`;
    const property: Words = [`${keyText(f.name)}: `, ...found(text, f.type)];
    if (!f.optional && f.type.kind !== "optional") return property;
    return [`...(${text} === undefined ? {} : { `, ...property, " })"];
  });
  return ["{ ", ...written.flatMap((field): Words => [...field, ", "]), "}"];
};

const zerosText = (length: Words, wide: Type): Words =>
  wide.kind === "array" && wide.container === "Array"
    ? ["new Array<number>(", ...length, ").fill(0)"]
    : ["new Float64Array(", ...length, ")"];

/** The shadow of an argument (or a part of one) that may be the same memory as another in the pool. */
export const emitShared = (
  block: Block,
  of: Operand,
  type: Type,
  name: string | undefined,
  pool: Pool,
): Operand => {
  const wide = shadowType(type);
  if (type.kind === "number") return zero;
  const map = pool.maps.get(kindOf(type));
  if (map) {
    const result: Value = { ...value(wide, name), adjoint: true };
    const looked: Words = [map, ".get(", of, ")"];
    emitOpaque(block, [result], type.kind === "optional" ? [of, " && ", ...looked] : [...looked, "!"]);
    return result;
  }
  if (isNumbers(type)) for (const k of pool.known) guardViews(block, k.of, of);
  const result: Value = { ...value(wide, name), adjoint: true };
  const items = type.kind === "array" ? [] : partsShadows(block, of, type, name, pool);
  return sameOr(block, of, wide, name, pool, (at) => {
    if (isNumbers(type)) return emitZeros(at, of, wide, name);
    if (type.kind !== "array") at.add({ kind: "make", result, items, at: at.at });
    else {
      const row = spokenOf(type.element);
      emitOpaque(at, [result], [of, `.map((${row}) => `, mapOf(pool.maps, type.element), `.get(${row})!)`]);
    }
    return result;
  });
};

const mapOf = (maps: ReadonlyMap<string, Value>, type: Type): Value => {
  const map = maps.get(kindOf(type));
  if (!map) throw new Error("what is found in lists has a map");
  return map;
};

/** Of what the type says all parts of, their shadows. */
const partsShadows = (
  block: Block,
  of: Operand,
  type: Type,
  name: string | undefined,
  pool: Pool,
): readonly Item[] =>
  partsOf(shadowType(type)).map(({ key, type: part }): Item => {
    if (part.kind === "number") return { key, value: zero };
    if (part.kind === "undefined") return { key, value: constant(undefined) };
    const original = partsOf(type).find((p) => p.key === key)?.type ?? part;
    const inner = block.load(of, constant(key), String(key));
    const called = adjointName(typeof key === "string" ? key : undefined) ?? name;
    return { key, value: emitShared(block, inner, original, called, pool) };
  });

/** The shadow of what is the same memory, if something of that kind is; else a new one. */
const sameOr = (
  block: Block,
  of: Operand,
  type: Type,
  name: string | undefined,
  pool: Pool,
  fresh: (at: Block) => Operand,
): Operand => {
  const alike = pool.known.filter((k) => kindOf(typeOf(k.of)) === kindOf(typeOf(of)));
  const shadow = alike.reduceRight<(at: Block) => Operand>(
    (otherwise, k) => (at) => {
      const result: Value = { ...value(type, name), adjoint: true };
      const same = at.op("eq", [of, k.of], undefined, booleanType);
      const inner = at.nested();
      const other = otherwise(inner);
      at.add({
        kind: "if",
        results: [result],
        test: same,
        then: at.nested().yield(k.shadow),
        else: inner.yield(other),
        at: at.at,
      });
      return result;
    },
    fresh,
  )(block);
  pool.known.push({ of, shadow });
  return shadow;
};

/** One object by two types would need two shadows that are one. */
const guardKinds = (block: Block, a: readonly Words[], b: readonly Words[]): void => {
  const message = ') throw new TypeError("two arguments are the same memory, seen as different types");';
  const [x, y] = [single(a), single(b)];
  if (x && y) return emitOpaque(block, [], ["if ((", ...x, " as unknown) === ", ...y, message]);
  const members = value({ kind: "other", text: "Set" }, "members");
  emitOpaque(block, [members], ["new Set<unknown>(", ...together(a), ")"]);
  emitOpaque(block, [], ["if (", ...together(b), ".some((item) => ", members, ".has(item))", message]);
};

/** Two different views of the same part of a buffer: what is written through one changes the other. */
const guardViews = (block: Block, a: Operand, b: Operand): void => {
  const [p, q] = [typeOf(a), typeOf(b)];
  if (p.kind !== "array" || q.kind !== "array" || p.container !== q.container) return;
  if (p.container === "Array" || isConstant(a) || isConstant(b)) return;
  const before = (x: Operand, y: Operand): Words => [
    x,
    ".byteOffset < ",
    y,
    ".byteOffset + ",
    y,
    ".byteLength",
  ];
  const test: Words = [a, " !== ", b, " && ", a, ".buffer === ", b, ".buffer && "];
  const message = ') throw new TypeError("two arguments are different views of the same memory");';
  emitOpaque(block, [], ["if (", ...test, ...before(a, b), " && ", ...before(b, a), message]);
};
