/** Shadows, seeds and sums of small structures (objects and tuples of numbers) written out, slot by slot. */
import { Block, constant, elementType, one, zero } from "../ir/build.ts";
import type { Instruction, Operand, Type } from "../ir/types.ts";

type Structured = Extract<Instruction, { kind: "zeros" | "seeded" | "convert" | "addInto" }>;
type Expanded = Readonly<{ body: readonly Instruction[]; value?: Operand }>;

/** Objects and tuples that hold nothing but numbers and such objects: their layout is known. */
const isPlain = (type: Type): boolean => {
  switch (type.kind) {
    case "number":
      return true;
    case "tuple":
      return type.elements.every(isPlain);
    case "object":
      return type.fields.every((f) => !f.optional && isPlain(f.type));
    default:
      return false;
  }
};

const slots = (type: Type): readonly (string | number)[] =>
  type.kind === "tuple"
    ? type.elements.map((_, i) => i)
    : type.kind === "object"
      ? type.fields.map((f) => f.name)
      : [];

const leaves = (type: Type): number =>
  type.kind === "number"
    ? 1
    : slots(type).reduce<number>((sum, key) => sum + leaves(elementType(type, constant(key))), 0);

/** More slots than this read better as a structure. */
const most = 16;

/** The same in instructions for each number, if the structure's layout is known and small. */
export const expandStructure = (i: Structured): Expanded | undefined => {
  const b = new Block(i.at);
  if (i.kind === "addInto") {
    const type = i.to.kind === "value" ? i.to.type : undefined;
    const from = i.value.kind === "value" ? i.value.type : undefined;
    if (!type || !from || type.kind === "number" || !isPlain(type) || !isPlain(from) || leaves(type) > most)
      return undefined;
    if (!slotsAgree(type, from)) return undefined;
    addSlots(b, i.to, i.value, type);
    return { body: b.body };
  }
  const { type } = i.result;
  const from = i.kind === "convert" ? i.from : i.kind === "seeded" ? i.seed : undefined;
  const ones = from?.kind === "constant" && from.value === undefined;
  if (!isPlain(type) || leaves(type) > most) return undefined;
  if (from?.kind === "value" && !(isPlain(from.type) && slotsAgree(type, from.type))) return undefined;
  const adjoint = i.result.adjoint;

  const build = (of: Type, source: Operand | undefined, result = i.result): Operand => {
    if (of.kind === "number") return source ?? (ones ? one : zero);
    const items = slots(of).map((key) => {
      const inner = elementType(of, constant(key));
      const part = source && b.load(source, constant(key), String(key), inner);
      return { key, value: build(inner, part, { kind: "value", type: inner, hint: String(key), adjoint }) };
    });
    b.add({ kind: "make", result, items, at: i.at });
    return result;
  };
  const value = build(type, from?.kind === "constant" && ones ? undefined : from);
  return { body: b.body, ...(type.kind === "number" ? { value } : {}) };
};

/** Every slot of the one is a slot of the other. */
const slotsAgree = (type: Type, from: Type): boolean =>
  (type.kind === "number" && from.kind === "number") ||
  (type.kind === from.kind &&
    slots(type).every(
      (key) =>
        slots(from).includes(key) &&
        slotsAgree(elementType(type, constant(key)), elementType(from, constant(key))),
    ));

const addSlots = (b: Block, to: Operand, added: Operand, type: Type): void => {
  for (const key of slots(type)) {
    const inner = elementType(type, constant(key));
    const part = b.load(added, constant(key), String(key), inner);
    if (inner.kind === "number") b.accumulate(to, constant(key), part);
    else addSlots(b, b.load(to, constant(key), String(key), inner), part, inner);
  }
};
