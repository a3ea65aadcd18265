/** Methods that put the elements of several arrays, or some elements of one, into a new array. */
import { ts } from "ts-morph";
import { constant, elementType, typeOf, zero } from "../ir/build.ts";
import type { Instruction, Operand, Type, Value } from "../ir/types.ts";
import { alloc, copy, isSequence, push, pushAll } from "./array.ts";
import { branch } from "./branch.ts";
import { type Place, at, isUntold, originOf, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { literalType } from "./literal.ts";
import {
  type MethodCall,
  apply,
  callbackOf,
  count,
  eachElement,
  emptyList,
  hinted,
  holds,
  walk,
} from "./methodWalk.ts";
import { bare } from "./scan.ts";

type ArrayType = Extract<Type, { kind: "array" }>;

function resultType({ node, here }: MethodCall): ArrayType | undefined {
  const type = literalType(node, here);
  return type.kind === "array" ? type : undefined;
}

export function lowerFilter(call: MethodCall): Operand | undefined {
  const { node, here } = call;
  const type = resultType(call);
  const callback = callbackOf(call);
  if (!type || !callback) return undefined;
  const walked = walk(call, callback);
  const element = isUntold(type) ? elementType(typeOf(walked.from), zero) : type.element;
  const kept = emptyList(here, node, element, "kept");
  eachElement(walked, (within, item, index) =>
    branch(
      within,
      holds(walked, item, index, within),
      originOf(node),
      (inside) => {
        push(inside, node, kept, item);
        return undefined;
      },
      () => undefined,
    ),
  );
  return type.container === "Array" ? kept : copy(here, node, type, kept);
}

export function lowerFlatMap(call: MethodCall): Operand | undefined {
  const { node, here } = call;
  const type = resultType(call);
  const callback = callbackOf(call);
  const given = callback && here.session.checker.getTypeAtLocation(callback).getCallSignatures()[0];
  if (!type || !callback || !given) return undefined;
  const returned = given.getReturnType();
  const kinds = (returned.isUnion() ? returned.types : [returned]).map((t) => isArray(t, here));
  if (kinds.some((k) => k !== kinds[0])) return undefined;
  const walked = walk(call, callback);
  const result = emptyList(here, node, type.element, "flat");
  eachElement(walked, (within, item, index) => {
    const mark = within.block.body.length;
    const made = apply(walked, item, index, within);
    if (kinds[0]) pushFlat(within, node, result, made, mark);
    else push(within, node, result, made);
    return undefined;
  });
  return result;
}

const isArray = (type: ts.Type, { session: { checker } }: Place): boolean =>
  checker.isArrayType(type) || checker.isTupleType(type);

/** A literal that the callback made just for this is never made. */
function pushFlat(within: Place, node: ts.Node, to: Operand, made: Operand, mark: number): void {
  const { body } = within.block;
  const last: Instruction | undefined = body.length > mark ? body.at(-1) : undefined;
  if (last?.kind !== "make" || last.result !== made) return pushAll(within, node, to, made);
  body.pop();
  for (const { value } of last.items) push(within, node, to, value);
}

export function lowerFlat(call: MethodCall): Operand | undefined {
  const { node, array, args, here } = call;
  const type = resultType(call);
  const [given] = args;
  const literal = given && bare(given);
  if (!type || args.length > 1 || (literal && !ts.isNumericLiteral(literal))) return undefined;
  const depth = literal ? Number(literal.text) : 1;
  if (!isLevel(typeAt(here, array), depth)) return undefined;
  const from = lowerExpression(array, here);
  const result = emptyList(here, node, type.element, "flat");
  flatten(here, node, result, from, depth);
  return result;
}

/** At each level, elements are all arrays or none is. */
function isLevel(type: Type, depth: number): boolean {
  if (type.kind === "tuple")
    return type.elements.every(
      (e) => isSequence(e) === isSequence(type.elements[0]!) && isLevel(e, depth - 1),
    );
  return type.kind !== "array"
    ? type.kind !== "other" && type.kind !== "optional"
    : isLevel(type.element, depth - 1);
}

function flatten(here: Place, node: ts.Node, to: Value, from: Operand, depth: number): void {
  if (depth === 0 || !isSequence(elementType(typeOf(from), zero))) return pushAll(here, node, to, from);
  count(here, node, { bound: at(here, node).length(from) }, (within, index) =>
    flatten(within, node, to, at(within, node).load(from, index), depth - 1),
  );
}

/** The result is as long as all parts together; they are copied one after the other. */
export function lowerConcat(call: MethodCall): Operand | undefined {
  const { node, array, args, here } = call;
  const type = resultType(call);
  if (type?.container !== "Array") return undefined;
  if (args.some(ts.isSpreadElement)) return concatAll(call, type);
  if (!args.every((a) => isPart(typeAt(here, a)))) return undefined;
  const parts = [array, ...args].map((a) => lowerExpression(a, here));
  const lengths = parts.map((p) => (isList(p) ? at(here, node).length(p) : constant(1)));
  const total = lengths.reduce<Operand>((sum, n) => plus(here, node, sum, n), zero);
  const known = isUntold(type) ? { ...type, element: elementType(typeOf(parts[0]!), zero) } : type;
  const result = hinted(alloc(here, node, known, total), "joined");
  let start: Operand = zero;
  for (const [n, part] of parts.entries()) {
    const first = start;
    if (!isList(part)) at(here, node).store(result, first, part);
    else
      count(here, node, { bound: lengths[n]! }, (within, index) =>
        at(within, node).store(result, plus(within, node, first, index), at(within, node).load(part, index)),
      );
    start = plus(here, node, first, lengths[n]!);
  }
  return result;
}

/** `[].concat(...rows)` */
function concatAll({ node, array, args, here }: MethodCall, type: ArrayType): Operand | undefined {
  const isKnown = (a: ts.Expression): boolean => {
    const of = typeAt(here, ts.isSpreadElement(a) ? a.expression : a);
    return ts.isSpreadElement(a) ? of.kind === "array" && isPart(of.element) : isPart(of);
  };
  if (!args.every(isKnown)) return undefined;
  const parts = [array, ...args].map((a) => ({
    isSpread: ts.isSpreadElement(a),
    of: lowerExpression(ts.isSpreadElement(a) ? a.expression : a, here),
  }));
  const result = hinted(alloc(here, node, type, zero), "joined");
  const add = (within: Place, part: Operand): void => {
    if (isList(part)) pushAll(within, node, result, part);
    else push(within, node, result, part);
  };
  for (const { isSpread, of } of parts)
    if (!isSpread) add(here, of);
    else
      count(here, node, { bound: at(here, node).length(of) }, (within, index) =>
        add(within, at(within, node).load(of, index)),
      );
  return result;
}

const isPart = (type: Type): boolean =>
  isSequence(type) || type.kind === "number" || type.kind === "object" || type.kind === "boolean";
const isList = (operand: Operand): boolean => isSequence(typeOf(operand));

export function plus(here: Place, node: ts.Node, a: Operand, b: Operand): Operand {
  if (a.kind === "constant" && b.kind === "constant") return constant(Number(a.value) + Number(b.value));
  if (a.kind === "constant" && a.value === 0) return b;
  return b.kind === "constant" && b.value === 0 ? a : at(here, node).op("add", [a, b]);
}
