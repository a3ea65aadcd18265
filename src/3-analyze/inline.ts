/**
 * Calls that a derivative flows through are replaced by their bodies; all others stay calls. Functions that call
 * themselves stay functions where a derivative flows through them: they become callees of the unit.
 */
import { callsItself, functionOf, mapUnit, newCallee } from "../ir/callee.ts";
import { cloneFunc, inlineCall } from "../ir/clone.ts";
import type { Path } from "../ir/entry.ts";
import { rebuild } from "../ir/rebuild.ts";
import type { Callee, Func, Instruction, Operand, Region, Unit } from "../ir/types.ts";
import { activity } from "./activity.ts";
import { aliases } from "./alias.ts";
import { isReference } from "./unify.ts";
import { nameParts } from "./part.ts";
import { survey } from "./program.ts";

type Call = Extract<Instruction, { kind: "call" }>;

/** The unit in which no call but those of its callees reads or changes anything that depends on a differentiated input. */
export const inlineActive = (func: Func, wrt: readonly Path[], output: "result" | "arguments"): Unit => {
  /** The callee that a function which calls itself is in the unit. */
  const kept = new Map<Callee, Callee>();
  const keep = (callee: Callee): Callee => {
    const known = kept.get(callee);
    if (known) return known;
    const copy: Callee = { ...newCallee(callee.name, cloneFunc(functionOf(callee))), original: callee };
    kept.set(callee, copy);
    return copy;
  };
  for (let unit: Unit = { func, callees: new Map() }; ;) {
    const alias = aliases(unit);
    const act = activity(survey(unit), alias, wrt, output);
    // memory that is useful but not varied may become varied by what a later call stores there: its makers and
    // writers must be seen
    const concerns = (o: Operand): boolean =>
      o.kind === "value" &&
      isReference(o.type) &&
      act.somewhere(alias.memoryOf(o), (slot) => act.isVariedSlot(slot) || act.isUsefulSlot(slot));
    let changed = false;
    const step = (i: Call): Instruction => {
      const isTainted = i.args.some((o) => act.isVaried(o) || concerns(o)) || i.results.some(concerns);
      if (unit.callees.has(i.callee) || !isTainted) return i;
      changed = true;
      return callsItself(i.callee) ? { ...i, callee: keep(i.callee) } : inlineCall(i);
    };
    const visit = (region: Region): Region => ({
      body: region.body.map((i) => (i.kind === "call" ? step(i) : rebuild(i, { region: visit }))),
      end: region.end,
    });
    const next = mapUnit(unit, (f) => ({ ...f, body: visit(f.body) }));
    if (!changed) return mapUnit(next, nameParts);
    const callees = new Map(next.callees);
    for (const copy of kept.values()) if (!callees.has(copy)) callees.set(copy, functionOf(copy));
    unit = { func: next.func, callees };
  }
};
