/** Variables: names of the source, each in the run of a function that it belongs to, and what a function is about to return. */
import { ts } from "ts-morph";
import type { Type } from "../ir/types.ts";

/** A variable of the source, or what a function (being lowered or inlined) is about to return. */
export type Variable = ts.Symbol | Returned | Instance;
export type Returned = Readonly<{ kind: "returned"; type: Type }>;

/** A variable as one run of its function has it, where functions made in that run may outlive it. */
export type Instance = Readonly<{ kind: "instance"; symbol: ts.Symbol }>;

export const isReturned = (v: Variable): v is Returned => "kind" in v && v.kind === "returned";

/** The name of the source, if it is one. */
export const symbolOfVariable = (v: Variable): ts.Symbol | undefined =>
  !("kind" in v) ? v : v.kind === "instance" ? v.symbol : undefined;

/** One run of a function that is lowered in place, inside the run that declared it. */
export type Scope = Readonly<{
  owner: ts.Node;
  variables: Map<ts.Symbol, Instance>;
  /** Its variables are its own: other runs of the same function have theirs. */
  isFresh: boolean;
  parent: Scope | undefined;
}>;

export const scopeOf = (owner: ts.Node, parent: Scope | undefined, isFresh: boolean): Scope => ({
  owner,
  variables: new Map(),
  isFresh,
  parent,
});

/** The variable that a name stands for. */
export function variableIn(symbol: ts.Symbol, scope: Scope | undefined): Variable {
  for (let run = scope; run; run = run.parent) {
    const own = run.variables.get(symbol);
    if (own) return own;
  }
  return symbol;
}

/** The variable that a declaration makes. */
export function declaredIn(symbol: ts.Symbol, scope: Scope | undefined): Variable {
  if (!scope?.isFresh) return symbol;
  const known = scope.variables.get(symbol);
  if (known) return known;
  const made: Instance = { kind: "instance", symbol };
  scope.variables.set(symbol, made);
  return made;
}

/** The run that declared a local function: its body sees the variables of that one. */
export function scopeAround(declaration: ts.Node, scope: Scope | undefined): Scope | undefined {
  const around = ts.findAncestor(declaration.parent, ts.isFunctionLike);
  if (!around) return undefined;
  for (let run = scope; run; run = run.parent) if (run.owner === around) return run;
  return scope;
}
