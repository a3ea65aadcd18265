/** Holds a generated module against the program and the exact reference. */
import type { Derivative } from "../../src/ir/entry.ts";
import { copy, firstDifference, leaves, mapNumbers, memoryOf, valueAt } from "../../src/verify/structure.ts";
import { type Complaint, complaintOf, type Claim, tangentsFor } from "../dual/judge.ts";
import { sharedIn } from "../dual/reference.ts";
import { seedFor } from "./arguments.ts";
import { createPatience } from "./patience.ts";
import type { Module, Sample } from "./subject.ts";

const patiently = createPatience(60_000);

type Callable = (...args: unknown[]) => unknown;
type Result = Readonly<{ value?: unknown; grad?: unknown; tangent?: unknown }>;

const wrong = (text: string): Complaint => ({ kind: "wrong", text });

/** What a call promises beside its numbers: the primal's value and effects, the same bits again, memory of its own. */
const brokenPromise = (
  { mode, derivative, parameterNames }: Claim,
  { args, exact }: Sample,
  extra: readonly unknown[],
): string | undefined => {
  const call = (passed: unknown[], more: unknown[]): Result => {
    const padded = mode === "vjp" || mode === "jvp" ? parameterNames.map((_, n) => passed[n]) : passed;
    const result = derivative(...padded, ...more);
    return mode === "grad" ? { grad: result } : (result as Result);
  };
  const [passed, more] = [copy(args) as unknown[], copy(extra) as unknown[]];
  const first = call(passed, more);
  const after = firstDifference(passed, exact.after);
  if (after !== undefined) return `the arguments end otherwise: ${after}`;
  const changed = firstDifference(more, extra);
  if (changed !== undefined) return `the seed or the tangents end otherwise: ${changed}`;
  // a function that neither returns nor writes has no value
  if (mode !== "grad" && (exact.returned || first.value !== undefined)) {
    const value = firstDifference(
      first.value,
      outputOf(exact.value, exact.returned, first.value, parameterNames),
    );
    if (value !== undefined) return `the value is not the program's: ${value}`;
    if (exact.returns >= 0 && first.value !== passed[exact.returns])
      return "the value is not the argument that the program returns";
  }
  const second = call(copy(args) as unknown[], copy(extra) as unknown[]);
  const again = firstDifference(second, first);
  if (again !== undefined) return `a second call gives other bits: ${again}`;
  const own = mode === "jvp" ? first.tangent : first.grad;
  const foreign = memoryOf([passed, more, first.value]);
  if ([...memoryOf(own)].some((o) => foreign.has(o))) return "what is returned shares memory";
  if (mode !== "jvp" && sharedIn(args).size === 0 && sharedIn([own]).size > 0)
    return "two gradients share memory";
  return undefined;
};

/** What is returned, or of the arguments those that the value has. */
const outputOf = (value: unknown, returned: boolean, given: unknown, names: readonly string[]): unknown =>
  returned
    ? value
    : Object.fromEntries(
        Object.keys(given as object).map((key) => [key, (value as unknown[])[names.indexOf(key)]]),
      );

/** Twice the seed is exactly twice the gradient: powers of two round nothing. */
const nonlinearity = (
  { derivative, parameterNames }: Claim,
  args: readonly unknown[],
  seed: unknown,
): string | undefined => {
  const pulled = (times: number): unknown => {
    const own = copy(args) as unknown[];
    const padded = parameterNames.map((_, n) => own[n]);
    const result = derivative(
      ...padded,
      mapNumbers(seed, (v) => v * times),
    ) as Result;
    return result.grad;
  };
  const [once, twice] = [pulled(1), pulled(2)];
  for (const { path, value } of leaves(once))
    if (!Object.is(2 * value, valueAt(twice, path)) && Math.abs(value) >= 1e-300)
      return `twice the seed gives ${String(valueAt(twice, path))}, once ${value}`;
  return undefined;
};

/** A number that was left out of the gradient has to be one that does not matter. */
const leftOut = (claim: Claim, { args, exact }: Sample): string | undefined => {
  // of what is written, only the derivative says which arguments count
  if (sharedIn(args).size > 0 || !exact.returned) return undefined;
  const heads = new Set(claim.wrt.map(([head]) => head));
  const weights = leaves(exact.value).map(({ path }) => ({ path, weight: 1 }));
  for (const { leaf, d } of exact.followed[0]!.gradient(weights)) {
    const name = claim.parameterNames[Number(leaf.path[0])]!;
    if (!heads.has(name) && d !== 0) return `${name} is left out, though the result depends on it`;
  }
  return undefined;
};

/** What is wrong with one derivative at these arguments, or nothing. */
const faultIn = (claim: Claim, sample: Sample): Complaint | undefined => {
  const { args, exact } = sample;
  const missing = leftOut(claim, sample);
  if (missing !== undefined) return wrong(missing);
  const promise = (extra: readonly unknown[]): Complaint | undefined => {
    const broken = brokenPromise(claim, sample, extra);
    return broken === undefined ? undefined : wrong(broken);
  };
  switch (claim.mode) {
    case "grad":
    case "valueAndGrad":
      return promise([]) ?? complaintOf(claim, args, exact);
    case "vjp": {
      const plain = promise([]) ?? complaintOf(claim, args, exact);
      if (plain) return plain;
      const own = copy(args) as unknown[];
      const padded = claim.parameterNames.map((_, n) => own[n]);
      const value = exact.returned ? exact.value : (valueAt(claim.derivative(...padded), ["value"]) ?? {});
      const seed = seedFor(value);
      const unlinear = nonlinearity(claim, args, seed);
      return (
        promise([seed]) ??
        complaintOf(claim, args, exact, seed) ??
        (unlinear === undefined ? undefined : wrong(unlinear))
      );
    }
    case "jvp": {
      const tangents = tangentsFor(claim, args);
      return promise([tangents]) ?? complaintOf(claim, args, exact, undefined, tangents);
    }
    default:
      return undefined;
  }
};

/** Statements that change memory, or call what may. */
const writing =
  /\.(push|pop|shift|unshift|splice|sort|reverse|fill|set|copyWithin)\(|[\])\w]\.?\w*\s*([-+*/%&|^?]|\*\*|\?\?|\|\||&&|<<|>>>?)?=[^=>]|\+\+|--/;

/** Does the program's text show that it writes no memory at all? */
const isReadOnly = (source: string): boolean => {
  const body = source.replaceAll(/\b(const|let) \w+(: [^=]+)? = /g, "");
  return !writing.test(body);
};

/** What is wrong with a generated module for these arguments, or nothing. */
export const faultOf = (
  generated: Module,
  derivatives: readonly Derivative[],
  source: string,
  sample: Sample,
): Complaint | undefined => {
  for (const { mode, signature, wrt } of derivatives) {
    const f = generated[`${mode}${signature.exportName}`];
    if (typeof f !== "function") return wrong(`there is no ${mode}${signature.exportName}`);
    const derivative = f as Callable;
    const parameterNames = signature.parameters.map((p) => p.pattern);
    const claim: Claim = { mode, derivative, parameterNames, wrt, readOnly: isReadOnly(source) };
    const manner = sharedIn(sample.args).size === 0 ? "" : " of shared arguments";
    let fault: Complaint | undefined;
    try {
      fault = patiently(() => faultIn(claim, sample));
    } catch (e) {
      fault = wrong(`it throws ${String(e)}`);
    }
    if (fault) return { kind: fault.kind, text: `${mode}${manner}: ${fault.text}` };
  }
  return undefined;
};
