/** The reverse of a region: first what its end hands on, then its instructions from last to first. */
import type { BlockInstruction } from "../ir/facts.ts";
import type { Instruction, Operand, Region } from "../ir/types.ts";
import { eq, type Expr, select } from "../rules/expression.ts";
import { contribution } from "../rules/rules.ts";
import { zero } from "../ir/build.ts";
import { contribute, takeAdjoint } from "./adjoint.ts";
import { reverseIf, reverseIfNotLeft, reverseJointIf } from "./branch.ts";
import { reverseLoop } from "./loop.ts";
import { reverseMemory } from "./memory.ts";
import { reverseCall } from "./pair.ts";
import { refuse } from "./refuse.ts";
import { type Mirror, mirrorOf, sharedMirror, type Sweep } from "./sweep.ts";

/** Seeds what the region's end hands on; `natural`: the adjoints of what its natural end provides. */
export const seedEnd = (sweep: Sweep, region: Region, natural: readonly (Operand | undefined)[]): void => {
  if (region.end.kind === "throw") return;
  const mirror = mirrorOf(sweep, region);
  const seeds = region.end.kind === "yield" ? natural : sweep.seeds.get(region.end.to);
  if (!seeds) throw new Error("an exit to something that is not being reversed");
  region.end.values.forEach((v, n) => contribute(sweep, mirror, v, seeds[n]));
};

/** Reverses all of a region whose mirror stands. */
export const reverseRegion = (
  sweep: Sweep,
  region: Region,
  natural: readonly (Operand | undefined)[],
): void => {
  const stop = region.body.findIndex((i) => sweep.facts.neverFalls(i));
  // nothing after an instruction that is never passed is ever run, the end included
  if (stop < 0) seedEnd(sweep, region, natural);
  reverseBody(sweep, region, stop < 0 ? region.body.length - 1 : stop);
};

/** Reverses the instructions from number `from` down to the first. */
export const reverseBody = (sweep: Sweep, region: Region, from: number): void => {
  const mirror = mirrorOf(sweep, region);
  for (let n = from; n >= 0; n--) {
    const instruction = region.body[n]!;
    const before = region.body[n - 1];
    if (
      before &&
      instruction.kind === "block" &&
      sweep.facts.crossingExits(before).length > 0 &&
      !sweep.facts.neverFalls(before)
    ) {
      // what follows an instruction that may leave runs only if it did not
      reverseIfNotLeft(sweep, mirror, before, instruction);
    } else reverseInstruction(sweep, mirror, instruction);
  }
};

const reverseInstruction = (sweep: Sweep, mirror: Mirror, i: Instruction): void => {
  mirror.block.at = { ...i.at, comment: undefined };
  switch (i.kind) {
    case "op": {
      const d = takeAdjoint(mirror, i.result);
      if (!d) return;
      const chosen = sweep.known.get(i);
      if (typeof chosen === "number") return contribute(sweep, mirror, i.args[chosen]!, d);
      i.args.forEach((arg, n) => {
        if (sweep.facts.isActive(arg))
          contribute(sweep, mirror, arg, guarded(sweep, d, contribution(i.op, n, d, i.args, i.result)));
      });
      return;
    }
    case "if":
      if (mirror.joint && i === mirror.region.body.at(-1) && reverseJointIf(sweep, mirror, i)) return;
      return reverseIf(sweep, mirror, i);
    case "loop":
      return reverseLoop(sweep, mirror, i);
    case "block":
      return reverseBlock(sweep, mirror, i);
    case "call": {
      const pair = sweep.pairs.get(i.callee);
      return pair ? reverseCall(sweep, mirror, i, pair) : refuse(sweep, i);
    }
    case "opaque":
      return refuse(sweep, i);
    default:
      return reverseMemory(sweep, mirror, i);
  }
};

/** A block adds nothing of its own: its body's reverse stands where its reverse stands. */
export const reverseBlock = (sweep: Sweep, mirror: Mirror, i: BlockInstruction): void => {
  const seeds = i.results.map((r) => takeAdjoint(mirror, r));
  sweep.seeds.set(i.label, seeds);
  sharedMirror(sweep, i.body, mirror);
  reverseRegion(sweep, i.body, seeds);
};

/** With strong zeros, 0 times anything is 0. */
const guarded = (sweep: Sweep, d: Operand, share: Expr | undefined): Expr | undefined =>
  sweep.strongZero && share?.kind === "apply" && d.kind === "value"
    ? select(eq(d, zero), zero, share)
    : share;
