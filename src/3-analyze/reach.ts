/** Everything that is reached from a piece of memory, at any depth, as sets of slots. */
import type { Memory, Slot } from "../ir/facts.ts";
import type { Aliases } from "./alias.ts";

/** The key of what fragments keep where nothing of it can be seen: in a map, in a string. */
const unseen = "?";

export type Reach = Readonly<{
  /** Is any slot below the memory in the set? */
  touches(memory: Memory, set: ReadonlySet<string>): boolean;
  /** Puts all of them there. */
  everything(memory: Memory, set: Set<string>): void;
  /** Does any of them satisfy it? */
  somewhere(memory: Memory, test: (slot: Slot) => boolean): boolean;
}>;

/** `id`: what a slot is called in the sets; `put` adds to one. */
export const reachOf = (
  alias: Aliases,
  id: (slot: Slot) => string,
  put: (set: Set<string>, item: string) => void,
): Reach => {
  const somewhere = (
    memory: Memory,
    test: (slot: Slot) => boolean,
    seen: Set<number> = new Set(),
  ): boolean => {
    if (seen.has(memory.id)) return false;
    seen.add(memory.id);
    if (test({ memory, key: unseen })) return true;
    return alias
      .keysOf(memory)
      .some((key) => test({ memory, key }) || somewhere(alias.held({ memory, key }), test, seen));
  };
  const everything = (memory: Memory, set: Set<string>, seen: Set<number> = new Set()): void => {
    if (seen.has(memory.id)) return;
    seen.add(memory.id);
    put(set, id({ memory, key: unseen }));
    for (const key of alias.keysOf(memory)) {
      put(set, id({ memory, key }));
      everything(alias.held({ memory, key }), set, seen);
    }
  };
  return {
    touches: (memory, set) => somewhere(memory, (slot) => set.has(id(slot))),
    everything: (memory, set) => everything(memory, set),
    somewhere: (memory, test) => somewhere(memory, test),
  };
};
