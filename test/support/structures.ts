/** What the IR's structured instructions do to JavaScript's own arrays and objects. */
import type { Container, Type } from "../../src/ir/types.ts";

export type Memory = Record<string | number, unknown>;

export const containers = {
  Array,
  Float64Array,
  Float32Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
} as const satisfies Record<Container, unknown>;

export const strip = (type: Type): Type => (type.kind === "optional" ? strip(type.of) : type);

const isReal = (type: Type): boolean => {
  switch (type.kind) {
    case "number":
      return true;
    case "array":
      return isReal(type.element);
    case "tuple":
      return type.elements.some(isReal);
    case "object":
      return type.fields.some((f) => isReal(f.type));
    case "optional":
    case "cell":
      return isReal(type.of);
    default:
      return false;
  }
};

/** A fresh structure of `type` shaped like `like`; each number comes from `leaf`. */
export const shaped = (
  type: Type,
  like: unknown,
  seed: unknown,
  leaf: (like: unknown, seed: unknown) => unknown,
): unknown => {
  if (like === undefined || like === null) return like;
  const of = strip(type);
  const part = (at: string | number): unknown => (seed === undefined ? undefined : (seed as Memory)[at]);
  switch (of.kind) {
    case "array": {
      const from = like as unknown[];
      const made = new containers[of.container](from.length) as unknown[];
      for (let i = 0; i < from.length; i++)
        if (i in from) made[i] = shaped(of.element, from[i], part(i), leaf);
      return made;
    }
    case "tuple":
      return of.elements.map((e, i) => shaped(e, (like as Memory)[i], part(i), leaf));
    case "object": {
      const made: Memory = {};
      for (const f of of.fields)
        if (isReal(f.type) && (like as Memory)[f.name] !== undefined)
          made[f.name] = shaped(f.type, (like as Memory)[f.name], part(f.name), leaf);
      return made;
    }
    case "number":
      return leaf(like, seed);
    default:
      return undefined;
  }
};

export const addInto = (to: Memory, added: Memory): void => {
  for (const key of Object.keys(added)) {
    if (typeof added[key] === "number") (to[key] as number) += added[key];
    else if (added[key] !== undefined && added[key] !== null)
      addInto(to[key] as Memory, added[key] as Memory);
  }
};

export const make = (type: Type, items: readonly { key: string | number; value: unknown }[]): unknown => {
  const of = strip(type);
  if (of.kind === "array" && of.container !== "Array")
    return containers[of.container].from(items.map((i) => i.value as number));
  const made = (of.kind === "array" || of.kind === "tuple" ? [] : {}) as Memory;
  for (const item of items) made[item.key] = item.value;
  return made;
};
