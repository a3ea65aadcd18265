/** What the language itself brings: `Math`, and the functions that only look at numbers. */
import { ts } from "ts-morph";
import { constant, typeOf } from "../ir/build.ts";
import { mathFunctions } from "../ir/ops.ts";
import type { Operand } from "../ir/types.ts";
import { truth } from "./branch.ts";
import { globalName } from "../source/globalName.ts";
import { type Place, at } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { mentionsLocals, opaque, refusal } from "./fragment.ts";
import { isArrayFor } from "./kind.ts";
import { isMathName } from "./known.ts";
import { isCounting } from "./object.ts";
import { foldExtreme, isCounted, spreadValues } from "./spread.ts";
import { isNumber } from "./operator.ts";

/** They give another result each time. */
const changing = new Set(["Math.random", "Date.now", "performance.now"]);
/** They look at a value and change nothing; no derivative comes out of them. */
const looking = new Set(
  (
    "isNaN isFinite Number.isNaN Number.isFinite Number.isInteger Number.isSafeInteger Array.isArray " +
    "ArrayBuffer.isView Object.is Object.hasOwn"
  ).split(" "),
);
const converting = new Set([
  "String",
  "parseInt",
  "parseFloat",
  "Number.parseInt",
  "Number.parseFloat",
  "Number",
]);

/** `undefined`: no function that is known here. */
export function lowerKnownCall(
  node: ts.CallExpression,
  callee: ts.Expression,
  here: Place,
): Operand | undefined {
  const { checker } = here.session;
  const name = globalName(callee, checker);
  if (name === undefined) return undefined;
  const args = node.arguments;
  if (changing.has(name)) return opaque(here, node);
  if (args.some(ts.isSpreadElement)) {
    const isMath = name.startsWith("Math.");
    const spread = isMath ? lowerSpreadMath(node, name.slice("Math.".length), here) : undefined;
    if (spread) return spread;
    const isKnown = name.startsWith("Math.") || looking.has(name) || converting.has(name);
    return isKnown
      ? opaque(here, node, { writes: false, refusal: refusal("spreadArgument", node, { name }) })
      : undefined;
  }
  const [first] = args;
  if (name === "Array.isArray" && first && mentionsLocals(first, here)) {
    const operand = lowerExpression(first, here);
    const answer = isArrayFor(operand, here);
    if (answer !== undefined) return constant(answer);
    return opaque(here, node, { given: new Map([[first, operand]]), repeatable: true });
  }
  if (looking.has(name)) return opaque(here, node, { children: args, repeatable: true });
  if (name === "Boolean" && first) return truth(lowerExpression(first, here), first, here);
  if (name === "Number" && first && (isNumber(first, here) || isCounting(first, here)))
    return lowerExpression(first, here);
  if (converting.has(name))
    return opaque(here, node, {
      children: args,
      repeatable: true,
      refusal: refusal("callWithoutBody", node, { name }),
    });
  if (name.startsWith("Math.")) return lowerMath(node, name.slice("Math.".length), here);
  return undefined;
}

/** `Math.max(...xs)`, `Math.hypot(...point)`; `undefined` where it is not known how many operands there are. */
function lowerSpreadMath(node: ts.CallExpression, name: string, here: Place): Operand | undefined {
  if (isCounted(node.arguments, here)) return lowerMath(node, name, here);
  return name === "max" || name === "min" ? foldExtreme(node, name, here) : undefined;
}

const lowerMath = (node: ts.CallExpression, name: string, here: Place): Operand =>
  mathOf(
    node,
    name,
    node.arguments.flatMap((a) => spreadValues(a, here)!),
    here,
  );

/** A function of `Math` on operands. */
export function mathOf(node: ts.Node, name: string, args: readonly Operand[], here: Place): Operand {
  const arity = isMathName(name) ? mathFunctions[name].arity : undefined;
  const isNumeric = args.every((a) => typeOf(a).kind === "number" || typeOf(a).kind === "optional");
  if (arity === undefined || !isMathName(name) || !isNumeric || args.length < arity) {
    const full = `Math.${name}`;
    return opaque(here, node, {
      repeatable: true,
      refusal: refusal("callWithoutBody", node, { name: full }),
    });
  }
  if (args.length === 0) return constant(name === "max" ? -Infinity : name === "min" ? Infinity : 0);
  return at(here, node).op(name, arity < 0 ? args : args.slice(0, arity));
}
