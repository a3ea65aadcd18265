/** Structures of numbers as structures of numbers with derivatives, and back. */
import { type Key, type Leaf, leaves, partAt } from "../../src/verify/structure.ts";
import { DualFloat32Array, DualFloat64Array } from "./floats.ts";
import { DualMap, DualSet } from "./collections.ts";
import { Dual, input } from "./number.ts";

type Prototypes = ReadonlyMap<object, object>;

export type Lifted = Readonly<{
  args: unknown[];
  /** Which direction each leaf of the arguments moves in: the same for the same memory, unless that is lifted apart. */
  directionOf: ReadonlyMap<string, number>;
  /** What was lifted from what, where the same memory was lifted apart. */
  origins: ReadonlyMap<unknown, unknown>;
}>;

export const idOf = (path: readonly Key[]): string => path.join("\0");

/** Does a number at the path carry derivatives, and which are asked for in this run? */
export type Moving = (leaf: Leaf) => boolean;

const isPlainObject = (v: object): boolean =>
  !(
    v instanceof Map ||
    v instanceof Set ||
    v instanceof Date ||
    v instanceof RegExp ||
    v instanceof ArrayBuffer
  );

/** `classes`: the instrumented prototype for each plain one. `apart`: memory that is lifted anew at every place. */
export const lift = (
  args: readonly unknown[],
  moving: Moving,
  classes: Prototypes,
  apart: ReadonlySet<unknown>,
): Lifted => {
  const wanted = new Map(
    leaves(args)
      .filter(moving)
      .map((leaf) => [idOf(leaf.path), leaf]),
  );
  const directions = wanted.size;
  const directionOf = new Map<string, number>();
  const origins = new Map<unknown, unknown>();
  const known = new Map<unknown, Readonly<{ lifted: unknown; at: readonly Key[] }>>();
  let next = 0;
  /** The same memory once more: its numbers move as they did where it was seen first. */
  const again = (first: readonly Key[], here: readonly Key[], v: unknown): void => {
    for (const { path } of leaves([v])) {
      const below = path.slice(1);
      const direction = directionOf.get(idOf([...first, ...below]));
      if (direction !== undefined) directionOf.set(idOf([...here, ...below]), direction);
    }
  };
  const visit = (v: unknown, path: readonly Key[]): unknown => {
    if (typeof v === "number") {
      const id = idOf(path);
      if (!wanted.has(id)) return v;
      directionOf.set(id, next);
      return input(v, next++, directions);
    }
    if (typeof v !== "object" || v === null) return v;
    const before = known.get(v);
    if (before && !apart.has(v)) {
      again(before.at, path, v);
      return before.lifted;
    }
    const lifted = made(v, path);
    origins.set(lifted, v);
    return lifted;
  };
  const made = (v: object, path: readonly Key[]): unknown => {
    const remember = <T>(lifted: T): T => {
      known.set(v, { lifted, at: path });
      return lifted;
    };
    if (v instanceof Float64Array || v instanceof Float32Array) {
      const items = Array.from(v, (item, i) => visit(item, [...path, i]));
      return remember(v instanceof Float32Array ? new DualFloat32Array(items) : new DualFloat64Array(items));
    }
    if (v instanceof Map) {
      const map = remember(new DualMap());
      for (const [key, item] of v)
        map.set(key, typeof key === "object" ? item : visit(item, [...path, key as Key]));
      return map;
    }
    if (v instanceof Set) return remember(new DualSet(v));
    if (ArrayBuffer.isView(v) || !isPlainObject(v)) return remember(structuredClone(v));
    if (Array.isArray(v)) {
      const list = remember(new Array<unknown>(v.length));
      for (const key of Object.keys(v)) list[Number(key)] = visit(v[Number(key)], [...path, Number(key)]);
      return list;
    }
    const prototype = Object.getPrototypeOf(v) as object | null;
    const of = (prototype && classes.get(prototype)) ?? prototype;
    const object = remember(Object.create(of) as Record<string, unknown>);
    for (const [key, item] of Object.entries(v)) object[key] = visit(item, [...path, key]);
    return object;
  };
  return { args: args.map((v, i) => visit(v, [i])), directionOf, origins };
};

/** The structure without derivatives. `classes`: the plain prototype for each instrumented one. */
export const lower = (root: unknown, classes: Prototypes): unknown => {
  const done = new Map<unknown, unknown>();
  const visit = (v: unknown): unknown => {
    if (v instanceof Dual) return v.v;
    if (typeof v !== "object" || v === null) return v;
    if (done.has(v)) return done.get(v);
    const remember = <T>(lowered: T): T => {
      done.set(v, lowered);
      return lowered;
    };
    if (v instanceof DualFloat32Array) return remember(Float32Array.from(v, (x) => visit(x) as number));
    if (v instanceof DualFloat64Array) return remember(Float64Array.from(v, (x) => visit(x) as number));
    if (v instanceof Map) return remember(new Map([...v].map(([k, x]) => [visit(k), visit(x)])));
    if (v instanceof Set) return remember(new Set([...v].map(visit)));
    if (ArrayBuffer.isView(v) || !isPlainObject(v)) return v;
    if (Array.isArray(v)) {
      const list = remember(new Array<unknown>(v.length));
      for (const key of Object.keys(v)) list[Number(key)] = visit(v[Number(key)]);
      return list;
    }
    const prototype = Object.getPrototypeOf(v) as object | null;
    const of = (prototype && classes.get(prototype)) ?? prototype;
    const object = remember(Object.create(of) as Record<string, unknown>);
    for (const [key, item] of Object.entries(v)) object[key] = visit(item);
    return object;
  };
  return visit(root);
};

/** What stands at a path of a structure with derivatives. */
export const dualAt = (root: unknown, path: readonly Key[]): unknown =>
  path.reduce<unknown>((v, key) => partAt(v, key), root);
