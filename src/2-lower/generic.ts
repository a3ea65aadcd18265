/** What the type parameters of generic functions and classes stand for, while their code runs for one call. */
import { ts } from "ts-morph";
import type { Type } from "../ir/types.ts";
import { type Session, isUntold, typeIn } from "./environment.ts";

type Found = Map<ts.Type, ts.Type>;

/** Type arguments inside of type arguments are followed this far. */
const deepest = 8;

/** Runs what belongs to the body, with its type parameters bound to what this call makes of them. */
export function instantiated<T>(
  node: ts.Node,
  body: ts.SignatureDeclaration,
  session: Session,
  run: () => T,
): T {
  return bind(argumentsOf(node, body, session), node, session, run);
}

/** Likewise for the classes of whose code `new` runs the constructors. */
export function constructed<T>(
  node: ts.NewExpression,
  line: readonly ts.ClassLikeDeclaration[],
  session: Session,
  run: () => T,
): T {
  const found: Found = new Map();
  for (const each of line) classArguments(node, each, session.checker, found);
  return bind(found, node, session, run);
}

function bind<T>(found: Found, node: ts.Node, session: Session, run: () => T): T {
  const { bound } = session;
  const before = new Map<ts.Type, Type | undefined>();
  const known = [...found].map(([parameter, actual]) => [parameter, typeIn(session, actual, node)] as const);
  for (const [parameter, type] of known) {
    if (isUntold(type)) continue;
    before.set(parameter, bound.get(parameter));
    bound.set(parameter, type);
  }
  const result = run();
  for (const [parameter, type] of before)
    if (type) bound.set(parameter, type);
    else bound.delete(parameter);
  return result;
}

/** Whether its types, or those of its class, have parameters. */
export const isGeneric = (body: ts.SignatureDeclaration): boolean =>
  (body.typeParameters?.length ?? 0) > 0 ||
  (ts.isClassLike(body.parent) && (body.parent.typeParameters?.length ?? 0) > 0);

function argumentsOf(node: ts.Node, body: ts.SignatureDeclaration, { checker }: Session): Found {
  const found: Found = new Map();
  if (!isGeneric(body)) return found;
  const holder = body.parent;
  const object = objectOf(node);
  if (ts.isClassLike(holder) && object) classArguments(object, holder, checker, found);
  if (!body.typeParameters || !ts.isCallExpression(node)) return found;
  const actual = checker.getResolvedSignature(node);
  const declared = actual?.declaration === body ? checker.getSignatureFromDeclaration(body) : undefined;
  if (!actual || !declared) return found;
  const typeOf = (s: ts.Symbol): ts.Type => checker.getTypeOfSymbol(s);
  declared.parameters.forEach((p, n) => {
    const given = actual.parameters[n];
    if (given) compare(typeOf(p), typeOf(given), found, checker);
  });
  compare(
    checker.getReturnTypeOfSignature(declared),
    checker.getReturnTypeOfSignature(actual),
    found,
    checker,
  );
  return found;
}

function classArguments(
  object: ts.Expression,
  holder: ts.ClassLikeDeclaration,
  checker: ts.TypeChecker,
  found: Found,
): void {
  const symbol = holder.typeParameters && holder.name && checker.getSymbolAtLocation(holder.name);
  if (symbol)
    ofClass(checker.getDeclaredTypeOfSymbol(symbol), checker.getTypeAtLocation(object), found, checker);
}

/** The object whose class's code runs. */
function objectOf(node: ts.Node): ts.Expression | undefined {
  const access = ts.isCallExpression(node) ? node.expression : node;
  return ts.isPropertyAccessExpression(access) ? access.expression : undefined;
}

/** The type arguments with which an object is one of the class. */
function ofClass(declared: ts.Type, actual: ts.Type, found: Found, checker: ts.TypeChecker, depth = 0): void {
  const bound = checker.getNonNullableType(checker.getBaseConstraintOfType(actual) ?? actual);
  if (targetOf(bound) === declared) compare(declared, bound, found, checker);
  else if (bound.isClassOrInterface() || targetOf(bound))
    for (const base of bound.getBaseTypes() ?? [])
      if (depth < deepest) ofClass(declared, base, found, checker, depth + 1);
}

const targetOf = (type: ts.Type): ts.GenericType | undefined =>
  "target" in type ? (type as ts.TypeReference).target : undefined;

/** The same type, once with parameters and once with arguments for them. */
function compare(declared: ts.Type, actual: ts.Type, found: Found, checker: ts.TypeChecker, depth = 0): void {
  if (declared === actual || depth > deepest) return;
  const each = (a: readonly ts.Type[], b: readonly ts.Type[]): void =>
    a.forEach((t, n) => b[n] && compare(t, b[n], found, checker, depth + 1));
  if (declared.flags & ts.TypeFlags.TypeParameter) {
    if (!found.has(declared)) found.set(declared, actual);
    return;
  }
  if (declared.isUnion()) {
    const isNothing = (t: ts.Type): boolean =>
      (t.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null | ts.TypeFlags.Void)) !== 0;
    const [only, ...others] = declared.types.filter((t) => !isNothing(t));
    if (only && others.length === 0) each([only], [checker.getNonNullableType(actual)]);
    return;
  }
  if (declared.aliasSymbol && declared.aliasSymbol === actual.aliasSymbol)
    each(declared.aliasTypeArguments ?? [], actual.aliasTypeArguments ?? []);
  const target = targetOf(declared);
  if (target && target === targetOf(actual)) {
    each(
      checker.getTypeArguments(declared as ts.TypeReference),
      checker.getTypeArguments(actual as ts.TypeReference),
    );
    return;
  }
  const parts = (of: ts.Type): readonly ts.Type[] =>
    of
      .getCallSignatures()
      .flatMap((s) => [
        ...s.parameters.map((p) => checker.getTypeOfSymbol(p)),
        checker.getReturnTypeOfSignature(s),
      ]);
  each(parts(declared), parts(actual));
  for (const property of declared.getProperties()) {
    const other = actual.getProperty(property.name);
    if (other) each([checker.getTypeOfSymbol(property)], [checker.getTypeOfSymbol(other)]);
  }
}
