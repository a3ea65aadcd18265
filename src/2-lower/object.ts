/** Objects and what is reached through a key: fields, elements, lengths. */
import { ts } from "ts-morph";
import { isSettled } from "../source/settled.ts";
import { constant, elementType, typeOf } from "../ir/build.ts";
import type { Operand, Type } from "../ir/types.ts";
import { choose, isPresent } from "./branch.ts";
import { peek } from "./callee.ts";
import { isGlobal } from "./effects.ts";
import { type Place, at, heldBy, typeAt, typeIn } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { isHidden, mentionsLocals, opaque, opaqueRead, refusalFor } from "./fragment.ts";
import { fieldUnderConstruction } from "./construct.ts";
import { lowerStatic } from "./fixed.ts";
import { lowerKeyed } from "./keyed.ts";
import { partOfKnown } from "./known.ts";
import { isMap } from "./map.ts";
import { recordOf } from "./mapKeys.ts";
import { readEntry } from "./record.ts";
import { lowerGetter } from "./member.ts";
import { bare } from "./scan.ts";

type Access = ts.PropertyAccessExpression | ts.ElementAccessExpression;

/** A place in memory, its array or object and key evaluated. */
export type Part =
  | Readonly<{ kind: "element" | "field"; object: Operand; key: Operand }>
  | Readonly<{ kind: "length"; object: Operand }>
  /** Of an object whose keys are known only at run time. */
  | Readonly<{ kind: "entry"; object: Operand; key: Operand }>
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
    case "map":
      return type.record ? { kind: "entry", object, key } : strange;
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
    typeIn(here.session, checker.getNonNullableType(checker.getTypeAtLocation(node.expression)), node),
  );
  if (isMap(objectType) && ts.isPropertyAccessExpression(node) && node.name.text === "size")
    return { kind: "length", object: lowerExpression(node.expression, here) };
  if (recordOf(objectType)) {
    const of = lowerExpression(node.expression, here);
    const key = ts.isPropertyAccessExpression(node)
      ? constant(node.name.text)
      : lowerExpression(node.argumentExpression, here);
    return partAt(of, key);
  }
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
  const held = heldBy(symbol, here);
  return held !== undefined && typeOf(held).kind === "number";
}

export function readPart(part: Part, node: ts.Node, here: Place): Operand {
  if (part.kind === "strange") {
    const type = typeAt(here, ts.isBindingElement(node) ? node.name : node);
    return opaqueRead(here, node, part.object, part.key, type);
  }
  const block = at(here, node);
  if (part.kind === "length") return block.length(part.object);
  if (part.kind === "entry") return readEntry(part.object, part.key, node, here);
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
  const made = madePart(object, key, here);
  if (made) return made;
  const part = partAt(object, key);
  if (part.kind === "entry") return readEntry(object, key, node, here, mayBeMissing);
  if (!mayBeMissing || part.kind !== "element") return readPart(part, node, here);
  // an array may end before its element
  const type = elementType(typeOf(part.object), part.key);
  const known = type.kind === "optional" || type.kind === "other";
  return at(here, node).load(part.object, part.key, undefined, known ? type : { kind: "optional", of: type });
}

/** A part of a pair that was just made: what was put there. */
function madePart(object: Operand, key: Operand, here: Place): Operand | undefined {
  if (typeOf(object).kind !== "tuple" || key.kind !== "constant") return undefined;
  const { body } = here.block;
  const at = body.findLastIndex((i) => i.kind === "make" && i.result === object);
  const made = body[at];
  const isSame = body.slice(at + 1).every((i) => ["op", "load", "get", "length"].includes(i.kind));
  return made?.kind === "make" && isSame ? made.items.find((i) => i.key === key.value)?.value : undefined;
}

export function lowerAccess(node: Access, here: Place): Operand {
  const { checker } = here.session;
  if (ts.isOptionalChain(node)) return lowerChain(node, here);
  if (ts.isPropertyAccessExpression(node)) {
    const known = fieldUnderConstruction(node, here) ?? lowerGetter(node, here) ?? lowerStatic(node, here);
    if (known) return known;
  }
  if (isNamed(node, checker)) return remembered(opaque(here, node, { repeatable: true }), node, here);
  if (isNamespace(node.expression, checker)) {
    const member = opaque(here, node, { repeatable: isConstantMember(node, checker) });
    return remembered(member, node, here);
  }
  const part = partOf(node, here);
  if (part) return readPart(part, node, here);
  const keyed = lowerKeyed(node, here);
  if (keyed) return keyed;
  const repeatable = isText(checker.getTypeAtLocation(node.expression));
  const given = new Map<ts.Node, Operand>();
  const { knowledge } = here.session;
  // what reads no variable is readable as it stands
  const child = (part: ts.Expression): Operand | undefined => {
    if (!mentionsLocals(part, here)) return undefined;
    const operand = lowerExpression(part, here);
    given.set(part, operand);
    return operand;
  };
  const object = child(node.expression);
  const holder = object ? knowledge.of(object) : peek(node.expression, here);
  const key = ts.isPropertyAccessExpression(node) ? constant(node.name.text) : child(node.argumentExpression);
  const result = opaque(here, node, { given, repeatable, refusal: refusalFor(node, here), writes: false });
  const known = key ? partOfKnown(holder, key) : peek(node, here);
  if (known) knowledge.set(result, known);
  return result;
}

/** Names of functions are known wherever their values go. */
function remembered(operand: Operand, node: Access, here: Place): Operand {
  const known = peek(node, here);
  if (known) here.session.knowledge.set(operand, known);
  return operand;
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
  return declaration !== undefined && isSettled(declaration, checker);
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
