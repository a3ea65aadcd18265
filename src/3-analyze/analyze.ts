/** IR → the same program in the form that derivatives are taken of, and the facts about it. */
import type { Path } from "../ir/entry.ts";
import type { Facts } from "../ir/facts.ts";
import type { Func } from "../ir/types.ts";
import { isReference } from "./alias.ts";
import { activity, holdsReal } from "./activity.ts";
import { aliases } from "./alias.ts";
import { crossingExits, exitsIn, neverEnds, neverFalls } from "./ends.ts";
import { inlineActive } from "./inline.ts";
import { integers } from "./integer.ts";
import { nest } from "./nest.ts";
import { survey } from "./program.ts";

export type Output = "result" | "arguments";

/** Inlines what a derivative flows through; the result may be simplified before it goes to {@link analyze}. */
export const prepare = (func: Func, wrt: readonly Path[], output: Output): Func =>
  inlineActive(func, wrt, output);

/** Brings the program into nested form and finds out about it; `facts.program.func` is what is differentiated. */
export const analyze = (source: Func, wrt: readonly Path[], output: Output): Facts => {
  const func = nest(source);
  const program = survey(func);
  const alias = aliases(func);
  const act = activity(program, alias, wrt, output);
  return {
    program,
    wrt,
    shadows: new Map(),
    isActive: (o) => act.isVaried(o) && act.isUseful(o),
    isActiveMemory: (o) =>
      o.kind === "value" &&
      isReference(o.type) &&
      holdsReal(o.type) &&
      act.somewhere(alias.memoryOf(o), (slot) => act.isVariedSlot(slot) && act.isUsefulSlot(slot)),
    isActiveSlot: (slot) => act.isVariedSlot(slot) && act.isUsefulSlot(slot),
    memoryOf: alias.memoryOf,
    slotOf: alias.slotOf,
    writesTo: alias.writesTo,
    usesOf: alias.usesOf,
    resizesOf: alias.resizesOf,
    ...integers(program),
    neverEnds,
    neverFalls,
    crossingExits,
    exitsTo: (construct) => exitsIn(construct.body).filter((exit) => exit.to === construct.label),
  };
};
