/** Holds one generated function against its source at one point: numbers, value, effects, memory. */
import type { Mode, Path } from "../ir/entry.ts";
import type { Type } from "../ir/types.ts";
import { type Component, compareNumber } from "./compare.ts";
import { pullbackAt, seedLinearityComplaint } from "./dotProduct.ts";
import { brokenPromises, outputOf, type Run, run, writesArguments } from "./promises.ts";
import { direction } from "./random.ts";
import { type Bound, boundValue, gradientPath, hasNumber, plainNames } from "./place.ts";
import { directional, type Objective, partial, settingOf } from "./reference.ts";
import { scaleOf } from "./richardson.ts";
import { type Callable, copy, firstDifference, isUnder, type Key, type Leaf } from "./structure.ts";
import { leaves, mapNumbers, pathText, valueAt } from "./structure.ts";

export const verifiableModes = ["grad", "valueAndGrad", "vjp", "jvp"] as const satisfies readonly Mode[];
export type VerifiableMode = (typeof verifiableModes)[number];

export type Task = Readonly<{
  /** The generated function's name, for the report. */
  name: string;
  mode: VerifiableMode;
  primal: Callable;
  derivative: Callable;
  /** In the order of the signature, all of them. */
  parameterNames: readonly string[];
  /** The names that the parameters bind; left out: those of the parameters. */
  bound?: readonly Bound[];
  /** What was differentiated; left out: the keys of the gradient that comes back. */
  wrt?: readonly Path[];
  /** The gradient's type: it says which numbers count; left out: all that are there. */
  gradType?: Type;
  args: readonly unknown[];
  /** More components than this are sampled evenly, and one direction through all of them is added. */
  maxComponents?: number;
}>;

export type Report = Readonly<{
  name: string;
  args: readonly unknown[];
  parameterNames: readonly string[];
  components: readonly Component[];
  /** How many components there are; more than `components` holds if they were sampled. */
  total: number;
  /** Promises broken beside the numbers. */
  complaints: readonly string[];
  passed: boolean;
}>;

/** Numbers to verify: the place in the arguments, and the generated derivative there. */
type Numbers = Readonly<{ components: readonly Component[]; total: number }>;

export function verifyDerivative(task: Task): Report {
  const { mode, primal, derivative, parameterNames, args } = task;
  const before = run(primal, args);
  const padded = mode === "vjp" || mode === "jvp" ? pad(args, parameterNames.length) : [...args];
  const draw = direction(7);
  const tangents = tangentsOf(task, draw);
  const probe = run(derivative, mode === "jvp" ? [...padded, tangents] : padded);
  const complaints: string[] = [];
  const report = ({ components, total }: Numbers): Report => ({
    name: task.name,
    args,
    parameterNames,
    components,
    total,
    complaints,
    passed:
      complaints.length === 0 && components.every((c) => c.verdict === "ok" || c.verdict === "undecided"),
  });

  const value = mode === "grad" ? undefined : valueAt(probe.result, ["value"]);
  const output = outputOf(before, parameterNames, value);
  const seed = mapNumbers(output, draw);
  const extra = mode === "vjp" ? [seed] : mode === "jvp" ? [tangents] : [];
  const gradientOf = (result: unknown): unknown =>
    mode === "grad" ? result : valueAt(result, [mode === "jvp" ? "tangent" : "grad"]);
  complaints.push(
    ...brokenPromises(
      derivative,
      padded,
      extra,
      { ...before, args: pad(before.args, padded.length) },
      gradientOf,
    ),
  );
  if (before.thrown !== undefined || probe.thrown !== undefined) return report({ components: [], total: 0 });

  if (mode !== "grad") {
    const difference = firstDifference(value, output);
    if (difference !== undefined) complaints.push(`the value is not the source's: ${difference}`);
  }
  const aliases = writesArguments(args, before) ? "kept" : "separate";
  const outputAfter = (result: unknown, after: unknown[]): unknown =>
    outputOf({ args: after, result }, parameterNames, value);

  if (mode === "jvp") {
    const tangentOf = ({ path }: Leaf): unknown => {
      const place = gradientPath(boundBy(task), path);
      const isMeant = place && (task.wrt ?? [[]]).some((wrt) => isUnder(place, wrt));
      return isMeant ? valueAt(tangents, place) : undefined;
    };
    const moving = leaves(args).filter((l) => tangentOf(l) !== undefined);
    const steps = moving.map((leaf) => ({ leaf, by: Number(tangentOf(leaf)) }));
    const outputs = sample(leaves(output), task.maxComponents);
    const components = outputs.map(({ path, single }) => {
      const f: Objective = (moved) => numberAt(outputAfter(primal(...moved), moved), path);
      const setting = settingOf(f, args, aliases, moving);
      const name = pathText(["tangent", ...path]);
      return compareNumber(
        name,
        generatedAt(probe.result, ["tangent", ...path]),
        directional(f, setting, steps),
        single,
      );
    });
    return report({ components, total: leaves(output).length });
  }

  const weights = mode === "vjp" ? leaves(seed) : [{ path: [], value: 1 }];
  const f: Objective = (moved) => {
    const out = outputAfter(primal(...moved), moved);
    return weights.reduce((sum, { path, value: weight }) => sum + weight * numberAt(out, path), 0);
  };
  const gradient = gradientOf(mode === "vjp" ? run(derivative, [...padded, seed]).result : probe.result);
  if (mode === "vjp") complaints.push(...seedComplaints(task, padded, output, seed, probe));
  return report(gradientNumbers(task, f, gradient, aliases, complaints));
}

/** Every component of a gradient against ∂f, or an even sample of them and one direction through all. */
function gradientNumbers(
  task: Task,
  f: Objective,
  gradient: unknown,
  aliases: "kept" | "separate",
  complaints: string[],
): Numbers {
  const { args } = task;
  const bound = boundBy(task);
  const wrt = task.wrt ?? Object.keys((gradient ?? {}) as object).map((key) => [key]);
  const placed = leaves(args).flatMap((leaf) => {
    const place = gradientPath(bound, leaf.path);
    const counts =
      place &&
      wrt.some((path) => isUnder(place, path)) &&
      (!task.gradType || hasNumber(task.gradType, place));
    return counts ? [{ leaf, place }] : [];
  });
  const places = new Map(placed.map(({ leaf, place }) => [leaf, place]));
  const placeOf = (leaf: Leaf): readonly Key[] => places.get(leaf)!;
  const all = placed.map((p) => p.leaf);
  const expected = new Set(all.map((l) => pathText(placeOf(l))));
  for (const { path } of leaves(gradient)) {
    // of an argument left out, nobody here knows the default: its gradient cannot be held against anything
    const absent = bound.some((b) => b.name === String(path[0]) && isAbsent(boundValue(b, args)));
    if (!expected.has(pathText(path)) && !absent) {
      complaints.push(`the gradient has ${pathText(path)}, which no parameter has`);
    }
  }
  if (all.length === 0) return { components: [], total: 0 };

  const setting = settingOf(f, args, aliases, all);
  const chosen = sample(all, task.maxComponents);
  const components = chosen.map((leaf) => {
    const path = placeOf(leaf);
    return compareNumber(pathText(path), generatedAt(gradient, path), partial(f, setting, leaf), leaf.single);
  });
  if (chosen.length < all.length) {
    const draw = direction(11);
    const steps = all.map((leaf) => ({ leaf, by: draw() * scaleOf(leaf.value) }));
    const along = steps.reduce((sum, { leaf, by }) => {
      return sum + by * (generatedAt(gradient, placeOf(leaf)) ?? NaN);
    }, 0);
    const single = all.some((l) => l.single);
    components.push(
      compareNumber("(all along one direction)", along, directional(f, setting, steps), single),
    );
  }
  return { components, total: all.length };
}

/** A seed left out means ones; the gradient is linear in the seed. */
function seedComplaints(task: Task, padded: unknown[], output: unknown, seed: unknown, probe: Run): string[] {
  const pull = pullbackAt(task.derivative, padded);
  const ones = mapNumbers(output, () => 1);
  const found: string[] = [];
  const byDefault = firstDifference(valueAt(probe.result, ["grad"]), pull(ones));
  if (byDefault !== undefined) found.push(`without a seed it is not as with ones: ${byDefault}`);
  const unlinear = seedLinearityComplaint(pull, seed, ones);
  if (unlinear !== undefined) found.push(unlinear);
  return found;
}

/** A direction for every differentiated parameter, keyed by name. */
function tangentsOf(task: Task, draw: () => number): Record<string, unknown> {
  const bound = boundBy(task);
  const heads = task.wrt?.map((path) => path[0]!) ?? bound.map((b) => b.name);
  const entries = bound.flatMap((b): [string, unknown][] => {
    const value = boundValue(b, task.args);
    const counts = (path: readonly Key[]): boolean =>
      !task.gradType || hasNumber(task.gradType, [b.name, ...path]);
    if (!heads.includes(b.name) || !leaves(value).some((l) => counts(l.path))) return [];
    return [[b.name, mapNumbers(copy(value, "separate"), (_, path) => (counts(path) ? draw() : undefined))]];
  });
  return Object.fromEntries(entries);
}

const boundBy = (task: Task): readonly Bound[] => task.bound ?? plainNames(task.parameterNames);
const isAbsent = (value: unknown): boolean => value === undefined || value === null;

/** At most `most` of the leaves, evenly spread, the first and the last among them. */
function sample(all: readonly Leaf[], most = 1000): readonly Leaf[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]!);
}

const pad = (args: readonly unknown[], length: number): unknown[] =>
  Array.from({ length: Math.max(length, args.length) }, (_, i) => args[i]);

const generatedAt = (root: unknown, path: readonly Key[]): number | undefined => {
  const found = valueAt(root, path);
  return typeof found === "number" ? found : undefined;
};

/** A path that returns no number has the derivative zero. */
const numberAt = (root: unknown, path: readonly Key[]): number => generatedAt(root, path) ?? 0;
