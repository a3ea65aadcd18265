/** Forward mode: the function that gives, beside its value, how the value changes along the tangents of its arguments. */
import type { Report } from "../diagnostics/diagnostic.ts";
import { Block, value } from "../ir/build.ts";
import type { Facts, Memory } from "../ir/facts.ts";
import type { Func, Type, Value } from "../ir/types.ts";
import { argumentTangents, tangentsType } from "./tangentArgument.ts";
import { outputType } from "./tangentOutput.ts";
import { pushFunctionBody } from "./tangentRegion.ts";
import {
  doubledMemory,
  isReference,
  isWritten,
  type Push,
  reachable,
  returnedOperands,
} from "./tangentState.ts";

/** `(...args, tangents)` ↦ { value, tangent }; `gradType` says which parameters and paths have tangents. */
export const tangentFunction = (facts: Facts, gradType: Type, report: Report): Func => {
  const { func } = facts.program;
  const outputs = func.returns.kind === "undefined" ? writtenParams(facts) : undefined;
  const returned = new Set<Memory>();
  for (const o of outputs ?? returnedOperands(facts))
    if (o.kind === "value" && isReference(o.type)) reachable(facts, facts.memoryOf(o), returned);
  const push: Push = {
    facts,
    report,
    tangents: new Map(),
    places: new Map(),
    doubled: doubledMemory(facts),
    returned,
    outputs,
  };
  const tangents = value(tangentsType(gradType), "tangents", true);
  const entry = new Block();
  argumentTangents(push, entry, tangents, gradType);
  return {
    name: func.name,
    label: func.label,
    params: [...func.params, tangents],
    body: pushFunctionBody(push, entry.body),
    returns: outputType(push),
    at: func.at,
  };
};

/** A function that returns nothing has for its output the arguments that it writes. */
const writtenParams = (facts: Facts): readonly Value[] =>
  facts.program.func.params.filter(
    (p) =>
      isReference(p.type) &&
      [...reachable(facts, facts.memoryOf(p))].some((memory) => isWritten(facts, memory)),
  );
