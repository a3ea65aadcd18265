/**
 * Where there are two sweeps over the data, the reader is told where the second begins.
 *
 * Needs all instructions of the reverse sweep outside loops to be marked; runs last. Leaves one mark for each sweep
 * where both have loops, and none otherwise.
 */
import type { Func, Instruction, Region, Value } from "../ir/types.ts";
import { forwardSweep, reverseSweep } from "../ir/section.ts";
import { rebuild } from "../ir/rebuild.ts";
import { regionsOf } from "../ir/walk.ts";
import { isAllocation } from "./facts.ts";

export function section(func: Func): Func {
  const body = sections(func.body, false);
  return body === func.body ? func : { ...func, body };
}

/** `within`: a region around has its sections already. */
const sections = (region: Region, within: boolean): Region => {
  const { body } = region;
  const loops = body.flatMap((i, n) => (hasLoop(i) ? [n] : []));
  const firstMarked = loops.find((n) => isMarked(body[n]!)) ?? -1;
  const lastBefore = loops.findLast((n) => !isMarked(body[n]!) && n < firstMarked) ?? -1;
  const parted = !within && lastBefore >= 0;
  // what is made for the second sweep belongs to it
  let second = body.findIndex((i, n) => n > lastBefore && isMarked(i));
  while (second - 1 > lastBefore && belongsToReverse(body[second - 1]!)) second--;
  // a value may be written where it is used, in a branch: the mark stands on all up to the first that is a statement
  const through = body.findIndex(
    (i, n) => n >= second && i.kind !== "op" && i.kind !== "load" && i.kind !== "length",
  );
  const start = body.findIndex((i) => i.kind === "loop" || i.at.comment === undefined);
  const next = body.map((i, n) => {
    const inner = rebuild(i, { region: (r) => sections(r, within || parted || i.kind === "loop") });
    if (parted && n >= second && n <= through) return marked(inner, reverseSweep);
    if (parted && n === start) return marked(inner, forwardSweep);
    return isMarked(i) ? marked(inner, undefined) : inner;
  });
  return next.every((i, n) => i === body[n]) ? region : { ...region, body: next };
};

const belongsToReverse = (i: Instruction): boolean =>
  isAllocation(i) || (i.kind === "load" && i.from.kind === "value" && isShadow(i.from));

/** Shadows are the memory of adjoints; they are called so. */
const isShadow = (v: Value): boolean => v.adjoint === true || /^d[A-Z]/.test(v.hint ?? "");

const hasLoop = (i: Instruction): boolean =>
  i.kind === "loop" || regionsOf(i).some((r) => r.body.some(hasLoop));

const isMarked = (i: Instruction): boolean => i.at.comment === reverseSweep;

const marked = (i: Instruction, comment: string | undefined): Instruction => {
  const { comment: own, ...at } = i.at;
  const kept = own === reverseSweep ? undefined : own;
  const lines = [comment, kept].filter((line) => line !== undefined);
  return { ...i, at: lines.length === 0 ? at : { ...at, comment: lines.join("\n") } };
};
