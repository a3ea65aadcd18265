/** Makes what programs are called with: arguments of every kind, and seeds. */
import { Chance } from "./chance.ts";
import type { Param, Program, Ty } from "./program.ts";

/** Makes an instance of a class of the program. */
export type Make = (name: string, fields: readonly unknown[]) => unknown;

type Floats = number[] | Float64Array | Float32Array;

const list = (chance: Chance, length: number): number[] => Array.from({ length }, () => chance.real());

/** How the arguments of a call are out of the ordinary. */
type Manner = Readonly<{ largest: boolean; frayed: boolean; make: Make }>;

const argument = (chance: Chance, ty: Ty, manner: Manner): unknown => {
  switch (ty.t) {
    case "real":
      return ty.optional && chance.happens(0.4) ? undefined : chance.real();
    case "int":
      if (manner.frayed) return chance.of([NaN, -1, 0, 0.5, ty.max - 0.5, 1.25]);
      return manner.largest ? ty.max : chance.int(0, ty.max);
    case "array": {
      const length = ty.loose && !manner.largest ? chance.of([0, 1, 1, 2, 3, 5]) : ty.length;
      const values = list(chance, length);
      if (ty.of === "Float64Array") return Float64Array.from(values);
      return ty.of === "Float32Array" ? Float32Array.from(values) : values;
    }
    case "tuple":
      return list(chance, ty.length);
    case "rows": {
      const rows = Array.from({ length: ty.rows }, () => list(chance, ty.columns));
      return ty.of === "number[][]" ? rows : rows.map((r) => Float64Array.from(r));
    }
    case "object": {
      const fields = ty.fields.map((f) => argument(chance, f.ty, manner));
      if (ty.make) return manner.make(ty.name, fields);
      return Object.fromEntries(ty.fields.map((f, i) => [f.name, fields[i]]));
    }
    case "list":
      return Array.from({ length: ty.length }, () => argument(chance, ty.of, manner));
    case "record":
      return { a: chance.real(), b: chance.real() };
    default:
      return ty satisfies never;
  }
};

/** Lets arguments be, or hold, the same memory here and there. */
const joined = (chance: Chance, params: readonly Param[], args: readonly unknown[]): unknown[] => {
  const made = [...args];
  const arrays = new Map<string, Floats[]>();
  /** This array, or one of its kind and length that there was before. */
  const shared = (own: Floats, loose = false): Floats => {
    const key = `${own.constructor.name} ${loose ? "loose" : own.length}`;
    const before = arrays.get(key) ?? [];
    if (before.length > 0 && chance.happens(0.7)) return chance.of(before);
    arrays.set(key, [...before, own]);
    return own;
  };
  params.forEach(({ ty }, i) => {
    const arg = made[i];
    const before = params[i - 1]?.ty;
    if (ty.t === "array") made[i] = shared(arg as Floats, ty.loose);
    else if (ty.t === "rows") made[i] = (arg as Floats[]).map((row) => shared(row));
    else if (ty.t === "object" && before?.t === "object" && before.name === ty.name && chance.happens(0.6))
      made[i] = made[i - 1];
    else if (ty.t === "object" && !ty.make)
      for (const f of ty.fields) {
        const object = arg as Record<string, unknown>;
        if (f.ty.t === "array" && !f.ty.loose) object[f.name] = shared(object[f.name] as Floats);
      }
    else if (ty.t === "list")
      made[i] = (arg as unknown[]).map((x, _, all) => (chance.happens(0.5) ? all[0] : x));
  });
  return made;
};

/** Samples of each program: two ordinary ones, the first as large as can be; shared memory; odd numbers of trips. */
export const samplesPerProgram = 5;

/** Arguments for one call. */
export const argumentsFor = (
  { params }: Program,
  seed: number,
  index: number,
  sample: number,
  make: Make,
): unknown[] => {
  const chance = new Chance(seed ^ 0x5bd1e995, index * 16 + sample);
  const manner: Manner = { largest: sample === 0 || sample === 3, frayed: sample === 4, make };
  const args = params.map((p) => argument(chance, p.ty, manner));
  return sample === 3 || (sample === 4 && chance.happens(0.3)) ? joined(chance, params, args) : args;
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
