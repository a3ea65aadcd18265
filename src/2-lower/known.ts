/**
 * What is known of a value beyond its type: which function it is, or which functions the parts of an array or object
 * are. A function is no memory that a derivative could flow through; its body runs where it is called.
 */
import type { ts } from "ts-morph";
import { mathFunctions } from "../ir/ops.ts";
import type { Operand } from "../ir/types.ts";
import type { Scope, Variable } from "./variable.ts";

export type Known = Closure | Builtin | Bound | Parts | Choice;

/** A function whose body is at hand, and the run of another function that it was made in. */
export type Closure = Readonly<{
  kind: "closure";
  body: ts.FunctionLikeDeclaration & { readonly body: ts.ConciseBody };
  scope: Scope | undefined;
}>;

export type MathName = keyof typeof mathFunctions;

/** `Math.sin` and its like. */
export type Builtin = Readonly<{ kind: "builtin"; name: MathName }>;

/** `f.bind(object, x)`: variables hold what was bound. */
export type Bound = Readonly<{
  kind: "bound";
  of: Known;
  receiver: Variable | undefined;
  args: readonly Variable[];
}>;

/** An array or object of `size` parts, some of them known; forgotten are those that something was stored to. */
export type Parts = Readonly<{
  kind: "parts";
  parts: Map<string | number, Known>;
  size: number;
  isList: boolean;
}>;

/** One of several: the one whose number or key the tag is. */
export type Choice = Readonly<{
  kind: "choice";
  tag: Operand;
  cases: readonly Case[];
  /** The tag is nothing else. */
  isExhaustive: boolean;
  /** The tag is of those numbers that {@link numberOf} gives. */
  isNumbered: boolean;
}>;
export type Case = Readonly<{ when: string | number; known: Known }>;

export const isMathName = (name: string): name is MathName => Object.hasOwn(mathFunctions, name);

/** The key of a part that is computed whenever it is asked for. */
export const getterKey = (name: string): string => `get ${name}`;

export function isSame(a: Known, b: Known): boolean {
  if (a === b) return true;
  if (a.kind === "closure" && b.kind === "closure") return a.body === b.body && a.scope === b.scope;
  return a.kind === "builtin" && b.kind === "builtin" && a.name === b.name;
}

/** What is known of the part under a key. */
export function partOfKnown(known: Known | undefined, key: Operand): Known | undefined {
  if (known?.kind === "choice") {
    const cases = known.cases.map((c): Case | undefined => {
      const part = partOfKnown(c.known, key);
      return part && { when: c.when, known: part };
    });
    const found = cases.filter((c) => c !== undefined);
    return found.length < cases.length ? undefined : { ...known, cases: found };
  }
  if (known?.kind !== "parts") return undefined;
  const { parts, size, isList } = known;
  if (key.kind === "constant") {
    const at = typeof key.value === "number" && !isList ? String(key.value) : key.value;
    return typeof at === "string" || typeof at === "number" ? parts.get(at) : undefined;
  }
  if (parts.size === 0 || parts.size < size) return undefined;
  const cases = [...parts].map(([when, part]) => ({ when, known: part }));
  return { kind: "choice", tag: key, cases, isExhaustive: false, isNumbered: false };
}

/** Every function that may be meant. */
export function closuresIn(known: Known | undefined): readonly Closure[] {
  switch (known?.kind) {
    case undefined:
    case "builtin":
      return [];
    case "closure":
      return [known];
    case "bound":
      return closuresIn(known.of);
    case "parts":
      return [...known.parts.values()].flatMap(closuresIn);
    case "choice":
      return known.cases.flatMap((c) => closuresIn(c.known));
    default:
      return known satisfies never;
  }
}

/** It can be called, whichever it is. */
export function isCallable(known: Known): boolean {
  switch (known.kind) {
    case "closure":
    case "builtin":
      return true;
    case "bound":
      return isCallable(known.of);
    case "choice":
      return known.cases.every((c) => isCallable(c.known));
    case "parts":
      return false;
    default:
      return known satisfies never;
  }
}
