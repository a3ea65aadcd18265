/** What may be missing, and its tangent with it. */
import { type Block, constant, isAbsent, typeOf, value } from "../ir/build.ts";
import type { Operand, Type, Value } from "../ir/types.ts";

export const missing = constant(undefined);

export const bare = (type: Type): Type => (type.kind === "optional" ? type.of : type);

/** What is made for a value if it is there; undefined if it is not. */
export const ifPresent = (
  block: Block,
  of: Value,
  name: string | undefined,
  make: (at: Block) => Operand,
): Operand => {
  if (of.type.kind !== "optional") return make(block);
  const inner = block.nested();
  const made = make(inner);
  const result: Value = { ...value({ kind: "optional", of: bare(typeOf(made)) }, name), adjoint: true };
  block.add({
    kind: "if",
    results: [result],
    test: isAbsent(block, of),
    then: block.nested().yield(missing),
    else: inner.yield(made),
    at: block.at,
  });
  return result;
};
