/** Numbers where the types do not say that they are numbers (`number | string`): refused where they are active. */
import type { Report } from "../diagnostics/diagnostic.ts";
import type { Facts } from "../ir/facts.ts";
import type { Instruction, Region, Value } from "../ir/types.ts";
import { regionsOf, resultsOf } from "../ir/walk.ts";

export const refuseHidden = (facts: Facts, report: Report): void => {
  const look = (v: Value, i: Instruction): void => {
    // which function a value is, is asked where it is called
    if (v.type.kind !== "other" || v.type.callable || !facts.isActiveMemory(v)) return;
    report({ name: "unionTyped", values: { name: v.hint ?? "this", type: v.type.text }, at: i.at });
  };
  const visit = (region: Region): void => {
    for (const i of region.body) {
      // fragments and calls have reasons of their own
      if (i.kind !== "opaque" && i.kind !== "call") for (const v of resultsOf(i)) look(v, i);
      regionsOf(i).forEach(visit);
    }
  };
  visit(facts.program.func.body);
};
