/** Methods, getters and `super`: the member's body runs here, with `this` bound. */
import { ts } from "ts-morph";
import { constant } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import { type Given, lowerGiven } from "./argument.ts";
import { isOverridden, isStatic, memberOf, originalOf, thisAt } from "./class.ts";
import { inline } from "./closure.ts";
import type { Place } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { opaque, refusal } from "./fragment.ts";
import { type WithBody, hasBody } from "./function.ts";
import { type Closure, getterKey, partOfKnown } from "./known.ts";
import { isBusy, isOrdinary } from "./ordinary.ts";
import { canSpread } from "./spread.ts";
import { scopeAround } from "./variable.ts";

type Kind = "method" | "getter";

/** The member that an access names, by the types: its declaration in a class, an object literal or an interface. */
function declared(access: ts.PropertyAccessExpression, here: Place): ts.Declaration | undefined {
  const symbol = originalOf(access.name, here.session.checker);
  return symbol?.declarations?.find((d) => ts.isFunctionLike(d) && hasBody(d)) ?? symbol?.valueDeclaration;
}

/** The body that runs when the member of this object is used; `undefined` if that cannot be seen. */
function bodyFor(
  member: ts.Declaration,
  object: Operand | undefined,
  kind: Kind,
  here: Place,
): WithBody | undefined {
  const { session } = here;
  const made = object && session.instances.get(object);
  if (made && ts.isClassLike(member.parent)) {
    const name = ts.getNameOfDeclaration(member)?.getText() ?? "";
    return memberOf(made, name, kind, session.checker);
  }
  if (!ts.isFunctionLike(member) || !hasBody(member)) return undefined;
  return isOverridden(member, session) ? undefined : member;
}

/** `object.method(…)`, `super.method(…)`; `undefined` if it is no method of the user's. */
export function lowerMemberCall(
  node: ts.CallExpression,
  callee: ts.Expression,
  here: Place,
  wanted: boolean,
): Operand | undefined {
  if (!ts.isPropertyAccessExpression(callee) || ts.isOptionalChain(node)) return undefined;
  const member = declared(callee, here);
  if (!member || !ts.isMethodDeclaration(member) || member.getSourceFile().isDeclarationFile)
    return undefined;
  // what an object literal holds is known by the object
  if (isStatic(member) || ts.isObjectLiteralExpression(member.parent)) return undefined;
  const name = callee.getText().replace(/\s+/g, " ");
  const isSuper = callee.expression.kind === ts.SyntaxKind.SuperKeyword;
  const object = isSuper ? thisAt(callee, here) : lowerExpression(callee.expression, here);
  const refuse = (why: ReturnType<typeof refusal>): Operand => {
    const given = new Map(object && !isSuper ? [[callee.expression, object]] : []);
    return opaque(here, node, { given, forEffect: !wanted, refusal: why });
  };
  const body = isSuper ? (hasBody(member) ? member : undefined) : bodyFor(member, object, "method", here);
  if (!object || object.kind === "constant" || !body || !isOrdinary(body, here))
    return refuse(
      refusal("methodCall", node, { name: callee.name.text, type: typeText(callee.expression, here) }),
    );
  if (isBusy(closureOf(body, here), here)) return refuse(refusal("recursion", node, { name }));
  if (!canSpread(node.arguments, body, here)) return refuse(refusal("spreadArgument", node, { name }));
  return inlineMember(node, body, object, lowerGiven(node.arguments, body, here), here);
}

const typeText = (node: ts.Node, here: Place): string =>
  here.session.checker.typeToString(here.session.checker.getTypeAtLocation(node));

function inlineMember(
  node: ts.Node,
  body: WithBody,
  object: Operand,
  given: readonly Given[],
  here: Place,
): Operand {
  return inline(node, closureOf(body, here), given, here, object);
}

const closureOf = (body: WithBody, here: Place): Closure => ({
  kind: "closure",
  body,
  scope: scopeAround(body, here.scope),
});

/** `object.name` where that runs a getter; `undefined` if it does not. */
export function lowerGetter(node: ts.PropertyAccessExpression, here: Place): Operand | undefined {
  const symbol = originalOf(node.name, here.session.checker);
  if (!symbol || !(symbol.flags & ts.SymbolFlags.GetAccessor)) return undefined;
  const member = symbol.declarations?.find(ts.isGetAccessorDeclaration);
  if (!member || member.getSourceFile().isDeclarationFile || isStatic(member)) return undefined;
  const isSuper = node.expression.kind === ts.SyntaxKind.SuperKeyword;
  const object = isSuper ? thisAt(node, here) : lowerExpression(node.expression, here);
  const known = partOfKnown(here.session.knowledge.of(object), constant(getterKey(node.name.text)));
  const body = isSuper ? (hasBody(member) ? member : undefined) : bodyFor(member, object, "getter", here);
  const inLiteral = ts.isObjectLiteralExpression(member.parent);
  const getter = known?.kind === "closure" ? known : body && !inLiteral ? closureOf(body, here) : undefined;
  if (
    !object ||
    object.kind === "constant" ||
    !getter ||
    !isOrdinary(getter.body, here) ||
    isBusy(getter, here)
  ) {
    const type = typeText(node.expression, here);
    const given = new Map(object && !isSuper ? [[node.expression, object]] : []);
    return opaque(here, node, {
      given,
      refusal: refusal("methodCall", node, { name: node.name.text, type }),
    });
  }
  return inline(node, getter, [], here, object);
}
