/** Calls: what is known here, methods of arrays, functions whose body is at hand, and all others. */
import { ts } from "ts-morph";
import { typeOf } from "../ir/build.ts";
import { holdsNumbers } from "../ir/shadow.ts";
import type { Operand, Refusal } from "../ir/types.ts";
import { referenceOf } from "../source/reference.ts";
import { applyKnown } from "./apply.ts";
import { type Given, lowerGiven } from "./argument.ts";
import { lowerArrayCall } from "./array.ts";
import { type Callee, calleeOf, isOwnProperty, lowerBind } from "./calling.ts";
import { type Place, heldBy, typeAt } from "./environment.ts";
import { opaque, refusal } from "./fragment.ts";
import { isGeneric } from "./generic.ts";
import { type WithBody, parameterType, symbolOfFunction } from "./function.ts";
import type { Known } from "./known.ts";
import { onlyReads } from "./listed.ts";
import { lowerMapMethod } from "./map.ts";
import { recordOf } from "./mapKeys.ts";
import { lowerKnownCall } from "./math.ts";
import { lowerMemberCall } from "./member.ts";
import { lowerMethod } from "./method.ts";
import { bodyOf, holdsFunctions, reasonAgainst } from "./ordinary.ts";
import { lowerRecordCall } from "./record.ts";
import { bare } from "./scan.ts";
import { canSpread } from "./spread.ts";
import { callStandalone } from "./standalone.ts";

/** `wanted`: whether somebody asks for the result. */
export function lowerCall(node: ts.CallExpression, here: Place, wanted: boolean): Operand {
  const callee = bare(node.expression);
  const known =
    lowerKnownCall(node, callee, here) ??
    lowerRecordCall(node, callee, here) ??
    lowerArrayCall(node, callee, here) ??
    lowerMapMethod(node, callee, here, wanted) ??
    lowerMethod(node, callee, here, wanted) ??
    lowerMemberCall(node, callee, here, wanted);
  if (known) return known;
  const bound = lowerBind(node, callee, here);
  if (bound) return bound;
  const found = calleeOf(node, callee, here);
  return found.known
    ? lowerFound(node, { ...found, known: found.known }, here, wanted)
    : unknownCall(node, callee, found, here, wanted);
}

/** A call of what is known, if its body can be run here. */
function lowerFound(
  node: ts.CallExpression,
  { known, receiver, given, name, args: written }: Callee & { readonly known: Known },
  here: Place,
  wanted: boolean,
): Operand {
  const body = bodyOf(known);
  const why =
    reasonAgainst(node, known, name, receiver !== undefined, here) ??
    (fits(written, known, here) ? undefined : refusal("spreadArgument", node, { name }));
  if (why) return opaque(here, node, { given, forEffect: !wanted, refusal: why });
  const args = lowerGiven(written, body, here);
  const mustBeSeen =
    known.kind !== "closure" ||
    known.scope !== undefined ||
    args.some((a) => here.session.knowledge.of("spread" in a ? a.spread : a)) ||
    tellsMore(args, known.body, here) ||
    (isGeneric(known.body) && mayCarry(node, here)) ||
    holdsFunctions(here.session.checker.getTypeAtLocation(node), here.session.checker);
  return mustBeSeen || !isReachable(known.body, here)
    ? applyKnown(node, known, args, here, receiver)
    : callStandalone(node, known, args, here);
}

/** Numbers may come out of the call, or go into it. */
const mayCarry = (node: ts.CallExpression, here: Place): boolean =>
  [node, ...node.arguments].some((n) => holdsNumbers(typeAt(here, n)));

/** A parameter may be one thing or another, and the argument is known to be one of them. */
const tellsMore = (args: readonly Given[], body: WithBody, here: Place): boolean =>
  args.some((a, i) => {
    const parameter = body.parameters[i];
    if (!parameter || "spread" in a) return false;
    const declared = parameterType(parameter, here.session);
    // an object with known fields is no record, whatever it is called
    if (recordOf(declared)) return typeOf(a).kind === "object";
    return declared.kind === "other" && !declared.callable && typeOf(a).kind !== "other";
  });

/** Arguments that are spread go to parameters that are known, whichever function it is. */
function fits(written: readonly ts.Expression[], known: Known, here: Place): boolean {
  switch (known.kind) {
    case "closure":
      return canSpread(written, known.body, here);
    case "builtin":
      return !written.some(ts.isSpreadElement);
    case "bound":
      return !written.some(ts.isSpreadElement) && fits(written, known.of, here);
    case "choice":
      return known.cases.every((c) => fits(written, c.known, here));
    case "parts":
      return false;
    default:
      return known satisfies never;
  }
}

/** Can generated code call the function by a name? */
function isReachable(body: WithBody, here: Place): boolean {
  const { checker } = here.session;
  const symbol = symbolOfFunction(body, checker);
  return symbol !== undefined && referenceOf(symbol, checker) !== undefined;
}

/** A call that nothing is known of but its text. */
function unknownCall(
  node: ts.CallExpression,
  callee: ts.Expression,
  { given }: Callee,
  here: Place,
  wanted: boolean,
): Operand {
  const { checker } = here.session;
  const name = callee.getText().replace(/\s+/g, " ");
  const children = node.arguments.filter(
    (a) => !ts.isSpreadElement(a) && checker.getTypeAtLocation(a).getCallSignatures().length === 0,
  );
  const spread = node.arguments.some(ts.isSpreadElement);
  const isPlain = children.length === node.arguments.length;
  const why = spread
    ? refusal("spreadArgument", node, { name })
    : name === "eval"
      ? refusal("dynamicCode", node)
      : (fromCaller(node, callee, here) ??
        kept(callee, here) ??
        methodRefusal(node, callee, here) ??
        refusal("callWithoutBody", node, { name }));
  if (name === "eval") here.session.report(why);
  const prints = name.startsWith("console.") || onlyReads(callee, here);
  return opaque(here, node, {
    given,
    ...(isPlain ? { children } : {}),
    forEffect: !wanted,
    refusal: why,
    ...(prints ? { writes: false } : {}),
  });
}

/** A variable that holds a function: which one cannot be seen. */
function kept(callee: ts.Expression, here: Place): Refusal | undefined {
  let root = callee;
  while (
    ts.isElementAccessExpression(root) ||
    (ts.isPropertyAccessExpression(root) && isOwnProperty(root, here))
  )
    root = bare(root.expression);
  const symbol = ts.isIdentifier(root) ? here.session.checker.getSymbolAtLocation(root) : undefined;
  return heldBy(symbol, here) ? refusal("unseenFunction", callee, { name: callee.getText() }) : undefined;
}

/** The callee, or a function that is handed on, is what the callers of the entry give it. */
function fromCaller(node: ts.CallExpression, callee: ts.Expression, here: Place): Refusal | undefined {
  const { checker, entry } = here.session;
  const isFunction = (e: ts.Expression): boolean =>
    checker.getNonNullableType(checker.getTypeAtLocation(e)).getCallSignatures().length > 0;
  for (const given of [callee, ...node.arguments]) {
    let root = bare(given);
    if (given !== callee && !isFunction(root)) continue;
    const isMethod = ts.isPropertyAccessExpression(root) && !isOwnProperty(root, here);
    while (ts.isPropertyAccessExpression(root) || ts.isElementAccessExpression(root))
      root = bare(root.expression);
    const held = ts.isIdentifier(root) ? heldBy(checker.getSymbolAtLocation(root), here) : undefined;
    if (held && entry.params.has(held) && !isMethod)
      return refusal("functionParameter", given, { name: given.getText(), function: entry.name });
  }
  return undefined;
}

function methodRefusal(node: ts.CallExpression, callee: ts.Expression, here: Place): Refusal | undefined {
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const { checker } = here.session;
  const type = checker.getTypeAtLocation(callee.expression);
  const text = checker.typeToString(type);
  if (/^(?:Readonly)?(?:Weak)?(?:Map|Set)</.test(text))
    return refusal("keyedCollection", node, { type: text });
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown))
    return refusal("anyTyped", callee.expression, { text: callee.expression.getText(), type: text });
  const isInstance =
    ts.isIdentifier(callee.expression) &&
    heldBy(checker.getSymbolAtLocation(callee.expression), here) !== undefined;
  return isInstance || !ts.isIdentifier(callee.expression)
    ? refusal("methodCall", node, { name: callee.name.text, type: text })
    : undefined;
}
