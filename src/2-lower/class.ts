/** Classes: their members, what `this` means, and the objects that `new` makes of them. */
import { ts } from "ts-morph";
import type { Field, Operand, Type } from "../ir/types.ts";
import { type Place, type Returned, type Session, typeIn } from "./environment.ts";
import { type WithBody, hasBody } from "./function.ts";
import { bare, isAssignment } from "./scan.ts";

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

type Member = ts.ClassElement & { readonly name: ts.PropertyName };

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
  const bodyOf = (m: ts.ClassElement): ts.Node | undefined => {
    if (kind === "getter") return ts.isGetAccessorDeclaration(m) ? m : undefined;
    if (kind === "setter") return ts.isSetAccessorDeclaration(m) ? m : undefined;
    if (ts.isPropertyDeclaration(m)) return isMethodLike(m) ? bare(m.initializer!) : undefined;
    return ts.isMethodDeclaration(m) ? m : undefined;
  };
  const isNamed = (m: ts.ClassElement): m is Member => m.name?.getText() === name && !isStatic(m);
  for (const each of lineOf(of, checker) ?? []) {
    const members = each.members.filter(isNamed);
    const found = members.map(bodyOf).find((m) => m !== undefined && ts.isFunctionLike(m) && hasBody(m));
    if (found && ts.isFunctionLike(found) && hasBody(found)) return found;
    // a field or an accessor of the other kind hides what the classes above have
    if (members.some((m) => ts.isPropertyDeclaration(m) || ts.isAccessor(m))) return undefined;
  }
  return undefined;
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

/** A field of a class, declared as such or as a parameter of its constructor; in JavaScript, where it is set first. */
type Declared = Readonly<{
  name: string;
  node: ts.PropertyDeclaration | ts.ParameterDeclaration | ts.PropertyAccessExpression;
}>;

export function ownFields(of: Class): readonly Declared[] {
  const declared = of.members.filter(
    (m): m is ts.PropertyDeclaration => ts.isPropertyDeclaration(m) && !isStatic(m) && !isMethodLike(m),
  );
  const parameters = constructorOf(of)?.parameters.filter((p) =>
    ts.isParameterPropertyDeclaration(p, p.parent),
  );
  const named = [...(parameters ?? []), ...declared].map((node) => ({ name: node.name.getText(), node }));
  return isScript(of) ? [...named, ...fieldsSet(of, new Set(named.map((d) => d.name)))] : named;
}

const isScript = (node: ts.Node): boolean => /\.[cm]?jsx?$/.test(node.getSourceFile().fileName);

const fieldsOfScripts = new WeakMap<Class, readonly Declared[]>();

/** `this.x = …` in the methods of a class that declares no `x`: first what its constructor sets. */
function fieldsSet(of: Class, declared: ReadonlySet<string>): readonly Declared[] {
  const known = fieldsOfScripts.get(of);
  if (known) return known;
  const found = new Map<string, Declared>();
  const visit = (node: ts.Node): void => {
    if (
      ts.isPropertyAccessExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ThisKeyword &&
      isAssignment(node.parent) &&
      node.parent.left === node &&
      !declared.has(node.name.text) &&
      !found.has(node.name.text)
    )
      found.set(node.name.text, { name: node.name.text, node });
    const isOther = (ts.isFunctionLike(node) && !ts.isArrowFunction(node)) || ts.isClassLike(node);
    if (!isOther) ts.forEachChild(node, visit);
  };
  const isAccessorName = (name: string): boolean =>
    of.members.some((m) => m.name?.getText() === name && !ts.isPropertyDeclaration(m));
  const own = of.members.filter((m) => !isStatic(m) && ts.isFunctionLike(m) && "body" in m && m.body);
  for (const member of [...own].sort(
    (a, b) => Number(ts.isConstructorDeclaration(b)) - Number(ts.isConstructorDeclaration(a)),
  ))
    ts.forEachChild((member as WithBody).body!, visit);
  const fields = [...found.values()].filter((f) => !isAccessorName(f.name));
  fieldsOfScripts.set(of, fields);
  return fields;
}

/** `step = (x: number) => …` */
export const isMethodLike = (m: ts.PropertyDeclaration): boolean =>
  m.initializer !== undefined &&
  (ts.isArrowFunction(bare(m.initializer)) || ts.isFunctionExpression(bare(m.initializer)));

export const constructorOf = (of: Class): ts.ConstructorDeclaration | undefined =>
  of.members.find(
    (m): m is ts.ConstructorDeclaration => ts.isConstructorDeclaration(m) && m.body !== undefined,
  );

/** The type of what `new` makes: every field in the order in which it comes to be, and nothing of other classes. */
export function instanceType(of: Class, own: ts.Type, session: Session): Type {
  const { checker, hierarchy } = session;
  const known = typeIn(session, own, of);
  const isFamily = hierarchy.family(of).length > 1;
  const shown = known.kind === "object" ? known.fields : [];
  const fields = new Map<string, Field>(shown.filter((f) => f.beyond === "tag").map((f) => [f.name, f]));
  for (const each of [...(lineOf(of, checker) ?? [])].reverse())
    for (const { name, node } of ownFields(each)) {
      const given = shown.find((f) => f.name === name);
      const property = checker.getPropertyOfType(own, name);
      const type = property
        ? checker.getTypeOfSymbolAtLocation(property, of)
        : checker.getTypeAtLocation(node.name);
      const optional = !ts.isPropertyAccessExpression(node) && node.questionToken !== undefined;
      fields.set(
        name,
        given ?? { name, type: typeIn(session, type, node), ...(optional ? { optional } : {}) },
      );
    }
  const name = known.kind === "object" && !isFamily ? known.name : undefined;
  return { kind: "object", fields: [...fields.values()], ...(name === undefined ? {} : { name }) };
}
