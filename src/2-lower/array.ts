/** Arrays that are made: literals, constructors, copies. */
import { ts } from "ts-morph";
import { constant, elementType, typeOf, value, zero } from "../ir/build.ts";
import type { Operand, Type, Value } from "../ir/types.ts";
import { type Items, isIterable, itemsOf } from "./arrayIterable.ts";
import { lowerKeys } from "./arrayKeys.ts";
import { applyCallback, canApply } from "./callback.ts";
import { isGlobal } from "./effects.ts";
import { type Place, at, isUntold, retype, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { opaque, refusal, refusalFor } from "./fragment.ts";
import { rangeLoop } from "./loop.ts";
import { literalType } from "./literal.ts";
import { bare } from "./scan.ts";

type ArrayType = Extract<Type, { kind: "array" }>;

export const isSequence = (type: Type): boolean => type.kind === "array" || type.kind === "tuple";

const elementOf = (type: Type): Type => elementType(type, undefined);

/** What an array that is made here is an array of. */
function arrayType(node: ts.Expression, here: Place): ArrayType | undefined {
  const type = literalType(node, here);
  return type.kind === "array" ? type : undefined;
}

export function alloc(here: Place, node: ts.Node, type: ArrayType, length: Operand, fill?: Operand): Value {
  const element = fill && isUntold(type) ? typeOf(fill) : type.element;
  const result = value({ kind: "array", container: type.container, element });
  const block = at(here, node);
  block.add({ kind: "alloc", result, length, ...(fill ? { fill } : {}), at: block.at });
  return result;
}

/** A fresh array with one element for each of `from`, made by `make`. */
export function build(
  here: Place,
  node: ts.Node,
  type: ArrayType,
  length: Operand,
  hint: string,
  assigning: readonly ts.Node[],
  make: (within: Place, index: Value) => Operand,
): Value {
  const result = alloc(here, node, type, length);
  const range = { start: zero, bound: length, hint, declared: false };
  rangeLoop(here, node, [], assigning, range, (within, index) => {
    const item = make(within, index);
    if (isUntold(result.type)) retype(result, { ...type, element: typeOf(item) });
    at(within, node).store(result, index, item);
    return undefined;
  });
  return result;
}

/** `x.slice()`, `[...x]`, `Float64Array.from(x)`: the same elements in a fresh array. */
export function copy(here: Place, node: ts.Node, type: ArrayType, from: Operand): Value {
  const length = at(here, node).length(from);
  const known = isUntold(type) ? { ...type, element: elementOf(typeOf(from)) } : type;
  return build(here, node, known, length, "i", [], (within, index) => at(within, node).load(from, index));
}

export function lowerArrayLiteral(node: ts.ArrayLiteralExpression, here: Place): Operand {
  const type = literalType(node, here);
  const { elements } = node;
  const isSource = (e: ts.Expression): boolean =>
    !ts.isOmittedExpression(e) && (!ts.isSpreadElement(e) || isIterable(e.expression, here));
  if (!isSequence(type) || !elements.every(isSource))
    return opaque(here, node, { refusal: refusalFor(node, here) });
  const [first] = elements;
  if (elements.length === 1 && first && ts.isSpreadElement(first) && type.kind === "array")
    return buildFrom(here, node, type, itemsOf(first.expression, here));
  const cut = elements.findIndex(ts.isSpreadElement);
  const plain = cut < 0 ? elements : elements.slice(0, cut);
  const items = plain.map((e, key) => ({ key, value: lowerExpression(e, here) }));
  const untold = isUntold(type) && type.kind === "array" && items[0];
  const result = value(
    untold ? { ...type, element: typeOf(items[0]!.value) } : cut < 0 ? type : listOf(type),
  );
  const block = at(here, node);
  block.add({ kind: "make", result, items, at: block.at });
  for (const e of elements.slice(plain.length)) {
    if (!ts.isSpreadElement(e)) push(here, e, result, lowerExpression(e, here));
    else pushItems(here, e, result, itemsOf(e.expression, here));
  }
  return result;
}

export function buildFrom(
  here: Place,
  node: ts.Node,
  type: ArrayType,
  { length, element, item }: Items,
): Value {
  return build(here, node, isUntold(type) ? { ...type, element } : type, length, "i", [], item);
}

/** A tuple that is put together by pushing is an array while that goes on. */
const listOf = (type: Type): Type =>
  type.kind === "tuple"
    ? { kind: "array", container: "Array", element: type.elements[0] ?? { kind: "undefined" } }
    : type;

export function push(here: Place, node: ts.Node, to: Operand, item: Operand): void {
  if (to.kind === "value" && to.type.kind === "array" && isUntold(to.type))
    retype(to, { ...to.type, element: typeOf(item) });
  const block = at(here, node);
  block.add({ kind: "push", to, value: item, at: block.at });
}

/** Pushes what `from` held when it began. */
export function pushAll(here: Place, node: ts.Node, to: Operand, from: Operand): void {
  const length = at(here, node).length(from);
  const item = (within: Place, index: Operand): Operand => at(within, node).load(from, index);
  pushItems(here, node, to, { length, item });
}

type Pushed = Pick<Items, "length" | "item">;

function pushItems(here: Place, node: ts.Node, to: Operand, { length, item }: Pushed): void {
  const range = { start: zero, bound: length, hint: "i", declared: false };
  rangeLoop(here, node, [], [], range, (within, index) => {
    push(within, node, to, item(within, index));
    return undefined;
  });
}

export function lowerNew(node: ts.NewExpression, here: Place): Operand {
  const args = node.arguments ?? [];
  const known = isGlobal(node.expression, here.session.checker) ? allocation(node, args, here) : undefined;
  return (
    known ??
    opaque(here, node, {
      children: args.filter((a) => !ts.isFunctionLike(a)),
      refusal: isBufferView(node, here) ? bufferRefusal(node) : refusalFor(node, here),
    })
  );
}

/** `new Float64Array(buffer, …)`, `new DataView(buffer)`, and the buffer. */
function isBufferView(node: ts.NewExpression, { session: { checker } }: Place): boolean {
  const [first] = node.arguments ?? [];
  const isBuffer = (e: ts.Node): boolean =>
    /^(?:Shared)?ArrayBuffer$/.test(checker.getTypeAtLocation(e).getSymbol()?.name ?? "");
  return isBuffer(node) || (first !== undefined && isBuffer(first));
}

const bufferRefusal = (node: ts.NewExpression): ReturnType<typeof refusal> =>
  refusal("bufferView", node, { name: node.getText().replace(/\s+/g, " ") });

/** `new Array(n)`, `new Float64Array(x)`; `fill` as in `.fill(c)`. */
function allocation(
  node: ts.NewExpression | ts.CallExpression,
  args: readonly ts.Expression[],
  here: Place,
  fill?: ts.Expression,
): Operand | undefined {
  const type = arrayType(fill ? (node.parent.parent as ts.Expression) : node, here) ?? arrayType(node, here);
  if (!type || args.some(ts.isSpreadElement)) return undefined;
  const [only] = args;
  const kind = only && typeAt(here, only);
  if (args.length === 1 && only && kind?.kind === "number") {
    const length = lowerExpression(only, here);
    return alloc(here, node, type, length, fill && lowerExpression(fill, here));
  }
  if (fill) return undefined;
  if (type.container !== "Array") {
    if (!only) return alloc(here, node, type, zero);
    const literal = bare(only);
    if (ts.isArrayLiteralExpression(literal) && args.length === 1)
      return typedLiteral(node, type, literal, here);
    return args.length === 1 && kind && isSequence(kind)
      ? copy(here, node, type, lowerExpression(only, here))
      : undefined;
  }
  return listed(node, type, args, here);
}

function listed(node: ts.Node, type: ArrayType, args: readonly ts.Expression[], here: Place): Value {
  const items = args.map((a, key) => ({ key, value: lowerExpression(a, here) }));
  const result = value(type);
  const block = at(here, node);
  block.add({ kind: "make", result, items, at: block.at });
  return result;
}

/** `new Float64Array([a, b])`, `Float64Array.of(a, b)`. */
function typedLiteral(
  node: ts.Node,
  type: ArrayType,
  literal: Readonly<{ elements: readonly ts.Expression[] }>,
  here: Place,
): Operand | undefined {
  if (literal.elements.some((e) => ts.isSpreadElement(e) || ts.isOmittedExpression(e))) return undefined;
  const items = literal.elements.map((e) => lowerExpression(e, here));
  const result = alloc(here, node, type, constant(items.length));
  for (const [i, item] of items.entries()) at(here, node).store(result, constant(i), item);
  return result;
}

/** `Array(n)`, `Array.from(…)`, `Float64Array.of(…)`, `Object.values(…)`, and `.fill(c)` of an array just made; else `undefined`. */
export function lowerArrayCall(
  node: ts.CallExpression,
  callee: ts.Expression,
  here: Place,
): Operand | undefined {
  const { checker } = here.session;
  const args = node.arguments;
  const keys = lowerKeys(node, callee, here);
  if (keys) return keys;
  if (ts.isIdentifier(callee))
    return callee.text === "Array" && isGlobal(callee, checker) ? allocation(node, args, here) : undefined;
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const owner = bare(callee.expression);
  const name = callee.name.text;
  const [first, second] = args;
  if (name === "fill" && args.length === 1 && first && isAllocation(owner, checker))
    return allocation(owner, owner.arguments ?? [], here, first);
  if (!ts.isIdentifier(owner) || !isGlobal(owner, checker) || !owner.text.endsWith("Array")) return undefined;
  const type = arrayType(node, here);
  if (!type || args.some(ts.isSpreadElement)) return undefined;
  if (name === "of")
    return type.container === "Array"
      ? listed(node, type, args, here)
      : typedLiteral(node, type, { elements: args }, here);
  if (name !== "from" || !first || args.length > 2) return undefined;
  return lowerFrom(node, type, first, second, here);
}

function isAllocation(
  node: ts.Expression,
  checker: ts.TypeChecker,
): node is ts.NewExpression | ts.CallExpression {
  if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return false;
  return (
    ts.isIdentifier(node.expression) &&
    node.expression.text.endsWith("Array") &&
    isGlobal(node.expression, checker)
  );
}

function lowerFrom(
  node: ts.CallExpression,
  type: ArrayType,
  source: ts.Expression,
  callback: ts.Expression | undefined,
  here: Place,
): Operand | undefined {
  if (callback && !canApply(callback, here))
    return opaque(here, node, {
      refusal: refusal("callWithoutBody", callback, { name: callback.getText() }),
    });
  const literal = bare(source);
  if (ts.isObjectLiteralExpression(literal)) {
    const [property] = literal.properties;
    if (literal.properties.length !== 1 || !property?.name || property.name.getText() !== "length")
      return undefined;
    const given = ts.isPropertyAssignment(property) ? property.initializer : undefined;
    const named = ts.isShorthandPropertyAssignment(property) ? property.name : given;
    if (!named) return undefined;
    const length = lowerExpression(named, here);
    if (!callback)
      return alloc(here, node, type, length, type.container === "Array" ? constant(undefined) : undefined);
    return build(here, node, type, length, "i", [callback], (within, index) =>
      applyCallback(node, callback, [constant(undefined), index], within),
    );
  }
  if (!isIterable(source, here)) return undefined;
  const items = itemsOf(source, here);
  if (!callback) return buildFrom(here, node, type, items);
  return build(here, node, type, items.length, "i", [callback], (within, index) =>
    applyCallback(node, callback, [items.item(within, index), index], within),
  );
}
