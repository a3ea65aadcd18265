/** Functions whose calls have all been written out need not stand as text as well. */
import type { Instruction, Operand, Region, Value } from "../ir/types.ts";
import { rebuild } from "../ir/rebuild.ts";
import { operandsOf, operandsOfEnd, regionsOf } from "../ir/walk.ts";

/** The region without the texts of functions that nobody uses. */
export function withoutUnused(region: Region, texts: ReadonlySet<Value>): Region {
  if (texts.size === 0) return region;
  for (let current = region; ;) {
    const used = usedIn(current);
    const isUnused = (i: Instruction): boolean =>
      i.kind === "opaque" && i.results.length === 1 && texts.has(i.results[0]!) && !used.has(i.results[0]!);
    let found = false;
    const visit = (r: Region): Region => ({
      ...r,
      body: r.body
        .filter((i) => {
          const isGone = isUnused(i);
          found ||= isGone;
          return !isGone;
        })
        .map((i) => rebuild(i, { region: visit })),
    });
    const next = visit(current);
    if (!found) return current;
    current = next;
  }
}

function usedIn(region: Region): ReadonlySet<Operand> {
  const used = new Set<Operand>();
  const visit = (r: Region): void => {
    for (const i of r.body) {
      operandsOf(i).forEach((o) => used.add(o));
      regionsOf(i).forEach(visit);
    }
    operandsOfEnd(r.end).forEach((o) => used.add(o));
  };
  visit(region);
  return used;
}
