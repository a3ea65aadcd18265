/** Objects and what is reached through a key: fields, elements, lengths; object literals. */
import { ts } from "ts-morph";
import { constant, elementType, typeOf, value } from "../ir/build.ts";
import type { Item, Operand, Type } from "../ir/types.ts";
import { toType } from "../source/type.ts";
import { choose, isPresent } from "./branch.ts";
import { isGlobal } from "./effects.ts";
import { type Place, at, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { isHidden, opaque, opaqueRead, refusalFor } from "./fragment.ts";
import { holderOfThis } from "./class.ts";
import { fieldUnderConstruction } from "./construct.ts";
import { lowerGetter } from "./member.ts";
import { bare, symbolOf } from "./scan.ts";

type Access = ts.PropertyAccessExpression | ts.ElementAccessExpression;

/** A place in memory, its array or object and key evaluated. */
export type Part =
  | Readonly<{ kind: "element" | "field"; object: Operand; key: Operand }>
  | Readonly<{ kind: "length"; object: Operand }>
  /** A part of something that the types say nothing of. */
  | Readonly<{ kind: "strange"; object: Operand; key: Operand }>;

const present = (type: Type): Type => (type.kind === "optional" ? type.of : type);

/** What an operand and a key reach, if its type says. */
function partAt(object: Operand, key: Operand): Part {
  const strange: Part = { kind: "strange", object, key };
  if (object.kind === "constant") return strange;
  const type = present(object.type);
  switch (type.kind) {
    case "array":
    case "tuple":
      if (key.kind === "constant" && key.value === "length") return { kind: "length", object };
      if (typeOf(key).kind === "number" || (typeOf(key).kind === "other" && key.kind === "value"))
        return hasElement(type, key) ? { kind: "element", object, key } : strange;
      return strange;
    case "object":
      return hasElement(type, key) ? { kind: "field", object, key } : strange;
    default:
      return strange;
  }
}

function hasElement(type: Type, key: Operand): boolean {
  if (type.kind === "object")
    return key.kind === "constant" && type.fields.some((f) => f.name === String(key.value));
  if (type.kind === "tuple")
    return key.kind === "constant"
      ? type.elements[Number(key.value)] !== undefined
      : type.elements.length > 0;
  return true;
}

/** The place that `x[i]` or `x.f` names; `undefined` if it is none that is understood (nothing is lowered then). */
export function partOf(node: Access, here: Place): Part | undefined {
  const { checker } = here.session;
  const objectType = present(
    toType(checker.getNonNullableType(checker.getTypeAtLocation(node.expression)), checker, node),
  );
  if (!["array", "tuple", "object"].includes(objectType.kind)) return undefined;
  if (ts.isPropertyAccessExpression(node)) {
    if (
      objectType.kind === "object"
        ? !hasElement(objectType, constant(node.name.text)) && !isHidden(node, here)
        : node.name.text !== "length"
    )
      return undefined;
    return partAt(lowerExpression(node.expression, here), constant(node.name.text));
  }
  const keyType = isCounting(node.argumentExpression, here)
    ? "number"
    : typeAt(here, node.argumentExpression).kind;
  const isName = ts.isStringLiteralLike(node.argumentExpression);
  if (objectType.kind === "object" ? !isName : keyType !== "number") return undefined;
  const object = lowerExpression(node.expression, here);
  return partAt(object, lowerExpression(node.argumentExpression, here));
}

/** The key of a `for … in` over an array stands for its number. */
export function isCounting(key: ts.Expression, here: Place): boolean {
  const symbol = ts.isIdentifier(key) ? here.session.checker.getSymbolAtLocation(key) : undefined;
  const held = symbol && here.environment.get(symbol);
  return held !== undefined && typeOf(held).kind === "number";
}

export function readPart(part: Part, node: ts.Node, here: Place): Operand {
  if (part.kind === "strange") {
    const type = typeAt(here, ts.isBindingElement(node) ? node.name : node);
    return opaqueRead(here, node, part.object, part.key, type);
  }
  const block = at(here, node);
  if (part.kind === "length") return block.length(part.object);
  const type = elementType(typeOf(part.object), part.key);
  const known = isTold(part, node, here) ? present(type) : type;
  return block.load(part.object, part.key, undefined, known);
}

/** A field that only some shapes of a union have, behind a test that told the shapes apart. */
function isTold({ object, key }: Extract<Part, { key: Operand }>, node: ts.Node, here: Place): boolean {
  const type = present(typeOf(object));
  const field =
    type.kind === "object" && key.kind === "constant"
      ? type.fields.find((f) => f.name === key.value)
      : undefined;
  if (!field?.partial) return false;
  return typeAt(here, ts.isBindingElement(node) ? node.name : node).kind !== "optional";
}

/** `object[key]` for operands: one element of a pattern. */
export function readKey(
  object: Operand,
  key: Operand,
  node: ts.Node,
  here: Place,
  mayBeMissing = false,
): Operand {
  const part = partAt(object, key);
  if (!mayBeMissing || part.kind !== "element") return readPart(part, node, here);
  // an array may end before its element
  const type = elementType(typeOf(part.object), part.key);
  const known = type.kind === "optional" || type.kind === "other";
  return at(here, node).load(part.object, part.key, undefined, known ? type : { kind: "optional", of: type });
}

export function lowerAccess(node: Access, here: Place): Operand {
  const { checker } = here.session;
  if (ts.isOptionalChain(node)) return lowerChain(node, here);
  if (ts.isPropertyAccessExpression(node)) {
    const known = fieldUnderConstruction(node, here) ?? lowerGetter(node, here);
    if (known) return known;
  }
  if (isNamed(node, checker)) return opaque(here, node, { repeatable: true });
  if (isNamespace(node.expression, checker))
    return opaque(here, node, { repeatable: isConstantMember(node, checker) });
  const part = partOf(node, here);
  if (part) return readPart(part, node, here);
  const children = ts.isElementAccessExpression(node)
    ? [node.expression, node.argumentExpression]
    : [node.expression];
  const repeatable = isText(checker.getTypeAtLocation(node.expression));
  return opaque(here, node, { children, repeatable, refusal: refusalFor(node, here), writes: false });
}

const isText = (type: ts.Type): boolean => (type.flags & ts.TypeFlags.StringLike) !== 0;

/** `Math.PI`, `Number.EPSILON`, `Mode.Fast`: names for constants. */
function isNamed(node: Access, checker: ts.TypeChecker): boolean {
  if (ts.isPropertyAccessExpression(node) && isGlobal(node.expression, checker)) {
    const name = (node.expression as ts.Identifier).text;
    if (name === "Math" || name === "Number") return true;
  }
  const symbol = checker.getSymbolAtLocation(ts.isPropertyAccessExpression(node) ? node.name : node);
  return symbol !== undefined && (symbol.flags & ts.SymbolFlags.EnumMember) !== 0;
}

function isNamespace(node: ts.Expression, checker: ts.TypeChecker): boolean {
  const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined;
  if (!symbol) return false;
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return (target.flags & ts.SymbolFlags.Module) !== 0;
}

function isConstantMember(node: Access, checker: ts.TypeChecker): boolean {
  const symbol = ts.isPropertyAccessExpression(node) ? checker.getSymbolAtLocation(node.name) : undefined;
  const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const declaration = target?.valueDeclaration;
  return declaration !== undefined && (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
}

/** `a?.b.c?.[i]`: what is behind a `?.` is read only where there is something to read from. */
function lowerChain(node: Access, here: Place): Operand {
  const links: Access[] = [];
  let base: ts.Expression = node;
  for (let inner = bare(node); ts.isOptionalChain(inner); inner = bare(base)) {
    if (!ts.isPropertyAccessExpression(inner) && !ts.isElementAccessExpression(inner))
      return opaque(here, node, { refusal: refusalFor(node, here), writes: false });
    links.unshift(inner);
    base = inner.expression;
  }
  const read = (object: Operand, n: number, inside: Place): Operand => {
    const link = links[n];
    if (!link) return object;
    const next = (within: Place): Operand => {
      const key = ts.isPropertyAccessExpression(link)
        ? constant(link.name.text)
        : lowerExpression(link.argumentExpression, within);
      return read(readKey(object, key, link, within, true), n + 1, within);
    };
    if (!link.questionDotToken) return next(inside);
    const test = isPresent(object, link.expression, inside);
    return choose(inside, test, typeAt(inside, node), node, next, () => constant(undefined));
  };
  return read(lowerExpression(base, here), 0, here);
}

/** The type that a literal is made for: what its surroundings expect, else what it looks like. */
export function literalType(node: ts.Expression, here: Place): Type {
  const { checker } = here.session;
  const own = checker.getTypeAtLocation(node);
  const wanted = checker.getContextualType(node);
  const type = toType(own, checker, node);
  if (!wanted) return type;
  const expected = toType(checker.getNonNullableType(wanted), checker, node);
  if (type.kind === "array" && expected.kind === "array") return expected;
  if (type.kind === "tuple" && (expected.kind === "tuple" || expected.kind === "array")) return expected;
  if (type.kind !== "object" || expected.kind !== "object") return type;
  return type.fields.every((f) => expected.fields.some((e) => e.name === f.name)) ? expected : type;
}

export function lowerObjectLiteral(node: ts.ObjectLiteralExpression, here: Place): Operand {
  const type = literalType(node, here);
  const carriesCode = (p: ts.ObjectLiteralElementLike): boolean => isCodeProperty(p, here);
  const data = node.properties.filter((p) => !carriesCode(p));
  const isWhole = data.length === node.properties.length || isOnlyAsked(node, here);
  if (type.kind !== "object" || !isWhole || !data.every((p) => isPlainProperty(p, here)))
    return opaque(here, node, { refusal: refusalFor(node, here) });
  const items = new Map<string, Operand>();
  for (const p of data) {
    if (ts.isShorthandPropertyAssignment(p)) items.set(p.name.text, lowerExpression(p.name, here));
    else if (ts.isPropertyAssignment(p))
      items.set(propertyName(p.name)!, lowerExpression(p.initializer, here));
    else if (ts.isSpreadAssignment(p)) {
      const from = lowerExpression(p.expression, here);
      const of = present(typeOf(from));
      if (of.kind !== "object") throw new Error("a spread of what is no object");
      for (const field of of.fields)
        items.set(field.name, at(here, p).load(from, constant(field.name), field.name));
    }
  }
  const known = [...items].filter(([key]) => type.fields.some((f) => f.name === key));
  const fields = type.fields.filter(
    (f) => !node.properties.some((p) => carriesCode(p) && p.name?.getText() === f.name),
  );
  const result = value(fields.length === type.fields.length ? type : { kind: "object", fields });
  const made: Item[] = known.map(([key, operand]) => ({ key, value: operand }));
  at(here, node).add({ kind: "make", result, items: made, at: here.block.at });
  return result;
}

/** A method, a getter, a function: found by its name where it is called. */
const isCodeProperty = (p: ts.ObjectLiteralElementLike, here: Place): boolean =>
  ts.isMethodDeclaration(p) ||
  ts.isGetAccessor(p) ||
  (ts.isPropertyAssignment(p) && ts.isFunctionLike(bare(p.initializer)) && isCode(p.initializer, here));

/** `const o = { … }`, of which nothing is ever used but its parts. */
function isOnlyAsked(node: ts.ObjectLiteralExpression, here: Place): boolean {
  const { checker } = here.session;
  const variable = ts.findAncestor(
    node.parent,
    (a) => !ts.isParenthesizedExpression(a) && !ts.isAsExpression(a),
  );
  if (!variable || !ts.isVariableDeclaration(variable) || !ts.isIdentifier(variable.name)) return false;
  if (!(ts.getCombinedNodeFlags(variable) & ts.NodeFlags.Const) || variable.type) return false;
  const symbol = checker.getSymbolAtLocation(variable.name);
  const isPart = (use: ts.Node): boolean =>
    use === variable.name || (ts.isPropertyAccessExpression(use.parent) && use.parent.expression === use);
  const visit = (n: ts.Node): boolean => {
    const isUse = ts.isIdentifier(n) && symbolOf(n, checker) === symbol;
    const isOwn = n.kind === ts.SyntaxKind.ThisKeyword && holderOfThis(n)?.parent === node;
    if ((isUse || isOwn) && !isPart(n)) return false;
    return ts.forEachChild(n, (c) => (visit(c) ? undefined : true)) !== true;
  };
  return visit(node.getSourceFile());
}

function propertyName(name: ts.PropertyName): string | undefined {
  return ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)
    ? name.text
    : undefined;
}

function isPlainProperty(p: ts.ObjectLiteralElementLike, here: Place): boolean {
  if (ts.isShorthandPropertyAssignment(p)) return true;
  if (ts.isPropertyAssignment(p)) {
    const isFunction = typeAt(here, p.initializer).kind === "other" && isCode(p.initializer, here);
    return propertyName(p.name) !== undefined && !isFunction;
  }
  if (!ts.isSpreadAssignment(p)) return false;
  const type = typeAt(here, p.expression);
  return type.kind === "object" && type.fields.every((f) => !f.optional);
}

const isCode = (node: ts.Expression, here: Place): boolean =>
  here.session.checker.getTypeAtLocation(node).getCallSignatures().length > 0;
