/** Functions handed to methods of arrays: their bodies become part of the loop. */
import { ts } from "ts-morph";
import { mathFunctions } from "../ir/ops.ts";
import type { Operand } from "../ir/types.ts";
import { globalName } from "../source/globalName.ts";
import { withDefaults } from "./argument.ts";
import { isOrdinary, resolveClosure, resolveFunction } from "./callee.ts";
import { inline } from "./closure.ts";
import { type Place, at } from "./environment.ts";
import { bare } from "./scan.ts";

/** `Math.sqrt` and its like, of one argument. */
function unaryMath(callback: ts.Expression, here: Place): keyof typeof mathFunctions | undefined {
  const [owner, called] = globalName(bare(callback), here.session.checker)?.split(".") ?? [];
  if (owner !== "Math" || called === undefined || !Object.hasOwn(mathFunctions, called)) return undefined;
  const name = called as keyof typeof mathFunctions;
  return mathFunctions[name].arity === 1 ? name : undefined;
}

export function canApply(callback: ts.Expression, here: Place): boolean {
  if (unaryMath(callback, here)) return true;
  const body = resolveFunction(callback, here);
  if (!body || !isOrdinary(body, here) || here.inlining.includes(body)) return false;
  const { functions } = here.session;
  return !(functions.has(body) && functions.get(body) === undefined);
}

/** The name that the callback gives to its n-th parameter. */
export function parameterName(
  callback: ts.Expression | undefined,
  n: number,
  here: Place,
): string | undefined {
  const name = callback && resolveFunction(callback, here)?.parameters[n]?.name;
  return name && ts.isIdentifier(name) && /^[^_]/.test(name.text) ? name.text : undefined;
}

export function applyCallback(
  node: ts.Node,
  callback: ts.Expression,
  args: readonly Operand[],
  here: Place,
): Operand {
  const math = unaryMath(callback, here);
  if (math) return at(here, callback).op(math, [args[0]!]);
  const closure = resolveClosure(callback, here);
  if (!closure) throw new Error("a callback without a body");
  return inline(node, closure, withDefaults(node, closure.body, args, here), here);
}
