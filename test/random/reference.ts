/** Runs a program and its dual rendering on the same arguments: what its derivatives must be. */
import { ts } from "ts-morph";
import type { Mode } from "../../src/index.ts";
import { type Dual, Duals } from "./arithmetic.ts";
import { dualText } from "./dual.ts";
import { type Argument, seedFor } from "./arguments.ts";
import { createPatience } from "./patience.ts";
import { sourceOf } from "./source.ts";
import { entryOf, type Program } from "./tree.ts";

export type Callable = (...args: unknown[]) => unknown;
export type Module = Record<string, Callable>;

export const patiently = createPatience(1000);

/** A module from its TypeScript; whatever it imports is `imported`. */
export const evaluateModule = (text: string, imported: Module = {}): Module => {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const exports: Module = {};
  new Function("exports", "require", outputText)(exports, () => imported);
  return exports;
};

export const clone = <T>(v: T): T => structuredClone(v);

/** The numbers of a structure, in order. */
export const numbersOf = (v: unknown): number[] => {
  if (typeof v === "number") return [v];
  if (typeof v !== "object" || v === null) return [];
  return Object.values(v).flatMap(numbersOf);
};

/** Same structure, same bits. */
export const identical = (a: unknown, b: unknown): boolean => {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  const [keysA, keysB] = [Object.keys(a), Object.keys(b)];
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b) || keysA.length !== keysB.length) return false;
  return keysA.every((k) => identical((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k]));
};

const isDual = (v: object): v is Dual => "v" in v && "d" in v && "size" in v;

const valuesOf = (v: unknown): number[] => {
  if (typeof v === "number") return [v];
  if (typeof v !== "object" || v === null) return [NaN];
  return isDual(v) ? [v.v] : Object.values(v).flatMap(valuesOf);
};

/** A gradient by parameter: in the order of its numbers, and the magnitudes each was added up from. */
export type Entry = Readonly<{ d: number[]; size: number[]; single: boolean }>;
export type Gradient = ReadonlyMap<string, Entry>;

export type Reference = Readonly<{
  /** What the program returns, in its structure. */
  value: unknown;
  /** Where the program returns one of its arguments: which. */
  returns: number;
  /** For seeds of ones and for the given ones: what is right, each entry one of several where rule R6 leaves it open. */
  gradients: readonly Gradient[];
  seeded: readonly Gradient[];
  seed: unknown;
  /** By parameter: whether nothing leads from it to the result while no memory is shared; such zeros may stay. */
  unreached: ReadonlySet<string>;
  /** A value on the way was not finite: an adjoint of zero times it may have come out NaN. */
  overflowed: boolean;
  /** The arguments as the program leaves them. */
  after: Argument[];
}>;

/** Why a sample says nothing. */
export type Discarded = Readonly<{ discarded: string }>;

export type Prepared = Readonly<{
  program: Program;
  modes: readonly Mode[];
  source: string;
  primal: Callable;
  module: Module;
  dual: (d: Duals) => Callable;
}>;

export const prepare = (program: Program): Prepared => {
  const source = sourceOf(program);
  const module = evaluateModule(source);
  const dual = new Function("$", dualText(program)) as (d: Duals) => Callable;
  return { program, modes: program.modes, source, primal: module.f!, module, dual };
};

/** Every array and object of a structure, arrays of numbers and the like included. */
export const memoryOf = (v: unknown): object[] =>
  typeof v !== "object" || v === null
    ? []
    : [v, ...(ArrayBuffer.isView(v) ? [] : Object.values(v).flatMap(memoryOf))];

/** Which memory of the arguments stands in several places. */
export const sharedIn = (args: readonly Argument[]): object[] => {
  const all = memoryOf(args);
  return all.filter((o, i) => all.indexOf(o) !== i);
};

type Outcome = Readonly<{ overflowed: boolean; outputs: Dual[]; directions: number[][]; ends: number[] }>;

/** Runs the dual rendering; memory that stands in several places is lifted once, or, if it is in `apart`, in each. */
const followed = (p: Prepared, args: readonly Argument[], apart: ReadonlySet<unknown>): Outcome => {
  const params = entryOf(p.program).params;
  const $ = new Duals(args.flatMap(numbersOf).length);
  let next = 0;
  const known = new Map<unknown, Readonly<{ lifted: unknown; directions: number[] }>>();
  const lift = (v: unknown, directions: number[]): unknown => {
    if (typeof v === "number") {
      directions.push(next);
      return $.input(v, next++);
    }
    const before = known.get(v);
    if (before && !apart.has(v)) {
      directions.push(...before.directions);
      return before.lifted;
    }
    const own: number[] = [];
    const parts = ArrayBuffer.isView(v) ? Array.from(v as Float64Array) : v;
    const lifted = Array.isArray(parts)
      ? parts.map((x) => lift(x, own))
      : Object.fromEntries(Object.entries(parts as object).map(([k, x]) => [k, lift(x, own)]));
    directions.push(...own);
    known.set(v, { lifted, directions: own });
    $.liftedFrom(lifted, v);
    return lifted;
  };
  const directions = params.map((): number[] => []);
  const lifted = args.map((arg, i) => (params[i]!.ty.t === "int" ? arg : lift(arg, directions[i]!)));
  const result = patiently(() => p.dual($)(...lifted));
  return { overflowed: $.overflowed, outputs: dualsOf(result), directions, ends: lifted.flatMap(valuesOf) };
};

const dualsOf = (v: unknown): Dual[] => {
  if (typeof v !== "object" || v === null) return [];
  return isDual(v) ? [v] : Object.values(v).flatMap(dualsOf);
};

/** The gradient of the weighted sum of the outputs. */
const weighted = (p: Prepared, { outputs, directions }: Outcome, weights: readonly number[]): Gradient => {
  const sum = (of: (o: Dual) => Float64Array, weight: (w: number) => number, at: number): number =>
    outputs.reduce((total, o, k) => total + weight(weights[k]!) * of(o)[at]!, 0);
  return new Map(
    entryOf(p.program).params.flatMap(({ name, ty }, i) => {
      if (ty.t === "int") return [];
      const single = ty.t === "array" && ty.of === "Float32Array";
      const d = directions[i]!.map((at) =>
        sum(
          (o) => o.d,
          (w) => w,
          at,
        ),
      );
      const size = directions[i]!.map((at) => sum((o) => o.size, Math.abs, at));
      return [[name, { d, size, single }]];
    }),
  );
};

const writing =
  /"k":"(push|pop|exchangeRows|callHelper|reorder|replaceObject|changeVector|closure)"|"k":"assign","to":{"k":"(element|member)"|"places":\[{"k":"element"/;

/** The exact gradient by dual numbers; throws if the two renderings of the program disagree. */
export const referenceOf = (p: Prepared, args: readonly Argument[]): Reference | Discarded => {
  const params = entryOf(p.program).params;
  const after = clone(args) as Argument[];
  const shared = sharedIn(after);
  const before = clone(shared);
  let value: unknown;
  try {
    value = patiently(() => p.primal(...after));
  } catch (e) {
    return { discarded: `the program throws ${(e as Error).name}` };
  }
  const values = numbersOf(value);
  if (![...values, ...numbersOf(after.filter((_, i) => params[i]!.ty.t !== "int"))].every(Number.isFinite))
    return { discarded: "a result is not finite" };
  if (memoryOf(after).some((o) => Array.isArray(o) && Object.keys(o).length !== o.length))
    return { discarded: "an index is no integer" };
  const returns = after.findIndex((arg) => typeof arg === "object" && arg === value);
  value = clone(value);

  const frayed = args.some(
    (arg, i) => params[i]!.ty.t === "int" && !((arg as number) >= 0 && Number.isInteger(arg)),
  );
  const outcomes: Outcome[] = [];
  const unreached = new Set<string>();
  const everywhere = new Set(sharedIn(args));
  const unchanged = new Set(sharedIn(args).filter((_, i) => identical(shared[i], before[i])));
  for (const apart of everywhere.size > 0 ? [new Set(), unchanged, everywhere] : [new Set()]) {
    let outcome: Outcome;
    try {
      outcome = followed(p, args, apart);
    } catch (e) {
      // an element that is not there is `undefined`: no number of either kind
      if (e instanceof TypeError) return { discarded: "reads what is not there" };
      throw e;
    }
    const same = (a: readonly number[], b: readonly number[]): boolean =>
      a.length === b.length && a.every((v, i) => Object.is(v, b[i]));
    const agrees =
      same(
        outcome.outputs.map((o) => o.v),
        values,
      ) && same(outcome.ends, numbersOf(after));
    if (apart === everywhere)
      for (const [name, { d }] of weighted(
        p,
        outcome,
        values.map(() => 1),
      ))
        if (d.every((v) => v === 0)) unreached.add(name);
    if (apart === everywhere && unchanged.size < everywhere.size) continue;
    if (agrees) outcomes.push(outcome);
    // written through one name and read through the other: lifted apart, it is another program
    else if (apart.size > 0) continue;
    else if (frayed) return { discarded: "an index is no integer" };
    else throw new Error(`the renderings disagree: ${show(value)}, ${show(outcome.outputs.map((o) => o.v))}`);
  }
  const all = outcomes.flatMap((o) => o.outputs.flatMap((x) => [...x.d, ...x.size]));
  if (!all.every(Number.isFinite)) return { discarded: "the derivative is not finite" };
  if (all.some((v) => Math.abs(v) > 1e35)) return { discarded: "the derivative is huge" };

  const [total, ...partial] = outcomes as [Outcome, ...Outcome[]];
  const readOnly = !writing.test(JSON.stringify(p.program)) && p.program.functions.length === 1;
  // rule R6: partials if nothing is written, the total derivative for what is written; else either
  const right = readOnly && partial.length > 0 ? partial : outcomes;
  const seed = seedFor(value);
  return {
    value,
    returns,
    seed,
    unreached,
    overflowed: total.overflowed,
    gradients: right.map((o) =>
      weighted(
        p,
        o,
        values.map(() => 1),
      ),
    ),
    seeded: right.map((o) => weighted(p, o, numbersOf(seed))),
    after,
  };
};

/** A structure on one line. */
export const show = (v: unknown): string =>
  JSON.stringify(v, (_, x: unknown) => {
    if (ArrayBuffer.isView(x)) return Array.from(x as Float64Array);
    return typeof x === "number" && (!Number.isFinite(x) || Object.is(x, -0))
      ? Object.is(x, -0)
        ? "-0"
        : String(x)
      : x;
  });
