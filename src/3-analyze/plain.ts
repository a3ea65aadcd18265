/** Instances of classes that nobody else gets to see, and whose class nobody asks for, are no more than their fields. */
import type { Memory } from "../ir/facts.ts";
import { alone } from "../ir/callee.ts";
import type { Func } from "../ir/types.ts";
import { mapInstructions, operandsOf, visit } from "../ir/walk.ts";
import { aliases } from "./alias.ts";
import { isTest, seenByOthers } from "./seen.ts";

export const plain = (func: Func): Func => {
  let anyOf = false;
  visit(func.body, (i) => {
    anyOf ||= i.kind === "make" && i.instance !== undefined && !i.constant;
  });
  if (!anyOf) return func;
  const alias = aliases(alone(func));
  const seen = seenByOthers(alone(func), alias);
  const tested = new Set<Memory>();
  visit(func.body, (i) => {
    if (isTest(i)) for (const o of operandsOf(i)) if (o.kind === "value") tested.add(alias.memoryOf(o));
  });
  const body = mapInstructions(func.body, (i) => {
    if (i.kind !== "make" || !i.instance || i.constant) return i;
    const memory = alias.memoryOf(i.result);
    if (seen.has(memory) || tested.has(memory) || memory.external) return i;
    const { instance: _, ...rest } = i;
    return rest;
  });
  return body === func.body ? func : { ...func, body };
};
