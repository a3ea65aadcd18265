/** Methods, getters and `super`: the member's body runs here, with `this` bound. */
import { ts } from "ts-morph";
import type { Operand } from "../ir/types.ts";
import { lowerArguments } from "./argument.ts";
import { isOverridden, isStatic, memberOf, originalOf, receiverOf, thisAt } from "./class.ts";
import { isOrdinary } from "./callee.ts";
import { inline } from "./closure.ts";
import type { Place } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { opaque, refusal } from "./fragment.ts";
import { type WithBody, hasBody } from "./function.ts";
import { canSpread } from "./spread.ts";

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

const isBusy = (body: WithBody, here: Place): boolean =>
  here.inlining.includes(body) ||
  (here.session.functions.has(body) && here.session.functions.get(body) === undefined);

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
  if (isStatic(member)) return undefined;
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
  if (isBusy(body, here)) return refuse(refusal("recursion", node, { name }));
  if (!canSpread(node.arguments, body, here)) return refuse(refusal("spreadArgument", node, { name }));
  const args = lowerArguments(node, body, here);
  return inlineMember(node, body, object, args, here);
}

const typeText = (node: ts.Node, here: Place): string =>
  here.session.checker.typeToString(here.session.checker.getTypeAtLocation(node));

function inlineMember(
  node: ts.Node,
  body: WithBody,
  object: Operand,
  args: Parameters<typeof inline>[2],
  here: Place,
): Operand {
  const receiverName = receiverOf(body, here.session);
  here.environment.set(receiverName, object);
  const result = inline(node, { body }, args, here);
  here.environment.delete(receiverName);
  return result;
}

/** `object.name` where that runs a getter; `undefined` if it does not. */
export function lowerGetter(node: ts.PropertyAccessExpression, here: Place): Operand | undefined {
  const symbol = originalOf(node.name, here.session.checker);
  if (!symbol || !(symbol.flags & ts.SymbolFlags.GetAccessor)) return undefined;
  const member = symbol.declarations?.find(ts.isGetAccessorDeclaration);
  if (!member || member.getSourceFile().isDeclarationFile || isStatic(member)) return undefined;
  const isSuper = node.expression.kind === ts.SyntaxKind.SuperKeyword;
  const object = isSuper ? thisAt(node, here) : lowerExpression(node.expression, here);
  const body = isSuper ? (hasBody(member) ? member : undefined) : bodyFor(member, object, "getter", here);
  if (!object || object.kind === "constant" || !body || !isOrdinary(body, here) || isBusy(body, here)) {
    const type = typeText(node.expression, here);
    const given = new Map(object && !isSuper ? [[node.expression, object]] : []);
    return opaque(here, node, {
      given,
      refusal: refusal("methodCall", node, { name: node.name.text, type }),
    });
  }
  return inlineMember(node, body, object, [], here);
}
