/** Holds a generated module against the reference. */
import type { Mode } from "../../src/index.ts";
import type { Argument } from "./arguments.ts";
import { tolerance } from "./arithmetic.ts";
import {
  type Callable,
  clone,
  type Entry,
  type Gradient,
  identical,
  memoryOf,
  type Module,
  numbersOf,
  patiently,
  type Reference,
  sharedIn,
  show,
} from "./reference.ts";

type Derivative = Readonly<{ value: unknown; grad: Record<string, unknown> }>;

const wrongIn = (
  grad: Record<string, unknown>,
  name: string,
  { d, size, single }: Entry,
  { overflowed, unreached }: Reference,
  shared: boolean,
): string | undefined => {
  const parts = numbersOf(grad[name]);
  // a parameter that the result does not depend on may have been left out
  if (!(name in grad) && (shared || d.every((v) => v === 0))) return undefined;
  if (unreached.has(name) && parts.every((v) => v === 0)) return undefined;
  const near = (v: number, i: number): boolean =>
    (overflowed && Number.isNaN(v)) ||
    Math.abs(v - d[i]!) <= tolerance * size[i]! + (single ? 2 ** -23 * Math.abs(d[i]!) + 1e-44 : 1e-300);
  if (parts.length !== d.length || !parts.every(near))
    return `the gradient in ${name} is [${parts.join(", ")}], expected [${d.join(", ")}]`;
  return undefined;
};

/** What is wrong with one derivative for these arguments (and seed), or nothing. */
const faultIn = (
  f: Callable,
  args: readonly Argument[],
  seeds: readonly unknown[],
  reference: Reference,
  expected: readonly Gradient[],
): string | undefined => {
  const [passed, seed] = [clone(args), clone(seeds)];
  let got: Derivative;
  let again: unknown;
  try {
    got = patiently(() => f(...passed, ...seed)) as Derivative;
    again = patiently(() => f(...clone(args), ...clone(seeds)));
  } catch (e) {
    return `it throws ${String(e)}`;
  }
  if (!identical(got.value, reference.value))
    return `value ${show(got.value)}, expected ${show(reference.value)}`;
  if (!identical(passed, reference.after))
    return `arguments end as ${show(passed)}, expected ${show(reference.after)}`;
  if (!identical(seed, seeds)) return `the seed ends as ${show(seed)}, it was ${show(seeds)}`;
  if (!identical(got, again)) return `a second call gives ${show(again)}, the first gave ${show(got)}`;
  if (reference.returns >= 0 && got.value !== passed[reference.returns])
    return "the value is not the argument that the program returns";
  const taken = new Set(memoryOf([passed, seed, got.value]));
  if (memoryOf(got.grad).some((o) => taken.has(o))) return "the gradient shares memory";
  if (sharedIn(args).length === 0 && sharedIn([got.grad as never]).length > 0)
    return "two gradients share memory";
  const names = [...expected[0]!.keys()];
  const wrong = names.map((name) => {
    const faults = expected.map((e) =>
      wrongIn(got.grad, name, e.get(name)!, reference, sharedIn(args).length > 0),
    );
    return faults.includes(undefined) ? undefined : faults[0];
  });
  const first = wrong.find((w) => w !== undefined);
  if (first === undefined) return undefined;
  return names.every((name) => name in got.grad) ? first : `a parameter is left out, and ${first}`;
};

/** Twice the seed is exactly twice the gradient: powers of two round nothing. */
const nonlinearity = (f: Callable, args: readonly Argument[], seed: unknown): string | undefined => {
  const parts = (times: number): number[] =>
    numbersOf((patiently(() => f(...clone(args), scaled(seed, times))) as Derivative).grad);
  const [once, twice] = [parts(1), parts(2)];
  const linear = once.every((v, i) => Object.is(2 * v, twice[i]) || Math.abs(v) < 1e-300 || Number.isNaN(v));
  return linear ? undefined : `twice the seed gives [${twice.join(", ")}], once [${once.join(", ")}]`;
};

const scaled = (v: unknown, times: number): unknown => {
  if (typeof v === "number") return v * times;
  if (ArrayBuffer.isView(v)) return (v as Float64Array).map((x) => x * times);
  if (Array.isArray(v)) return v.map((x) => scaled(x, times));
  return Object.fromEntries(Object.entries(v as object).map(([k, x]) => [k, scaled(x, times)]));
};

/** What is wrong with a generated module for these arguments, or nothing. */
export const faultOf = (
  generated: Module,
  modes: readonly Mode[],
  args: readonly Argument[],
  reference: Reference,
): string | undefined => {
  const { gradients, seeded, seed } = reference;
  for (const mode of modes) {
    const f = generated[`${mode}F`];
    if (!f) return `there is no ${mode}F`;
    // a gradient alone is held against the whole by giving it the value
    const whole: Callable = (...given) => ({ value: reference.value, grad: f(...given) });
    const fault =
      mode === "vjp"
        ? (faultIn(f, args, [], reference, gradients) ??
          faultIn(f, args, [seed], reference, seeded) ??
          nonlinearity(f, args, seed))
        : faultIn(mode === "grad" ? whole : f, args, [], { ...reference, returns: -1 }, gradients);
    const manner = sharedIn(args).length === 0 ? "" : " of shared arguments";
    if (fault !== undefined) return `${mode}${manner}: ${fault}`;
  }
  return undefined;
};
