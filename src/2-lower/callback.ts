/** Functions handed to methods of arrays: their bodies become part of the loop. */
import { ts } from "ts-morph";
import { mathFunctions } from "../ir/ops.ts";
import type { Operand } from "../ir/types.ts";
import { applyKnown } from "./apply.ts";
import { peek } from "./callee.ts";
import type { Place } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { type Known, isCallable } from "./known.ts";
import { bodyOf, reasonAgainst } from "./ordinary.ts";
import { bare } from "./scan.ts";

/** Which function is handed over: evaluated if it has to be, once. */
function functionOf(callback: ts.Expression, here: Place): Known | undefined {
  const seen = peek(callback, here) ?? here.session.evaluated.get(callback);
  if (seen || !isMade(callback)) return seen;
  const { checker, evaluated, knowledge } = here.session;
  if (checker.getTypeAtLocation(callback).getCallSignatures().length === 0) return undefined;
  const known = knowledge.of(lowerExpression(callback, here));
  if (known) evaluated.set(callback, known);
  return known;
}

const isMade = (callback: ts.Expression): boolean => {
  const node = bare(callback);
  return (
    ts.isCallExpression(node) ||
    ts.isConditionalExpression(node) ||
    ts.isElementAccessExpression(node) ||
    ts.isPropertyAccessExpression(node)
  );
};

/** Whether the function can be run for each element: more than one argument is handed to it. */
export function canApply(callback: ts.Expression, here: Place): boolean {
  here.session.evaluated.delete(callback);
  const known = functionOf(callback, here);
  if (!known || !isCallable(known)) return false;
  if (known.kind === "builtin") return mathFunctions[known.name].arity === 1;
  return !reasonAgainst(callback, known, callback.getText(), false, here);
}

/** The name that the callback gives to its n-th parameter. */
export function parameterName(
  callback: ts.Expression | undefined,
  n: number,
  here: Place,
): string | undefined {
  const known = callback && functionOf(callback, here);
  const name = known && bodyOf(known)?.parameters[n]?.name;
  return name && ts.isIdentifier(name) && /^[^_]/.test(name.text) ? name.text : undefined;
}

/** Whether the function may look at the list that it is run for each element of. */
export function asksForList(callback: ts.Expression, here: Place): boolean {
  const known = functionOf(callback, here);
  const body = known && bodyOf(known);
  if (!body) return known?.kind !== "builtin";
  const usesAll = ts.isArrowFunction(body) ? false : /\barguments\b/.test(body.getText());
  return body.parameters.length > 2 || body.parameters.some((p) => p.dotDotDotToken !== undefined) || usesAll;
}

export function applyCallback(
  node: ts.Node,
  callback: ts.Expression,
  args: readonly Operand[],
  here: Place,
): Operand {
  const known = functionOf(callback, here);
  if (!known) throw new Error("a callback without a body");
  return applyKnown(known.kind === "builtin" ? callback : node, known, args, here);
}
