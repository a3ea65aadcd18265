/** A program that is ready to be run: as it is, and with numbers that carry derivatives. */
import { leaves } from "../../src/verify/structure.ts";
import { createLoader } from "../dual/load.ts";
import { createReference, type Doubt, type Exact } from "../dual/reference.ts";
import { argumentsFor, type Make, samplesPerProgram } from "./arguments.ts";
import { createPatience } from "./patience.ts";
import type { Program } from "./program.ts";

const patiently = createPatience(2000);

export type Module = Readonly<Record<string, unknown>>;

export type Prepared = Readonly<{
  program: Program;
  /** Of the source, as it is: what generated code imports. */
  module: Module;
  make: Make;
  reference: (args: readonly unknown[]) => Exact | Doubt;
}>;

const file = "/programs/source.ts";

export const prepare = (program: Program): Prepared => {
  const texts = new Map([[file, program.source]]);
  const plain = createLoader(undefined, texts);
  const module = plain.load(file);
  const reference = createReference({ file, texts, name: "f" }, plain);
  return {
    program,
    module,
    make: (name, fields) => new (module[name] as new (...args: unknown[]) => unknown)(...fields),
    reference,
  };
};

export type Sample = Readonly<{ args: readonly unknown[]; exact: Exact }>;

/** A sample that says something, or why it does not. */
export const sampleOf = (prepared: Prepared, args: readonly unknown[]): Sample | string => {
  try {
    return patiently(() => sampled(prepared, args));
  } catch {
    return "it does not end";
  }
};

const sampled = (prepared: Prepared, args: readonly unknown[]): Sample | string => {
  const { reference, program } = prepared;
  const exact = reference(args);
  if ("doubt" in exact) return exact.doubt;
  const passive = (n: number): boolean => program.params[n]?.ty.t === "int";
  const numbers = leaves([exact.value, exact.after.filter((_, n) => !passive(n))]);
  if (!numbers.every(({ value }) => Number.isFinite(value))) return "a result is not finite";
  if (holdsUndefined(exact.value)) return "a result is missing";
  if (hasOddKeys(exact.after)) return "an index is no integer";
  const weights = leaves(exact.value).map(({ path }) => ({ path, weight: 1 }));
  for (const { d, size } of exact.followed[0]!.gradient(weights)) {
    if (!Number.isFinite(d) || !Number.isFinite(size)) return "the derivative is not finite";
    if (size > 1e35) return "the derivative is huge";
  }
  return { args, exact };
};

const holdsUndefined = (v: unknown): boolean =>
  v === undefined || (typeof v === "object" && v !== null && Object.values(v).some(holdsUndefined));

const hasOddKeys = (v: unknown): boolean => {
  if (typeof v !== "object" || v === null || ArrayBuffer.isView(v)) return false;
  if (Array.isArray(v) && Object.keys(v).length !== v.length) return true;
  return Object.values(v).some(hasOddKeys);
};

/** The samples of a program of a seed, and why others say nothing. */
export const samplesOf = (
  prepared: Prepared,
  seed: number,
  index: number,
): Readonly<{ samples: readonly Sample[]; reason: string }> => {
  const samples: Sample[] = [];
  let reason = "it does not end";
  const all = (): void => {
    for (let s = 0; s < samplesPerProgram; s++) {
      const sample = sampled(prepared, argumentsFor(prepared.program, seed, index, s, prepared.make));
      if (typeof sample === "string") reason = sample;
      else samples.push(sample);
    }
  };
  try {
    patiently(all);
  } catch {
    // those that ended count
  }
  return { samples, reason };
};
