/** `stiffness[kind]`, where the type of the key names fields of the object: one of them is read, as the key says. */
import { ts } from "ts-morph";
import { constant } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import { choose } from "./branch.ts";
import { type Place, at, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";

/** `undefined`: the fields that may be meant are not known, or not all of them are numbers; nothing is lowered then. */
export function lowerKeyed(node: ts.Expression, here: Place): Operand | undefined {
  if (!ts.isElementAccessExpression(node) || ts.isOptionalChain(node)) return undefined;
  const keys = keysIn(here.session.checker.getTypeAtLocation(node.argumentExpression));
  const type = typeAt(here, node.expression);
  if (!keys || type.kind !== "object") return undefined;
  const isNumber = (key: string): boolean =>
    type.fields.some((f) => f.name === key && f.type.kind === "number" && !f.optional && !f.partial);
  if (!keys.every(isNumber)) return undefined;
  const object = lowerExpression(node.expression, here);
  const key = lowerExpression(node.argumentExpression, here);
  const read = (n: number, inside: Place): Operand => {
    const load = (within: Place): Operand => at(within, node).load(object, constant(keys[n]!));
    if (n === keys.length - 1) return load(inside);
    const test = at(inside, node).op("eq", [key, constant(keys[n]!)]);
    return choose(inside, test, { kind: "number" }, node, load, (no) => read(n + 1, no));
  };
  return read(0, here);
}

/** The strings that the key can be, by its type. */
function keysIn(type: ts.Type): readonly string[] | undefined {
  const types = type.isUnion() ? type.types : [type];
  const keys = types.map((t) => (t.isStringLiteral() ? t.value : undefined));
  return keys.every((k) => k !== undefined) ? keys : undefined;
}
