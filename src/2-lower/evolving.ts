/** `let t;`: a variable whose type nobody wrote, and which is what it is given. */
import { ts } from "ts-morph";
import { undefinedType } from "../ir/build.ts";
import type { Type } from "../ir/types.ts";
import { sameType } from "../source/sameType.ts";
import { isAssignment } from "./scan.ts";

/** How a type of the compiler reads here. */
type Convert = (type: ts.Type, node: ts.Node) => Type;

const answers = new WeakMap<ts.Symbol, { type: Type | undefined }>();

/** What such a variable holds, by what is assigned to it and what its uses are; `undefined` if that is not one type. */
export function evolvedType(symbol: ts.Symbol, checker: ts.TypeChecker, convert: Convert): Type | undefined {
  const known = answers.get(symbol);
  if (known) return known.type;
  const declaration = symbol.valueDeclaration;
  const type =
    declaration && isEvolving(declaration) ? gathered(symbol, declaration, checker, convert) : undefined;
  answers.set(symbol, { type });
  return type;
}

/** Declared without a type and a value, or as `null` or `undefined` at first. */
function isEvolving(declaration: ts.Declaration): boolean {
  if (!ts.isVariableDeclaration(declaration) || declaration.type || !ts.isIdentifier(declaration.name))
    return false;
  if (ts.getJSDocType(declaration) || !ts.isVariableDeclarationList(declaration.parent)) return false;
  const holder = declaration.parent.parent;
  if (ts.isForOfStatement(holder) || ts.isForInStatement(holder)) return false;
  const { initializer } = declaration;
  return !initializer || isNothing(initializer);
}

const isNothing = (node: ts.Expression): boolean =>
  node.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(node) && node.text === "undefined");

function gathered(
  symbol: ts.Symbol,
  declaration: ts.Declaration,
  checker: ts.TypeChecker,
  convert: Convert,
): Type | undefined {
  const found: { type: ts.Type; node: ts.Node }[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isIdentifier(node) &&
      node.text === symbol.name &&
      node.parent !== declaration &&
      checker.getSymbolAtLocation(node) === symbol
    ) {
      const { parent } = node;
      const isGiven =
        isAssignment(parent) &&
        parent.left === node &&
        parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
      found.push({ type: checker.getTypeAtLocation(isGiven ? parent.right : node), node });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.findAncestor(declaration.parent, ts.isFunctionLike) ?? declaration.getSourceFile());
  const told = found.filter(({ type }) => !(type.flags & ts.TypeFlags.Any));
  const types = told.map(({ type, node }) =>
    type.flags & ts.TypeFlags.Null
      ? ({ ...optionalOf(undefinedType), absent: "null" } as const)
      : convert(type, node),
  );
  const held = types.map((t) => (t.kind === "optional" ? t.of : t)).filter((t) => t.kind !== "undefined");
  const [first] = held;
  if (!first || !held.every((t) => sameType(first, t))) return undefined;
  const nothing = types.filter((t) => t.kind === "optional" || t.kind === "undefined");
  if (nothing.length === 0) return first;
  const ways = nothing.map((t) => (t.kind === "optional" ? t.absent : undefined));
  const isNull = ways.some((w) => w !== undefined);
  const absent = !isNull
    ? {}
    : { absent: ways.every((w) => w === "null") ? ("null" as const) : ("either" as const) };
  return { ...optionalOf(first), ...absent };
}

const optionalOf = (of: Type): Extract<Type, { kind: "optional" }> => ({ kind: "optional", of });
