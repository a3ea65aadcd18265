/** Makes what programs are called with: arguments of every kind, and seeds. */
import { Chance } from "./chance.ts";
import type { Fn, Ty } from "./tree.ts";

export type Argument =
  | number
  | number[]
  | Float64Array
  | Float32Array
  | number[][]
  | Float64Array[]
  | { [field: string]: number | number[] }
  | { [field: string]: number }[];

const list = (chance: Chance, length: number): number[] => Array.from({ length }, () => chance.real());

/** How the arguments of a call are out of the ordinary. */
type Manner = Readonly<{ largest: boolean; frayed: boolean }>;

const argument = (chance: Chance, ty: Ty, manner: Manner): Argument => {
  switch (ty.t) {
    case "real":
      return chance.real();
    case "int":
      if (manner.frayed) return chance.of([NaN, -1, 0, 0.5, ty.max - 0.5, 1.25]);
      return manner.largest ? ty.max : chance.int(0, ty.max);
    case "array": {
      const values = list(chance, ty.loose && !manner.largest ? chance.of([0, 1, 1, 2, 3, 5]) : ty.length);
      if (ty.of === "Float64Array") return Float64Array.from(values);
      return ty.of === "Float32Array" ? Float32Array.from(values) : values;
    }
    case "tuple":
      return list(chance, ty.length);
    case "matrix": {
      const rows = Array.from({ length: ty.rows }, () => list(chance, ty.columns));
      return ty.of === "number[][]" ? rows : rows.map((r) => Float64Array.from(r));
    }
    case "object":
      return Object.fromEntries(
        ty.fields.map((f) => [f.name, argument(chance, f.ty, manner) as number | number[]]),
      );
    case "objects":
      return Array.from({ length: ty.length }, () => ({ u: chance.real(), w: chance.real() }));
    default:
      return ty satisfies never;
  }
};

/** Lets arguments be, or hold, the same memory here and there. */
const joined = (chance: Chance, params: Fn["params"], args: Argument[]): Argument[] => {
  const made = [...args];
  const arrays = new Map<string, (number[] | Float64Array | Float32Array)[]>();
  /** This array, or one of its kind and length that there was before. */
  const shared = <T extends number[] | Float64Array | Float32Array>(own: T, loose = false): T => {
    const key = `${own.constructor.name} ${loose ? "loose" : own.length}`;
    const before = arrays.get(key) ?? [];
    if (before.length > 0 && chance.happens(0.7)) return chance.of(before) as T;
    arrays.set(key, [...before, own]);
    return own;
  };
  params.forEach(({ ty }, i) => {
    const arg = made[i]!;
    if (ty.t === "array") made[i] = shared(arg as number[], ty.loose);
    else if (ty.t === "matrix") made[i] = (arg as number[][]).map((row) => shared(row));
    else if (ty.t === "object" && params[i - 1]?.ty.t === "object" && chance.happens(0.6))
      made[i] = made[i - 1]!;
    else if (ty.t === "object")
      made[i] = Object.fromEntries(
        Object.entries(arg).map(([k, v]: [string, number | number[]]) => [
          k,
          Array.isArray(v) ? shared(v) : v,
        ]),
      );
    else if (ty.t === "objects")
      made[i] = (arg as { [field: string]: number }[]).map((x, _, all) =>
        chance.happens(0.5) ? all[0]! : x,
      );
  });
  return made;
};

/** Samples of each program: two ordinary ones, the first as large as can be; shared memory; odd numbers of trips. */
export const samplesPerProgram = 5;

/** Arguments for one call. */
export const argumentsFor = (f: Fn, seed: number, index: number, sample: number): Argument[] => {
  const chance = new Chance(seed ^ 0x5bd1e995, index * 16 + sample);
  const manner: Manner = { largest: sample === 0 || sample === 3, frayed: sample === 4 };
  const args = f.params.map((p) => argument(chance, p.ty, manner));
  return sample === 3 || (sample === 4 && chance.happens(0.3)) ? joined(chance, f.params, args) : args;
};

/** A seed for a result, always the same: a general number for each of its numbers. */
export const seedFor = (result: unknown): unknown => {
  const chance = new Chance(0x51ed270b);
  const fill = (v: unknown): unknown => {
    if (typeof v === "number") return chance.real();
    if (ArrayBuffer.isView(v)) return Float64Array.from(v as Float64Array, () => chance.real());
    if (Array.isArray(v)) return v.map(fill);
    return Object.fromEntries(Object.entries(v as object).map(([k, x]) => [k, fill(x)]));
  };
  return fill(result);
};
