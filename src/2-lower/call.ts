/** Calls: what is known here, methods of arrays, functions whose body is at hand, and all others. */
import { ts } from "ts-morph";
import { constant, value } from "../ir/build.ts";
import type { Func, Operand } from "../ir/types.ts";
import { lowerArrayCall } from "./array.ts";
import { functionArgument, isLocalFunction, isOrdinary, resolveClosure } from "./callee.ts";
import { type Argument, inline } from "./closure.ts";
import { type Place, at, isUntold, typeAt } from "./environment.ts";
import { opaque, refusal } from "./fragment.ts";
import { type WithBody, lowerFunction } from "./function.ts";
import { lowerKnownCall } from "./math.ts";
import { lowerMemberCall } from "./member.ts";
import { lowerMethod } from "./method.ts";
import { lowerArguments } from "./argument.ts";
import { lowerClosure } from "./returned.ts";
import { canSpread } from "./spread.ts";
import { bare } from "./scan.ts";

/** `wanted`: whether somebody asks for the result. */
export function lowerCall(node: ts.CallExpression, here: Place, wanted: boolean): Operand {
  const callee = bare(node.expression);
  const known =
    lowerKnownCall(node, callee, here) ??
    lowerArrayCall(node, callee, here) ??
    lowerMethod(node, callee, here, wanted) ??
    lowerMemberCall(node, callee, here, wanted);
  if (known) return known;
  const name = callee.getText();
  const closure = node.questionDotToken
    ? undefined
    : (resolveClosure(callee, here) ?? lowerClosure(callee, here));
  const declaration = closure?.body;
  if (!declaration) return unknownCall(node, callee, here, wanted);
  if (!isOrdinary(declaration, here)) {
    const isAsync = (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Async) !== 0;
    const why = isAsync
      ? refusal("asyncCode", node)
      : declaration.asteriskToken
        ? refusal("generatorCode", node)
        : refusal("notUnderstood", node, { what: `a call of \`${name}\`` });
    return opaque(here, node, { children: node.arguments, forEffect: !wanted, refusal: why });
  }
  if (!canSpread(node.arguments, declaration, here))
    return opaque(here, node, { forEffect: !wanted, refusal: refusal("spreadArgument", node, { name }) });
  if (isBusy(declaration, here))
    return opaque(here, node, { forEffect: !wanted, refusal: refusal("recursion", node, { name }) });
  const takesFunctions = node.arguments.some((a) => functionArgument(a, here));
  const args = lowerArguments(node, declaration, here);
  const mustBeSeen =
    closure.captured !== undefined ||
    isLocalFunction(declaration) ||
    ts.isFunctionLike(callee) ||
    takesFunctions;
  if (mustBeSeen || !helper(declaration, here).reference) return inline(node, closure, args, here);
  return lowerHelper(node, declaration, args, here);
}

const isBusy = (declaration: WithBody, here: Place): boolean =>
  here.inlining.includes(declaration) ||
  (here.session.functions.has(declaration) && here.session.functions.get(declaration) === undefined);

function lowerHelper(
  node: ts.CallExpression,
  declaration: WithBody,
  args: readonly Argument[],
  here: Place,
): Operand {
  const callee = helper(declaration, here);
  const operands = args.map((a): Operand => {
    if ("body" in a) throw new Error("a function is handed to a call");
    return a;
  });
  const returns = typeAt(here, node);
  const gives = callee.returns.kind !== "undefined";
  const result = value(
    returns.kind === "undefined" || returns.kind === "other" || isUntold(returns) ? callee.returns : returns,
  );
  const block = at(here, node);
  block.add({ kind: "call", results: gives ? [result] : [], callee, args: operands, at: block.at });
  return gives ? result : constant(undefined);
}

/** Each function is lowered once. */
function helper(declaration: WithBody, here: Place): Func {
  const { functions } = here.session;
  const known = functions.get(declaration);
  if (known) return known;
  functions.set(declaration, undefined);
  const func = lowerFunction(declaration, here.session, "helper");
  functions.set(declaration, func);
  return func;
}

/** A call that nothing is known of but its text. */
function unknownCall(node: ts.CallExpression, callee: ts.Expression, here: Place, wanted: boolean): Operand {
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
      : (kept(callee, here) ??
        methodRefusal(node, callee, here) ??
        refusal("callWithoutBody", node, { name }));
  if (name === "eval") here.session.report(why);
  const prints = name.startsWith("console.");
  return opaque(here, node, {
    ...(isPlain ? { children } : {}),
    forEffect: !wanted,
    refusal: why,
    ...(prints ? { writes: false } : {}),
  });
}

/** A variable that holds a function: which one cannot be seen. */
function kept(callee: ts.Expression, here: Place): ReturnType<typeof refusal> | undefined {
  const symbol = ts.isIdentifier(callee) ? here.session.checker.getSymbolAtLocation(callee) : undefined;
  return symbol && here.environment.has(symbol) ? refusal("escapingClosure", callee) : undefined;
}

function methodRefusal(
  node: ts.CallExpression,
  callee: ts.Expression,
  here: Place,
): ReturnType<typeof refusal> | undefined {
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
    here.environment.has(checker.getSymbolAtLocation(callee.expression)!);
  return isInstance || !ts.isIdentifier(callee.expression)
    ? refusal("methodCall", node, { name: callee.name.text, type: text })
    : undefined;
}
