/** What passes between the rooms besides functions: what was asked for, and what a generated module is made of. */
import type { Callee, Func, Reference, Type } from "./types.ts";

/** In the order in which they stand in a module. */
export const modes = ["grad", "valueAndGrad", "vjp", "jvp", "hvp", "hessian", "jacobian"] as const;
export type Mode = (typeof modes)[number];

/**
 * One name that a signature binds: a parameter, or one name of a destructured parameter; `at` says where in the
 * argument it stands, if the pattern says it (of a rest, what others have taken, or where it begins).
 */
export type Binding = Readonly<{ name: string; type: Type; at?: Part }>;
type Part = Readonly<{ path: readonly (string | number)[]; without?: readonly string[]; from?: number }>;

/** One parameter as it is written. */
export type Parameter = Readonly<{
  /** The whole declaration, verbatim: `X: readonly number[]`, `tolerance = 1e-12`, `{ a, b }: Point`. */
  text: string;
  /** What stands left of the colon or default (`X`, `{ a, b }`), and the type and default on their own. */
  pattern: string;
  typeText: string;
  defaultText?: string;
  optional: boolean;
  rest: boolean;
  bindings: readonly Binding[];
}>;

export type Signature = Readonly<{
  /** Name in the source, as users choose it: `cost`, `C.m`. */
  name: string;
  /** What follows the mode in generated names: `Cost`, `_Cost`, `CM`. */
  exportName: string;
  typeParameters: string; // `<T extends Foo>` or empty
  parameters: readonly Parameter[];
  returnType: Type;
  returnTypeText: string;
  /** Names that the texts above use. */
  references: readonly Reference[];
  file: string;
  start: number;
}>;

/** `--wrt model.weights` is ["model", "weights"]; `points[].x` is ["points", "[]", "x"]. */
export type Path = readonly string[];

/** One derivative of one function, ready to be written: the func's params are the signature's bindings, in order, then those that the mode adds (seed, tangents). */
export type Derivative = Readonly<{
  mode: Mode;
  signature: Signature;
  wrt: readonly Path[];
  /** The type of the `grad` part: an object keyed by parameter name. */
  gradType: Type;
  func: Func;
  /** The functions made for it that it calls. */
  functions: readonly Made[];
}>;

/**
 * A function that was made for a function of the source, `of`, which calls itself. A `forward` one does what that
 * does, and leaves on a tape what its `partner` needs, which is its `reverse`.
 */
export type Made = Readonly<{
  callee: Callee;
  func: Func;
  role: "forward" | "reverse" | "tangent";
  of: string;
  partner?: Callee;
}>;

/** A module to be written. */
export type ModulePlan = Readonly<{
  source: string; // absolute file
  target: string; // absolute file
  /** What the project writes at the end of a relative import. */
  importExtension: "" | ".js" | ".ts";
  noUncheckedIndexedAccess: boolean;
  derivatives: readonly Derivative[];
}>;

/** A function that was chosen. `Declaration` is the reader's node: no room below the reader and the lowering knows it. */
export type Entry<Declaration> = Readonly<{
  signature: Signature;
  declaration: Declaration;
  /** As asked for, or what suits the result. */
  modes: readonly Mode[];
  /** `undefined`: every parameter that holds real numbers. */
  wrt: readonly Path[] | undefined;
  chosenBy: "name" | "tag" | "export";
}>;
