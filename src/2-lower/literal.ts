/** Object literals, and what a literal is expected to be. */
import { ts } from "ts-morph";
import { typeOf } from "../ir/build.ts";
import type { Operand, Type } from "../ir/types.ts";
import { peek } from "./callee.ts";
import { holderOfThis } from "./class.ts";
import { type Place, typeAt, typeIn } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { opaque, refusalFor } from "./fragment.ts";
import { functionText, keepCaptured, lowerFunctionValue } from "./functionValue.ts";
import { type Known, closuresIn } from "./known.ts";
import { type Part, madeOf, mostMissing, partOf, putPart } from "./parts.ts";
import { recordOf } from "./mapKeys.ts";
import { lowerRecordLiteral } from "./record.ts";
import { bare, symbolOf } from "./scan.ts";

/** The type that a literal is made for: what its surroundings expect, else what it looks like. */
export function literalType(node: ts.Expression, here: Place): Type {
  const { checker } = here.session;
  const own = checker.getTypeAtLocation(node);
  const wanted = checker.getContextualType(node);
  const type = typeIn(here.session, own, node);
  if (!wanted) return type;
  const expected = typeIn(here.session, checker.getNonNullableType(wanted), node);
  if (type.kind === "array" && expected.kind === "array") return expected;
  if (type.kind === "tuple" && (expected.kind === "tuple" || expected.kind === "array")) return expected;
  // nothing inside of `new Map()` says of what
  if (type.kind === "other" && expected.kind === "map" && ts.isNewExpression(bare(node))) return expected;
  const isLiteral = ts.isObjectLiteralExpression(bare(node));
  if (isLiteral && recordOf(expected) && (type.kind === "object" || type.kind === "map")) return expected;
  if (type.kind !== "object" || expected.kind !== "object") return type;
  return type.fields.every((f) => expected.fields.some((e) => e.name === f.name)) ? expected : type;
}

export function lowerObjectLiteral(node: ts.ObjectLiteralExpression, here: Place): Operand {
  const type = literalType(node, here);
  if (type.kind === "map") return lowerRecordLiteral(node, type, here) ?? opaqueLiteral(node, here);
  const isPlain = node.properties.every((p) => isCodeProperty(p, here) || isPlainProperty(p, here));
  const isOnlyParts = node.properties.some((p) => isCodeProperty(p, here)) && isOnlyAsked(node, here);
  if (type.kind !== "object" || !isPlain || (!isOnlyParts && node.properties.some(ts.isGetAccessor)))
    return opaqueLiteral(node, here);
  const parts: Part[] = [];
  const put = (key: string, held: Operand): void =>
    putPart(parts, { key, give: () => held }, undefined, node, here);
  for (const p of node.properties) {
    if (isCodeProperty(p, here)) {
      // what is only called where it is known needs no field
      if (!isOnlyParts) put(propertyName(p.name!)!, lowerCode(p as Code, here));
    } else if (ts.isShorthandPropertyAssignment(p)) put(p.name.text, lowerExpression(p.name, here));
    else if (ts.isPropertyAssignment(p)) put(propertyName(p.name)!, lowerExpression(p.initializer, here));
    else if (ts.isSpreadAssignment(p)) {
      const from = lowerExpression(p.expression, here);
      const of = present(typeOf(from));
      if (of.kind !== "object") throw new Error("a spread of what is no object");
      for (const field of of.fields) putPart(parts, partOf(from, field, p, here), from, p, here);
    }
  }
  const isCode = (name: string): boolean =>
    isOnlyParts && node.properties.some((p) => isCodeProperty(p, here) && p.name?.getText() === name);
  const known = parts.filter(({ key }) => type.fields.some((f) => f.name === key));
  const fields = type.fields.filter((f) => !isCode(f.name));
  const as: Type = fields.length === type.fields.length ? type : { kind: "object", fields };
  const result = madeOf(known, as, node, here);
  if (node.properties.some((p) => isCodeProperty(p, here))) remember(node, result, here);
  return result;
}

const present = (type: Type): Type => (type.kind === "optional" ? type.of : type);

/** What no object with known fields can be: its functions are known all the same. */
function opaqueLiteral(node: ts.ObjectLiteralExpression, here: Place): Operand {
  const why = refusalFor(node, here);
  if (!node.properties.some((p) => isCodeProperty(p, here))) return opaque(here, node, { refusal: why });
  const given = new Map<ts.Node, Operand>();
  for (const p of node.properties) {
    const part = ts.isPropertyAssignment(p)
      ? p.initializer
      : ts.isSpreadAssignment(p)
        ? p.expression
        : undefined;
    if (part && !isCodeProperty(p, here)) given.set(part, lowerExpression(part, here));
  }
  const result = functionText(here, node, why, given);
  remember(node, result, here);
  return result;
}

/** Which functions the literal holds, beside what its fields were made of. */
function remember(node: ts.ObjectLiteralExpression, result: Operand, here: Place): void {
  const { knowledge } = here.session;
  const seen = peek(node, here);
  if (seen?.kind !== "parts") return;
  const made = knowledge.of(result);
  const parts = new Map([...seen.parts, ...(made?.kind === "parts" ? made.parts : [])]);
  const known: Known = { ...seen, parts };
  closuresIn(known).forEach((c) => keepCaptured(c, here));
  knowledge.set(result, known);
}

type Code = ts.MethodDeclaration | ts.GetAccessorDeclaration | ts.PropertyAssignment;

/** A method, a getter, a function: called through the object. */
function isCodeProperty(p: ts.ObjectLiteralElementLike, here: Place): boolean {
  if (ts.isMethodDeclaration(p) || ts.isGetAccessor(p)) return propertyName(p.name) !== undefined;
  return (
    ts.isPropertyAssignment(p) &&
    propertyName(p.name) !== undefined &&
    ts.isFunctionLike(bare(p.initializer)) &&
    here.session.checker.getTypeAtLocation(p.initializer).getCallSignatures().length > 0
  );
}

function lowerCode(p: Code, here: Place): Operand {
  if (ts.isPropertyAssignment(p)) return lowerExpression(p.initializer, here);
  if (ts.isGetAccessor(p)) throw new Error("a getter is a value");
  return lowerFunctionValue(p, here);
}

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
  if (ts.isPropertyAssignment(p)) return propertyName(p.name) !== undefined;
  if (!ts.isSpreadAssignment(p)) return false;
  const type = typeAt(here, p.expression);
  return type.kind === "object" && type.fields.filter((f) => f.optional).length <= mostMissing;
}
