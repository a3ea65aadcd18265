/** What can be spread and made an array of: arrays, and their `keys()`, `values()` and `entries()`. */
import { ts } from "ts-morph";
import { numberType, typeOf, value, zero, elementType } from "../ir/build.ts";
import type { Operand, Type } from "../ir/types.ts";
import { type Place, at, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
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
  iteratorOf(source, here) !== undefined;

export function itemsOf(source: ts.Expression, here: Place): Items {
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
    case "entries": {
      const pair: Type = { kind: "tuple", elements: [numberType, element] };
      const item = (within: Place, index: Operand): Operand => {
        const result = value(pair);
        const items = [
          { key: 0, value: index },
          { key: 1, value: load(within, index) },
        ];
        const block = at(within, source);
        block.add({ kind: "make", result, items, at: block.at });
        return result;
      };
      return { length, element: pair, item };
    }
    default:
      return gives satisfies never;
  }
}
