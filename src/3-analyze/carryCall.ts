/** Shadows that are carried into functions that stay functions, and out of them, along with what they belong to. */
import { functionsOf, resultTypes } from "../ir/callee.ts";
import { adjointName, shadowType } from "../ir/shadow.ts";
import type { Callee, Func, Handed, Region, Unit, Value } from "../ir/types.ts";
import { visit } from "../ir/walk.ts";

/** Which results of each callee have shadows: what any call gets says it, for all of them are of one kind. */
export const carriedResults = (
  unit: Unit,
  wants: (result: Value) => boolean,
): ReadonlyMap<Callee, readonly boolean[]> => {
  const found = new Map<Callee, readonly boolean[]>([...unit.callees.keys()].map((callee) => [callee, []]));
  for (const func of functionsOf(unit))
    visit(func.body, (i) => {
      const known = i.kind === "call" ? found.get(i.callee) : undefined;
      if (!known || i.kind !== "call") return;
      found.set(
        i.callee,
        i.results.map((r, n) => known[n] === true || wants(r)),
      );
    });
  return found;
};

/** The callee with shadows among its params and behind its results. */
export const withCarried = (
  func: Func,
  shadows: readonly Value[],
  carried: readonly boolean[],
  body: Region,
): Func => {
  const names = [
    ...(func.returns.kind === "undefined" ? [] : ["value"]),
    ...(func.also ?? []).map((h) => h.name),
  ];
  const also = resultTypes(func).flatMap((type, n): Handed[] =>
    carried[n] ? [{ name: adjointName(names[n])!, type: shadowType(type) }] : [],
  );
  const all = [...(func.also ?? []), ...also];
  return { ...func, params: [...func.params, ...shadows], body, ...(all.length > 0 ? { also: all } : {}) };
};
