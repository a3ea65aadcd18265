/** What can be spread and made an array of: arrays, and their `keys()`, `values()` and `entries()`. */
import { ts } from "ts-morph";
import { numberType, typeOf, value, zero, elementType } from "../ir/build.ts";
import type { Operand, Type, Value } from "../ir/types.ts";
import { type Place, at, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { get, keysOf } from "./map.ts";
import { type MapWalk, mapWalk } from "./mapKeys.ts";
import { bare } from "./scan.ts";

/** The items of something, by index; evaluated, but none of them read. */
export type Items = Readonly<{
  length: Operand;
  element: Type;
  item(within: Place, index: Operand): Operand;
}>;

const isSequence = (type: Type): boolean => type.kind === "array" || type.kind === "tuple";

type Iterator = Readonly<{ array: ts.Expression; gives: "values" | "keys" | "entries" }>;

function iteratorOf(source: ts.Expression, here: Place): Iterator | undefined {
  if (isSequence(typeAt(here, source))) return { array: source, gives: "values" };
  const call = bare(source);
  if (!ts.isCallExpression(call) || call.arguments.length > 0 || ts.isOptionalChain(call)) return undefined;
  if (!ts.isPropertyAccessExpression(call.expression)) return undefined;
  const { expression: array, name } = call.expression;
  const gives = name.text;
  if (gives !== "keys" && gives !== "values" && gives !== "entries") return undefined;
  return isSequence(typeAt(here, array)) ? { array, gives } : undefined;
}

export const isIterable = (source: ts.Expression, here: Place): boolean =>
  iteratorOf(source, here) !== undefined || mapWalk(source, here) !== undefined;

export function itemsOf(source: ts.Expression, here: Place): Items {
  const ofMap = mapWalk(source, here);
  if (ofMap) return itemsOfMap(source, ofMap, here);
  const found = iteratorOf(source, here);
  if (!found) throw new Error("this is not iterated over");
  const { array, gives } = found;
  const from = lowerExpression(array, here);
  const length = at(here, source).length(from);
  const element = elementType(typeOf(from), zero);
  const load = (within: Place, index: Operand): Operand => at(within, source).load(from, index);
  switch (gives) {
    case "values":
      return { length, element, item: load };
    case "keys":
      return { length, element: numberType, item: (_, index) => index };
    case "entries":
      return {
        length,
        element: { kind: "tuple", elements: [numberType, element] },
        item: (within, index) => pairOf(within, source, index, load(within, index)),
      };
    default:
      return gives satisfies never;
  }
}

/** `[key, value]` */
export function pairOf(here: Place, node: ts.Node, key: Operand, held: Operand): Operand {
  const result = value({ kind: "tuple", elements: [typeOf(key), typeOf(held)] });
  const items = [key, held].map((operand, n) => ({ key: n, value: operand }));
  const block = at(here, node);
  block.add({ kind: "make", result, items, at: block.at });
  return result;
}

/** The entries of a map or record, and the list of its keys. */
export type ItemsOfMap = Items & Readonly<{ keys: Operand; length: Value }>;

export function itemsOfMap(source: ts.Expression, { map, type, gives }: MapWalk, here: Place): ItemsOfMap {
  const from = lowerExpression(map, here);
  const keys = keysOf(here, source, from, type);
  const length = at(here, source).length(keys);
  const listed: Type = type.record ? { kind: "other", text: "string" } : type.key;
  const element: Type =
    gives === "keys"
      ? listed
      : gives === "values"
        ? type.value
        : { kind: "tuple", elements: [listed, type.value] };
  const item = (within: Place, index: Operand): Operand => {
    const key = at(within, source).load(keys, index, "key");
    if (gives === "keys") return key;
    const held = get(within, source, from, key, type.value);
    return gives === "values" ? held : pairOf(within, source, key, held);
  };
  return { keys, length, element, item };
}
