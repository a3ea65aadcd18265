/** The rest element of a pattern: all that the elements before it left. */
import { ts } from "ts-morph";
import { constant, typeOf, value } from "../ir/build.ts";
import type { Operand, Type } from "../ir/types.ts";
import { type Place, at, typeAt } from "./environment.ts";
import { refusal } from "./fragment.ts";
import { madeOf, mostMissing, partOf } from "./parts.ts";
import { slice } from "./slice.ts";

/**
 * `source` is an array or object, or the parts of a literal that was never made; `taken` are the keys that went
 * elsewhere.
 */
export function restOfPattern(
  source: Operand | ReadonlyMap<string, Operand>,
  from: number,
  taken: readonly string[],
  node: ts.Node,
  here: Place,
): Operand {
  const type = typeAt(here, ts.isBindingElement(node) ? node.name : node);
  if (!("kind" in source)) {
    const left = [...source].filter(([key]) => !taken.includes(key));
    return make(left, type, from, node, here);
  }
  const of = typeOf(source);
  switch (of.kind) {
    case "array":
      if (type.kind !== "array") break;
      return slice(here, node, { ...type, container: "Array" }, source, [constant(from)], []);
    case "tuple": {
      const keys = of.elements.map((_, i) => i).slice(from);
      const left = keys.map((i) => [String(i), at(here, node).load(source, constant(i))] as const);
      return make(left, type, from, node, here);
    }
    case "object": {
      const fields = of.fields.filter((f) => !taken.includes(f.name));
      // a field that may be absent has to stay absent
      if (fields.filter((f) => f.optional).length > mostMissing || type.kind !== "object") break;
      return madeOf(
        fields.map((f) => partOf(source, f, node, here)),
        type,
        node,
        here,
      );
    }
    default:
  }
  here.session.report(refusal("notUnderstood", node, { what: "this rest element" }));
  return constant(undefined);
}

function make(
  left: readonly (readonly [string, Operand])[],
  type: Type,
  from: number,
  node: ts.Node,
  here: Place,
): Operand {
  const isList = type.kind === "array" || type.kind === "tuple";
  const items = left.map(([key, operand]) => ({ key: isList ? Number(key) - from : key, value: operand }));
  const result = value(type);
  const block = at(here, node);
  block.add({ kind: "make", result, items, at: block.at });
  return result;
}
