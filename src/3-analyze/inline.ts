/** Calls that a derivative flows through are replaced by their bodies; all others stay calls. */
import type { Path } from "../ir/entry.ts";
import { inlineCall } from "../ir/clone.ts";
import type { Func, Instruction, Operand, Region } from "../ir/types.ts";
import { rebuild } from "../ir/rebuild.ts";
import { activity } from "./activity.ts";
import { aliases } from "./alias.ts";
import { isReference } from "./unify.ts";
import { nameParts } from "./part.ts";
import { survey } from "./program.ts";

/** The same function, in which no remaining call reads or changes anything that depends on a differentiated input. */
export const inlineActive = (func: Func, wrt: readonly Path[], output: "result" | "arguments"): Func => {
  for (let current = func; ;) {
    const alias = aliases(current);
    const act = activity(survey(current), alias, wrt, output);
    let inlined = false;
    const visit = (region: Region): Region => ({
      body: region.body.map((i): Instruction => {
        if (i.kind !== "call") return rebuild(i, { region: visit });
        // memory that is useful but not varied may become varied by what a later call stores there: its makers and
        // writers must be seen
        const concerns = (o: Operand): boolean =>
          o.kind === "value" &&
          isReference(o.type) &&
          act.somewhere(alias.memoryOf(o), (slot) => act.isVariedSlot(slot) || act.isUsefulSlot(slot));
        const tainted = i.args.some((o) => act.isVaried(o) || concerns(o)) || i.results.some(concerns);
        if (!tainted) return i;
        inlined = true;
        return inlineCall(i);
      }),
      end: region.end,
    });
    const next = { ...current, body: visit(current.body) };
    if (!inlined) return nameParts(next);
    current = next;
  }
};
