/** Methods that look for something: they stop at the first element that fits, or say that there is none. */
import { ts } from "ts-morph";
import { booleanType, constant, elementType, numberType, typeOf, value, zero } from "../ir/build.ts";
import type { Operand, Type } from "../ir/types.ts";
import { branch, choose } from "./branch.ts";
import { effectsOf } from "./effects.ts";
import { type Place, type Variable, at, originOf, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { refusal } from "./fragment.ts";
import { rangeLoop } from "./loop.ts";
import { isNumber } from "./operator.ts";
import {
  type MethodCall,
  type Walk,
  callbackOf,
  eachElement,
  hinted,
  holds,
  leaveLoop,
  typeName,
  walk,
} from "./methodWalk.ts";
import { clamped } from "./slice.ts";

/** `some` and `every`: whether the loop was left early. */
export function lowerQuantifier(call: MethodCall, isEvery: boolean): Operand | undefined {
  const { node, here } = call;
  const callback = callbackOf(call);
  if (!callback) return undefined;
  const walked = walk(call, callback);
  const decided: Variable = { kind: "returned", type: booleanType };
  here.environment.set(decided, constant(isEvery));
  eachElement(
    walked,
    (within, item, index) => {
      const held = holds(walked, item, index, within);
      const test = isEvery ? at(within, node).op("not", [held]) : held;
      return branch(
        within,
        test,
        originOf(node),
        (inside) => {
          inside.environment.set(decided, constant(!isEvery));
          return leaveLoop(inside, node);
        },
        () => undefined,
      );
    },
    { extra: [decided] },
  );
  return taken(decided, here, isEvery ? "all" : "some");
}

function taken(variable: Variable, here: Place, hint: string): Operand {
  const result = here.environment.get(variable)!;
  here.environment.delete(variable);
  return hinted(result, hint);
}

type Search = Readonly<{ backwards: boolean; gives: "element" | "index" }>;

/** `find`, `findIndex`, `findLast`, `findLastIndex`. */
export function lowerFind(call: MethodCall, { backwards, gives }: Search): Operand | undefined {
  const { node, here } = call;
  const callback = callbackOf(call);
  if (!callback) return undefined;
  const walked = walk(call, callback);
  if (gives === "element" && changesMemory(walked)) return lowerChanging(walked, backwards);
  const place = search(walked, backwards);
  if (gives === "index") return place;
  if (ts.isNonNullExpression(node.parent)) return at(here, node).load(walked.from, place);
  const told = typeAt(here, node);
  const type: Type = told.kind === "undefined" ? optional(walked) : told;
  const isFound = at(here, node).op("ge", [place, zero]);
  return choose(
    here,
    isFound,
    type,
    node,
    (inside) => at(inside, node).load(walked.from, place),
    () => constant(undefined),
  );
}

/** The index of the first that fits, or -1: no derivative has to go through the loop for that. */
function search(walked: Walk, backwards: boolean): Operand {
  const { node, here } = walked.call;
  const found: Variable = { kind: "returned", type: numberType };
  here.environment.set(found, constant(-1));
  eachElement(
    walked,
    (within, item, index) => {
      const test = holds(walked, item, index, within);
      return branch(
        within,
        test,
        originOf(node),
        (inside) => {
          inside.environment.set(found, index);
          return leaveLoop(inside, node);
        },
        () => undefined,
      );
    },
    { backwards, extra: [found], visitsAll: true },
  );
  return taken(found, here, "found");
}

/** What is found, where the compiler concludes from the test that it can only be undefined. */
const optional = ({ from }: Walk): Type => ({ kind: "optional", of: elementType(typeOf(from), zero) });

function changesMemory({ callback, call }: Walk): boolean {
  const { elements, references, fields, resizes, resized, unknown } = effectsOf([callback], call.here);
  return elements || references || resizes.length > 0 || unknown || fields.size > 0 || resized.size > 0;
}

/** Its test may change the element after it was read. */
function lowerChanging(walked: Walk, backwards: boolean): Operand {
  const { node, here } = walked.call;
  const told = typeAt(here, node);
  const type: Type = told.kind === "undefined" ? optional(walked) : told;
  const found: Variable = { kind: "returned", type };
  here.environment.set(found, constant(undefined));
  eachElement(
    walked,
    (within, item, index) => {
      const test = holds(walked, item, index, within);
      return branch(
        within,
        test,
        originOf(node),
        (inside) => {
          inside.environment.set(found, item);
          return leaveLoop(inside, node);
        },
        () => undefined,
      );
    },
    { backwards, extra: [found], visitsAll: true },
  );
  return taken(found, here, "found");
}

/** `indexOf`, `lastIndexOf`. */
export function lowerIndexOf(call: MethodCall, backwards: boolean): Operand | undefined {
  const { node, array, args, here } = call;
  const [wanted, start] = args;
  if (!wanted || args.length > 2 || args.some(ts.isSpreadElement)) return undefined;
  if (start && (backwards || !isNumber(start, here))) return undefined;
  const from = lowerExpression(array, here);
  const item = lowerExpression(wanted, here);
  const given = start && lowerExpression(start, here);
  const length = at(here, node).length(from);
  const first = given && start ? clamped(given, start, length, node, here) : zero;
  const found: Variable = { kind: "returned", type: numberType };
  here.environment.set(found, constant(-1));
  const forth = { start: first, bound: length, hint: "i", declared: false };
  const range = backwards
    ? {
        start: at(here, node).op("sub", [length, constant(1)]),
        bound: zero,
        step: constant(-1),
        compare: "ge" as const,
        hint: "i",
        declared: false,
      }
    : forth;
  rangeLoop(
    here,
    node,
    [],
    [],
    range,
    (within, index) => {
      const test = at(within, node).op("eq", [at(within, node).load(from, index), item]);
      return branch(
        within,
        test,
        originOf(node),
        (inside) => {
          inside.environment.set(found, index);
          return leaveLoop(inside, node);
        },
        () => undefined,
      );
    },
    [found],
  );
  return taken(found, here, "found");
}

/** `includes` and `join` give no number: they stay as they are, and read what they are called on. */
export function lowerReading(call: MethodCall, type: "boolean" | "text"): Operand | undefined {
  const { node, array, args, name, here } = call;
  if (args.some(ts.isSpreadElement)) return undefined;
  const from = lowerExpression(array, here);
  const reads = [from, ...args.map((a) => lowerExpression(a, here))];
  const parts = reads.slice(1).flatMap((_, n) => [...(n > 0 ? [", "] : []), { read: n + 1 }]);
  const result = value(type === "boolean" ? booleanType : typeAt(here, node));
  const block = at(here, node);
  block.add({
    kind: "opaque",
    results: [result],
    reads,
    writes: [],
    repeatable: false,
    code: {
      form: "expression",
      parts: [{ read: 0 }, `.${name}(`, ...parts, ")"],
      references: [],
    },
    ...(type === "text"
      ? { refusal: refusal("methodCall", node, { name, type: typeName(array, here) }) }
      : {}),
    at: block.at,
  });
  return result;
}
