/** What a generated function promises beside its numbers: the primal's value and effects, and memory of its own. */
import { type Callable, copy, firstDifference, isRecord, memoryOf, valueAt } from "./structure.ts";

/** One run on copies of the arguments: what it gave or threw, and how it left the arguments. */
export type Run = Readonly<{ args: unknown[]; result: unknown; thrown?: string }>;

/** Runs a function on a copy of the arguments; arrays shared between them stay shared. */
export function run(f: Callable, args: readonly unknown[]): Run {
  const own = copy(args) as unknown[];
  try {
    return { args: own, result: f(...own) };
  } catch (error) {
    return { args: own, result: undefined, thrown: String(error) };
  }
}

/** The output that a derivative is of: what is returned, else the arguments written, keyed as `value` keys them. */
export function outputOf(primal: Run, names: readonly string[], value: unknown): unknown {
  if (primal.result !== undefined || !isRecord(value)) return primal.result;
  return Object.fromEntries(Object.keys(value).map((key) => [key, primal.args[names.indexOf(key)]]));
}

/** Whether running left the arguments other than they were. */
export const writesArguments = (before: readonly unknown[], after: Run): boolean =>
  firstDifference(before, after.args) !== undefined;

/** Every promise that a pair of runs breaks. `extra`: arguments beyond the primal's (seed, tangents). */
export function brokenPromises(
  derivative: Callable,
  args: readonly unknown[],
  extra: readonly unknown[],
  primal: Run,
  gradientOf: (result: unknown) => unknown,
): string[] {
  const complaints: string[] = [];
  const first = run(derivative, [...args, ...extra]);
  const second = run(derivative, [...args, ...extra]);
  if (first.thrown !== primal.thrown) {
    return [`throws ${first.thrown ?? "nothing"}, the source throws ${primal.thrown ?? "nothing"}`];
  }
  const say = (what: string, where: string | undefined): void => {
    if (where !== undefined) complaints.push(`${what}: ${where}`);
  };
  say("a second call gives other bits", firstDifference(first.result, second.result));
  const count = primal.args.length;
  say(
    "leaves the arguments otherwise than the source",
    firstDifference(first.args.slice(0, count), primal.args),
  );
  say(
    "writes to its seed or tangents",
    firstDifference(first.args.slice(count), [...args, ...extra].slice(count)),
  );

  const gradient = gradientOf(first.result);
  const foreign = new Set([...memoryOf(first.args), ...memoryOf(valueAt(first.result, ["value"]))]);
  for (const part of memoryOf(gradient)) {
    if (foreign.has(part)) {
      complaints.push("the gradient shares memory with an argument or the value");
      break;
    }
  }
  // a copy that separates aliases has the same sharing only if there was none
  const tree = (root: unknown): boolean => firstDifference(copy(root, "separate"), root) === undefined;
  // a tangent has the structure of the value, and shares what the value shares
  const like = valueAt(first.result, ["tangent"]) === gradient ? valueAt(first.result, ["value"]) : args;
  if (tree(args) && tree(like) && !tree(gradient)) complaints.push("parts of the gradient share memory");
  return complaints;
}
