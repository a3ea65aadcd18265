/**
 * Objects that are made once and never change: `Vec3.ZERO`, `const UP = new Vec3(0, 1, 0)`. What they hold is known
 * where they are named; where the object itself is wanted, it is the one that the name stands for.
 */
import { ts } from "ts-morph";
import type { Fragment, Operand } from "../ir/types.ts";
import { isPure } from "../source/constant.ts";
import { type Class, classOf, isStatic, lineOf, originalOf, ownFields } from "./class.ts";
import { lowerConstruction } from "./construct.ts";
import { type Place, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { textOf } from "./text.ts";
import { referenceOf } from "../source/reference.ts";
import { isSettled } from "../source/settled.ts";

/** `C.member` of a static member that is set once; `undefined`, and nothing is lowered, if it is none. */
export function lowerStatic(node: ts.PropertyAccessExpression, here: Place): Operand | undefined {
  const { checker } = here.session;
  const member = originalOf(node.name, checker)?.valueDeclaration;
  if (!member || !ts.isPropertyDeclaration(member) || !isStatic(member) || !isReadonly(member))
    return undefined;
  if (!member.initializer || member.getSourceFile().isDeclarationFile || isSetInBlock(member))
    return undefined;
  const owner = classOf(node.expression, checker);
  if (!owner) return undefined;
  const isReachable = isNamed(owner, here);
  const object = fixedObject(member.initializer, isReachable ? node : undefined, here);
  if (object) return object;
  // a name says more than a number does
  if (isReachable || !isUnchangeable(member, here) || !isPure(member.initializer, checker)) return undefined;
  return lowerExpression(member.initializer, here);
}

/** `NAME` of a constant that holds an object of a class whose fields never change. */
export function lowerFixed(node: ts.Identifier, symbol: ts.Symbol, here: Place): Operand | undefined {
  const { checker } = here.session;
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const declaration = target.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
  if (!isSettled(declaration, checker)) return undefined;
  if (declaration.getSourceFile().isDeclarationFile) return undefined;
  return fixedObject(declaration.initializer, referenceOf(symbol, checker) ? node : undefined, here);
}

/** `name`: how generated code may call it. */
function fixedObject(
  initializer: ts.Expression,
  name: ts.Expression | undefined,
  here: Place,
): Operand | undefined {
  const { checker } = here.session;
  if (!ts.isNewExpression(initializer)) return undefined;
  const of = classOf(initializer.expression, checker);
  if (!of || !isImmutable(of, checker) || isCompared(of, here)) return undefined;
  if (!(initializer.arguments ?? []).every((a) => isPure(a, checker))) return undefined;
  const made = lowerConstruction(initializer, here);
  const last = here.block.body.at(-1);
  if (!name || last?.kind !== "make" || last.result !== made) return made;
  const { parts, references } = textOf(name, here, new Map(), new Map());
  const constant: Fragment = { form: "expression", parts, references };
  here.block.body[here.block.body.length - 1] = { ...last, constant };
  return made;
}

const isReadonly = (member: ts.Node): boolean =>
  ts.canHaveModifiers(member) &&
  ts.getModifiers(member)?.some((m) => m.kind === ts.SyntaxKind.ReadonlyKeyword) === true;

/** `static { C.member = … }` may set what is readonly to others. */
const isSetInBlock = (member: ts.PropertyDeclaration): boolean =>
  ts.isClassLike(member.parent) && member.parent.members.some(ts.isClassStaticBlockDeclaration);

const isNamed = (of: Class, { session }: Place): boolean => {
  const symbol = of.name && session.checker.getSymbolAtLocation(of.name);
  return symbol !== undefined && referenceOf(symbol, session.checker) !== undefined;
};

/** A number, a text, or a list that nobody may write to. */
function isUnchangeable(member: ts.PropertyDeclaration, here: Place): boolean {
  const type = typeAt(here, member.name);
  if (type.kind === "number" || type.kind === "boolean") return true;
  const isFlat = (of: typeof type): boolean => of.kind === "number" || of.kind === "boolean";
  if (type.kind === "tuple") return type.readonly === true && type.elements.every(isFlat);
  return type.kind === "array" && type.readonly === true && isFlat(type.element);
}

const isImmutable = (of: Class, checker: ts.TypeChecker): boolean =>
  lineOf(of, checker)?.every((c) => ownFields(c).every((f) => isReadonly(f.node))) === true;

/** Somewhere in the files at hand, objects of the class are told apart by identity. */
function isCompared(of: Class, here: Place): boolean {
  const { checker, hierarchy, compared } = here.session;
  const known = compared.get(of);
  if (known !== undefined) return known;
  const family = hierarchy.family(of);
  const isOne = (node: ts.Expression): boolean =>
    hierarchy.candidates(checker.getTypeAtLocation(node)).some((c) => family.includes(c));
  const equality = new Set([
    ts.SyntaxKind.EqualsEqualsEqualsToken,
    ts.SyntaxKind.ExclamationEqualsEqualsToken,
    ts.SyntaxKind.EqualsEqualsToken,
    ts.SyntaxKind.ExclamationEqualsToken,
  ]);
  const visit = (node: ts.Node): boolean => {
    if (ts.isBinaryExpression(node) && equality.has(node.operatorToken.kind))
      if (isOne(node.left) && isOne(node.right)) return true;
    return ts.forEachChild(node, (c) => visit(c) || undefined) === true;
  };
  const found = hierarchy.sources.some(visit);
  compared.set(of, found);
  return found;
}
