/** `Object.keys`, `Object.values` and `Object.entries` of objects whose fields are known. */
import { ts } from "ts-morph";
import { constant, typeOf, value } from "../ir/build.ts";
import type { Field, Item, Operand, Type } from "../ir/types.ts";
import { alloc } from "./array.ts";
import { choose } from "./branch.ts";
import { isGlobal } from "./effects.ts";
import { type Place, at, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { literalType } from "./literal.ts";
import { throwIf } from "./methodCopy.ts";
import { isRecordAt } from "./mapKeys.ts";
import { count } from "./methodWalk.ts";
import { listRecord } from "./record.ts";
import { bare, isAssignment, symbolOf } from "./scan.ts";

type Part = "keys" | "values" | "entries";
const isPart = (name: string): name is Part => name === "keys" || name === "values" || name === "entries";

export function lowerKeys(node: ts.CallExpression, callee: ts.Expression, here: Place): Operand | undefined {
  const { checker } = here.session;
  const [source] = node.arguments;
  if (!ts.isPropertyAccessExpression(callee) || !isGlobal(callee.expression, checker)) return undefined;
  const part = callee.name.text;
  if (callee.expression.getText() !== "Object" || !isPart(part) || !source || node.arguments.length > 1)
    return undefined;
  if (isRecordAt(source, here)) return listRecord(node, lowerExpression(source, here), part, here);
  const type = typeAt(here, source);
  const wanted = literalType(node, here);
  if (type.kind !== "object" || type.fields.length === 0 || wanted.kind !== "array") return undefined;
  const [first] = type.fields;
  const isUniform = type.fields.every((f) => !f.optional && f.type.kind === first!.type.kind);
  if (!isUniform || !isPlain(source, checker)) return undefined;
  const object = lowerExpression(source, here);
  const order = writtenOrder(source, checker);
  const fields = order?.map((name) => type.fields.find((f) => f.name === name));
  const isWhole = fields?.every((f): f is Field => f !== undefined) && fields.length === type.fields.length;
  return isWhole
    ? listed(node, wanted, object, fields, part, here)
    : asked(node, wanted, object, type.fields, part, here);
}

/** Instances of classes may hold more than their types tell. */
function isPlain(source: ts.Expression, checker: ts.TypeChecker): boolean {
  const symbol = checker.getTypeAtLocation(source).getSymbol();
  return !symbol || (symbol.flags & ts.SymbolFlags.Class) === 0;
}

/** The names of a literal's fields in their order, if the object is that of a variable that never changes shape. */
function writtenOrder(source: ts.Expression, checker: ts.TypeChecker): readonly string[] | undefined {
  const node = bare(source);
  const symbol = ts.isIdentifier(node) ? symbolOf(node, checker) : undefined;
  const declaration = symbol?.valueDeclaration;
  const isConst =
    declaration !== undefined &&
    ts.isVariableDeclaration(declaration) &&
    (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
  const literal = isConst ? declaration.initializer && bare(declaration.initializer) : node;
  if (!literal || !ts.isObjectLiteralExpression(literal)) return undefined;
  const names = literal.properties.map((p) =>
    (ts.isPropertyAssignment(p) || ts.isShorthandPropertyAssignment(p)) && ts.isIdentifier(p.name)
      ? p.name.text
      : undefined,
  );
  const isKnown = names.every((n): n is string => n !== undefined);
  return isKnown && !(isConst && mayGrow(declaration, checker)) ? names : undefined;
}

/** Something may delete a field and set it again: the order would change. */
function mayGrow(declaration: ts.VariableDeclaration, checker: ts.TypeChecker): boolean {
  const symbol = checker.getSymbolAtLocation(declaration.name);
  const holder = ts.findAncestor(declaration, (a) => ts.isFunctionLike(a) || ts.isSourceFile(a));
  const isInPlace = (name: ts.Identifier): boolean => {
    const { parent } = name;
    if (parent === declaration) return true;
    if (ts.isPropertyAccessExpression(parent)) return !ts.isDeleteExpression(parent.parent);
    const call = ts.isCallExpression(parent) && parent.expression.getText();
    return call !== false && /^Object\.(?:keys|values|entries)$/.test(call);
  };
  const visit = (node: ts.Node): boolean => {
    if (isAssignment(node) && ts.isIdentifier(node.left) && symbolOf(node.left, checker) === symbol)
      return true;
    if (ts.isIdentifier(node) && symbolOf(node, checker) === symbol && !isInPlace(node)) return true;
    return ts.forEachChild(node, (child) => visit(child) || undefined) === true;
  };
  return !holder || visit(holder);
}

function itemOf(node: ts.Node, part: Part, key: Operand, read: () => Operand, here: Place): Operand {
  if (part === "keys") return key;
  const held = read();
  if (part === "values") return held;
  const result = value({ kind: "tuple", elements: [typeOf(key), typeOf(held)] });
  const items: Item[] = [
    { key: 0, value: key },
    { key: 1, value: held },
  ];
  const block = at(here, node);
  block.add({ kind: "make", result, items, at: block.at });
  return result;
}

function listed(
  node: ts.CallExpression,
  type: Type,
  object: Operand,
  fields: readonly Field[],
  part: Part,
  here: Place,
): Operand {
  const items = fields.map(({ name }, key): Item => {
    const read = (): Operand => at(here, node).load(object, constant(name), name);
    return { key, value: itemOf(node, part, constant(name), read, here) };
  });
  const result = value(type);
  const block = at(here, node);
  block.add({ kind: "make", result, items, at: block.at });
  return result;
}

/** `Object.keys(object)` */
function keysOf(node: ts.Node, object: Operand, here: Place): Operand {
  const text: Type = { kind: "other", text: "string" };
  const keys = value({ kind: "array", container: "Array", element: text }, "keys");
  here.block.add({
    kind: "opaque",
    results: [keys],
    reads: [object],
    writes: [],
    repeatable: false,
    fresh: true,
    code: { form: "expression", parts: ["Object.keys(", { read: 0 }, ")"], references: [] },
    at: at(here, node).at,
  });
  return keys;
}

/** The keys that `for … in` goes over, of an object whose fields are known; `undefined` if it is none. */
export function listKeys(source: ts.Expression, here: Place): ((inside: Place) => Operand) | undefined {
  const type = typeAt(here, source);
  const isKnown = type.kind === "object" && type.fields.length > 0 && isPlain(source, here.session.checker);
  return isKnown ? (inside) => keysOf(source, lowerExpression(source, inside), inside) : undefined;
}

/** The object says in which order it has its keys; more than those of its type have no place in a gradient. */
function asked(
  node: ts.CallExpression,
  type: Extract<Type, { kind: "array" }>,
  object: Operand,
  fields: readonly Field[],
  part: Part,
  here: Place,
): Operand {
  const keys = keysOf(node, object, here);
  if (part === "keys") return keys;
  const element = fields[0]!.type;
  const length = at(here, node).length(keys);
  const result = alloc(here, node, type, length);
  count(here, node, { bound: length }, (within, index) => {
    const key = at(within, node).load(keys, index, "key");
    const block = at(within, node);
    const tests = fields.map((f) => block.op("eq", [key, constant(f.name)]));
    const isKnown = tests.reduce((either, test) => block.op("or", [either, test]));
    const message = "throw new TypeError(`there is more in this object than its type says: ${";
    throwIf(within, node, block.op("not", [isKnown]), [message, { read: 0 }, "}`);"], [key]);
    const read = (inside: Place, n: number): Operand => {
      const { name } = fields[n]!;
      const load = (from: Place): Operand => at(from, node).load(object, constant(name), name);
      if (n === fields.length - 1) return load(inside);
      return choose(inside, tests[n]!, element, node, load, (otherwise) => read(otherwise, n + 1));
    };
    at(within, node).store(
      result,
      index,
      itemOf(node, part, key, () => read(within, 0), within),
    );
  });
  return result;
}
