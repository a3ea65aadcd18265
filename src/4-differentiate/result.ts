/** What a derivative returns: objects put together, shadows in the containers that the signature promises. */
import { type Block, constant, typeOf, value } from "../ir/build.ts";
import { sameType } from "../ir/shadow.ts";
import type { Item, Operand, Type, Value } from "../ir/types.ts";

export const makeObject = (block: Block, items: readonly Item[]): Value => {
  const type: Type = {
    kind: "object",
    fields: items.map((i) => ({ name: String(i.key), type: typeOf(i.value) })),
  };
  const result = value(type);
  block.add({ kind: "make", result, items, at: block.at });
  return result;
};

/** Shadows are in full precision; what is returned has the containers of the argument. */
export const finished = (block: Block, shadow: Operand, type: Type): Operand => {
  if (sameType(typeOf(shadow), type)) return shadow;
  if (type.kind === "object" && type.fields.every((f) => !f.optional))
    return makeObject(
      block,
      type.fields.map((f) => {
        const part = block.load(shadow, constant(f.name), f.name);
        return { key: f.name, value: part.type.kind === "number" ? part : finished(block, part, f.type) };
      }),
    );
  const result = { ...value(type), adjoint: true };
  block.add({ kind: "convert", result, from: shadow, at: block.at });
  return result;
};
