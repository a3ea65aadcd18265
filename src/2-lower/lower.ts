/** From TypeScript to the IR: the one door of this room. */
import type { ts } from "ts-morph";
import { type Report, severityOf } from "../diagnostics/diagnostic.ts";
import { obstaclesIn } from "../ir/obstacle.ts";
import type { Func } from "../ir/types.ts";
import type { Session } from "./environment.ts";
import { hasBody, lowerFunction } from "./function.ts";
import { hierarchyOf } from "./hierarchy.ts";
import { Knowledge } from "./knowledge.ts";

export type Context = Readonly<{
  checker: ts.TypeChecker;
  report: Report;
  name: string;
  /** The files of the program: what extends and implements what stands in any of them. */
  sources: readonly ts.SourceFile[];
}>;

/**
 * The IR of a function: its params are the names that the signature binds, in order, after their defaults.
 * `undefined` if something in it can never be right; that was reported then. What is merely not differentiable
 * carries its refusal along.
 */
export function lower(
  declaration: ts.FunctionLikeDeclaration,
  { checker, report, name, sources }: Context,
): Func | undefined {
  if (!hasBody(declaration)) return undefined;
  let failed = false;
  const session: Session = {
    checker,
    hierarchy: hierarchyOf(sources, checker),
    report: (diagnostic) => {
      if (severityOf(diagnostic) === "error") failed = true;
      report(diagnostic);
    },
    functions: new Map([[declaration, undefined]]),
    receivers: new Map(),
    instances: new Map(),
    constructing: new Map(),
    compared: new Map(),
    knowledge: new Knowledge(),
    entry: { name, params: new Set() },
    functionTexts: new Set(),
    evaluated: new Map(),
    bound: new Map(),
    kept: new Set(),
  };
  const func = lowerFunction(declaration, session, "entry");
  if (failed) obstaclesIn(func).forEach(report);
  return failed ? undefined : func;
}
