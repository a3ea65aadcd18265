/** Holds a whole generated module against its source module; the caller loads both. */
import type { Derivative, Signature } from "../ir/entry.ts";
import { boundNames } from "./place.ts";
import { sampleAccepted, type Wanted } from "./sample.ts";
import { gathered, restAt } from "./rest.ts";
import { type Callable, copy, leaves } from "./structure.ts";
import { type Report, type VerifiableMode, verifiableModes, verifyDerivative } from "./verify.ts";

/** The exports of a module, as `import()` gives them. */
export type Loaded = Readonly<Record<string, unknown>>;

/** What was verified, and which generated functions could not be, each with the reason. */
export type ModuleReport = Readonly<{
  reports: readonly Report[];
  skipped: readonly Readonly<{ name: string; reason: string }>[];
  passed: boolean;
}>;

/** The part of a {@link Derivative} that verification needs. */
export type Claim = Readonly<
  Pick<Derivative, "mode" | "signature" | "wrt"> & Partial<Pick<Derivative, "gradType">>
>;

/**
 * Verifies every generated function of one module.
 *
 * `sourceModule` and `gradModule` are the exports of the source and of the generated module. `inputs` are the exports
 * of the file `<name>.inputs.ts` beside the source, if there is one: an array of argument lists per function name.
 * For functions without inputs, arguments are made up from the types.
 */
export function verifyModule(
  task: Readonly<{
    sourceModule: Loaded;
    gradModule: Loaded;
    derivatives: readonly Claim[];
    inputs?: Loaded;
  }>,
): ModuleReport {
  const reports: Report[] = [];
  const skipped: { name: string; reason: string }[] = [];
  for (const { mode, signature, wrt, gradType } of task.derivatives) {
    const name = `${mode}${signature.exportName}`;
    const skip = (reason: string): void => void skipped.push({ name, reason });
    const primal = named(signature.name, task.sourceModule);
    const derivative = task.gradModule[name];
    if (!isVerifiable(mode)) skip(`${mode} has no numeric reference yet`);
    else if (!isCallable(primal)) skip(`\`${signature.name}\` is not exported, so it cannot be called`);
    else if (!isCallable(derivative)) skip("the generated module does not export it");
    else {
      const lists = argumentLists(signature, wrt, primal, task.inputs?.[signature.name]);
      if (typeof lists === "string") skip(lists);
      else {
        const parameterNames = signature.parameters.map((p) => p.pattern);
        const bound = boundNames(signature);
        if (!bound) {
          skip("what its parameters take apart is not known beforehand");
          continue;
        }
        const type = gradType ? { gradType } : {};
        const isSpread = mode === "grad" || mode === "valueAndGrad";
        const common = {
          name,
          mode,
          primal: gathered(primal, signature),
          derivative: isSpread ? gathered(derivative, signature) : derivative,
          parameterNames,
          bound,
          wrt,
          ...type,
        };
        reports.push(...lists.map((args) => verifyDerivative({ ...common, args })));
      }
    }
  }
  return { reports, skipped, passed: reports.every((r) => r.passed) && reports.length > 0 };
}

/** The inputs that are given, else one made-up argument list, else the reason why there is none. */
function argumentLists(
  signature: Signature,
  wrt: Claim["wrt"],
  primal: Callable,
  given: unknown,
): readonly (readonly unknown[])[] | string {
  const rest = restAt(signature);
  if (Array.isArray(given)) {
    const lists = given as readonly (readonly unknown[])[];
    return rest < 0 ? lists : lists.map((args) => [...args.slice(0, rest), args.slice(rest)]);
  }
  const wanted: Wanted[] = [];
  for (const { pattern, bindings } of signature.parameters) {
    const [binding] = bindings;
    if (bindings.length !== 1 || binding?.name !== pattern)
      return `give inputs for the parameter \`${pattern}\``;
    wanted.push({ name: pattern, type: binding.type, whole: !wrt.some((path) => path[0] === pattern) });
  }
  const { lists, reason } = sampleAccepted(wanted, (args) => givesNumbers(gathered(primal, signature), args));
  return reason === undefined ? lists : `${reason}: give inputs beside the source`;
}

/** Whether a call returns without throwing, and all numbers that it gives are finite. */
function givesNumbers(primal: Callable, args: unknown[]): boolean {
  try {
    const own = copy(args);
    const result = primal(...own);
    return leaves([result, own]).every(({ value }) => Number.isFinite(value));
  } catch {
    return false;
  }
}

/** `cost`, `N.f`, or `C.m`: a method takes its object for its first argument. */
function named(name: string, module: Loaded): unknown {
  const [first, ...rest] = name.split(".");
  let found: unknown = module[first!];
  for (const part of rest) {
    if ((typeof found !== "object" && typeof found !== "function") || found === null) return undefined;
    const owner = found as Readonly<Record<string, unknown>> & { readonly prototype?: object };
    const own = owner[part];
    if (isCallable(own)) found = (...args: unknown[]): unknown => own.apply(owner, args);
    else if (owner.prototype && part in owner.prototype)
      found = (object: Readonly<Record<string, Callable>>, ...args: unknown[]): unknown =>
        object[part]!(...args);
    else found = own;
  }
  return found;
}

const isCallable = (v: unknown): v is Callable => typeof v === "function";
const isVerifiable = (mode: string): mode is VerifiableMode =>
  (verifiableModes as readonly string[]).includes(mode);
