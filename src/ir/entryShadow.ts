/**
 * Shadows of arguments that the function writes: they share exactly what the arguments share (rule R6). Two names
 * of one array or object have one shadow; equal rows (or objects in an array) have equal shadows; views that
 * overlap without being the same throw.
 */
import { type Block, booleanType, expression, isConstant, value, zero } from "./build.ts";
import { adjointName, emitZeros, isFixedShape, partsOf, shadowType } from "./shadow.ts";
import type { Fragment, Operand, Type, Value } from "./types.ts";

type Known = Readonly<{ of: Operand; shadow: Operand }>;
/** What already has a shadow, and, by kind of element, a map of elements to their shadows once one is needed. */
export type Pool = { known: Known[]; rows: Map<string, Value> };

export const newPool = (): Pool => ({ known: [], rows: new Map() });

const isNumbers = (type: Type): type is Extract<Type, { kind: "array" }> =>
  type.kind === "array" && type.element.kind === "number";
const isRows = (type: Type): type is Extract<Type, { kind: "array" }> =>
  type.kind === "array" && (isNumbers(type.element) || isFlat(type.element));
/** An object that holds numbers, and nothing else that has a shadow. */
const isFlat = (type: Type): boolean => {
  const wide = shadowType(type);
  return (
    type.kind === "object" &&
    wide.kind === "object" &&
    wide.fields.every((f) => f.type.kind === "number" && !f.optional)
  );
};

/** Can the sharing of such a structure be followed? */
export const canShare = (type: Type): boolean => {
  if (type.kind === "number" || isNumbers(type) || isRows(type)) return true;
  return isFixedShape(type) && partsOf(type).every((part) => canShare(part.type));
};

/** The shadow of an argument (or a part of one) that may be the same memory as another in the pool. */
export const emitShared = (
  block: Block,
  of: Operand,
  type: Type,
  name: string | undefined,
  pool: Pool,
): Operand => {
  const wide = shadowType(type);
  if (isNumbers(type)) return numbersShadow(block, of, wide, name, pool);
  if (isRows(type)) return rowsShadow(block, of, type, wide, name, pool);
  if (type.kind === "number" || !isFixedShape(wide)) return emitZeros(block, of, wide, name);
  const result: Value = { ...value(wide, name), adjoint: true };
  const items = partsOf(wide).map(({ key, type: part }) => {
    if (part.kind === "number") return { key, value: zero };
    const original = partsOf(type).find((p) => p.key === key)?.type ?? part;
    const inner = block.load(of, { kind: "constant", value: key }, String(key));
    return {
      key,
      value: emitShared(
        block,
        inner,
        original,
        adjointName(typeof key === "string" ? key : undefined) ?? name,
        pool,
      ),
    };
  });
  if (type.kind === "tuple") {
    block.add({ kind: "make", result, items, at: block.at });
    return result;
  }
  return sameOr(block, of, wide, name, pool, (at) => {
    if (pool.rows.has(kindOf(of))) return freshOrRow(at, of, wide, name, pool);
    at.add({ kind: "make", result, items, at: at.at });
    return result;
  });
};

const numbersShadow = (
  block: Block,
  of: Operand,
  type: Type,
  name: string | undefined,
  pool: Pool,
): Operand => {
  for (const k of pool.known) if (kindOf(k.of) === kindOf(of)) guardViews(block, k.of, of);
  return sameOr(block, of, type, name, pool, (at) => freshOrRow(at, of, type, name, pool));
};

/** The shadow of what is the same memory, if something of that kind is; else a new one. */
const sameOr = (
  block: Block,
  of: Operand,
  type: Type,
  name: string | undefined,
  pool: Pool,
  fresh: (at: Block) => Operand,
): Operand => {
  const alike = pool.known.filter((k) => kindOf(k.of) === kindOf(of));
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

/** It may be a row of another argument, and then has its shadow already. */
const freshOrRow = (block: Block, of: Operand, type: Type, name: string | undefined, pool: Pool): Operand => {
  const map = pool.rows.get(kindOf(of));
  if (!map) return emitZeros(block, of, type, name);
  const result: Value = { ...value(type, name), adjoint: true };
  // a readonly array may be one of the mutable rows that are the keys
  const widened = of.kind === "value" && of.type.kind === "array" && of.type.readonly ? [" as number[]"] : [];
  const code = expression({ read: 0 }, ".get(", { read: 1 }, ...widened, ") ?? ", ...zerosFor(type, 1));
  block.add({
    kind: "opaque",
    results: [result],
    reads: [map, of],
    writes: [],
    repeatable: false,
    fresh: true,
    code,
    at: block.at,
  });
  return result;
};

/** What cannot be the same memory differs in this. */
const kindOf = (o: Operand): string => (o.kind === "value" ? kindOfType(o.type) : "");
const kindOfType = (type: Type): string =>
  type.kind === "array" ? type.container : JSON.stringify(shadowType(type));

/** Two different views of the same part of a buffer: what is written through one changes the other. */
const guardViews = (block: Block, a: Operand, b: Operand): void => {
  if (kindOf(a) === "Array" || isConstant(a) || isConstant(b)) return;
  const [x, y] = [{ read: 0 }, { read: 1 }] as const;
  const code: Fragment = {
    form: "statement",
    parts: [
      "if (",
      x,
      " !== ",
      y,
      " && ",
      x,
      ".buffer === ",
      y,
      ".buffer && ",
      x,
      ".byteOffset < ",
      y,
      ".byteOffset + ",
      y,
      ".byteLength && ",
      y,
      ".byteOffset < ",
      x,
      ".byteOffset + ",
      x,
      '.byteLength) throw new TypeError("two arguments are different views of the same memory");',
    ],
    references: [],
  };
  block.add({
    kind: "opaque",
    results: [],
    reads: [a, b],
    writes: [],
    repeatable: false,
    fresh: true,
    code,
    at: block.at,
  });
};

const zerosFor = (type: Type, of: number | "row"): Fragment["parts"] => {
  if (type.kind === "object")
    return [
      `{ ${type.fields.map((f) => `${/^[A-Za-z_$][\w$]*$/.test(f.name) ? f.name : JSON.stringify(f.name)}: 0`).join(", ")} }`,
    ];
  const length = of === "row" ? ["row.length"] : [{ read: of }, ".length"];
  return type.kind === "array" && type.container === "Array"
    ? ["new Array<number>(", ...length, ").fill(0)"]
    : ["new Float64Array(", ...length, ")"];
};

/** Rows that are the same array have the same shadow: found by way of a map from rows to shadows. */
const rowsShadow = (
  block: Block,
  of: Operand,
  type: Extract<Type, { kind: "array" }>,
  wide: Type,
  name: string | undefined,
  pool: Pool,
): Operand => {
  const kind = kindOfType(type.element);
  const fresh = zerosFor(wide.kind === "array" ? wide.element : wide, "row");
  let map = pool.rows.get(kind);
  if (!map) {
    map = value({ kind: "other", text: "Map" }, "rowShadows");
    const code = expression("new Map(", { read: 0 }, ".map((row) => [row, ", ...fresh, "]))");
    block.add({
      kind: "opaque",
      results: [map],
      reads: [of],
      writes: [],
      repeatable: false,
      fresh: true,
      code,
      at: block.at,
    });
    pool.rows.set(kind, map);
  } else {
    const parts = [
      "for (const row of ",
      { read: 0 },
      ") if (!",
      { read: 1 },
      ".has(row)) ",
      { read: 1 },
      ".set(row, ",
      ...fresh,
      ");",
    ];
    const code: Fragment = { form: "statement", parts, references: [] };
    block.add({
      kind: "opaque",
      results: [],
      reads: [of, map],
      writes: [map],
      repeatable: false,
      code,
      at: block.at,
    });
  }
  const result: Value = { ...value(wide, name), adjoint: true };
  const code = expression({ read: 0 }, ".map((row) => ", { read: 1 }, ".get(row)!)");
  block.add({
    kind: "opaque",
    results: [result],
    reads: [of, map],
    writes: [],
    repeatable: false,
    fresh: true,
    code,
    at: block.at,
  });
  return result;
};

/** Rows first, so that arrays find what is a row. */
export const inPoolOrder = (params: readonly Value[]): readonly Value[] => {
  const hasRows = (type: Type): boolean =>
    isRows(type) || (isFixedShape(type) && partsOf(type).some((part) => hasRows(part.type)));
  return [...params.filter((p) => hasRows(p.type)), ...params.filter((p) => !hasRows(p.type))];
};
