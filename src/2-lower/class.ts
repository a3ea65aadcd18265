/** Classes: their members, what `this` means, and the objects that `new` makes of them. */
import { ts } from "ts-morph";
import type { Field, Operand, Type } from "../ir/types.ts";
import { toType } from "../source/type.ts";
import type { Place, Returned, Session } from "./environment.ts";
import { type WithBody, hasBody } from "./function.ts";
import { bare } from "./scan.ts";

export type Class = ts.ClassLikeDeclaration;

/** Where a name is declared, through imports. */
export function originalOf(node: ts.Node, checker: ts.TypeChecker): ts.Symbol | undefined {
  const symbol = checker.getSymbolAtLocation(node);
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The class that an expression names, if its code is at hand. */
export function classOf(node: ts.Expression, checker: ts.TypeChecker): Class | undefined {
  const inner = bare(node);
  const name = ts.isPropertyAccessExpression(inner) ? inner.name : inner;
  const declaration = ts.isIdentifier(name) ? originalOf(name, checker)?.valueDeclaration : undefined;
  if (!declaration || !ts.isClassLike(declaration) || declaration.getSourceFile().isDeclarationFile)
    return undefined;
  return declaration;
}

/** The class itself and those that it extends, itself first; `undefined` if one of them is not at hand. */
export function lineOf(of: Class, checker: ts.TypeChecker): readonly Class[] | undefined {
  const clause = of.heritageClauses?.find((c) => c.token === ts.SyntaxKind.ExtendsKeyword);
  const parent = clause?.types[0]?.expression;
  if (!parent) return [of];
  const base = classOf(parent, checker);
  const rest = base && lineOf(base, checker);
  return rest && [of, ...rest];
}

type Member = ts.MethodDeclaration | ts.GetAccessorDeclaration | ts.SetAccessorDeclaration;

export const isStatic = (member: ts.Node): boolean =>
  ts.canHaveModifiers(member) &&
  ts.getModifiers(member)?.some((m) => m.kind === ts.SyntaxKind.StaticKeyword) === true;

/** A member of that name and kind of a class, or of those that it extends. */
export function memberOf(
  of: Class,
  name: string,
  kind: "method" | "getter" | "setter",
  checker: ts.TypeChecker,
): WithBody | undefined {
  const fits = (m: ts.ClassElement): m is Member =>
    kind === "method"
      ? ts.isMethodDeclaration(m)
      : kind === "getter"
        ? ts.isGetAccessorDeclaration(m)
        : ts.isSetAccessorDeclaration(m);
  for (const each of lineOf(of, checker) ?? []) {
    const found = each.members.find(
      (m) => fits(m) && !isStatic(m) && m.name.getText() === name && hasBody(m),
    );
    if (found && ts.isFunctionLike(found) && hasBody(found)) return found;
  }
  return undefined;
}

/** Some class of the same file, or of the entry's, has its own version of a member: which one runs is not known. */
export function isOverridden(member: ts.Node, session: Session): boolean {
  const holder = member.parent;
  if (!ts.isClassLike(holder)) return false;
  const name = ts.isMethodDeclaration(member) || ts.isAccessor(member) ? member.name.getText() : "";
  const { checker } = session;
  const visit = (node: ts.Node): boolean => {
    if (ts.isClassLike(node) && node !== holder) {
      const line = lineOf(node, checker) ?? [];
      const own = line.slice(0, Math.max(line.indexOf(holder), 0));
      if (own.some((c) => c.members.some((m) => m.name?.getText() === name && !isStatic(m)))) return true;
    }
    return ts.forEachChild(node, (c) => visit(c) || undefined) === true;
  };
  const entries = [...session.functions.keys()].slice(0, 1).map((d) => d.getSourceFile());
  return [...new Set([holder.getSourceFile(), ...entries])].some(visit);
}

/** What says what `this` is: a function that is no arrow, or a field's initialiser. */
export function holderOfThis(node: ts.Node): ts.Node | undefined {
  return ts.findAncestor(
    node.parent,
    (a) =>
      (ts.isFunctionLike(a) && !ts.isArrowFunction(a)) ||
      ts.isPropertyDeclaration(a) ||
      ts.isClassStaticBlockDeclaration(a),
  );
}

/** The variable that holds `this` while a function runs. */
export function receiverOf(holder: ts.Node, session: Session): Returned {
  const known = session.receivers.get(holder);
  if (known) return known;
  const made: Returned = { kind: "returned", type: { kind: "undefined" } };
  session.receivers.set(holder, made);
  return made;
}

/** What `this` is where the node stands. */
export function thisAt(node: ts.Node, here: Place): Operand | undefined {
  const holder = holderOfThis(node);
  return holder && here.environment.get(receiverOf(holder, here.session));
}

/** A field of a class, declared as such or as a parameter of its constructor. */
type Declared = Readonly<{ name: string; node: ts.PropertyDeclaration | ts.ParameterDeclaration }>;

export function ownFields(of: Class): readonly Declared[] {
  const declared = of.members.filter(
    (m): m is ts.PropertyDeclaration => ts.isPropertyDeclaration(m) && !isStatic(m) && !isMethodLike(m),
  );
  const parameters = constructorOf(of)?.parameters.filter((p) =>
    ts.isParameterPropertyDeclaration(p, p.parent),
  );
  return [...(parameters ?? []), ...declared].map((node) => ({ name: node.name.getText(), node }));
}

/** `step = (x: number) => …` */
export const isMethodLike = (m: ts.PropertyDeclaration): boolean =>
  m.initializer !== undefined &&
  (ts.isArrowFunction(bare(m.initializer)) || ts.isFunctionExpression(bare(m.initializer)));

export const constructorOf = (of: Class): ts.ConstructorDeclaration | undefined =>
  of.members.find(
    (m): m is ts.ConstructorDeclaration => ts.isConstructorDeclaration(m) && m.body !== undefined,
  );

/** The type of what `new` makes: every field, also those that nobody outside may touch. */
export function instanceType(of: Class, own: ts.Type, session: Session): Type {
  const { checker } = session;
  const known = toType(own, checker, of);
  const fields = new Map<string, Field>();
  for (const each of [...(lineOf(of, checker) ?? [])].reverse())
    for (const { name, node } of ownFields(each)) {
      const open = known.kind === "object" ? known.fields.find((f) => f.name === name) : undefined;
      const property = checker.getPropertyOfType(own, name);
      const type = toType(
        property ? checker.getTypeOfSymbolAtLocation(property, of) : checker.getTypeAtLocation(node.name),
        checker,
        node,
      );
      const optional = node.questionToken !== undefined;
      fields.set(name, open ?? { name, type, ...(optional ? { optional } : {}) });
    }
  const isOpen =
    known.kind === "object" && [...fields.keys()].every((n) => known.fields.some((f) => f.name === n));
  return {
    kind: "object",
    fields: [...fields.values()],
    ...(isOpen && known.name ? { name: known.name } : {}),
  };
}

/** The method of the user's that a callee names, by the types. */
export function methodNamed(
  callee: ts.Expression,
  checker: ts.TypeChecker,
): ts.MethodDeclaration | undefined {
  const node = bare(callee);
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  return originalOf(node.name, checker)?.declarations?.find(
    (d): d is ts.MethodDeclaration => ts.isMethodDeclaration(d) && d.body !== undefined,
  );
}

/** The getter of the user's that an access runs, by the types. */
export const getterNamed = (
  node: ts.PropertyAccessExpression,
  checker: ts.TypeChecker,
): ts.GetAccessorDeclaration | undefined =>
  originalOf(node.name, checker)?.declarations?.find(
    (d): d is ts.GetAccessorDeclaration => ts.isGetAccessorDeclaration(d) && d.body !== undefined,
  );
