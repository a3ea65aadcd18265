/**
 * What the derivatives of a function must be: the program itself, run with numbers that carry derivatives. Says
 * nothing (with the reason) where such a run is not the program's.
 */
import type { Signature } from "../../src/ir/entry.ts";
import { gathered } from "../../src/verify/rest.ts";
import { copy, firstDifference, type Leaf, leaves } from "../../src/verify/structure.ts";
import { type Compiled, createLoader, type Exports, type Loader } from "./load.ts";
import { type Moving, dualAt, idOf, lift, lower } from "./lift.ts";
import { Dual, log } from "./number.ts";
import { createRuntime } from "./runtime.ts";

export type Subject = Readonly<{
  file: string;
  /** Files that are not on the disk, or not as they are there. */
  texts: ReadonlyMap<string, string>;
  /** `f`, `N.f`, or `C.m`, whose object is the first argument. */
  name: string;
  /** Its parameters, where one of them may take all that is left as an array. */
  signature?: Readonly<Pick<Signature, "parameters">>;
}>;

type Callable = (...args: unknown[]) => unknown;

/** The gradient in one leaf of the arguments, and the magnitude that it was added up from. */
export type Share = Readonly<{ leaf: Leaf; d: number; size: number }>;

/** One way of telling shared memory apart (rule R6). */
export type Followed = Readonly<{
  apart: "nothing" | "unchanged" | "everything";
  /** The gradient of Σ weight · output, over the leaves that move; outputs by their paths in the result. */
  gradient(weights: readonly Readonly<{ path: Leaf["path"]; weight: number }>[]): readonly Share[];
  /** The change of an output along a direction of the leaves. */
  tangent(path: Leaf["path"], along: (leaf: Leaf) => number): Readonly<{ d: number; size: number }>;
}>;

export type Exact = Readonly<{
  /** The value that the program returns, or, if it returns nothing, its arguments as it leaves them. */
  value: unknown;
  returned: boolean;
  after: readonly unknown[];
  /** Which argument it is that is returned, if it is one. */
  returns: number;
  moving: readonly Leaf[];
  followed: readonly Followed[];
  /** Arguments that nothing of the result comes from while no memory is shared, if any is. */
  unreached: ReadonlySet<number>;
  /** Something on the way was not finite. */
  notFinite: boolean;
}>;

export type Doubt = Readonly<{ doubt: string }>;

const find = (exports: Exports, name: string): Callable | undefined => {
  const [first, ...rest] = name.split(".");
  let found: unknown = exports[first!];
  for (const part of rest) {
    const owner = found as Readonly<Record<string, unknown>> & { readonly prototype?: object };
    const own = owner?.[part];
    if (typeof own === "function")
      found = (...args: unknown[]): unknown => (own as Callable).apply(owner, args);
    else if (owner?.prototype && part in owner.prototype)
      found = (object: Readonly<Record<string, Callable>>, ...args: unknown[]): unknown =>
        object[part]!(...args);
    else found = own;
  }
  return typeof found === "function" ? (found as Callable) : undefined;
};

/** Classes of the same name in the same file. */
const classPairs = (
  from: ReadonlyMap<string, Exports>,
  to: ReadonlyMap<string, Exports>,
): ReadonlyMap<object, object> => {
  const pairs = new Map<object, object>();
  for (const [file, exports] of from)
    for (const [name, item] of Object.entries(exports)) {
      const other = to.get(file)?.[name];
      const [a, b] = [item, other].map((c) =>
        typeof c === "function" ? (c.prototype as unknown) : undefined,
      );
      if (typeof a === "object" && a && typeof b === "object" && b) pairs.set(a, b);
    }
  return pairs;
};

/** A copy in which instances of classes of the same name, from wherever they were loaded, are instances of these. */
const atHome = (args: readonly unknown[], loaded: ReadonlyMap<string, Exports>): readonly unknown[] => {
  const classes = new Map<string, object>();
  for (const exports of loaded.values())
    for (const item of Object.values(exports))
      if (typeof item === "function") classes.set(item.name, item.prototype as object);
  const own = copy(args);
  const seen = new Set<unknown>();
  const visit = (v: unknown): void => {
    if (typeof v !== "object" || v === null || ArrayBuffer.isView(v) || seen.has(v)) return;
    seen.add(v);
    const prototype = Object.getPrototypeOf(v) as { constructor?: { name?: string } } | null;
    const home = classes.get(prototype?.constructor?.name ?? "");
    if (home) Object.setPrototypeOf(v, home);
    Object.values(v).forEach(visit);
  };
  visit(own);
  return own;
};

const directionsPerRun = 64;

/** `plain`: where the program is run as it is; its classes are those of what comes out. */
export const createReference = (
  { file, texts, name, signature }: Subject,
  plain: Loader = createLoader(undefined, texts),
) => {
  const called = (exports: Exports): Callable | undefined => {
    const found = find(exports, name);
    return found && signature ? gathered(found, signature) : found;
  };
  const primal = called(plain.load(file));
  const compiled = new Map<string, Compiled>();

  /** `isWanted`: may the number carry derivatives? */
  return (given: readonly unknown[], isWanted: Moving = () => true): Exact | Doubt => {
    if (!primal) return { doubt: `there is no function ${name}` };
    const args = atHome(given, plain.loaded);
    const moving = leaves(args).filter(isWanted);
    const after = copy(args) as unknown[];
    let result: unknown;
    try {
      result = primal(...after);
    } catch (e) {
      return { doubt: `the program throws ${e instanceof Error ? e.name : String(e)}` };
    }
    const returns = after.findIndex((arg) => typeof arg === "object" && arg !== null && arg === result);
    const value = copy(result);
    const shared = sharedIn(args);
    const unchanged = new Set(
      [...shared].filter((o) => firstDifference(o, dualAt(after, places(args, o))) === undefined),
    );
    const ways: readonly (readonly [Followed["apart"], ReadonlySet<unknown>])[] =
      shared.size === 0
        ? [["nothing", new Set()]]
        : [
            ["nothing", new Set()],
            ["unchanged", unchanged],
            ["everything", shared],
          ];
    const followed: Followed[] = [];
    let notFinite = false;
    const unreached = new Set<number>();
    for (const [apart, set] of ways) {
      const runs: OneRun[] = [];
      let difference: string | undefined;
      for (let from = 0; from === 0 || from < moving.length; from += directionsPerRun) {
        const chunk = new Set(moving.slice(from, from + directionsPerRun).map((l) => idOf(l.path)));
        log.notFinite = false;
        const one = follow(args, (l) => chunk.has(idOf(l.path)), set);
        if ("doubt" in one) return one;
        notFinite ||= log.notFinite;
        // apart, what was shared is no more
        const told = <T>(root: T): T => (set.size > 0 ? copy(root, "separate") : root);
        difference ??= firstDifference(told([one.value, one.after]), told([value, after]));
        runs.push(one);
      }
      if (apart === "everything") {
        const outputs = leaves(returnedOf(result, after)).map(({ path }) => ({ path, weight: 1 }));
        const reached = combined(apart, runs, moving)
          .gradient(outputs)
          .filter((share) => share.size > 0);
        for (const { path } of moving)
          if (!reached.some((share) => share.leaf.path[0] === path[0])) unreached.add(Number(path[0]));
      }
      // written through one name and read through the other: lifted apart, it is another program
      if (difference !== undefined && set.size > 0) continue;
      if (difference !== undefined) return { doubt: `the instrumented program differs: ${difference}` };
      followed.push(combined(apart, runs, moving));
    }
    const returned = result !== undefined;
    return {
      value: copy(returnedOf(result, after)),
      returned,
      after,
      returns,
      moving,
      followed,
      unreached,
      notFinite,
    };
  };

  function follow(args: readonly unknown[], isMoving: Moving, apart: ReadonlySet<unknown>): OneRun | Doubt {
    const origins = new Map<unknown, unknown>();
    const instrumented = createLoader(createRuntime(origins), texts, compiled);
    let f: Callable | undefined;
    try {
      f = called(instrumented.load(file));
      if (!f) return { doubt: `there is no function ${name}` };
      const lifted = lift(args, isMoving, classPairs(plain.loaded, instrumented.loaded), apart);
      for (const [from, to] of lifted.origins) origins.set(from, to);
      const result = f(...lifted.args);
      const back = classPairs(instrumented.loaded, plain.loaded);
      const output = returnedOf(result, lifted.args);
      return {
        output,
        directionOf: lifted.directionOf,
        value: lower(result, back),
        after: lower(lifted.args, back),
      };
    } catch (e) {
      return { doubt: `the instrumented program throws ${String(e)}` };
    }
  }
};

/** What was not returned is what became of the arguments. */
const returnedOf = (result: unknown, args: readonly unknown[]): unknown =>
  result === undefined ? args : result;

type OneRun = Readonly<{
  output: unknown;
  directionOf: ReadonlyMap<string, number>;
  value: unknown;
  after: unknown;
}>;

const combined = (apart: Followed["apart"], runs: readonly OneRun[], moving: readonly Leaf[]): Followed => {
  const runOf = (leaf: Leaf): OneRun | undefined => runs.find((r) => r.directionOf.has(idOf(leaf.path)));
  return {
    apart,
    gradient: (weights) =>
      moving.map((leaf) => {
        let [d, size] = [0, 0];
        const run = runOf(leaf);
        const direction = run?.directionOf.get(idOf(leaf.path));
        if (run && direction !== undefined)
          for (const { path, weight } of weights) {
            const output = dualAt(run.output, path);
            if (!(output instanceof Dual)) continue;
            d += weight * output.d[direction]!;
            size += Math.abs(weight) * output.size[direction]!;
          }
        return { leaf, d, size };
      }),
    tangent: (path, along) => {
      let [d, size] = [0, 0];
      for (const leaf of moving) {
        const run = runOf(leaf);
        const direction = run?.directionOf.get(idOf(leaf.path));
        const output = run && dualAt(run.output, path);
        if (!(output instanceof Dual) || direction === undefined) continue;
        d += along(leaf) * output.d[direction]!;
        size += Math.abs(along(leaf)) * output.size[direction]!;
      }
      return { d, size };
    },
  };
};

/** Memory that stands in several places of the arguments. */
export const sharedIn = (args: readonly unknown[]): ReadonlySet<unknown> => {
  const [seen, shared] = [new Set<unknown>(), new Set<unknown>()];
  const visit = (v: unknown): void => {
    if (typeof v !== "object" || v === null) return;
    // what is in it is reached more than once too
    if (shared.has(v)) return;
    (seen.has(v) ? shared : seen).add(v);
    if (!ArrayBuffer.isView(v)) Object.values(v).forEach(visit);
  };
  args.forEach(visit);
  return shared;
};

/** Where in the arguments a part stands first. */
const places = (args: readonly unknown[], part: unknown): readonly (string | number)[] => {
  const visit = (
    v: unknown,
    path: readonly (string | number)[],
  ): readonly (string | number)[] | undefined => {
    if (v === part) return path;
    if (typeof v !== "object" || v === null || ArrayBuffer.isView(v)) return undefined;
    for (const [key, item] of Object.entries(v)) {
      const found = visit(item, [...path, key]);
      if (found) return found;
    }
    return undefined;
  };
  return visit(args, []) ?? [];
};
