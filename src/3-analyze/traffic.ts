/** What instructions put into the slots of memory, and what they read from there. */
import { typeOf } from "../ir/build.ts";
import type { Slot } from "../ir/facts.ts";
import type { Instruction, Operand, Value } from "../ir/types.ts";
import type { Aliases } from "./alias.ts";
import { keyOperand } from "./flow.ts";
import { isIntegerMemory, keySlot } from "./unify.ts";

type Put = Readonly<{ slot: Slot; value: Operand }>;

/** The slots that get values, integer arrays aside, which cut off what they get. */
export const putBy = (i: Instruction, { slotOf }: Pick<Aliases, "slotOf">): readonly Put[] => {
  switch (i.kind) {
    case "make":
      return i.items.map(({ key, value }) => ({ slot: slotOf(i.result, keyOperand(key)), value }));
    case "alloc":
      return i.fill ? [{ slot: slotOf(i.result, keyOperand(0)), value: i.fill }] : [];
    case "cell":
      return i.initial ? [{ slot: slotOf(i.result, undefined), value: i.initial }] : [];
    case "store":
    case "accumulate":
      return isIntegerMemory(typeOf(i.to)) ? [] : [{ slot: slotOf(i.to, i.key), value: i.value }];
    case "push":
      return [{ slot: slotOf(i.to, keyOperand(0)), value: i.value }];
    case "put":
      return [
        { slot: slotOf(i.to, keyOperand(0)), value: i.value },
        { slot: slotOf(i.to, keyOperand(keySlot)), value: i.key },
      ];
    default:
      return [];
  }
};

/** The slot that is read, and what gets what is there. */
export const readBy = (
  i: Instruction,
  { slotOf }: Pick<Aliases, "slotOf">,
): Readonly<{ slot: Slot; to: Value }> | undefined => {
  switch (i.kind) {
    case "load":
      return isIntegerMemory(typeOf(i.from)) ? undefined : { slot: slotOf(i.from, i.key), to: i.result };
    case "pop":
    case "get":
      return { slot: slotOf(i.from, keyOperand(0)), to: i.result };
    default:
      return undefined;
  }
};

/** What goes from slot to slot: the keys of a map into an array of them. */
export const copiedBy = (
  i: Instruction,
  { slotOf }: Pick<Aliases, "slotOf">,
): Readonly<{ from: Slot; to: Slot }> | undefined =>
  i.kind === "keys"
    ? { from: slotOf(i.of, keyOperand(keySlot)), to: slotOf(i.result, keyOperand(0)) }
    : undefined;
