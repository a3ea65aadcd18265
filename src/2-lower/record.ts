/** Objects whose keys are known only at run time: literals, copies, `in`, `delete`. */
import { ts } from "ts-morph";
import { constant, typeOf, value } from "../ir/build.ts";
import type { Operand, Type } from "../ir/types.ts";
import { globalName } from "../source/globalName.ts";
import { pairOf } from "./arrayIterable.ts";
import { type Place, at, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { collect, get, has, keysOf, made, orMissing, put } from "./map.ts";
import { type RecordType, isRecordAt, recordOf } from "./mapKeys.ts";
import { literalType } from "./literal.ts";
import { count } from "./methodWalk.ts";
import { bare } from "./scan.ts";

const present = (type: Type): Type => (type.kind === "optional" ? type.of : type);

/** Whether what is written there is something that the record holds. */
const fits = (node: ts.Expression, type: RecordType, here: Place): boolean =>
  present(typeAt(here, node)).kind === present(type.value).kind;

/** `{ [name]: x, y, ...others }`; `undefined` if a part of it has no place there (nothing is lowered then). */
export function lowerRecordLiteral(
  node: ts.ObjectLiteralExpression,
  type: RecordType,
  here: Place,
): Operand | undefined {
  if (!canFill(node, type, here)) return undefined;
  const result = made(node, type, here);
  fill(node, result, here);
  return result;
}

const canFill = (node: ts.ObjectLiteralExpression, type: RecordType, here: Place): boolean =>
  node.properties.every((p) => {
    if (ts.isPropertyAssignment(p)) return fits(p.initializer, type, here);
    if (ts.isShorthandPropertyAssignment(p)) return fits(p.name, type, here);
    return ts.isSpreadAssignment(p) && canCopy(p.expression, type, here);
  });

function fill(node: ts.ObjectLiteralExpression, to: Operand, here: Place): void {
  for (const p of node.properties) {
    if (ts.isSpreadAssignment(p)) copyInto(p, lowerExpression(p.expression, here), to, here);
    else if (ts.isShorthandPropertyAssignment(p))
      put(here, p, to, constant(p.name.text), lowerExpression(p.name, here));
    else if (ts.isPropertyAssignment(p)) {
      const key = ts.isComputedPropertyName(p.name)
        ? lowerExpression(p.name.expression, here)
        : constant((p.name as ts.Identifier | ts.StringLiteral | ts.NumericLiteral).text);
      put(here, p, to, key, lowerExpression(p.initializer, here));
    }
  }
}

/** A record, or an object all of whose fields are known and hold what the record holds. */
function canCopy(source: ts.Expression, type: RecordType, here: Place): boolean {
  const from = typeAt(here, source);
  if (from.kind === "map") return isRecordAt(source, here);
  return (
    from.kind === "object" &&
    from.fields.every((f) => !f.optional && !f.beyond && f.type.kind === present(type.value).kind)
  );
}

function copyInto(node: ts.Node, from: Operand, to: Operand, here: Place): void {
  const of = typeOf(from);
  if (of.kind === "object") {
    for (const { name } of of.fields)
      put(here, node, to, constant(name), at(here, node).load(from, constant(name), name));
    return;
  }
  if (of.kind !== "map") throw new Error("nothing to copy");
  const keys = keysOf(here, node, from, of);
  count(here, node, { bound: at(here, node).length(keys) }, (within, index) => {
    const key = at(within, node).load(keys, index, "key");
    put(within, node, to, key, get(within, node, from, key, of.value));
  });
}

/** `Object.assign(…)` and `Object.fromEntries(…)` of records; `undefined` if it is neither. */
export function lowerRecordCall(
  node: ts.CallExpression,
  callee: ts.Expression,
  here: Place,
): Operand | undefined {
  const name = globalName(callee, here.session.checker);
  if (name !== "Object.assign" && name !== "Object.fromEntries") return undefined;
  const [first, ...others] = node.arguments;
  if (!first || node.arguments.some(ts.isSpreadElement)) return undefined;
  const type = recordOf(literalType(node, here));
  if (!type) return undefined;
  if (name === "Object.fromEntries") return others.length > 0 ? undefined : collect(node, type, first, here);
  if (!others.every((o) => canCopy(o, type, here))) return undefined;
  const literal = bare(first);
  const isLiteral = ts.isObjectLiteralExpression(literal);
  if (isLiteral ? !canFill(literal, type, here) : !isRecordAt(first, here)) return undefined;
  const to = isLiteral ? made(node, type, here) : lowerExpression(first, here);
  if (isLiteral) fill(literal, to, here);
  for (const other of others) copyInto(other, lowerExpression(other, here), to, here);
  return to;
}

/** `delete r[k]`; `undefined` if it is no record that loses an entry. */
export function lowerDelete(node: ts.DeleteExpression, here: Place): Operand | undefined {
  const target = bare(node.expression);
  if (!ts.isElementAccessExpression(target) && !ts.isPropertyAccessExpression(target)) return undefined;
  if (ts.isOptionalChain(target) || !isRecordAt(target.expression, here)) return undefined;
  const from = lowerExpression(target.expression, here);
  const key = ts.isPropertyAccessExpression(target)
    ? constant(target.name.text)
    : lowerExpression(target.argumentExpression, here);
  const block = at(here, node);
  block.add({ kind: "remove", from, key, at: block.at });
  return constant(true);
}

/** `k in r`; `undefined` if it is no record. */
export function lowerIn(node: ts.BinaryExpression, here: Place): Operand | undefined {
  if (!isRecordAt(node.right, here)) return undefined;
  const key = lowerExpression(node.left, here);
  return has(here, node, lowerExpression(node.right, here), key);
}

/** What is read from a record, as the type says there. */
export function readEntry(
  from: Operand,
  key: Operand,
  node: ts.Node,
  here: Place,
  mayBeMissing = false,
): Operand {
  const of = recordOf(typeOf(from))!;
  const said = typeAt(here, ts.isBindingElement(node) ? node.name : node);
  const isSure = !mayBeMissing && said.kind !== "optional" && said.kind !== "undefined";
  return get(here, node, from, key, isSure ? of.value : orMissing(of.value));
}

/** `Object.keys(r)`, `Object.values(r)`, `Object.entries(r)` as an array. */
export function listRecord(
  node: ts.Node,
  from: Operand,
  part: "keys" | "values" | "entries",
  here: Place,
): Operand {
  const of = recordOf(typeOf(from))!;
  const keys = keysOf(here, node, from, of);
  if (part === "keys") return keys;
  const text: Type = { kind: "other", text: "string" };
  const element: Type = part === "values" ? of.value : { kind: "tuple", elements: [text, of.value] };
  const length = at(here, node).length(keys);
  const result = value({ kind: "array", container: "Array", element });
  const block = at(here, node);
  block.add({ kind: "alloc", result, length, at: block.at });
  count(here, node, { bound: length }, (within, index) => {
    const key = at(within, node).load(keys, index, "key");
    const held = get(within, node, from, key, of.value);
    const item = part === "values" ? held : pairOf(within, node, key, held);
    at(within, node).store(result, index, item);
  });
  return result;
}
