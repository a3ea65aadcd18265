/** IR to leaner IR that means the same: the primal's value keeps its bits, adjoints keep their mathematics. */
import type { Func } from "../ir/types.ts";
import { accumulator } from "./accumulator.ts";
import { alike } from "./alike.ts";
import { branches } from "./branches.ts";
import { cell } from "./cell.ts";
import { contribution } from "./contribution.ts";
import { copies } from "./copies.ts";
import { dead } from "./dead.ts";
import { fold } from "./fold.ts";
import { invariant } from "./invariant.ts";
import { length } from "./length.ts";
import { overwrite } from "./overwrite.ts";
import { promote } from "./promote.ts";
import { rotate } from "./rotate.ts";
import { section } from "./section.ts";
import { sink } from "./sink.ts";
import { subexpression } from "./subexpression.ts";
import { twin } from "./twin.ts";
import { unread } from "./unread.ts";

/** A pass gives the same object back if it found nothing to do. */
export type Pass = (func: Func) => Func;

/** In the order in which they run, again and again until none of them finds anything. */
export const passes = {
  fold,
  branches,
  alike,
  cell,
  promote,
  length,
  subexpression,
  invariant,
  accumulator,
  contribution,
  overwrite,
  rotate,
  twin,
  copies,
  unread,
  dead,
} as const satisfies Record<string, Pass>;

/** Once, when all else is done. */
export const lastPasses = { sink, sized: subexpression, section } as const satisfies Record<string, Pass>;

/** Only what nobody uses goes. */
export const prune: Pass = dead;

/** Every round makes the function smaller or moves something outwards; this many are never needed. */
const mostRounds = 30;

export function simplify(func: Func): Func {
  let current = func;
  /** What each pass found nothing in, the last time. */
  const done = new Map<Pass, Func>();
  for (let round = 0; round < mostRounds; round++) {
    const before = current;
    for (const pass of Object.values(passes)) {
      if (done.get(pass) === current) continue;
      const given = current;
      current = pass(given);
      if (current === given) done.set(pass, given);
    }
    if (current === before) break;
  }
  for (const pass of Object.values(lastPasses)) current = pass(current);
  return current;
}
