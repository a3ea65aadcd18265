/** The numbers of a structure, as its type shows them to others. */
import type { Memory, Slot } from "../ir/facts.ts";
import type { Type } from "../ir/types.ts";
import type { Aliases } from "./alias.ts";
import { isIntegerMemory, isReference } from "./unify.ts";

/** Visits all slots of numbers below a reference of this type; with a path, those that it leads to. */
export const numberSlots = (
  alias: Aliases,
  memory: Memory,
  type: Type,
  path: readonly string[],
  visit: (slot: Slot) => void,
): void => {
  const [head, ...rest] = path;
  const enter = (key: string, of: Type): void => {
    if (head !== undefined && head !== key && !(key === "[]" && /^\d+$/.test(head))) return;
    const slot: Slot = { memory, key };
    if (of.kind === "number" || (of.kind === "optional" && of.of.kind === "number")) {
      // a slot that is asked for is there
      alias.held(slot);
      visit(slot);
    } else if (isReference(of))
      numberSlots(alias, alias.held(slot), of.kind === "optional" ? of.of : of, rest, visit);
  };
  if (isIntegerMemory(type)) return;
  switch (type.kind) {
    case "array":
      return enter("[]", type.element);
    case "tuple":
      return type.elements.forEach((e) => enter("[]", e));
    case "object":
      return type.fields.filter((f) => !f.beyond).forEach((f) => enter(f.name, f.type));
    case "map":
      return enter("[]", type.value);
    case "optional":
      return numberSlots(alias, memory, type.of, path, visit);
    default:
      return;
  }
};
