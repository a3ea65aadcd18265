/** Which parameters the gradient has where none are named, and which of those that it has are always zero. */
import type { Facts } from "../ir/facts.ts";
import type { Path } from "../ir/entry.ts";
import type { Func, Region, Value } from "../ir/types.ts";
import { operandsOf, operandsOfEnd, regionsOf } from "../ir/walk.ts";

export type Wanted = Readonly<{
  wrt: readonly Path[];
  /** Left out: they reach the result only as index, length, bound, comparison or integer. */
  indexLike: readonly string[];
  /** The result does not depend on them by real arithmetic, and they stay. */
  zero: readonly string[];
}>;

/**
 * `facts` are those of the candidates. A parameter that is used, but by no real arithmetic that reaches the result,
 * is index-like; one that is not used at all keeps its place, with a gradient of zero, as one that was named does.
 */
export function wanted(facts: Facts, candidates: readonly Path[], named: boolean): Wanted {
  const { func } = facts.program;
  const passive = func.params.filter((p) => !facts.isActive(p) && !facts.isActiveMemory(p));
  const used = usedIn(func);
  const nameOf = (p: Value): string => p.hint ?? "";
  const among = (params: readonly Value[]): readonly string[] =>
    params.map(nameOf).filter((name) => candidates.some((path) => path[0] === name));
  const indexLike = named ? [] : among(passive.filter((p) => used.has(p)));
  const wrt = candidates.filter((path) => !indexLike.includes(path[0]!));
  // a gradient of nothing would be of no use: then all of them stay
  if (wrt.length === candidates.length || wrt.length === 0)
    return { wrt: candidates, indexLike: [], zero: among(passive) };
  return { wrt, indexLike, zero: among(passive).filter((name) => !indexLike.includes(name)) };
}

function usedIn(func: Func): ReadonlySet<unknown> {
  const used = new Set<unknown>();
  const visit = (region: Region): void => {
    for (const i of region.body) {
      for (const operand of operandsOf(i)) used.add(operand);
      regionsOf(i).forEach(visit);
    }
    for (const operand of operandsOfEnd(region.end)) used.add(operand);
  };
  visit(func.body);
  return used;
}
