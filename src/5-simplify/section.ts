/**
 * Where there are two sweeps over the data, the reader is told where the second begins.
 *
 * Needs all instructions of the reverse sweep at the function's top level to be marked; runs last. Leaves one mark
 * for each sweep if both have loops, and none otherwise.
 */
import type { Func, Instruction } from "../ir/types.ts";
import { forwardSweep, reverseSweep } from "../ir/section.ts";

export function section(func: Func): Func {
  const { body } = func.body;
  if (!body.some(isMarked)) return func;
  const bare = body.map((i) => (isMarked(i) ? marked(i, undefined) : i));
  const loops = body.flatMap((i, n) => (i.kind === "loop" ? [n] : []));
  const firstMarked = loops.find((n) => isMarked(body[n]!));
  const lastBefore = loops.findLast((n) => !isMarked(body[n]!) && n < (firstMarked ?? 0));
  const result = (list: readonly Instruction[]): Func => ({ ...func, body: { ...func.body, body: list } });
  if (firstMarked === undefined || lastBefore === undefined) return result(bare);
  // what was moved in front of the second sweep belongs to it
  const second = lastBefore + 1;
  const start = body.findIndex((i) => i.kind === "loop" || i.at.comment === undefined);
  return result(
    bare.map((i, n) => (n === second ? marked(i, reverseSweep) : n === start ? marked(i, forwardSweep) : i)),
  );
}

const isMarked = (i: Instruction): boolean => i.at.comment === reverseSweep;

const marked = (i: Instruction, comment: string | undefined): Instruction => {
  const { comment: own, ...at } = i.at;
  const kept = own === reverseSweep ? undefined : own;
  const lines = [comment, kept].filter((line) => line !== undefined);
  return { ...i, at: lines.length === 0 ? at : { ...at, comment: lines.join("\n") } };
};
