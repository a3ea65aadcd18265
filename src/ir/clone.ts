/** Copies with fresh values and labels: for inlining, peeling, and regions that are needed twice. */
import type { Func, Instruction, Label, Operand, Region, Value } from "./types.ts";
import { functionOf } from "./callee.ts";
import { rebuild, rebuildEnd } from "./rebuild.ts";

/**
 * A copy of a region in which everything defined inside is fresh. What comes from outside is replaced as
 * `substitution` and `labels` say, else kept. Both maps are extended with what was copied, so that the caller
 * finds the copy of a value or label of the region there.
 */
export const cloneRegion = (
  region: Region,
  substitution: Map<Value, Operand> = new Map(),
  labels: Map<Label, Label> = new Map(),
): Region => {
  const use = (o: Operand): Operand => (o.kind === "value" ? (substitution.get(o) ?? o) : o);
  const define = (v: Value): Value => {
    const fresh: Value = { ...v };
    substitution.set(v, fresh);
    return fresh;
  };
  const label = (l: Label): Label => {
    const fresh: Label = { ...l };
    labels.set(l, fresh);
    return fresh;
  };
  const copy = (i: Instruction): Instruction => rebuild(i, { use, define, label, region: inner });
  const inner = (r: Region): Region => {
    const body = r.body.map(copy);
    return { body, end: rebuildEnd(r.end, use, (l) => labels.get(l) ?? l) };
  };
  return inner(region);
};

/** A copy of a function that shares no value and no label with it (its callees are shared). */
export const cloneFunc = (func: Func, substitution: Map<Value, Operand> = new Map()): Func => {
  const params = func.params.map((p): Value => ({ ...p }));
  func.params.forEach((p, i) => substitution.set(p, params[i]!));
  const label: Label = { ...func.label };
  return {
    ...func,
    params,
    label,
    body: cloneRegion(func.body, substitution, new Map([[func.label, label]])),
  };
};

/** What stands in for a call: a block in which the callee's params are the arguments and its returns are exits. */
export const inlineCall = (
  call: Extract<Instruction, { kind: "call" }>,
): Extract<Instruction, { kind: "block" }> => {
  const callee = functionOf(call.callee);
  const label: Label = { kind: "label", hint: callee.name };
  const substitution = new Map<Value, Operand>(callee.params.map((p, i) => [p, call.args[i]!]));
  const body = cloneRegion(callee.body, substitution, new Map([[callee.label, label]]));
  return { kind: "block", label, results: call.results, body, at: call.at };
};
