/** Forward mode: the function that gives, beside its value, how the value changes along the tangents of its arguments. */
import type { Report } from "../diagnostics/diagnostic.ts";
import { Block, value } from "../ir/build.ts";
import type { Made } from "../ir/entry.ts";
import type { Facts, Memory } from "../ir/facts.ts";
import type { Func, Type } from "../ir/types.ts";
import { argumentTangents, tangentsType } from "./tangentArgument.ts";
import { writtenParams } from "./written.ts";
import { outputType } from "./tangentOutput.ts";
import { functionsBeside, tangentFunctions } from "./tangentCall.ts";
import { pushCalleeBody, pushFunctionBody } from "./tangentRegion.ts";
import {
  doubledMemory,
  hasTangent,
  isReference,
  type Push,
  reachable,
  returnedOperands,
  structuredMemory,
} from "./tangentState.ts";

/** `(...args, tangents)` ↦ { value, tangent }; `gradType` says which parameters and paths have tangents. */
export const tangentFunction = (
  facts: Facts,
  gradType: Type,
  report: Report,
): Readonly<{ func: Func; functions: readonly Made[] }> => {
  const { func } = facts.program;
  const outputs = func.returns.kind === "undefined" ? writtenParams(facts) : undefined;
  const returned = new Set<Memory>();
  for (const o of outputs ?? returnedOperands(facts))
    if (o.kind === "value" && isReference(o.type)) reachable(facts, facts.memoryOf(o), returned);
  const structured = structuredMemory(facts);
  const doubled = doubledMemory(facts, structured);
  const push: Push = {
    facts,
    report,
    tangents: new Map(),
    places: new Map(),
    structured,
    doubled,
    returned,
    outputs,
    beside: functionsBeside(facts, (o) => hasTangent({ facts, doubled }, o)),
  };
  const tangents = value(tangentsType(gradType), "tangents", true);
  const entry = new Block();
  argumentTangents(push, entry, tangents, gradType);
  const functions = tangentFunctions(push, (f, results) => pushCalleeBody(push, f, results));
  const made: Func = {
    name: func.name,
    label: func.label,
    params: [...func.params, tangents],
    body: pushFunctionBody(push, entry.body),
    returns: outputType(push),
    at: func.at,
  };
  return { func: made, functions };
};
