/** What can be gone over without being an array: a text, a set, a map, and what their methods give, as a list. */
import { ts } from "ts-morph";
import { value } from "../ir/build.ts";
import type { Operand, Type } from "../ir/types.ts";
import { toType } from "../source/type.ts";
import { isGlobal } from "./effects.ts";
import { type Place, originOf, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { refusalFor } from "./fragment.ts";
import { recordOf } from "./mapKeys.ts";

const collections = /^(?:Readonly)?(?:Set|Map)$/;
const iterators = /^(?:Map|Set|RegExpString)Iterator$|^IterableIterator$/;
const changing = new Set(["add", "set", "delete", "clear"]);

/** The type of what each round gets; `undefined` if it is nothing of the kind, or `body` may change it meanwhile. */
export function listedType(expression: ts.Expression, body: ts.Node, here: Place): Type | undefined {
  const { checker } = here.session;
  const type = checker.getTypeAtLocation(expression);
  if (type.flags & ts.TypeFlags.StringLike) return { kind: "other", text: "string" };
  const name = type.getSymbol()?.name ?? "";
  if (!collections.test(name) && !iterators.test(name)) return undefined;
  if (!isOfLanguage(type) || mayChange(body, here)) return undefined;
  const parts = checker.getTypeArguments(type as ts.TypeReference).map((t) => toType(t, checker, expression));
  const [first, second] = parts;
  if (!first) return undefined;
  if (!name.endsWith("Map")) return first;
  return second && { kind: "tuple", elements: [first, second] };
}

const readers: Readonly<Record<string, RegExp | undefined>> = {
  Map: /^(?:has|get|keys|values|entries)$/,
  ReadonlyMap: /^(?:has|get|keys|values|entries)$/,
  Set: /^(?:has|keys|values|entries)$/,
  ReadonlySet: /^(?:has|keys|values|entries)$/,
  Date: /^(?:get|to|valueOf$)/,
};

/** A method of the language's own that changes nothing: any of a text, questions to a collection or a date. */
export function onlyReads(callee: ts.Expression, here: Place): boolean {
  if (!ts.isPropertyAccessExpression(callee)) return false;
  const { checker } = here.session;
  const type = checker.getNonNullableType(checker.getTypeAtLocation(callee.expression));
  if (type.flags & ts.TypeFlags.StringLike)
    return !/^(?:replace|replaceAll|match|matchAll|search)$/.test(callee.name.text);
  if (/^(?:hasOwnProperty|propertyIsEnumerable)$/.test(callee.name.text))
    return recordOf(typeAt(here, callee.expression)) !== undefined;
  const known = readers[type.getSymbol()?.name ?? ""];
  return known !== undefined && isOfLanguage(type) && known.test(callee.name.text);
}

const isOfLanguage = (type: ts.Type): boolean =>
  type.getSymbol()?.declarations?.every((d) => d.getSourceFile().isDeclarationFile) === true;

/** Calls that add to a collection or take from it, and calls that cannot be looked into here. */
function mayChange(node: ts.Node, here: Place): boolean {
  const { checker } = here.session;
  if (ts.isCallExpression(node)) {
    const callee = node.expression;
    if (!ts.isPropertyAccessExpression(callee)) return !isGlobal(callee, checker);
    const receiver = checker.getTypeAtLocation(callee.expression);
    const isKnown = isGlobal(callee.expression, checker) || isPrimitive(receiver) || isOfLanguage(receiver);
    if (!isKnown || changing.has(callee.name.text)) return true;
  }
  if (ts.isNewExpression(node) && !isGlobal(node.expression, checker)) return true;
  return ts.forEachChild(node, (child) => mayChange(child, here) || undefined) === true;
}

const isPrimitive = (type: ts.Type): boolean =>
  (type.flags & (ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike)) !== 0;

/** `[...text]` */
export function lowerListed(expression: ts.Expression, element: Type, here: Place): Operand {
  const from = lowerExpression(expression, here);
  const result = value({ kind: "array", container: "Array", element }, "items");
  const isText = element.kind === "other" && element.text === "string";
  here.block.add({
    kind: "opaque",
    results: [result],
    reads: [from],
    writes: [],
    repeatable: false,
    // what is plain is copied; objects stay those that the collection holds
    ...(isText || element.kind === "number" || element.kind === "boolean" ? { fresh: true } : {}),
    code: { form: "expression", parts: ["[...", { read: 0 }, "]"], references: [] },
    refusal: refusalFor(expression, here),
    at: originOf(expression, here),
  });
  return result;
}
