/**
 * The structure that a shadow has at entry, kept where references in it will change places: every array and object of
 * references is copied, while the memory that holds the numbers stays what it is. At the end the numbers of objects
 * that hold references as well are taken from where they were gathered.
 */
import { type Block, constant, expression, one, typeOf, value, zero } from "./build.ts";
import { adjointName, isFixedShape, partsOf } from "./shadow.ts";
import type { Item, Operand, Type, Value } from "./types.ts";

const bare = (type: Type): Type => (type.kind === "optional" ? bare(type.of) : type);
const isNumber = (type: Type): boolean => bare(type).kind === "number";

const holdsReferences = (type: Type): boolean => {
  const of = bare(type);
  if (of.kind === "array") return !isNumber(of.element);
  return partsOf(of).some((part) => !isNumber(part.type) && part.type.kind !== "undefined");
};

/** Are there objects that hold numbers beside references? Else the copy is the structure already. */
const isMixed = (type: Type): boolean => {
  const of = bare(type);
  if (of.kind === "array") return holdsReferences(of) && isMixed(of.element);
  if (!holdsReferences(of)) return false;
  return partsOf(of).some((part) => isNumber(part.type) || isMixed(part.type));
};

/** Is what is kept of it a structure of the same type? */
export const isAlike = (type: Type): boolean => !isMixed(type);

/** What is kept of a mixed object: the object itself and its references as they were. */
const keptType = (type: Type): Type => {
  if (!isMixed(type)) return type;
  if (type.kind === "optional") return { kind: "optional", of: keptType(type.of) };
  if (type.kind === "array") return { ...type, element: keptType(type.element) };
  const parts = partsOf(type).filter((part) => !isNumber(part.type));
  const fields = parts.map(({ key, type: part }) => ({ name: String(key), type: keptType(part) }));
  return { kind: "object", fields: [{ name: ownKey(type), type }, ...fields] };
};

/** What the mixed object itself is kept under. */
const ownKey = (type: Type): string => {
  let name = "shadow";
  while (partsOf(type).some((part) => part.key === name)) name += "_";
  return name;
};

/** Can such a structure be remembered? What may be missing has no place of its own. */
export const canRemember = (type: Type): boolean => {
  const of = bare(type);
  if (!holdsReferences(of)) return true;
  if (of.kind === "array") return of.element.kind !== "optional" && canRemember(of.element);
  return isFixedShape(of) && partsOf(of).every((p) => p.type.kind !== "optional" && canRemember(p.type));
};

const made = (block: Block, type: Type, items: readonly Item[], hint: string | undefined): Value => {
  const result: Value = { ...value(type, hint), adjoint: true };
  block.add({ kind: "make", result, items, at: block.at });
  return result;
};

/** `from.slice()` */
const sliced = (block: Block, from: Operand, type: Type, hint: string | undefined): Value => {
  const result: Value = { ...value(type, hint), adjoint: true };
  block.add({
    kind: "opaque",
    results: [result],
    reads: [from],
    writes: [],
    repeatable: false,
    fresh: true,
    code: expression({ read: 0 }, ".slice()"),
    at: block.at,
  });
  return result;
};

/** `from.map((part) => f(part))` */
const mapped = (
  block: Block,
  from: Operand,
  type: Type,
  hint: string | undefined,
  f: (inner: Block, element: Operand) => Operand,
): Value => {
  const length = block.length(from);
  const result: Value = { ...value(type, hint), adjoint: true };
  block.add({ kind: "alloc", result, length, at: block.at });
  const variable = value({ kind: "number" }, "i");
  const body = block.nested();
  body.store(result, variable, f(body, body.load(from, variable)));
  block.add({
    kind: "loop",
    label: { kind: "label" },
    params: [],
    initial: [],
    results: [],
    shape: { kind: "range", variable, start: zero, bound: length, step: one, compare: "lt" },
    body: body.yield(),
    at: block.at,
  });
  return result;
};

export const remember = (block: Block, shadow: Operand, type: Type, hint?: string): Operand => {
  if (!holdsReferences(type)) return shadow;
  const kept = keptType(type);
  if (type.kind === "array" && !holdsReferences(type.element)) return sliced(block, shadow, kept, hint);
  if (type.kind === "array")
    return mapped(block, shadow, kept, hint, (inner, element) => remember(inner, element, type.element));
  const part = (key: string | number, of: Type): Operand => {
    const name = typeof key === "string" ? adjointName(key) : undefined;
    return remember(block, block.load(shadow, constant(key), name), of, name && `${name}AtEntry`);
  };
  const parts = partsOf(type).filter((p) => p.type.kind !== "undefined");
  if (!isMixed(type))
    return made(
      block,
      kept,
      parts.map(({ key, type: of }) => ({ key, value: part(key, of) })),
      hint,
    );
  const items = parts
    .filter((p) => !isNumber(p.type))
    .map(({ key, type: of }) => ({ key: String(key), value: part(key, of) }));
  return made(block, kept, [{ key: ownKey(type), value: shadow }, ...items], hint);
};

/** The structure as it was, with the numbers that were gathered. */
export const recalled = (block: Block, kept: Operand, type: Type, hint?: string): Operand => {
  if (!isMixed(type)) return kept;
  if (type.kind === "array")
    return mapped(block, kept, type, hint, (inner, element) => recalled(inner, element, type.element));
  const of = block.load(kept, constant(ownKey(type)), hint);
  const items = partsOf(type).map(({ key, type: part }): Item => {
    if (isNumber(part)) return { key, value: block.load(of, constant(key)) };
    if (part.kind === "undefined") return { key, value: constant(undefined) };
    return { key, value: recalled(block, block.load(kept, constant(String(key))), part) };
  });
  return made(block, typeOf(of), items, hint);
};
