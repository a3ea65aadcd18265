/**
 * Forward mode through functions that call themselves: each has another beside it that is handed tangents with its
 * arguments, and gives the tangents of its results with these.
 */
import { type Block, value } from "../ir/build.ts";
import { newCallee, resultTypes } from "../ir/callee.ts";
import type { Made } from "../ir/entry.ts";
import type { CallInstruction, Facts } from "../ir/facts.ts";
import { adjointName } from "../ir/shadow.ts";
import type { Callee, Func, Handed, Operand, Region, Type, Value } from "../ir/types.ts";
import { isActiveCall } from "./pair.ts";
import { fixedType } from "./tangentArgument.ts";
import { double, hasTangent, isScalar, type Push, reachable, tangentType } from "./tangentState.ts";

/** The function beside a callee. */
export type Beside = Readonly<{
  func: Func;
  callee: Callee;
  /** The types of the results that have tangents. */
  results: readonly (Type | undefined)[];
}>;

export const functionsBeside = (facts: Facts, has: (o: Operand) => boolean): ReadonlyMap<Callee, Beside> =>
  new Map(
    [...facts.program.callees].map(([callee, func]) => {
      const calls = facts.program.callsOf(callee);
      const results = resultTypes(func).map((type, n) =>
        calls.some((c) => c.results[n] !== undefined && has(c.results[n])) ? type : undefined,
      );
      const beside = newCallee(`${callee.name}Tangent`);
      return [
        callee,
        { func, callee: callee.original ? { ...beside, original: callee.original } : beside, results },
      ];
    }),
  );

/** A call of the function beside the callee; of the callee as it was where no derivative flows. */
export const pushCall = (
  push: Push,
  i: CallInstruction,
  block: Block,
  received: (o: Operand, type: Type) => Operand,
): void => {
  const beside = push.beside.get(i.callee);
  if (!beside) throw new Error("a call of no callee of the program");
  if (!isActiveCall(push.facts, i)) {
    block.add({ ...i, callee: i.callee.original ?? i.callee });
    return;
  }
  const tangents = beside.func.params.flatMap((p, n) =>
    hasTangent(push, p) ? [received(i.args[n]!, p.type)] : [],
  );
  const results = i.results.flatMap((r, n) =>
    beside.results[n] ? [hasTangent(push, r) ? double(push, r) : value(tangentType(r.type))] : [],
  );
  block.add({
    ...i,
    callee: beside.callee,
    args: [...i.args, ...tangents],
    results: [...i.results, ...results],
  });
};

/** What is handed in may be what the caller gave, which is never written. */
const doubleParam = (push: Push, param: Value): Value => {
  const { facts } = push;
  const isChanged = [...reachable(facts, facts.memoryOf(param))].some(
    (m) =>
      m.stored ||
      facts.resizesOf(m).length > 0 ||
      facts.keysOf(m).some((key) => facts.writesTo({ memory: m, key }).length > 0),
  );
  const tangent = double(push, param);
  if (isScalar(param.type) || isChanged) return tangent;
  const fixed: Value = { ...tangent, type: fixedType(tangent.type) };
  push.tangents.set(param, fixed);
  return fixed;
};

/** The functions beside the callees. */
export const tangentFunctions = (
  push: Push,
  body: (func: Func, results: Beside["results"]) => Region,
): readonly Made[] =>
  [...push.beside].map(([callee, { func, callee: own, results }]): Made => {
    const { reference: _, ...rest } = func;
    const names = [
      ...(func.returns.kind === "undefined" ? [] : ["value"]),
      ...(func.also ?? []).map((h) => h.name),
    ];
    const also = results.flatMap((type, n): Handed[] =>
      type
        ? [{ name: names[n] === "value" ? "tangent" : adjointName(names[n])!, type: tangentType(type) }]
        : [],
    );
    const params = [
      ...func.params,
      ...func.params.filter((p) => hasTangent(push, p)).map((p) => doubleParam(push, p)),
    ];
    const made: Func = {
      ...rest,
      name: own.name,
      params,
      body: body(func, results),
      also: [...(func.also ?? []), ...also],
    };
    own.func = made;
    return { callee: own, func: made, role: "tangent", of: callee.name };
  });
