/** What all of the lowering of one function shares. */
import type { ts } from "ts-morph";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { Callee, Operand, Type, Value } from "../ir/types.ts";
import type { Class } from "./class.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { Knowledge } from "./knowledge.ts";
import type { Closure, Known } from "./known.ts";
import type { Returned, Scope, Variable } from "./variable.ts";

/** What one run of lowering shares: the functions met so far, and what was reported. */
export interface Session {
  readonly checker: ts.TypeChecker;
  readonly report: Report;
  readonly hierarchy: Hierarchy;
  /** Functions that are lowered by themselves, by declaration: one for each choice of the functions that they use. */
  readonly helpers: Map<ts.FunctionLikeDeclaration, Helper[]>;
  /** Which functions may call themselves, and what they name. */
  readonly recurring: Map<ts.FunctionLikeDeclaration, boolean>;
  readonly naming: Map<ts.FunctionLikeDeclaration, readonly Closure["body"][]>;
  /** What holds `this` in each function that has one. */
  readonly receivers: Map<ts.Node, Returned>;
  /** The classes of the objects that `new` made: one, or one for each way that it came. */
  readonly instances: Map<Operand, readonly Class[]>;
  /** Constructors that have not yet got as far as to need the object itself. */
  readonly constructing: Map<ts.Node, Fields>;
  /** Classes whose objects are told apart by identity, as far as that was asked. */
  readonly compared: Map<Class, boolean>;
  /** Which functions values are. */
  readonly knowledge: Knowledge;
  /** The function that is lowered, and what its callers give it. */
  readonly entry: Readonly<{
    name: string;
    declaration: ts.FunctionLikeDeclaration;
    params: Set<Operand>;
  }>;
  /** Functions that stand as text, in case anybody asks for the text. */
  readonly functionTexts: Set<Value>;
  /** Which functions expressions gave that were evaluated ahead. */
  readonly evaluated: Map<ts.Expression, Known>;
  /** What the type parameters of the functions and classes stand for whose code is being lowered. */
  readonly bound: Map<ts.Type, Type>;
  /** Variables that functions use which may be called when the variables' own scope is left. */
  readonly kept: Set<Variable>;
}

/** What the fields of an object will hold that is still to be made. */
export type Fields = Map<string, Operand>;

/** A function that stands by itself, and is called. */
export type Helper = Readonly<{
  callee: Callee;
  /** The run that it was made in. */
  scope: Scope | undefined;
  /** What its function-valued parameters, and such variables of around, stand for. */
  code: readonly Known[];
  /** The variables of around that it uses; their values follow the arguments. */
  captured: readonly Variable[];
  /** Those of them that it assigns; their values follow the result. */
  assigned: readonly Readonly<{ variable: Variable; type: Type }>[];
  returns: Type;
  /** What type parameters stand for in it. */
  bound: ReadonlyMap<ts.Type, Type>;
  /** The type of the object whose method it is, the first argument, and its classes where they are known. */
  receiver?: Type;
  made?: readonly Class[];
}>;
