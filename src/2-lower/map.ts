/** Maps and sets: what is put there, got from there, and how they are made. */
import { ts } from "ts-morph";
import { constant, typeOf, value } from "../ir/build.ts";
import type { Operand, Type, Value } from "../ir/types.ts";
import { type Items, isIterable, itemsOf } from "./arrayIterable.ts";
import { choose, isPresent } from "./branch.ts";
import { applyCallback, canApply, parameterName } from "./callback.ts";
import { effectsOf, isGlobal } from "./effects.ts";
import { type Place, at, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { literalType } from "./literal.ts";
import { count } from "./methodWalk.ts";
import { keepsKeys, mapWalk } from "./mapKeys.ts";
import { bare } from "./scan.ts";

type MapType = Extract<Type, { kind: "map" }>;

const present = (type: Type): Type => (type.kind === "optional" ? type.of : type);

/** A map or set whose contents are followed. */
export const isMap = (type: Type): type is MapType => type.kind === "map" && !type.record;

/** What reading gives where the key may be missing. */
export const orMissing = (type: Type): Type =>
  type.kind === "optional"
    ? { ...type, ...(type.absent ? { absent: "either" as const } : {}) }
    : type.kind === "other"
      ? type
      : { kind: "optional", of: type };

export function get(
  here: Place,
  node: ts.Node,
  from: Operand,
  key: Operand,
  type: Type,
  hint?: string,
): Value {
  const result = value(type, hint);
  const block = at(here, node);
  block.add({ kind: "get", result, from, key, at: block.at });
  return result;
}

export function put(here: Place, node: ts.Node, to: Operand, key: Operand, stored: Operand): void {
  const block = at(here, node);
  block.add({ kind: "put", to, key, value: stored, at: block.at });
}

export function has(here: Place, node: ts.Node, of: Operand, key: Operand): Value {
  const result = value({ kind: "boolean" });
  const block = at(here, node);
  block.add({ kind: "has", result, of, key, at: block.at });
  return result;
}

/** A fresh array of the keys. */
export function keysOf(here: Place, node: ts.Node, of: Operand, type: MapType): Value {
  const element: Type = type.record ? { kind: "other", text: "string" } : type.key;
  const result = value({ kind: "array", container: "Array", element }, "keys");
  const block = at(here, node);
  block.add({ kind: "keys", result, of, at: block.at });
  return result;
}

/** `m.get(k)`, `m.set(k, v)`, `s.add(k)`, `m.has(k)`, `m.delete(k)`, `m.clear()`, `m.forEach(…)`; else `undefined`. */
export function lowerMapMethod(
  node: ts.CallExpression,
  callee: ts.Expression,
  here: Place,
  wanted: boolean,
): Operand | undefined {
  if (!ts.isPropertyAccessExpression(callee) || node.questionDotToken) return undefined;
  if (ts.isOptionalChain(node) && !callee.questionDotToken) return undefined;
  const type = present(typeAt(here, callee.expression));
  if (!isMap(type) || node.arguments.some(ts.isSpreadElement)) return undefined;
  const name = callee.name.text;
  if (ts.isOptionalChain(node) && name === "forEach") return undefined;
  const [first] = node.arguments;
  const arity = node.arguments.length;
  if (name === "forEach")
    return first && arity === 1 ? forEach(node, callee.expression, first, type, here) : undefined;
  const wants = { get: 1, has: 1, delete: 1, clear: 0, add: 1, set: 2 }[name];
  if (wants !== arity || (name === "add") !== (type.set === true && name === "add")) return undefined;
  const object = lowerExpression(callee.expression, here);
  if (!isMap(present(typeOf(object)))) return undefined;
  const run = (inside: Place): Operand => runMethod(node, name, object, type, inside, wanted);
  if (!ts.isOptionalChain(node)) return run(here);
  const test = isPresent(object, callee.expression, here);
  return choose(here, test, typeAt(here, node), node, run, () => constant(undefined));
}

function runMethod(
  node: ts.CallExpression,
  name: string,
  object: Operand,
  type: MapType,
  here: Place,
  wanted: boolean,
): Operand {
  const [first, second] = node.arguments;
  const key = first && lowerExpression(first, here);
  switch (name) {
    case "get":
      return get(here, node, object, key!, orMissing(type.value));
    case "has":
      return has(here, node, object, key!);
    case "set":
      put(here, node, object, key!, lowerExpression(second!, here));
      return object;
    case "add":
      put(here, node, object, key!, constant(undefined));
      return object;
    default: {
      const result = wanted && key ? value({ kind: "boolean" }) : undefined;
      const parts = { ...(result ? { result } : {}), ...(key ? { key } : {}) };
      const block = at(here, node);
      block.add({ kind: "remove", from: object, ...parts, at: block.at });
      return result ?? constant(undefined);
    }
  }
}

function forEach(
  node: ts.CallExpression,
  source: ts.Expression,
  callback: ts.Expression,
  type: MapType,
  here: Place,
): Operand | undefined {
  if (
    !canApply(callback, here) ||
    !keepsKeys({ map: source, type, gives: "entries" }, [callback], undefined, here)
  )
    return undefined;
  const map = lowerExpression(source, here);
  const keys = keysOf(here, node, map, type);
  count(
    here,
    node,
    { bound: at(here, node).length(keys) },
    (within, index) => {
      const key = at(within, node).load(keys, index, parameterName(callback, 1, within) ?? "key");
      const held = type.set
        ? key
        : get(within, node, map, key, type.value, parameterName(callback, 0, within));
      applyCallback(node, callback, [held, key, map], within);
    },
    [callback],
  );
  return constant(undefined);
}

/** `new Map()`, `new Map([[k, v], …])`, `new Set(xs)`; `undefined` if it is none that is followed (nothing is lowered then). */
export function lowerNewMap(node: ts.NewExpression, here: Place): Operand | undefined {
  const type = literalType(node, here);
  if (!isMap(type) || !isGlobal(node.expression, here.session.checker)) return undefined;
  const args = node.arguments ?? [];
  if (args.length > 1) return undefined;
  const given = args[0] && bare(args[0]);
  const isNothing =
    !given ||
    given.kind === ts.SyntaxKind.NullKeyword ||
    (ts.isIdentifier(given) && given.text === "undefined");
  return isNothing ? made(node, type, here) : collect(node, type, given, here);
}

/** A fresh map of what is gone over: pairs, or keys of a set; `undefined` if that is nothing that can be. */
export function collect(
  node: ts.Expression,
  type: MapType,
  source: ts.Expression,
  here: Place,
): Operand | undefined {
  const given = bare(source);
  const pairs = type.set ? undefined : pairsOf(given);
  if (pairs) {
    const items = pairs.map((pair) => pair.map((part) => lowerExpression(part, here)));
    const result = made(node, type, here);
    for (const [key, stored] of items) put(here, node, result, key!, stored!);
    return result;
  }
  const mapped = itemsOfMapped(given, here);
  if (!mapped && !isIterable(given, here)) return undefined;
  const { length, element, item } = mapped ?? itemsOf(given, here);
  if (!type.set && element.kind !== "tuple" && element.kind !== "array") return undefined;
  const result = made(node, type, here);
  count(
    here,
    node,
    { bound: length },
    (within, index) => {
      const each = item(within, index);
      const [key, stored] = type.set
        ? [each, constant(undefined)]
        : [partOf(each, 0, node, within), partOf(each, 1, node, within)];
      put(within, node, result, key, stored);
    },
    ts.isCallExpression(given) ? [given] : [],
  );
  return result;
}

/** `xs.map(f)`: one by one, so that pairs are taken apart where they are made. */
function itemsOfMapped(node: ts.Expression, here: Place): Items | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { expression: array, name } = node.expression;
  const [callback] = node.arguments;
  if (name.text !== "map" || !callback || node.arguments.length > 1 || ts.isOptionalChain(node))
    return undefined;
  const [of, result] = [typeAt(here, array), typeAt(here, node)];
  const isFixed = result.kind === "array" && result.element.kind === "tuple";
  if (of.kind !== "array" || !isFixed || !canApply(callback, here)) return undefined;
  const effects = effectsOf([callback], here);
  if (effects.unknown || effects.shrinks) return undefined;
  const ofMap = mapWalk(array, here);
  if (ofMap && keepsKeys(ofMap, [callback], undefined, here)) {
    const items = itemsOf(array, here);
    const apply = (within: Place, index: Operand): Operand =>
      applyCallback(node, callback, [items.item(within, index), index], within);
    return { length: items.length, element: result.element, item: apply };
  }
  const from = lowerExpression(array, here);
  const length = at(here, node).length(from);
  const item = (within: Place, index: Operand): Operand => {
    const element = at(within, node).load(from, index, parameterName(callback, 0, within));
    return applyCallback(node, callback, [element, index, from], within);
  };
  return { length, element: result.element, item };
}

/** A part of a pair, as it was put there if the pair was just made. */
function partOf(pair: Operand, n: number, node: ts.Node, here: Place): Operand {
  const made = here.block.body.find((i) => i.kind === "make" && i.result === pair);
  const item = made?.kind === "make" ? made.items.find((i) => i.key === n) : undefined;
  return item?.value ?? at(here, node).load(pair, constant(n));
}

/** `[[k, v], …]`, written out. */
function pairsOf(node: ts.Expression): readonly (readonly [ts.Expression, ts.Expression])[] | undefined {
  if (!ts.isArrayLiteralExpression(node)) return undefined;
  const pairs = node.elements.map((e) => {
    const pair = bare(e);
    const isPair = ts.isArrayLiteralExpression(pair) && pair.elements.length === 2;
    const [a, b] = isPair ? pair.elements : [];
    return a && b && ![a, b].some((p) => ts.isSpreadElement(p) || ts.isOmittedExpression(p))
      ? ([a, b] as const)
      : undefined;
  });
  return pairs.every((p) => p !== undefined) ? pairs : undefined;
}

export function made(node: ts.Node, type: MapType, here: Place): Value {
  const { key, value: held, set, record } = type;
  const result = value({
    kind: "map",
    key,
    value: held,
    ...(set ? { set } : {}),
    ...(record ? { record } : {}),
  });
  const block = at(here, node);
  block.add({ kind: "make", result, items: [], at: block.at });
  return result;
}
