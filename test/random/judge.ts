/** Runs a program, its dual rendering and its generated gradient on the same arguments, and compares. */
import { ts } from "ts-morph";
import { type Dual, Duals, tolerance } from "./arithmetic.ts";
import { dualText } from "./dual.ts";
import type { Argument } from "./generate.ts";
import { createPatience } from "./patience.ts";
import { sourceOf } from "./source.ts";
import { entryOf, type Program } from "./tree.ts";

type Callable = (...args: unknown[]) => unknown;
type Module = Record<string, Callable>;

const patiently = createPatience(1000);

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
const identical = (a: unknown, b: unknown): boolean => {
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

export type Reference = Readonly<{
  value: number;
  /** By parameter: the gradient in the order of its numbers, and the magnitudes each was added up from. */
  gradient: ReadonlyMap<string, Readonly<{ d: number[]; size: number[]; single: boolean; integer: boolean }>>;
  /** The arguments as the program leaves them. */
  after: Argument[];
}>;

/** Why a sample says nothing. */
export type Discarded = Readonly<{ discarded: string }>;

export type Prepared = Readonly<{
  program: Program;
  source: string;
  primal: Callable;
  module: Module;
  dual: (d: Duals) => Callable;
}>;

export const prepare = (program: Program): Prepared => {
  const source = sourceOf(program);
  const module = evaluateModule(source);
  const dual = new Function("$", dualText(program)) as (d: Duals) => Callable;
  return { program, source, primal: module.f!, module, dual };
};

/** The exact gradient by dual numbers; throws if the two renderings of the program disagree. */
export const referenceOf = (p: Prepared, args: readonly Argument[]): Reference | Discarded => {
  const params = entryOf(p.program).params;
  const after = clone(args) as Argument[];
  let value: unknown;
  try {
    value = patiently(() => p.primal(...after));
  } catch (e) {
    return { discarded: `the program throws ${(e as Error).name}` };
  }
  if (typeof value !== "number" || !Number.isFinite(value)) return { discarded: "the value is not finite" };
  if (numbersOf(after).some((v) => !Number.isFinite(v))) return { discarded: "an argument ends not finite" };

  const $ = new Duals(args.flatMap(numbersOf).length);
  let next = 0;
  const lift = (v: unknown): unknown => {
    if (typeof v === "number") return $.input(v, next++);
    if (ArrayBuffer.isView(v)) return Array.from(v as Float64Array, lift);
    if (Array.isArray(v)) return v.map(lift);
    return Object.fromEntries(Object.entries(v as object).map(([k, x]) => [k, lift(x)]));
  };
  const starts: number[] = [];
  const lifted = args.map((arg, i) => {
    starts.push(next);
    if (params[i]!.ty.t !== "int") return lift(arg);
    next++;
    return arg;
  });
  const result = patiently(() => p.dual($)(...lifted)) as Dual;
  if (!Object.is(result.v, value)) throw new Error(`the renderings disagree: ${value}, ${result.v}`);
  const ends = lifted.flatMap(valuesOf);
  if (!numbersOf(after).every((v, i) => Object.is(v, ends[i])))
    throw new Error("the renderings leave other arguments");
  if (![...result.d, ...result.size].every((v) => Number.isFinite(v)))
    return { discarded: "the derivative is not finite" };
  if (result.size.some((v) => v > 1e60)) return { discarded: "the derivative is huge" };

  const gradient = new Map(
    params.map(({ name, ty }, i) => {
      const [from, to] = [starts[i]!, starts[i + 1] ?? next];
      const single = ty.t === "array" && ty.of === "Float32Array";
      return [
        name,
        {
          d: Array.from(result.d.subarray(from, to)),
          size: Array.from(result.size.subarray(from, to)),
          single,
          integer: ty.t === "int",
        },
      ];
    }),
  );
  return { value, gradient, after };
};

/** What is wrong with a generated module for these arguments, or nothing. */
export const faultOf = (
  generated: Module,
  args: readonly Argument[],
  reference: Reference,
): string | undefined => {
  const f = generated.valueAndGradF;
  if (!f) return "there is no valueAndGradF";
  const passed = clone(args);
  let got: { value: unknown; grad: Record<string, unknown> };
  let again: unknown;
  try {
    got = patiently(() => f(...passed)) as typeof got;
    again = patiently(() => f(...clone(args)));
  } catch (e) {
    return `valueAndGradF throws ${String(e)}`;
  }
  if (!Object.is(got.value, reference.value))
    return `value ${String(got.value)}, expected ${reference.value}`;
  if (!identical(passed, reference.after))
    return `arguments end as ${show(passed)}, expected ${show(reference.after)}`;
  if (!identical(got, again)) return `a second call gives ${show(again)}, the first gave ${show(got)}`;
  for (const [name, { d, size, single, integer }] of reference.gradient) {
    if (integer) continue;
    const parts = numbersOf(got.grad[name]);
    // a parameter that the result does not depend on may have been left out
    if (!(name in got.grad) && d.every((v) => v === 0)) continue;
    const near = (v: number, i: number): boolean =>
      Math.abs(v - d[i]!) <= tolerance * size[i]! + (single ? 2 ** -23 * Math.abs(d[i]!) + 1e-44 : 1e-300);
    if (parts.length !== d.length || !parts.every(near)) {
      return `the gradient in ${name} is [${parts.join(", ")}], expected [${d.join(", ")}]`;
    }
  }
  return undefined;
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
