/**
 * The language between the rooms: a small, typed, structured SSA.
 *
 * Scalars are immutable values; memory (arrays, objects, cells) is explicit and touched in program order.
 * Control flow is structured: `if`, `loop` and `block` hand on results, and an `exit` leaves a labelled
 * construct from any depth with the results it hands on (early return, `break`, `continue`).
 * The language is closed under differentiation: a derivative is another {@link Func}.
 */
import type { ClassTest, Instance } from "./class.ts";
import type { Fragment, Reference, Refusal } from "./fragment.ts";
import type { Op } from "./ops.ts";

export type { ClassTest, Fragment, Instance, Op, Reference, Refusal };

/** What a value is. Numbers reached by real arithmetic and integers share the type `number`. */
export type Type =
  | { readonly kind: "number" | "boolean" | "undefined" }
  | {
      readonly kind: "array";
      readonly container: Container;
      readonly element: Type;
      readonly readonly?: boolean;
    }
  | { readonly kind: "tuple"; readonly elements: readonly Type[]; readonly readonly?: boolean }
  | ObjectType
  /** A `Map`; a `Set`, whose values are undefined; `record`: an object whose keys are known only at run time. */
  | {
      readonly kind: "map";
      readonly key: Type;
      readonly value: Type;
      readonly set?: boolean;
      readonly record?: boolean;
      readonly readonly?: boolean;
    }
  /** T | undefined; `absent` says if `null` stands for what is missing instead, or as well. */
  | { readonly kind: "optional"; readonly of: Type; readonly absent?: "null" | "either" }
  /** One-slot memory, written as a `let` variable: trip counts, exit numbers, records of branches. */
  | { readonly kind: "cell"; readonly of: Type }
  /** Anything that holds no real numbers that we follow (strings, maps, functions, …), with its text in TypeScript. */
  | {
      readonly kind: "other";
      readonly text: string;
      /** A type parameter that may be anything: what it stands for is told by what is put there. */
      readonly open?: boolean;
      /** A function: what it does is told by its calls. */
      readonly callable?: boolean;
    };

/**
 * An interface, type literal or class instance; `name` is how the user calls it, when it has a name. `altered`: the
 * user's type of that name says something else of its parts.
 */
type ObjectType = Readonly<{ kind: "object"; fields: readonly Field[]; name?: string; altered?: boolean }>;

export type Container =
  | "Array"
  | "Float64Array"
  | "Float32Array"
  | "Int8Array"
  | "Uint8Array"
  | "Uint8ClampedArray"
  | "Int16Array"
  | "Uint16Array"
  | "Int32Array"
  | "Uint32Array";

/**
 * `partial`: only some members of a union have it; it is optional then, and the union's own type does not name it.
 * `beyond`: no part of what the type shows to others, hence of no gradient: only its class may name it (`hidden`),
 * only classes that extend or implement it have it (`kin`), or it says of which class an object is (`tag`).
 * `still`: no derivative flows through it.
 */
export type Field = Readonly<{
  name: string;
  type: Type;
  optional?: boolean;
  partial?: boolean;
  beyond?: "hidden" | "kin" | "tag";
  still?: boolean;
}>;

/**
 * A value is its own identity: two are the same only if they are the same object. `hint` is the name it had, or fits.
 * `declared` says that the source gave this very value its name (a `const`, a parameter): keep it.
 * `adjoint` says that derivative arithmetic made it: its sums may be reordered and its constants folded, which
 * the primal's may not.
 */
export type Value = Readonly<{
  kind: "value";
  type: Type;
  hint?: string;
  declared?: boolean;
  adjoint?: boolean;
}>;

/** `undefined` and `null` are constants as well; -0, NaN and the infinities are ordinary numbers. */
export type Constant = Readonly<{ kind: "constant"; value: number | boolean | string | undefined | null }>;

export type Operand = Value | Constant;

/** What an `exit` leaves: a block, a loop or a function, by identity. */
export type Label = Readonly<{ kind: "label"; hint?: string }>;

/** Where in the source something came from, and the comment that stood above it (verbatim, with its slashes). */
export type Origin = Readonly<{ file: string; start: number; end: number; comment?: string }>;

/** Instructions in order, then how the region ends. */
export type Region = Readonly<{ body: readonly Instruction[]; end: Terminator }>;

export type Terminator =
  /**
   * The region's natural end: the values go to the enclosing construct.
   * `if`, `block`: its results. `loop`: the next iteration's params (`doWhile`: first the boolean "go on",
   * then the params). `while` test: one boolean. Function: nothing or the returned operand.
   */
  | Readonly<{ kind: "yield"; values: readonly Operand[] }>
  /** Leave the construct (block, loop, function) with that label; its results get the values. */
  | Readonly<{ kind: "exit"; to: Label; values: readonly Operand[]; at: Origin }>
  /** The fragment throws (or never returns): a statement such as `throw new RangeError("…");`. */
  | Readonly<{ kind: "throw"; code: Fragment; reads: readonly Operand[]; at: Origin }>;

/**
 * How a loop runs. A `while`, `range` or `doWhile` that ends naturally hands its current params on as results
 * (`doWhile`: the values yielded last), so results, params and initial values always correspond one to one;
 * an `exit` to the loop's own label is a `break` that hands on its own values for them.
 */
export type Shape =
  /**
   * `for (variable = start; variable <compare> bound; variable += step)`: the variable is not assigned in the
   * body, start, bound and step are evaluated once before the loop (the emitter may write an invariant bound
   * such as `x.length` into the header).
   */
  | Readonly<{
      kind: "range";
      variable: Value;
      start: Operand;
      bound: Operand;
      step: Operand;
      compare: "lt" | "le" | "gt" | "ge";
    }>
  /** The test region sees the params, yields one boolean, and has no exits. */
  | Readonly<{ kind: "while"; test: Region }>
  | Readonly<{ kind: "doWhile" }>
  /** Left by exits only. */
  | Readonly<{ kind: "forever" }>;

export type Instruction =
  /** Pure: arithmetic, comparison, Math; see ops.ts. */
  | Readonly<{ kind: "op"; result: Value; op: Op; args: readonly Operand[]; at: Origin }>
  /**
   * A literal: `{ x, y }`, `[a, b]`; keys are field names or 0, 1, 2, … A fresh object each time; `instance` says of
   * which class it is an instance; `constant`, that it is no fresh object but the one of that name, which never changes.
   */
  | Readonly<{
      kind: "make";
      result: Value;
      items: readonly Item[];
      instance?: Instance;
      constant?: Fragment;
      at: Origin;
    }>
  /** A fresh array of `length` elements, each `fill` (typed arrays: zeros if there is none; Array: holes if none). */
  | Readonly<{ kind: "alloc"; result: Value; length: Operand; fill?: Operand; at: Origin }>
  /**
   * A fresh structure shaped like `like` (deep), every number in it 0: a shadow. Parts without numbers are left
   * out. The result's type says which containers (a Float32Array has a Float64Array for a shadow).
   */
  | Readonly<{ kind: "zeros"; result: Value; like: Operand; at: Origin }>
  /**
   * A fresh structure shaped like `like` (deep) that holds the seed: a deep copy of `seed`, or ones everywhere if
   * `seed` is undefined.
   */
  | Readonly<{ kind: "seeded"; result: Value; like: Operand; seed: Operand; at: Origin }>
  /** Deep addition of structure `value` into structure `to` of the same shape: `to += value`. */
  | Readonly<{ kind: "addInto"; to: Operand; value: Operand; at: Origin }>
  /** A fresh deep copy in other containers (`new Float32Array(dx)`): the rounding of a returned gradient. */
  | Readonly<{ kind: "convert"; result: Value; from: Operand; at: Origin }>
  /** One-slot memory. Uninitialised when `initial` is absent (never read before it was set). */
  | Readonly<{ kind: "cell"; result: Value; initial?: Operand; at: Origin }>
  /** `from[key]`, `from.key` (a constant string key), or what the cell holds (no key). */
  | Readonly<{ kind: "load"; result: Value; from: Operand; key?: Operand; at: Origin }>
  /** `to[key] = value`. */
  | Readonly<{ kind: "store"; to: Operand; key?: Operand; value: Operand; at: Origin }>
  /** `to[key] += value` on numbers: the same bits as load, add, store. */
  | Readonly<{ kind: "accumulate"; to: Operand; key?: Operand; value: Operand; at: Origin }>
  | Readonly<{ kind: "length"; result: Value; of: Operand; at: Origin }>
  /**
   * `of.subarray(start, end)`: a typed array that shares the memory of another; both bounds as JavaScript clamps them,
   * to the end if there is no `end`.
   */
  | Readonly<{ kind: "view"; result: Value; of: Operand; start: Operand; end?: Operand; at: Origin }>
  /** `from.get(key)` of a map; `missing` is what it gives where the key is missing. */
  | Readonly<{ kind: "get"; result: Value; from: Operand; key: Operand; missing?: Operand; at: Origin }>
  /** `to.set(key, value)` of a map, `to.add(key)` of a set, which keeps undefined. */
  | Readonly<{ kind: "put"; to: Operand; key: Operand; value: Operand; at: Origin }>
  | Readonly<{ kind: "has"; result: Value; of: Operand; key: Operand; at: Origin }>
  /** `from.delete(key)`, or `from.clear()` if there is no key; the result says whether the key was there. */
  | Readonly<{ kind: "remove"; result?: Value; from: Operand; key?: Operand; at: Origin }>
  /** `[...of.keys()]`: a fresh array of the keys of a map or set, in the order in which they were put there. */
  | Readonly<{ kind: "keys"; result: Value; of: Operand; at: Origin }>
  | Readonly<{ kind: "push"; to: Operand; value: Operand; at: Origin }>
  | Readonly<{ kind: "pop"; result: Value; from: Operand; at: Origin }>
  | Readonly<{ kind: "setLength"; of: Operand; length: Operand; at: Origin }>
  | Readonly<{
      kind: "if";
      results: readonly Value[];
      test: Operand;
      then: Region;
      else: Region;
      at: Origin;
    }>
  | Readonly<{
      kind: "loop";
      label: Label;
      params: readonly Value[];
      initial: readonly Operand[];
      results: readonly Value[];
      shape: Shape;
      body: Region;
      at: Origin;
    }>
  /** A body that can be left early: an inlined function, the body of a loop that is continued. */
  | Readonly<{ kind: "block"; label: Label; results: readonly Value[]; body: Region; at: Origin }>
  /** A call of a function whose body we have; it is inlined where it is active, unless the function calls itself. */
  | Readonly<{
      kind: "call";
      results: readonly Value[];
      callee: Callee;
      args: readonly Operand[];
      at: Origin;
    }>
  /**
   * TypeScript that no derivative flows through. `reads` fill its holes; it may change only the memory that `writes`
   * (a subset of reads) reach; `repeatable` if asking again gives the same and has no effect. `refusal`: why it
   * cannot be differentiated, reported if a derivative would have to flow through it.
   */
  | Readonly<{
      kind: "opaque";
      results: readonly Value[];
      reads: readonly Operand[];
      writes: readonly Operand[];
      repeatable: boolean;
      /** Its results are memory of their own, not anything that it read. */
      fresh?: boolean;
      /** The fragment is `x instanceof C`. */
      tests?: ClassTest;
      code: Fragment;
      refusal?: Refusal;
      at: Origin;
    }>;

export type Item = Readonly<{ key: string | number; value: Operand }>;

/**
 * Whom a call calls: an identity, so that functions may call each other. What it does is filled in when its body is
 * known, and changes no more then.
 */
export type Callee = {
  readonly kind: "callee";
  readonly name: string;
  func?: Func;
  /** Of a copy for derivatives to flow through: what calls it where none does. */
  readonly original?: Callee;
};

/** `results` of a call are what the function yields: what it returns, if anything, then what it hands back besides. */
export type Func = Readonly<{
  name: string;
  /** What an `exit` to the function (an early return) names. */
  label: Label;
  params: readonly Value[];
  body: Region;
  returns: Type;
  /** What it hands back besides: variables of the function around it that it assigns, shadows of what it returns. */
  also?: readonly Handed[];
  /** How a call of the unchanged source function is written; absent for functions of our own making. */
  reference?: Reference;
  at: Origin;
}>;

export type Handed = Readonly<{ name: string; type: Type }>;

/** A function with those that it calls and that stay functions where a derivative flows, because they call themselves. */
export type Unit = Readonly<{ func: Func; callees: ReadonlyMap<Callee, Func> }>;
