/** What instrumented code calls `$`: operators, and the globals that see into numbers. */
import { math, neg, operations } from "./arithmetic.ts";
import { DualMap, DualSet } from "./collections.ts";
import { DualFloat32Array, DualFloat64Array } from "./floats.ts";
import { combine, Dual, num, plain } from "./number.ts";

/** Memory that was lifted twice is the same memory all the same. */
type Origins = ReadonlyMap<unknown, unknown>;

const single = (args: unknown[]): unknown[] => (args.length === 1 ? [plain(args[0])] : args);

/** `Array(n)` counts by the value of n. */
const dualArray: ArrayConstructor = new Proxy(Array, {
  construct: (target, args, by): object =>
    Reflect.construct(target, single(args as unknown[]), by === dualArray ? target : by) as object,
  apply: (_, __, args) => Reflect.construct(Array, single(args as unknown[])) as object,
});

const dualNumber = new Proxy(Number, {
  apply: (_, __, args: unknown[]) => (args[0] instanceof Dual ? args[0] : Number(args[0])),
  get: (target, key) => {
    const found = Reflect.get(target, key) as unknown;
    if (typeof found !== "function" || key === "prototype") return found;
    return (x: unknown, ...rest: unknown[]): unknown =>
      (found as (...args: unknown[]) => unknown)(plain(x), ...rest);
  },
});

const truthy = (x: unknown): boolean => Boolean(plain(x));

const dualBoolean = new Proxy(Boolean, { apply: (_, __, args: unknown[]) => truthy(args[0]) });

const deepCopy = (v: unknown, made = new Map<unknown, unknown>()): unknown => {
  if (typeof v !== "object" || v === null || v instanceof Dual) return v;
  if (made.has(v)) return made.get(v);
  if (v instanceof DualFloat64Array || v instanceof DualFloat32Array) return v.slice();
  if (Array.isArray(v)) {
    const copy: unknown[] = [];
    made.set(v, copy);
    for (const item of v) copy.push(deepCopy(item, made));
    return copy;
  }
  if (v instanceof DualMap)
    return new DualMap([...v].map(([k, x]) => [deepCopy(k, made), deepCopy(x, made)] as const));
  const copy: Record<string, unknown> = {};
  made.set(v, copy);
  for (const [key, x] of Object.entries(v)) copy[key] = deepCopy(x, made);
  return copy;
};

type Found = "includes" | "indexOf" | "lastIndexOf";
type Holder = Record<Found, (...args: unknown[]) => unknown>;

export const createRuntime = (origins: Origins = new Map()) => {
  const origin = (x: unknown): unknown => {
    const value = plain(x);
    return origins.get(value) ?? value;
  };
  return {
    ...operations,
    neg,
    pos: (a: unknown) => combine(+num(a), [1, a]),
    inc: (a: unknown) => combine(num(a) + 1, [1, a]),
    dec: (a: unknown) => combine(num(a) - 1, [1, a]),
    truthy,
    plain,
    same: (a: unknown, b: unknown) => origin(a) === origin(b),
    like: (a: unknown, b: unknown) => {
      const [x, y] = [origin(a), origin(b)];
      // what `==` does with null and undefined; code that compares numbers with strings so is not followed
      return x === y || ((x ?? undefined) === undefined && (y ?? undefined) === undefined);
    },
    is: (a: unknown, b: unknown) => Object.is(origin(a), origin(b)),
    and: (a: unknown, b: () => unknown) => (truthy(a) ? b() : a),
    or: (a: unknown, b: () => unknown) => (truthy(a) ? a : b()),
    /** What was there before the second argument was evaluated. */
    after: (...both: [before: unknown, now: unknown]) => both[0],
    typeOf: (x: unknown) => (x instanceof Dual ? "number" : typeof x),
    /** o[k] = change(o[k]); gives what was stored, or what was there. */
    update: (o: Record<string, unknown>, k: string, change: (old: unknown) => unknown, old = false) => {
      const before = o[k];
      const after = change(before);
      o[k] = after;
      return old ? before : after;
    },
    /** o[k] ??= v and the like: stored only if it is asked for. */
    updateIf: (
      o: Record<string, unknown>,
      k: string,
      wanted: (old: unknown) => boolean,
      by: () => unknown,
    ) => (wanted(o[k]) ? (o[k] = by()) : o[k]),
    /** x.indexOf(y) and the like count numbers by value; strings and whatever else has such a method go on as they are. */
    find: (name: Found, of: unknown, args: unknown[]) => {
      const receiver = Array.isArray(of) ? of.map(origin) : of;
      return (receiver as Holder)[name](...args.map(Array.isArray(of) ? origin : plain));
    },
    Math: math,
    Number: dualNumber,
    Boolean: dualBoolean,
    Array: dualArray,
    Map: DualMap,
    Set: DualSet,
    Float64Array: DualFloat64Array,
    Float32Array: DualFloat32Array,
    structuredClone: (v: unknown) => deepCopy(v),
  };
};

export type Runtime = ReturnType<typeof createRuntime>;

/** Globals of the language that instrumented code takes from the runtime. */
export const replaced: ReadonlySet<string> = new Set([
  "Math",
  "Number",
  "Boolean",
  "Array",
  "Map",
  "Set",
  "Float64Array",
  "Float32Array",
  "structuredClone",
]);
