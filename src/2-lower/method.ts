/** Methods of arrays and typed arrays, as the loops that they are. */
import { ts } from "ts-morph";
import type { Operand } from "../ir/types.ts";
import { isSequence } from "./array.ts";
import { type Place, heldBy, isUntold, typeAt } from "./environment.ts";
import { lowerConcat, lowerFilter, lowerFlat, lowerFlatMap } from "./methodCollect.ts";
import { lowerAtIndex, lowerFill, lowerSet, lowerSlice, lowerWith } from "./methodCopy.ts";
import { lowerForEach, lowerMap, lowerReduce } from "./methodEach.ts";
import { lowerReverse, lowerSort, lowerToReversed } from "./methodOrder.ts";
import { lowerPop, lowerPush, lowerShift, lowerSplice, lowerUnshift } from "./methodResize.ts";
import { lowerFind, lowerIndexOf, lowerQuantifier, lowerReading } from "./methodSearch.ts";
import { lowerSubarray } from "./methodView.ts";
import type { MethodCall } from "./methodWalk.ts";
import { bare, symbolOf } from "./scan.ts";

/** A test has told that it is an array, of which nothing else is known. */
function isStrange(array: ts.Expression, here: Place): boolean {
  const node = bare(array);
  const held = ts.isIdentifier(node) ? heldBy(symbolOf(node, here.session.checker), here) : undefined;
  return held?.kind === "value" && held.type.kind === "other" && !isUntold(held.type);
}

/** `undefined`: no method of an array, or none that is understood; nothing is lowered then. */
export function lowerMethod(
  node: ts.CallExpression,
  callee: ts.Expression,
  here: Place,
  wanted: boolean,
): Operand | undefined {
  if (!ts.isPropertyAccessExpression(callee) || ts.isOptionalChain(node)) return undefined;
  const array = callee.expression;
  if (!isSequence(typeAt(here, array)) || isStrange(array, here)) return undefined;
  const name = callee.name.text;
  const call: MethodCall = { node, array, name, args: node.arguments, here, wanted };
  switch (name) {
    case "push":
      return lowerPush(call);
    case "pop":
      return lowerPop(call);
    case "shift":
      return lowerShift(call);
    case "unshift":
      return lowerUnshift(call);
    case "splice":
      return lowerSplice(call, false);
    case "toSpliced":
      return lowerSplice(call, true);
    case "fill":
      return lowerFill(call);
    case "slice":
      return lowerSlice(call);
    case "subarray":
      return lowerSubarray(call);
    case "set":
      return lowerSet(call);
    case "at":
      return lowerAtIndex(call);
    case "with":
      return lowerWith(call);
    case "concat":
      return lowerConcat(call);
    case "filter":
      return lowerFilter(call);
    case "flat":
      return lowerFlat(call);
    case "flatMap":
      return lowerFlatMap(call);
    case "map":
      return lowerMap(call);
    case "forEach":
      return lowerForEach(call);
    case "reduce":
      return lowerReduce(call, false);
    case "reduceRight":
      return lowerReduce(call, true);
    case "some":
      return lowerQuantifier(call, false);
    case "every":
      return lowerQuantifier(call, true);
    case "find":
      return lowerFind(call, { backwards: false, gives: "element" });
    case "findIndex":
      return lowerFind(call, { backwards: false, gives: "index" });
    case "findLast":
      return lowerFind(call, { backwards: true, gives: "element" });
    case "findLastIndex":
      return lowerFind(call, { backwards: true, gives: "index" });
    case "indexOf":
      return lowerIndexOf(call, false);
    case "lastIndexOf":
      return lowerIndexOf(call, true);
    case "includes":
      return lowerReading(call, "boolean");
    case "join":
      return lowerReading(call, "text");
    case "reverse":
      return lowerReverse(call);
    case "toReversed":
      return lowerToReversed(call);
    case "sort":
      return lowerSort(call, false);
    case "toSorted":
      return lowerSort(call, true);
    default:
      return undefined;
  }
}
