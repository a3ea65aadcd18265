/** Destructuring: declarations and assignments that take arrays and objects apart. */
import { ts } from "ts-morph";
import { constant, typeOf, value } from "../ir/build.ts";
import type { Operand, Type } from "../ir/types.ts";
import { aliasOf } from "../source/globalName.ts";
import { assignTo } from "./assignment.ts";
import { choose } from "./branch.ts";
import { type Place, at, nameIt, originOf, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { refusal } from "./fragment.ts";
import { isCertain } from "./meet.ts";
import { readKey } from "./object.ts";
import { restOfPattern } from "./rest.ts";
import { bare } from "./scan.ts";
import { declare } from "./statement.ts";

/** One element of a pattern: which part it takes, what if that is missing, and where it goes. */
type Element = Readonly<{
  key: string | number | ts.Expression;
  /** It takes all that the elements before it left. */
  takesRest?: boolean;
  missing?: ts.Expression;
  node: ts.Node;
  put(operand: Operand, mark: number): void;
}>;

/** `source` is what is taken apart: a value, or the expression that gives it. */
export function bindPattern(
  pattern: ts.BindingPattern,
  source: Operand | ts.Expression,
  here: Place,
  keyword: "const" | "let",
): void {
  const elements: Element[] = [];
  let known = false;
  for (const [i, element] of pattern.elements.entries()) {
    if (!ts.isBindingElement(element)) continue;
    const { name, propertyName, initializer } = element;
    if (ts.isIdentifier(name) && standsForGlobal(name, here)) {
      known = true;
      continue;
    }
    elements.push({
      key:
        ts.isArrayBindingPattern(pattern) || element.dotDotDotToken ? i : keyOf(propertyName ?? name, here),
      ...(element.dotDotDotToken ? { takesRest: true } : {}),
      ...(initializer ? { missing: initializer } : {}),
      node: element,
      put: (operand, mark) => {
        if (!ts.isIdentifier(name)) return bindPattern(name, operand, here, keyword);
        nameIt(here, mark, operand, name.text, true);
        declare(name, operand, here);
      },
    });
  }
  if (elements.length > 0 || !known) takeApart(elements, source, pattern, here);
}

/** `const { exp, PI } = Math`: a function is known by its name where it is called, a number is what it is. */
function standsForGlobal(name: ts.Identifier, here: Place): boolean {
  const { checker } = here.session;
  const symbol = checker.getSymbolAtLocation(name);
  const global = symbol && aliasOf(symbol, checker);
  if (global === undefined) return false;
  const type = typeAt(here, name);
  if (checker.getTypeAtLocation(name).getCallSignatures().length > 0) return true;
  if (type.kind !== "number") return false;
  const result = value(type, name.text);
  at(here, name).add({
    kind: "opaque",
    results: [result],
    reads: [],
    writes: [],
    repeatable: true,
    code: { form: "expression", parts: [global], references: [] },
    at: originOf(name),
  });
  declare(name, result, here);
  return true;
}

/** `[a[i], a[j]] = [a[j], a[i]]`, `({ x, y } = p)`: everything is read before anything is written. */
export function assignPattern(
  pattern: ts.ArrayLiteralExpression | ts.ObjectLiteralExpression,
  source: Operand | ts.Expression,
  here: Place,
): void {
  const elements: Element[] = [];
  const add = (
    key: Element["key"],
    written: ts.Expression,
    fallback?: ts.Expression,
    takesRest = false,
  ): void => {
    const inner = bare(written);
    const isDefault = ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.EqualsToken;
    const target = isDefault ? inner.left : written;
    const missing = isDefault ? inner.right : fallback;
    elements.push({
      key,
      takesRest,
      ...(missing ? { missing } : {}),
      node: written,
      put: (operand, mark) => assignTo(target, operand, here, mark),
    });
  };
  if (ts.isArrayLiteralExpression(pattern)) {
    for (const [i, e] of pattern.elements.entries()) {
      if (ts.isOmittedExpression(e)) continue;
      if (ts.isSpreadElement(e)) add(i, e.expression, undefined, true);
      else add(i, e);
    }
  } else {
    for (const [i, p] of pattern.properties.entries()) {
      if (ts.isShorthandPropertyAssignment(p)) add(p.name.text, p.name, p.objectAssignmentInitializer);
      else if (ts.isPropertyAssignment(p)) add(keyOf(p.name, here), p.initializer);
      else if (ts.isSpreadAssignment(p)) add(i, p.expression, undefined, true);
      else here.session.report(refusal("notUnderstood", p, { what: "this pattern" }));
    }
  }
  takeApart(elements, source, pattern, here);
}

function keyOf(name: ts.PropertyName | ts.BindingName, here: Place): string | ts.Expression {
  if (ts.isComputedPropertyName(name)) return name.expression;
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) return name.text;
  here.session.report(refusal("notUnderstood", name, { what: "this pattern" }));
  return "";
}

function takeApart(
  elements: readonly Element[],
  source: Operand | ts.Expression,
  pattern: ts.Node,
  here: Place,
): void {
  const mark = here.block.body.length;
  const parts = "flags" in source ? literalParts(source, pattern, here) : undefined;
  const whole = parts || !("flags" in source) ? source : lowerExpression(source, here);
  if (ts.isArrayBindingPattern(pattern) || ts.isArrayLiteralExpression(pattern)) {
    const type = !("flags" in whole) && whole.kind === "value" ? whole.type : undefined;
    if (type && !["array", "tuple"].includes(type.kind === "optional" ? type.of.kind : type.kind)) {
      here.session.report(refusal("notUnderstood", pattern, { what: "a pattern over what is no array" }));
      return;
    }
  }
  const taken: string[] = [];
  for (const element of elements) {
    const { key, missing, node } = element;
    let part: Operand;
    const start = parts ? mark : here.block.body.length;
    if (element.takesRest) part = restOfPattern(parts ?? (whole as Operand), Number(key), taken, node, here);
    else if (parts) part = parts.get(String(key)) ?? constant(undefined);
    else {
      const place = typeof key === "object" ? lowerExpression(key, here) : constant(key);
      if (place.kind === "constant") taken.push(String(place.value));
      part = readKey(whole as Operand, place, node, here, missing !== undefined);
    }
    if (parts) taken.push(String(key));
    if (missing) part = orElse(part, missing, node, here);
    element.put(part, start);
  }
}

/** The parts of a literal, when a pattern can take them without the array or object ever being made. */
function literalParts(
  source: ts.Expression,
  pattern: ts.Node,
  here: Place,
): ReadonlyMap<string, Operand> | undefined {
  const literal = bare(source);
  const parts = new Map<string, Operand>();
  if (ts.isArrayLiteralExpression(literal)) {
    if (!ts.isArrayBindingPattern(pattern) && !ts.isArrayLiteralExpression(pattern)) return undefined;
    if (literal.elements.some((e) => ts.isSpreadElement(e) || ts.isOmittedExpression(e))) return undefined;
    for (const [i, e] of literal.elements.entries()) parts.set(String(i), lowerExpression(e, here));
    return parts;
  }
  if (!ts.isObjectLiteralExpression(literal)) return undefined;
  const isPlain = (
    p: ts.ObjectLiteralElementLike,
  ): p is ts.PropertyAssignment | ts.ShorthandPropertyAssignment =>
    ts.isShorthandPropertyAssignment(p) || (ts.isPropertyAssignment(p) && ts.isIdentifier(p.name));
  if (!literal.properties.every(isPlain)) return undefined;
  for (const p of literal.properties) {
    const { name } = p;
    const given = ts.isShorthandPropertyAssignment(p) ? p.name : p.initializer;
    if (ts.isIdentifier(name)) parts.set(name.text, lowerExpression(given, here));
  }
  return parts;
}

/** The default, where the part is undefined. */
export function orElse(part: Operand, missing: ts.Expression, node: ts.Node, here: Place): Operand {
  if (part.kind === "constant") return part.value === undefined ? lowerExpression(missing, here) : part;
  if (here.session.knowledge.of(part)) return part;
  if (isCertain(part, here) && isThere(typeOf(part))) return part;
  const isGiven = at(here, node).op("ne", [part, constant(undefined)]);
  const type = typeAt(here, ts.isBindingElement(node) || ts.isParameter(node) ? node.name : missing);
  return choose(
    here,
    isGiven,
    type,
    node,
    () => part,
    (inside) => lowerExpression(missing, inside),
  );
}

const isThere = (type: Type): boolean =>
  ["number", "boolean", "array", "tuple", "object"].includes(type.kind);
