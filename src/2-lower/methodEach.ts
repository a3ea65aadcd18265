/** `map`, `forEach`, `reduce`, `reduceRight`: every element is visited. */
import { constant, typeOf, zero } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import type { ts } from "ts-morph";
import { alloc } from "./array.ts";
import { applyCallback, parameterName } from "./callback.ts";
import {
  type Place,
  type Variable,
  at,
  endOf,
  fork,
  isUntold,
  originOf,
  retype,
  typeAt,
} from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { literalType } from "./literal.ts";
import { type MethodCall, apply, callbackOf, eachElement, walk } from "./methodWalk.ts";

export function lowerMap(call: MethodCall): Operand | undefined {
  const { node, here } = call;
  const type = literalType(node, here);
  const callback = callbackOf(call);
  if (!callback || type.kind !== "array") return undefined;
  const walked = walk(call, callback);
  const result = alloc(here, node, type, walked.length);
  eachElement(walked, (within, item, index) => {
    const made = apply(walked, item, index, within);
    if (isUntold(result.type)) retype(result, { ...type, element: typeOf(made) });
    at(within, node).store(result, index, made);
    return undefined;
  });
  return result;
}

export function lowerForEach(call: MethodCall): Operand | undefined {
  const callback = callbackOf(call);
  if (!callback) return undefined;
  const walked = walk(call, callback);
  eachElement(walked, (within, item, index) => {
    apply(walked, item, index, within);
    return undefined;
  });
  return constant(undefined);
}

export function lowerReduce(call: MethodCall, backwards: boolean): Operand | undefined {
  const { node, args, here } = call;
  const callback = callbackOf(call, 2);
  if (!callback) return undefined;
  const [, initial] = args;
  let first: Operand | undefined;
  const walked = walk(call, callback, () => {
    first = initial && lowerExpression(initial, here);
  });
  const { from, length } = walked;
  if (!first) throwIfEmpty(node, length, here);
  const end = backwards && !first ? at(here, node).op("sub", [length, constant(1)]) : zero;
  const start =
    first ?? walked.item?.(here, end) ?? at(here, node).load(from, end, parameterName(callback, 0, here));
  const told = typeAt(here, node);
  const reduced: Variable = { kind: "returned", type: isUntold(told) ? typeOf(start) : told };
  here.environment.set(reduced, start);
  eachElement(
    walked,
    (within, item, index) => {
      const held = within.environment.get(reduced)!;
      within.environment.set(reduced, applyCallback(node, callback, [held, item, index, from], within));
      return undefined;
    },
    { backwards, skip: first ? 0 : 1, element: 1, extra: [reduced] },
  );
  const result = here.environment.get(reduced)!;
  here.environment.delete(reduced);
  return result;
}

function throwIfEmpty(node: ts.Node, length: Operand, here: Place): void {
  const block = at(here, node);
  const test = block.op("eq", [length, zero]);
  const text = 'throw new TypeError("Reduce of empty array with no initial value");';
  const code = { form: "statement", parts: [text], references: [] } as const;
  const then = endOf(fork(here), { kind: "throw", code, reads: [], at: originOf(node) }, []);
  block.add({ kind: "if", results: [], test, then, else: fork(here).block.yield(), at: originOf(node) });
}
