/**
 * What is handed to a function that takes one of several kinds of objects may be known to be of one of them: its tag
 * has a type that is one text. Said so, the branches for the other kinds fall away.
 */
import { constant } from "../ir/build.ts";
import { mapOperands } from "../ir/rebuild.ts";
import type { Constant, Func, Operand, Type } from "../ir/types.ts";
import { visit } from "../ir/walk.ts";

/** The one text that something of the type can be. */
const textOf = (type: Type): string | undefined =>
  type.kind === "other" && /^"[^"\\]*"$/.test(type.text) ? type.text.slice(1, -1) : undefined;

/** The function in which tags that are known are written as what they are. */
export const settleTags = (func: Func): Func => {
  const known = new Map<Operand, Constant>();
  visit(func.body, (i) => {
    if (i.kind !== "load" || i.from.kind !== "value" || i.key?.kind !== "constant") return;
    const { type } = i.from;
    const { value: key } = i.key;
    const field = type.kind === "object" ? type.fields.find((f) => f.name === key) : undefined;
    const text = field && !field.optional && !field.partial ? textOf(field.type) : undefined;
    if (text !== undefined) known.set(i.result, constant(text));
  });
  if (known.size === 0) return func;
  return { ...func, body: mapOperands(func.body, (o) => known.get(o) ?? o) };
};
