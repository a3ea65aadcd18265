/** The types of shadows and of gradients: the structure of what they belong to, numbers only. */
import { constant, type Block, typeOf, zero } from "./build.ts";
import type { Path } from "./entry.ts";
import type { Field, Item, Operand, Type, Value } from "./types.ts";

export const holdsNumbers = (type: Type): boolean => numbersOf(type, [], isMoving) !== undefined;

/** The gradient of something of this type; undefined if it holds no real numbers. Readonly falls away. */
export const gradientType = (type: Type, path: readonly string[] = []): Type | undefined =>
  numbersOf(type, path, isShown);

/** Fields that others may see: those of a gradient. */
const isShown = (f: Field): boolean => f.beyond === undefined;
/** Fields that a derivative may flow through: those of a shadow. */
const isMoving = (f: Field): boolean => f.still !== true;

const numbersOf = (
  type: Type,
  path: readonly string[],
  counts: (field: Field) => boolean,
): Type | undefined => {
  const [head, ...rest] = path;
  switch (type.kind) {
    case "number":
      return type;
    case "array": {
      if (/^(Int|Uint)/.test(type.container)) return undefined;
      const element = numbersOf(type.element, head === "[]" ? rest : [], counts);
      return element && { kind: "array", container: type.container, element };
    }
    case "tuple": {
      const elements = type.elements.map((e) => numbersOf(e, head === "[]" ? rest : [], counts));
      if (elements.every((e) => e === undefined)) return undefined;
      // places keep their numbers: what holds none is undefined there
      return { kind: "tuple", elements: elements.map((e) => e ?? { kind: "undefined" }) };
    }
    case "object": {
      const fields = type.fields.flatMap((f): Field[] => {
        if (!counts(f) || (head !== undefined && f.name !== head)) return [];
        const of = numbersOf(f.type, rest, counts);
        return of ? [withType(f, of)] : [];
      });
      if (fields.length === 0) return undefined;
      const isShadow = counts === isMoving && type.name !== undefined;
      return { kind: "object", fields, ...(isShadow ? { name: `${type.name}Adjoint`, altered: true } : {}) };
    }
    case "map": {
      const of = gradientType(type.value, head === "[]" ? rest : []);
      return of && { kind: "map", key: type.key, value: of, ...(type.record ? { record: true } : {}) };
    }
    case "optional": {
      const of = numbersOf(type.of, path, counts);
      return of && { kind: "optional", of };
    }
    default:
      return undefined;
  }
};

/** A gradient has a type of its own, which names every field: none is partial. */
const withType = ({ name, optional, beyond }: Field, type: Type): Field => ({
  name,
  type: optional && type.kind === "optional" ? type.of : type,
  ...(optional ? { optional } : {}),
  ...(beyond ? { beyond } : {}),
});

/** The gradient of a parameter of which several paths are asked for. */
export const gradientTypeOf = (type: Type, paths: readonly Path[]): Type | undefined => {
  if (paths.some((p) => p.length === 0) || type.kind !== "object") return gradientType(type, paths[0] ?? []);
  const fields = type.fields.flatMap((f): Field[] => {
    const below = paths.filter((p) => p[0] === f.name).map((p) => p.slice(1));
    const of = below.length > 0 ? gradientTypeOf(f.type, below) : undefined;
    return of ? [withType(f, of)] : [];
  });
  return fields.length > 0 ? { kind: "object", fields } : undefined;
};

/** Shadows are kept in full precision: that of a Float32Array is a Float64Array (rule R7). */
export const shadowType = (type: Type): Type => widen(numbersOf(type, [], isMoving) ?? type);

/** The shadow of something, as far as a seed reaches. */
export const seededType = (type: Type): Type => widen(gradientType(type) ?? type);

const widen = (type: Type): Type => {
  switch (type.kind) {
    case "array":
      return {
        ...type,
        container: type.container === "Float32Array" ? "Float64Array" : type.container,
        element: widen(type.element),
      };
    case "tuple":
      return { ...type, elements: type.elements.map(widen) };
    case "object":
      return { ...type, fields: type.fields.map((f) => ({ ...f, type: widen(f.type) })) };
    case "map":
      return { ...type, value: widen(type.value) };
    case "optional":
    case "cell":
      return { ...type, of: widen(type.of) };
    default:
      return type;
  }
};

/** The name of an adjoint or shadow, as an engineer would write it: `dx`, `dW`, `dResidual`. */
export const adjointName = (of: string | undefined): string | undefined =>
  of === undefined
    ? undefined
    : of.length === 1 || /^[A-Z_]/.test(of)
      ? `d${of}`
      : `d${of[0]!.toUpperCase()}${of.slice(1)}`;

export const sameType = (a: Type, b: Type): boolean => structureOf(a) === structureOf(b);

/** Types of one structure have one text, whatever they are called. */
export const structureOf = (type: Type): string =>
  JSON.stringify(type, (_, part: Type) =>
    typeof part === "object" && part.kind === "object" ? { kind: part.kind, fields: part.fields } : part,
  );

/**
 * A fresh structure of zeros for something of this type: a literal where the type says all there is (objects
 * without optional fields, tuples), so that it can become scalars; else shaped like the thing itself.
 */
export const emitZeros = (block: Block, like: Operand, type: Type, hint: string | undefined): Operand => {
  if (type.kind === "number") return zero;
  if (type.kind === "undefined") return constant(undefined);
  const result: Value = { kind: "value", type, ...(hint === undefined ? {} : { hint }), adjoint: true };
  if (isFixedShape(type)) {
    const of = typeOf(like);
    const items = partsOf(type).map(({ key, type: part }): Item => {
      if (part.kind === "number") return { key, value: zero };
      const name = typeof key === "string" ? key : undefined;
      const inner = block.load(like, constant(key), name, of.kind === "other" ? part : undefined);
      return { key, value: emitZeros(block, inner, part, adjointName(name) ?? hint) };
    });
    block.add({ kind: "make", result, items, at: block.at });
  } else block.add({ kind: "zeros", result, like, at: block.at });
  return result;
};

/** The shadow of an object that has no numbers, where others in its place have some. */
export const emitNothing = (block: Block): Operand => {
  const result: Value = { kind: "value", type: { kind: "object", fields: [] }, adjoint: true };
  block.add({ kind: "make", result, items: [], at: block.at });
  return result;
};

/** Does the type say all the parts there are? */
export const isFixedShape = (type: Type): boolean =>
  type.kind === "tuple" || (type.kind === "object" && type.fields.every((f) => !f.optional));

export const partsOf = (type: Type): readonly { key: string | number; type: Type }[] =>
  type.kind === "tuple"
    ? type.elements.map((e, n) => ({ key: n, type: e }))
    : type.kind === "object"
      ? type.fields.map((f) => ({ key: f.name, type: f.type }))
      : [];
