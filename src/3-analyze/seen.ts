/** Who else gets to see the memory that a program makes. */
import type { Memory } from "../ir/facts.ts";
import type { ClassTest, Instruction, Operand, Unit } from "../ir/types.ts";
import { functionsOf } from "../ir/callee.ts";
import { operandsOf, operandsOfEnd, visit, visitRegions } from "../ir/walk.ts";
import type { Aliases } from "./alias.ts";
import { isReference } from "./unify.ts";

export type Test = Extract<Instruction, { kind: "opaque" }> & { readonly tests: ClassTest };

/** It asks of which class something is, and nothing else. */
export const isTest = (i: Instruction): i is Test => i.kind === "opaque" && i.tests !== undefined;

/** Memory that fragments, calls or the caller get to see. */
export const seenByOthers = (unit: Unit, alias: Aliases): ReadonlySet<Memory> => {
  const seen = new Set<Memory>();
  const show = (memory: Memory): void => {
    if (seen.has(memory)) return;
    seen.add(memory);
    for (const key of alias.keysOf(memory)) show(alias.held({ memory, key }));
  };
  const showAll = (operands: readonly Operand[]): void => {
    for (const o of operands) if (o.kind === "value" && isReference(o.type)) show(alias.memoryOf(o));
  };
  for (const func of functionsOf(unit)) {
    visit(func.body, (i) => {
      const isUnseen = i.kind === "call" && !unit.callees.has(i.callee);
      if ((i.kind === "opaque" && !isTest(i)) || isUnseen) showAll(operandsOf(i));
    });
    visitRegions(func.body, (r) => {
      const returns = (r.end.kind === "exit" && r.end.to === func.label) || r === func.body;
      if (r.end.kind === "throw" || (returns && func === unit.func)) showAll(operandsOfEnd(r.end));
    });
  }
  return seen;
};
