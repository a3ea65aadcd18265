/** Arguments that are spread: `f(...pair)`, `f(a, ...rest)`, `Math.max(...xs)`. */
import { ts } from "ts-morph";
import { constant, typeOf, zero } from "../ir/build.ts";
import type { Op, Operand } from "../ir/types.ts";
import { buildFrom, isSequence } from "./array.ts";
import { isIterable, itemsOf } from "./arrayIterable.ts";
import { type Place, type Variable, at, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { rangeLoop } from "./loop.ts";
import { bare } from "./scan.ts";

/** An array whose elements are arguments, however many they are. */
export type Spread = Readonly<{ spread: Operand }>;

/** How many arguments it stands for, if its type or the source says. */
function countOf(argument: ts.Expression, here: Place): number | undefined {
  if (!ts.isSpreadElement(argument)) return 1;
  const inner = bare(argument.expression);
  if (ts.isArrayLiteralExpression(inner)) {
    const counts = inner.elements.map((e) => (ts.isOmittedExpression(e) ? undefined : countOf(e, here)));
    return counts.reduce((sum, n) => (sum === undefined || n === undefined ? undefined : sum + n), 0);
  }
  // an assertion may say of an array that it is a tuple: its length is not known for that
  const type = typeAt(here, inner);
  return type.kind === "tuple" ? type.elements.length : undefined;
}

export const isCounted = (written: readonly ts.Expression[], here: Place): boolean =>
  written.every((a) => countOf(a, here) !== undefined);

/**
 * Whether each argument goes to a parameter that is known, those of unknown number to the rest parameter, or, where
 * nothing stands behind them, to all parameters that are left.
 */
export function canSpread(
  written: readonly ts.Expression[],
  declaration: ts.SignatureDeclaration,
  here: Place,
): boolean {
  const rest = declaration.parameters.findIndex((p) => p.dotDotDotToken !== undefined);
  let position = 0;
  for (const argument of written) {
    const count = countOf(argument, here);
    if (count !== undefined) position += count;
    else if (!ts.isSpreadElement(argument) || !isSequence(typeAt(here, bare(argument.expression))))
      return false;
    else if (rest < 0 ? argument !== written.at(-1) : position < rest) return false;
  }
  return true;
}

/** The values of one argument, in order; `undefined` if their number is not known (nothing is lowered then). */
export function spreadValues(argument: ts.Expression, here: Place): Operand[] | undefined {
  if (countOf(argument, here) === undefined) return undefined;
  if (!ts.isSpreadElement(argument)) return [lowerExpression(argument, here)];
  const inner = bare(argument.expression);
  if (ts.isArrayLiteralExpression(inner)) return inner.elements.flatMap((e) => spreadValues(e, here)!);
  const from = lowerExpression(argument.expression, here);
  const type = typeOf(from);
  if (type.kind !== "tuple") throw new Error("a spread of unknown length");
  return type.elements.map((_, i) => at(here, argument).load(from, constant(i)));
}

/** `Math.max(a, ...xs)`: the largest so far and the next one, from the first to the last: the same bits, NaN and -0 included. */
export function foldExtreme(
  node: ts.CallExpression,
  op: Op & ("max" | "min"),
  here: Place,
): Operand | undefined {
  const isList = (a: ts.Expression): boolean =>
    !ts.isSpreadElement(a) || isSequence(typeAt(here, a.expression)) || isIterable(a.expression, here);
  if (!node.arguments.every(isList)) return undefined;
  // everything is evaluated before anything is compared
  const parts = node.arguments.map(
    (a): Operand[] | Spread =>
      spreadValues(a, here) ?? { spread: listOf((a as ts.SpreadElement).expression, here) },
  );
  const least = constant(op === "max" ? -Infinity : Infinity);
  let extreme: Operand | undefined;
  for (const part of parts) {
    if ("spread" in part) extreme = foldArray(node, op, extreme ?? least, part.spread, here);
    else for (const operand of part) extreme = extreme ? at(here, node).op(op, [extreme, operand]) : operand;
  }
  return extreme ?? least;
}

/** An array, or one of what can be gone over. */
function listOf(source: ts.Expression, here: Place): Operand {
  if (isSequence(typeAt(here, source))) return lowerExpression(source, here);
  const items = itemsOf(source, here);
  const type = { kind: "array", container: "Array", element: items.element } as const;
  return buildFrom(here, source, type, items);
}

function foldArray(node: ts.Node, op: Op, start: Operand, array: Operand, here: Place): Operand {
  const bound = at(here, node).length(array);
  const held: Variable = { kind: "returned", type: { kind: "number" } };
  here.environment.set(held, start);
  const range = { start: zero, bound, hint: "i", declared: false };
  rangeLoop(
    here,
    node,
    [],
    [],
    range,
    (within, index) => {
      const block = at(within, node);
      const name = op === "max" ? "largest" : "smallest";
      within.environment.set(
        held,
        block.op(op, [within.environment.get(held)!, block.load(array, index)], name),
      );
      return undefined;
    },
    [held],
  );
  const result = here.environment.get(held)!;
  here.environment.delete(held);
  return result;
}
