/** From TypeScript to the IR: the one door of this room. */
import type { ts } from "ts-morph";
import { type Report, severityOf } from "../diagnostics/diagnostic.ts";
import { obstaclesIn } from "../ir/obstacle.ts";
import { label, value } from "../ir/build.ts";
import { resultTypes } from "../ir/callee.ts";
import type { Func, Instruction } from "../ir/types.ts";
import type { Helper, Session } from "./environment.ts";
import { hasBody, lowerEntry } from "./function.ts";
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
    helpers: new Map(),
    recurring: new Map(),
    naming: new Map(),
    receivers: new Map(),
    instances: new Map(),
    constructing: new Map(),
    compared: new Map(),
    knowledge: new Knowledge(),
    entry: { name, declaration, params: new Set() },
    functionTexts: new Set(),
    evaluated: new Map(),
    bound: new Map(),
    kept: new Set(),
  };
  const func = lowerEntry(declaration, session);
  if (failed) obstaclesIn(func).forEach(report);
  return failed ? undefined : callOfItself(func, session.helpers.get(declaration)?.[0]);
}

/** An entry that calls itself does nothing but call: its body is in the function that it calls. */
function callOfItself(entry: Func, helper: Helper | undefined): Func {
  const own = helper?.callee.func;
  const isSame =
    own &&
    own.params.length === entry.params.length &&
    own.params.every((p, n) => JSON.stringify(p.type) === JSON.stringify(entry.params[n]!.type));
  if (!helper || !own || !isSame || own.also) return entry;
  const params = entry.params.map((p) => ({ ...p }));
  const results = resultTypes(own).map((type) => value(type));
  const call: Instruction = { kind: "call", results, callee: helper.callee, args: params, at: entry.at };
  return {
    ...entry,
    params,
    label: label("function"),
    body: { body: [call], end: { kind: "yield", values: results } },
  };
}
