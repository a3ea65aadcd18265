/** `reverse` and `sort`, in place and on copies. */
import { ts } from "ts-morph";
import { constant, numberType, value } from "../ir/build.ts";
import type { Fragment, Operand, Reference, Type, Value } from "../ir/types.ts";
import { alloc, copy } from "./array.ts";
import { symbolOfVariable } from "./variable.ts";
import { resolveFunction } from "./callee.ts";
import { effectsOf } from "./effects.ts";
import { type Place, at } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { opaque, refusal } from "./fragment.ts";
import type { WithBody } from "./function.ts";
import { literalType } from "./literal.ts";
import { type MethodCall, count, hinted, typeName } from "./methodWalk.ts";
import { bare } from "./scan.ts";
import { textOf } from "./text.ts";

export function lowerReverse({ node, array, here }: MethodCall): Operand | undefined {
  const of = lowerExpression(array, here);
  const length = at(here, node).length(of);
  const half = at(here, node).op("shiftRight", [length, constant(1)]);
  count(here, node, { bound: half }, (within, index) => {
    const block = at(within, node);
    const mirrored = mirror(within, node, length, index);
    const first = block.load(of, index);
    const last = block.load(of, mirrored);
    block.store(of, index, last);
    block.store(of, mirrored, first);
  });
  return of;
}

export function lowerToReversed({ node, array, here }: MethodCall): Operand | undefined {
  const type = literalType(node, here);
  if (type.kind !== "array") return undefined;
  const from = lowerExpression(array, here);
  const length = at(here, node).length(from);
  const result = alloc(here, node, type, length);
  count(here, node, { bound: length }, (within, index) => {
    const block = at(within, node);
    block.store(result, index, block.load(from, mirror(within, node, length, index)));
  });
  return result;
}

function mirror(here: Place, node: ts.Node, length: Operand, index: Operand): Operand {
  const block = at(here, node);
  return block.op("sub", [block.op("sub", [length, constant(1)]), index]);
}

/**
 * The order is found by the same comparisons on the elements as they are, each with its index (sorting is stable, so it
 * is the same order); then the elements are moved by index. No derivative goes through the order.
 */
export function lowerSort(call: MethodCall, isCopy: boolean): Operand | undefined {
  const { node, array, args, here } = call;
  const type = literalType(node, here);
  const [comparator] = args;
  if (type.kind !== "array" || args.length > 1 || (comparator && ts.isSpreadElement(comparator)))
    return undefined;
  if (["optional", "undefined"].includes(type.element.kind)) return undefined;
  if (comparator && hasEffects(comparator, here))
    return opaque(here, node, {
      forEffect: !call.wanted,
      refusal: refusal("comparatorEffects", comparator, { name: call.name }),
    });
  if (!isCopy && isIndices(array)) return sortedIndices(call, comparator);
  const source = isCopy ? undefined : copied(array, here);
  const from = lowerExpression(source ?? array, here);
  const order = orderOf(call, type, from, comparator);
  if (isCopy || source) {
    const result = alloc(here, node, type, at(here, node).length(from));
    permute(call, hinted(result, "sorted"), from, order);
    return result;
  }
  permute(call, from, hinted(copy(here, node, type, from), "unsorted"), order);
  return from;
}

/** `to[i] = from[order[i]]` */
function permute({ node, here }: MethodCall, to: Operand, from: Operand, order: Value): void {
  count(here, node, { bound: at(here, node).length(from) }, (within, index) => {
    const block = at(within, node);
    block.store(to, index, block.load(from, block.load(order, index)));
  });
}

/** Comparing may assign variables of its own only, and look at fields only: what the tool makes has no methods. */
function hasEffects(comparator: ts.Expression, here: Place): boolean {
  const body = resolveFunction(comparator, here);
  if (!body || asksClass(body, here.session.checker)) return true;
  const { assigned, elements, references, fields, resizes, resized, unknown } = effectsOf([body], here);
  if (elements || references || resizes.length > 0 || unknown || fields.size > 0 || resized.size > 0)
    return true;
  return [...assigned].some((v) => !isWithin(symbolOfVariable(v)!, body));
}

/** It uses a method, an accessor or the class of an object, or hands an object on to what may. */
function asksClass(body: ts.Node, checker: ts.TypeChecker): boolean {
  const isInstance = (e: ts.Node): boolean => {
    const type = checker.getTypeAtLocation(e);
    const types = type.isUnion() ? type.types : [type];
    return types.some((t) => ((t.getSymbol()?.flags ?? 0) & ts.SymbolFlags.Class) !== 0);
  };
  const visit = (node: ts.Node): boolean => {
    if (ts.isPropertyAccessExpression(node) && isInstance(node.expression)) {
      const flags = checker.getSymbolAtLocation(node.name)?.flags ?? 0;
      if ((flags & ts.SymbolFlags.Property) === 0) return true;
    }
    if (ts.isCallExpression(node) && node.arguments.some(isInstance)) return true;
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword)
      return true;
    return ts.forEachChild(node, (child) => visit(child) || undefined) === true;
  };
  return visit(body);
}

const isWithin = (symbol: ts.Symbol, body: ts.Node): boolean =>
  (symbol.declarations ?? []).every((d) => ts.findAncestor(d, (a) => a === body) !== undefined);

/** The array that `x.slice()` or `[...x]` is a copy of: nobody sees the copy in between. */
function copied(array: ts.Expression, here: Place): ts.Expression | undefined {
  const node = bare(array);
  const { checker } = here.session;
  const isList = (e: ts.Expression): boolean => checker.isArrayType(checker.getTypeAtLocation(e));
  if (ts.isArrayLiteralExpression(node)) {
    const [only] = node.elements;
    const isSpread = node.elements.length === 1 && only && ts.isSpreadElement(only);
    return isSpread && isList(only.expression) ? only.expression : undefined;
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { expression, name } = node.expression;
  return name.text === "slice" && node.arguments.length === 0 && isList(expression) ? expression : undefined;
}

/** `[...x.keys()]`, `x.map((_, i) => i)`, `Array.from({ length }, (_, i) => i)`: indices from 0 on, seen by nobody yet. */
function isIndices(array: ts.Expression): boolean {
  const node = bare(array);
  const isKeys = (e: ts.Expression | undefined): boolean =>
    e !== undefined &&
    ts.isCallExpression(e) &&
    ts.isPropertyAccessExpression(e.expression) &&
    e.expression.name.text === "keys";
  if (ts.isArrayLiteralExpression(node)) {
    const [only] = node.elements;
    return (
      node.elements.length === 1 && only !== undefined && ts.isSpreadElement(only) && isKeys(only.expression)
    );
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const name = node.expression.name.text;
  const [first, second] = node.arguments;
  if (name === "map") return node.arguments.length === 1 && givesIndex(first);
  if (name !== "from") return false;
  return second ? givesIndex(second) : isKeys(first);
}

/** `(_, i) => i` */
function givesIndex(callback: ts.Expression | undefined): boolean {
  if (!callback || !ts.isArrowFunction(callback) || ts.isBlock(callback.body)) return false;
  const name = callback.parameters[1]?.name;
  const body = bare(callback.body);
  return name !== undefined && ts.isIdentifier(name) && ts.isIdentifier(body) && body.text === name.text;
}

/** Indices are sorted as it is written: no derivative flows through them. */
function sortedIndices(call: MethodCall, comparator: ts.Expression | undefined): Value | undefined {
  const { node, here } = call;
  const text = textOf(node, here, new Map(), new Map());
  const result = value({ kind: "array", container: "Array", element: numberType });
  return comparator
    ? addOrder(call, result, { parts: text.parts, references: text.references }, text.reads)
    : undefined;
}

function orderOf(
  call: MethodCall,
  type: Extract<Type, { kind: "array" }>,
  from: Operand,
  comparator: ts.Expression | undefined,
): Value {
  const compared = comparator ? comparison(comparator, call.here) : byDefault(type);
  const reads: Operand[] = [from, ...compared.reads];
  const parts = [
    "Array.from(",
    { read: 0 },
    ", (key, index) => ({ key, index })).sort(",
    ...compared.parts.map((p) => (typeof p === "object" && "read" in p ? { read: p.read + 1 } : p)),
    ").map(({ index }) => index)",
  ];
  const result = value({ kind: "array", container: "Array", element: numberType }, "order");
  return addOrder(call, result, { parts, references: compared.references }, reads);
}

function addOrder(
  { node, array, name, here }: MethodCall,
  result: Value,
  { parts, references }: Omit<Fragment, "form">,
  reads: readonly Operand[],
): Value {
  const block = at(here, node);
  block.add({
    kind: "opaque",
    results: [result],
    reads,
    writes: [],
    repeatable: false,
    fresh: true,
    code: { form: "expression", parts, references },
    refusal: refusal("methodCall", node, { name, type: typeName(array, here) }),
    at: block.at,
  });
  return result;
}

type Compared = Readonly<{
  parts: Fragment["parts"];
  reads: readonly Operand[];
  references: readonly Reference[];
}>;

/** The comparator on elements that carry their index. */
function comparison(comparator: ts.Expression, here: Place): Compared {
  const body = resolveFunction(comparator, here);
  const arrow = body && ts.isArrowFunction(body) && isPlain(body) ? body : undefined;
  if (!arrow) {
    const text = textOf(comparator, here, new Map(), new Map());
    const isName = ts.isIdentifier(bare(comparator)) && text.parts.length === 1;
    const called = isName ? text.parts : ["(", ...text.parts, ")"];
    return { ...text, parts: ["({ key: a }, { key: b }) => ", ...called, "(a, b)"] };
  }
  const text = textOf(arrow.body, here, new Map(), new Map());
  const names = arrow.parameters.map((p) => keyed(p.name));
  return { ...text, parts: [`(${names.join(", ")}) => `, ...text.parts] };
}

/** `key` by its own name needs no other. */
const keyed = (name: ts.BindingName): string => {
  const text = name.getText();
  return text === "key" ? "{ key }" : `{ key: ${text} }`;
};

const isPlain = ({ parameters }: WithBody): boolean =>
  parameters.length <= 2 && parameters.every((p) => !p.initializer && !p.dotDotDotToken);

/** Arrays sort by text if they are told nothing else; typed arrays by number, -0 before 0 and NaN last. */
function byDefault(type: Extract<Type, { kind: "array" }>): Compared {
  const names = "({ key: a }, { key: b }) => ";
  const text =
    type.container === "Array"
      ? "(String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0)"
      : "a - b || Number(Number.isNaN(a)) - Number(Number.isNaN(b)) || Number(Object.is(b, -0)) - Number(Object.is(a, -0))";
  return { parts: [names + text], reads: [], references: [] };
}
