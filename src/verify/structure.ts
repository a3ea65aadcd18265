/** Numbers inside any parameter structure: where they are, how to change one, how to copy the whole. */

export type Key = string | number;
export type Callable = (...args: unknown[]) => unknown;

/** A real number inside a structure; `single` if it is kept with 24 bits. */
export type Leaf = Readonly<{ path: readonly Key[]; value: number; single: boolean }>;

const isFloatArray = (v: unknown): v is Float64Array | Float32Array =>
  v instanceof Float64Array || v instanceof Float32Array;

const isTypedArray = (v: unknown): v is Uint8Array => ArrayBuffer.isView(v) && !(v instanceof DataView);

/** Objects whose own fields hold data: literals, interfaces, class instances; not maps, dates or functions. */
export const isRecord = (v: unknown): v is Record<string, unknown> =>
  typeof v === "object" &&
  v !== null &&
  !Array.isArray(v) &&
  !ArrayBuffer.isView(v) &&
  !(
    v instanceof Map ||
    v instanceof Set ||
    v instanceof Date ||
    v instanceof RegExp ||
    v instanceof ArrayBuffer
  );

const isKey = (key: unknown): key is Key => typeof key === "string" || typeof key === "number";

/** The values of a map under keys that a path can name. */
const entriesOf = (map: ReadonlyMap<unknown, unknown>): readonly (readonly [Key, unknown])[] =>
  [...map].flatMap(([key, v]): (readonly [Key, unknown])[] => (isKey(key) ? [[key, v]] : []));

/** Every number in `root` that a gradient has an entry for, in order; integer arrays hold none. */
export function leaves(root: unknown): Leaf[] {
  const found: Leaf[] = [];
  const above = new Set<unknown>();
  const visit = (v: unknown, path: readonly Key[]): void => {
    if (typeof v === "number") found.push({ path, value: v, single: false });
    else if (isFloatArray(v)) {
      const single = v instanceof Float32Array;
      v.forEach((value, i) => found.push({ path: [...path, i], value, single }));
    } else if (Array.isArray(v) || isRecord(v) || v instanceof Map) {
      if (above.has(v)) return; // a cycle: its numbers are counted already
      above.add(v);
      if (v instanceof Map) entriesOf(v).forEach(([key, e]) => visit(e, [...path, key]));
      else if (Array.isArray(v)) v.forEach((e, i) => visit(e, [...path, i]));
      else for (const key of Object.keys(v)) visit(v[key], [...path, key]);
      above.delete(v);
    }
  };
  visit(root, []);
  return found;
}

/** What stands at a path, or undefined where the path leads nowhere. */
export const valueAt = (root: unknown, path: readonly Key[]): unknown =>
  path.reduce<unknown>((v, key) => partAt(v, key), root);

/** What an array, object or map has under a key. */
export const partAt = (v: unknown, key: Key): unknown => {
  if (v instanceof Map) return v.get(key);
  return typeof v === "object" && v !== null ? (v as Record<Key, unknown>)[key] : undefined;
};

/** Puts a number at a path of one or more keys. */
export function setAt(root: unknown, path: readonly Key[], value: number): void {
  const owner = valueAt(root, path.slice(0, -1));
  const key = path.at(-1);
  if (typeof owner !== "object" || owner === null || key === undefined) {
    throw new Error(`nothing holds ${pathText(path)}`);
  }
  if (owner instanceof Map) owner.set(key, value);
  else (owner as Record<Key, unknown>)[key] = value;
}

/** `model.points[2].x` */
export const pathText = (path: readonly Key[]): string =>
  path.map((key, i) => (typeof key === "number" ? `[${key}]` : i === 0 ? key : `.${key}`)).join("");

/** Whether `path` lies at or below `pattern`, in which `[]` stands for every element. */
export const isUnder = (path: readonly Key[], pattern: readonly Key[]): boolean =>
  pattern.length <= path.length &&
  pattern.every((key, i) => (key === "[]" ? path[i] !== undefined : String(key) === String(path[i])));

/**
 * A deep copy. `kept` aliases: what was one object (or one buffer) inside `root` is one object in the copy;
 * `separate`: every path gets memory of its own, as partial derivatives want it.
 */
export function copy<T>(root: T, aliases: "kept" | "separate" = "kept"): T {
  const made = new Map<unknown, unknown>();
  const remember = <V>(of: unknown, v: V): V => {
    if (aliases === "kept") made.set(of, v);
    return v;
  };
  const visit = (v: unknown): unknown => {
    if (typeof v !== "object" || v === null) return v;
    const known = made.get(v);
    if (known !== undefined) return known;
    if (isTypedArray(v)) {
      if (aliases === "separate") return v.slice();
      const buffer = made.get(v.buffer) ?? remember(v.buffer, v.buffer.slice(0));
      const View = v.constructor as new (buffer: unknown, offset: number, length: number) => unknown;
      return remember(v, new View(buffer, v.byteOffset, v.length));
    }
    if (Array.isArray(v)) {
      const result = remember(v, new Array<unknown>(v.length));
      for (const key of Object.keys(v)) result[Number(key)] = visit(v[Number(key)]); // keeps holes
      return result;
    }
    if (v instanceof Map) {
      const result = remember(v, new Map<unknown, unknown>());
      for (const [key, entry] of v) result.set(visit(key), visit(entry));
      return result;
    }
    if (v instanceof Set) {
      const result = remember(v, new Set<unknown>());
      for (const entry of v) result.add(visit(entry));
      return result;
    }
    if (!isRecord(v)) return v;
    const result = remember(
      v,
      Object.create(Object.getPrototypeOf(v) as object | null) as Record<string, unknown>,
    );
    for (const key of Object.keys(v)) result[key] = visit(v[key]);
    return result;
  };
  return visit(root) as T;
}

/**
 * The structure of the numbers in `like`, each replaced; parts without numbers, and numbers replaced by nothing, are
 * left out of objects.
 */
export function mapNumbers(
  like: unknown,
  change: (value: number, path: readonly Key[]) => number | undefined,
): unknown {
  const visit = (v: unknown, path: readonly Key[]): unknown => {
    if (typeof v === "number") return change(v, path);
    if (v instanceof Float32Array) return Float32Array.from(v, (e, i) => change(e, [...path, i]) ?? NaN);
    if (v instanceof Float64Array) return Float64Array.from(v, (e, i) => change(e, [...path, i]) ?? NaN);
    if (Array.isArray(v)) return v.map((e, i) => visit(e, [...path, i]));
    if (v instanceof Map) return new Map(entriesOf(v).map(([key, e]) => [key, visit(e, [...path, key])]));
    if (!isRecord(v)) return undefined;
    const entries = Object.keys(v).map((key): [string, unknown] => [key, visit(v[key], [...path, key])]);
    return Object.fromEntries(entries.filter(([, e]) => e !== undefined));
  };
  return visit(like, []);
}

/** Arrays, objects and buffers that a structure is made of. */
export function memoryOf(root: unknown): Set<object> {
  const found = new Set<object>();
  const visit = (v: unknown): void => {
    if (typeof v !== "object" || v === null || found.has(v)) return;
    found.add(v);
    if (ArrayBuffer.isView(v)) found.add(v.buffer);
    else if (Array.isArray(v)) v.forEach(visit);
    else if (v instanceof Map || v instanceof Set) [...v].forEach(visit);
    else if (isRecord(v)) Object.values(v).forEach(visit);
  };
  visit(root);
  return found;
}

/**
 * Where two structures first differ, or undefined if they are equal to the bit: the same kinds, lengths, keys in the
 * same order, numbers (NaN is NaN, -0 is not 0), and the same parts shared within each.
 */
export function firstDifference(a: unknown, b: unknown): string | undefined {
  const partner = new Map<unknown, unknown>();
  const taken = new Set<unknown>();
  const visit = (x: unknown, y: unknown, path: readonly Key[]): string | undefined => {
    const here = (why: string): string => `${path.length > 0 ? pathText(path) : "the value"}: ${why}`;
    if (typeof x !== "object" || x === null || typeof y !== "object" || y === null) {
      return Object.is(x, y) ? undefined : here(`${shown(x)} is not ${shown(y)}`);
    }
    if (partner.has(x) || taken.has(y)) {
      return partner.get(x) === y ? undefined : here("is shared with another part on one side only");
    }
    partner.set(x, y);
    taken.add(y);
    if (Object.getPrototypeOf(x) !== Object.getPrototypeOf(y)) return here("is of another kind");
    if ((x instanceof Map && y instanceof Map) || (x instanceof Set && y instanceof Set))
      return visit([...x], [...y], path);
    const keys = Object.keys(x);
    const others = Object.keys(y);
    if (Array.isArray(x) && Array.isArray(y) && x.length !== y.length) {
      return here(`length ${x.length} is not ${y.length}`);
    }
    if (keys.join() !== others.join()) return here(`keys ${keys.join()} are not ${others.join()}`);
    const indexed = Array.isArray(x) || ArrayBuffer.isView(x);
    for (const key of keys) {
      const step = indexed ? Number(key) : key;
      const found = visit(valueAt(x, [key]), valueAt(y, [key]), [...path, step]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return visit(a, b, []);
}

const shown = (v: unknown): string => (Object.is(v, -0) ? "-0" : String(v));
