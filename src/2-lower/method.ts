/** Methods of arrays and typed arrays, as the loops that they are. */
import { ts } from "ts-morph";
import { constant, typeOf, value, zero } from "../ir/build.ts";
import type { Operand, Type, Value } from "../ir/types.ts";
import { build, copy, isSequence, push, pushAll } from "./array.ts";
import { applyCallback, canApply, parameterName } from "./callback.ts";
import { effectsOf } from "./effects.ts";
import { type Place, type Variable, at, endOf, fork, isUntold, originOf, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { rangeLoop } from "./loop.ts";
import { literalType } from "./object.ts";
import { isNumber } from "./operator.ts";
import { lowerAt, slice } from "./slice.ts";

type Call = Readonly<{
  node: ts.CallExpression;
  array: ts.Expression;
  args: readonly ts.Expression[];
  here: Place;
}>;

/** `undefined`: no method of an array, or none that is understood; nothing is lowered then. */
export function lowerMethod(
  node: ts.CallExpression,
  callee: ts.Expression,
  here: Place,
  wanted: boolean,
): Operand | undefined {
  if (!ts.isPropertyAccessExpression(callee) || ts.isOptionalChain(node)) return undefined;
  const array = callee.expression;
  if (!isSequence(typeAt(here, array))) return undefined;
  const call: Call = { node, array, args: node.arguments, here };
  switch (callee.name.text) {
    case "push":
      return lowerPush(call, wanted);
    case "pop":
      return lowerPop(call);
    case "fill":
      return lowerFill(call);
    case "slice":
      return lowerSlice(call);
    case "at":
      return lowerAt(node, array, here);
    case "map":
      return lowerMap(call);
    case "forEach":
      return lowerForEach(call);
    case "reduce":
      return lowerReduce(call);
    default:
      return undefined;
  }
}

function lowerPush({ node, array, args, here }: Call, wanted: boolean): Operand | undefined {
  if (args.some((a) => ts.isSpreadElement(a) && !isSequence(typeAt(here, a.expression)))) return undefined;
  const to = lowerExpression(array, here);
  const items = args.map((a) => lowerExpression(ts.isSpreadElement(a) ? a.expression : a, here));
  for (const [i, a] of args.entries()) {
    if (ts.isSpreadElement(a)) pushAll(here, a, to, items[i]!);
    else push(here, node, to, items[i]!);
  }
  return wanted ? at(here, node).length(to) : constant(undefined);
}

function lowerPop({ node, array, here }: Call): Operand {
  const from = lowerExpression(array, here);
  const type = typeOf(from);
  const result = value(type.kind === "array" ? type.element : typeAt(here, node));
  const block = at(here, node);
  block.add({ kind: "pop", result, from, at: block.at });
  return result;
}

function lowerFill({ node, array, args, here }: Call): Operand | undefined {
  const [given] = args;
  if (args.length !== 1 || !given || ts.isSpreadElement(given)) return undefined;
  const to = lowerExpression(array, here);
  const item = lowerExpression(given, here);
  const bound = at(here, node).length(to);
  rangeLoop(here, node, [], [], { start: zero, bound, hint: "i", declared: false }, (within, index) => {
    at(within, node).store(to, index, item);
    return undefined;
  });
  return to;
}

function lowerSlice({ node, array, args, here }: Call): Operand | undefined {
  const type = literalType(node, here);
  const isNumeric = args.every((a) => !ts.isSpreadElement(a) && isNumber(a, here));
  if (args.length > 2 || !isNumeric || type.kind !== "array") return undefined;
  const from = lowerExpression(array, here);
  if (args.length === 0) return copy(here, node, type, from);
  const given = args.map((a) => lowerExpression(a, here));
  return slice(here, node, type, from, given, args);
}

/** The array, its length when the method begins, and a callback that leaves it at that. */
function iterated({ node, array, args, here }: Call): Readonly<{ callback: ts.Expression }> | undefined {
  const [callback] = args;
  if (!callback || ts.isSpreadElement(callback) || !canApply(callback, here)) return undefined;
  const effects = effectsOf([callback], here);
  const moves = effects.resizes || effects.unknown || effects.resized.size > 0;
  const isTyped = here.session.checker.getTypeAtLocation(array).getSymbol()?.name !== "Array";
  if (
    moves &&
    !isTyped &&
    node.arguments.length > 0 &&
    !isElsewhere(array, effects.resized, effects.resizes || effects.unknown, here)
  )
    return undefined;
  return { callback };
}

function isElsewhere(
  array: ts.Expression,
  resized: ReadonlySet<ts.Symbol>,
  anywhere: boolean,
  here: Place,
): boolean {
  if (anywhere) return false;
  const symbol = ts.isIdentifier(array) ? here.session.checker.getSymbolAtLocation(array) : undefined;
  return !symbol || !resized.has(symbol);
}

const hintOf = (callback: ts.Expression, n: number, here: Place): string =>
  parameterName(callback, n, here) ?? "i";

function element(
  within: Place,
  call: Call,
  callback: ts.Expression,
  from: Operand,
  index: Value,
  n: number,
): Value {
  return at(within, call.node).load(from, index, parameterName(callback, n, within));
}

function lowerMap(call: Call): Operand | undefined {
  const { node, array, args, here } = call;
  const type = literalType(node, here);
  const found = args.length === 1 ? iterated(call) : undefined;
  if (!found || type.kind !== "array") return undefined;
  const { callback } = found;
  const from = lowerExpression(array, here);
  const length = at(here, node).length(from);
  return build(here, node, type, length, hintOf(callback, 1, here), [callback], (within, index) =>
    applyCallback(node, callback, [element(within, call, callback, from, index, 0), index, from], within),
  );
}

function lowerForEach(call: Call): Operand | undefined {
  const { node, array, args, here } = call;
  const found = args.length === 1 ? iterated(call) : undefined;
  if (!found) return undefined;
  const { callback } = found;
  const from = lowerExpression(array, here);
  const bound = at(here, node).length(from);
  const range = { start: zero, bound, hint: hintOf(callback, 1, here), declared: false };
  rangeLoop(here, node, [], [callback], range, (within, index) => {
    applyCallback(node, callback, [element(within, call, callback, from, index, 0), index, from], within);
    return undefined;
  });
  return constant(undefined);
}

function lowerReduce(call: Call): Operand | undefined {
  const { node, array, args, here } = call;
  const found = args.length === 1 || args.length === 2 ? iterated(call) : undefined;
  if (!found) return undefined;
  const { callback } = found;
  const [, initial] = args;
  const from = lowerExpression(array, here);
  const first = initial && lowerExpression(initial, here);
  const bound = at(here, node).length(from);
  if (!first) throwIfEmpty(node, bound, here);
  const start = first ?? at(here, node).load(from, zero);
  const reduced: Variable = { kind: "returned", type: carriedType(typeAt(here, node), start) };
  here.environment.set(reduced, start);
  const range = { start: constant(first ? 0 : 1), bound, hint: hintOf(callback, 2, here), declared: false };
  rangeLoop(
    here,
    node,
    [],
    [callback],
    range,
    (within, index) => {
      const held = within.environment.get(reduced)!;
      const item = element(within, call, callback, from, index, 1);
      within.environment.set(reduced, applyCallback(node, callback, [held, item, index, from], within));
      return undefined;
    },
    [reduced],
  );
  const result = here.environment.get(reduced)!;
  here.environment.delete(reduced);
  return result;
}

const carriedType = (type: Type, start: Operand): Type => (isUntold(type) ? typeOf(start) : type);

function throwIfEmpty(node: ts.Node, length: Operand, here: Place): void {
  const block = at(here, node);
  const test = block.op("eq", [length, zero]);
  const text = 'throw new TypeError("Reduce of empty array with no initial value");';
  const code = { form: "statement", parts: [text], references: [] } as const;
  const then = endOf(fork(here), { kind: "throw", code, reads: [], at: originOf(node) }, []);
  block.add({ kind: "if", results: [], test, then, else: fork(here).block.yield(), at: originOf(node) });
}
