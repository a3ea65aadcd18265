/** Methods, getters, setters and `super`: the member's body runs here, with `this` bound. */
import { ts } from "ts-morph";
import { constant, elementType, typeOf } from "../ir/build.ts";
import type { Operand, Refusal, Terminator } from "../ir/types.ts";
import { type Given, lowerGiven } from "./argument.ts";
import { holderOfThis, isStatic, memberOf, originalOf, receiverOf, thisAt } from "./class.ts";
import { inline } from "./closure.ts";
import { type Kind, type Version, classesOf, dispatch, versionsOf } from "./dispatch.ts";
import { type Place, at, originOf, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { opaque, refusal } from "./fragment.ts";
import { type WithBody, hasBody } from "./function.ts";
import { type Closure, getterKey, partOfKnown } from "./known.ts";
import { isOrdinary } from "./ordinary.ts";
import { bare } from "./scan.ts";
import { canSpread } from "./spread.ts";
import { scopeAround } from "./variable.ts";

type Access = ts.PropertyAccessExpression;

const isSuper = (access: Access): boolean => access.expression.kind === ts.SyntaxKind.SuperKeyword;

/** The member that an access names, by the types: its declaration in a class, an object literal or an interface. */
function declared(access: Access, kind: Kind, here: Place): ts.Declaration | undefined {
  const declarations = originalOf(access.name, here.session.checker)?.declarations ?? [];
  const fits = (d: ts.Declaration): boolean =>
    kind === "getter"
      ? ts.isGetAccessorDeclaration(d)
      : kind === "setter"
        ? ts.isSetAccessorDeclaration(d)
        : ts.isFunctionLike(d) && hasBody(d);
  return declarations.find(fits) ?? declarations[0];
}

/** What may run when the member is used; `undefined` where the object simply has a field, or nothing can be seen. */
export function bodiesNamed(
  callee: ts.Expression,
  kind: Kind,
  here: Place,
): readonly (WithBody | undefined)[] {
  const access = bare(callee);
  if (!ts.isPropertyAccessExpression(access)) return [];
  const member = declared(access, kind, here);
  if (!member || member.getSourceFile().isDeclarationFile) return [];
  const own = ts.isFunctionLike(member) && hasBody(member) ? [member] : [];
  if (isSuper(access) || isStatic(member)) return own;
  const type = here.session.checker.getTypeAtLocation(access.expression);
  const classes = here.session.hierarchy.candidates(type);
  const versions = versionsOf(classes, access.name.text, kind, here.session).map((v) => v.body);
  const isCode = versions.some((body) => body !== undefined);
  return isCode ? versions : ts.isMethodDeclaration(member) || ts.isAccessor(member) ? own : [];
}

/** The versions of a member, of which one runs; none if that cannot be seen. */
function versionsFor(
  access: Access,
  member: ts.Declaration,
  object: Operand | undefined,
  kind: Kind,
  here: Place,
): readonly Version[] {
  const own: readonly Version[] =
    ts.isFunctionLike(member) && hasBody(member) ? [{ body: member, classes: [] }] : [];
  if (isSuper(access)) return own;
  const classes = classesOf(object, here.session.checker.getTypeAtLocation(access.expression), here);
  return classes.length === 0 ? own : versionsOf(classes, access.name.text, kind, here.session);
}

const closureOf = (body: WithBody, here: Place): Closure => ({
  kind: "closure",
  body,
  scope: scopeAround(body, here.scope),
});

/** The body can run here, with the object for `this`. */
const canRun = (body: WithBody, object: Operand, here: Place): boolean =>
  withReceiver(body, object, here, () => isOrdinary(body, here, true));

/** By the type, anything may stand there that has the member: an object of none of the classes that are known. */
function isOpen(access: Access, object: Operand, here: Place): boolean {
  if (here.session.instances.has(object) || here.classes.has(object)) return false;
  const type = here.session.checker.getTypeAtLocation(access.expression);
  const parts = type.isUnion() ? type.types : [type];
  return parts.some((t) => {
    const bound = here.session.checker.getBaseConstraintOfType(t) ?? t;
    return ((bound.getSymbol()?.flags ?? 0) & ts.SymbolFlags.Class) === 0;
  });
}

/** `object.method(…)`, `super.method(…)`; `undefined` if it is no method of the user's. */
export function lowerMemberCall(
  node: ts.CallExpression,
  callee: ts.Expression,
  here: Place,
  wanted: boolean,
): Operand | undefined {
  if (!ts.isPropertyAccessExpression(callee) || ts.isOptionalChain(node)) return undefined;
  const member = declared(callee, "method", here);
  if (!member || member.getSourceFile().isDeclarationFile || isStatic(member)) return undefined;
  // what an object literal holds is known by the object
  if (ts.isObjectLiteralExpression(member.parent)) return undefined;
  const isMethod = ts.isMethodDeclaration(member);
  if (!isMethod && bodiesNamed(callee, "method", here).every((body) => !body)) return undefined;
  const name = callee.getText().replace(/\s+/g, " ");
  const object = isSuper(callee) ? thisAt(callee, here) : lowerExpression(callee.expression, here);
  const refuse = (why: Refusal): Operand => {
    const given = new Map(object && !isSuper(callee) ? [[callee.expression, object]] : []);
    return opaque(here, node, { given, forEffect: !wanted, refusal: why });
  };
  const versions = versionsFor(callee, member, object, "method", here);
  const bodies = versions.flatMap((v) => v.body ?? []);
  const strange = (): Operand =>
    refuse(refusal("methodCall", node, { name: callee.name.text, type: typeText(callee.expression, here) }));
  if (!object || object.kind === "constant" || bodies.length === 0 || bodies.length < versions.length)
    return strange();
  if (!bodies.every((body) => canRun(body, object, here))) return strange();
  if (!bodies.every((body) => canSpread(node.arguments, body, here)))
    return refuse(refusal("spreadArgument", node, { name }));
  // the arguments are evaluated before it is known which version runs
  const given = lowerGiven(node.arguments, bodies[0], here);
  const run = ({ body }: Version, inside: Place): Operand => inlineMember(node, body!, object, given, inside);
  const [only, ...others] = versions;
  if (only && others.length === 0 && !(isOpen(callee, object, here) && !isMethod)) return run(only, here);
  const unknown = (inside: Place): Terminator => noVersion(node, callee, inside);
  const type = typeAt(here, node);
  return dispatch(
    node,
    object,
    versions,
    type,
    run,
    isOpen(callee, object, here) ? unknown : undefined,
    here,
  );
}

/** An object of a class that the program does not know. */
function noVersion(node: ts.Node, access: Access, here: Place): Terminator {
  const message = `the class of \`${access.expression.getText()}\` is not known`;
  return {
    kind: "throw",
    code: {
      form: "statement",
      parts: [`throw new TypeError(${JSON.stringify(message)});`],
      references: [],
    },
    reads: [],
    at: originOf(node, here),
  };
}

const typeText = (node: ts.Node, here: Place): string =>
  here.session.checker.typeToString(here.session.checker.getTypeAtLocation(node));

/** What says what `this` is in the body of a member. */
const holderOf = (body: WithBody): ts.Node =>
  ts.isArrowFunction(body) ? (holderOfThis(body) ?? body) : body;

function withReceiver<T>(body: WithBody, object: Operand, here: Place, run: () => T): T {
  const name = receiverOf(holderOf(body), here.session);
  const before = here.environment.get(name);
  here.environment.set(name, object);
  const result = run();
  if (before) here.environment.set(name, before);
  else here.environment.delete(name);
  return result;
}

const inlineMember = (
  node: ts.Node,
  body: WithBody,
  object: Operand,
  given: readonly Given[],
  here: Place,
): Operand => withReceiver(body, object, here, () => inline(node, closureOf(body, here), given, here));

/** `object.name` where that runs a getter, or may run one; `undefined` if it does not. */
export function lowerGetter(node: Access, here: Place, of?: Operand): Operand | undefined {
  const bodies = bodiesNamed(node, "getter", here);
  if (bodies.every((body) => !body)) return undefined;
  const member = declared(node, "getter", here)!;
  const [first] = bodies;
  if (isStatic(member))
    return first && isOrdinary(first, here) ? inline(node, closureOf(first, here), [], here) : undefined;
  const object = of ?? (isSuper(node) ? thisAt(node, here) : lowerExpression(node.expression, here));
  const part = partOfKnown(here.session.knowledge.of(object), constant(getterKey(node.name.text)));
  if (object?.kind === "value" && part?.kind === "closure") return inline(node, part, [], here, object);
  const inLiteral = ts.isObjectLiteralExpression(member.parent);
  const versions = inLiteral ? [] : versionsFor(node, member, object, "getter", here);
  const known = versions.flatMap((v) => v.body ?? []);
  const isSound =
    object?.kind === "value" && known.length > 0 && known.every((body) => canRun(body, object, here));
  if (!isSound) {
    const type = typeText(node.expression, here);
    const given = new Map(object && !isSuper(node) ? [[node.expression, object]] : []);
    return opaque(here, node, {
      given,
      refusal: refusal("methodCall", node, { name: node.name.text, type }),
    });
  }
  const field = (inside: Place): Operand => {
    const key = constant(node.name.text);
    const type = typeOf(object);
    return at(inside, node).load(
      object,
      key,
      undefined,
      type.kind === "object" ? elementType(type, key) : undefined,
    );
  };
  const run = ({ body }: Version, inside: Place): Operand =>
    body ? inlineMember(node, body, object, [], inside) : field(inside);
  const [only, ...others] = versions;
  const open = versions.every((v) => v.classes.length > 0) && isOpen(node, object, here);
  if (only && others.length === 0 && !open) return run(only, here);
  return dispatch(node, object, versions, typeAt(here, node), run, open ? field : undefined, here);
}

/** `object.name = value` where that runs a setter; `undefined`, and nothing is lowered, if it does not. */
export function setterOf(
  target: ts.Expression,
  here: Place,
): Readonly<{ object: Operand; set(operand: Operand): void }> | undefined {
  const node = bare(target);
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const bodies = bodiesNamed(node, "setter", here);
  const member = declared(node, "setter", here);
  if (!member || isStatic(member) || bodies.length !== 1 || !bodies[0]) return undefined;
  const type = here.session.checker.getTypeAtLocation(node.expression);
  const [body] = bodies;
  const object = isSuper(node) ? thisAt(node, here) : lowerExpression(node.expression, here);
  if (object?.kind !== "value") return undefined;
  const [made] = classesOf(object, type, here);
  const runs = (made && memberOf(made, node.name.text, "setter", here.session.checker)) ?? body;
  return { object, set: (operand) => void inlineMember(node, runs, object, [operand], here) };
}
