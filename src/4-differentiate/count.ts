/** How often loops run (rule R5). */
import { type Block, constant, isConstant, isNumber, one, zero } from "../ir/build.ts";
import type { Facts, LoopInstruction } from "../ir/facts.ts";
import type { Operand } from "../ir/types.ts";
import { expressAt } from "./fetch.ts";
import type { Mirror, Sweep } from "./sweep.ts";

/** A range whose variable takes integer steps from an integer: it can be walked back, start + k · step. */
export const isWalkable = (facts: Facts, loop: LoopInstruction): boolean =>
  loop.shape.kind === "range" &&
  facts.isInteger(loop.shape.start) &&
  isConstant(loop.shape.step) &&
  typeof loop.shape.step.value === "number" &&
  Number.isInteger(loop.shape.step.value) &&
  loop.shape.step.value !== 0 &&
  loop.shape.step.value > 0 === (loop.shape.compare === "lt" || loop.shape.compare === "le");

/** Does every execution of the loop run to its natural end? */
export const endsNaturally = (facts: Facts, loop: LoopInstruction): boolean =>
  loop.shape.kind === "range" && facts.crossingExits(loop).length === 0 && !facts.exitsTo(loop).length;

/** The most iterations the loop can run, as it is known before it at a joint mirror; exact if it ends naturally. */
export const countAt = (
  sweep: Sweep,
  loop: LoopInstruction,
  joint: Mirror,
  block: Block,
): Operand | undefined => {
  const { shape } = loop;
  if (shape.kind !== "range" || !isWalkable(sweep.facts, loop)) return undefined;
  const start = expressAt(sweep, shape.start, joint, block);
  const bound = expressAt(sweep, shape.bound, joint, block);
  return start && bound && countOf(sweep.facts, shape, start, bound, block);
};

/** How often a walkable range runs, with operands that stand for its start and bound. */
export const countOf = (
  facts: Facts,
  shape: Extract<LoopInstruction["shape"], { kind: "range" }>,
  start: Operand,
  bound: Operand,
  block: Block,
): Operand => {
  const { compare } = shape;
  const step = shape.step.kind === "constant" ? Number(shape.step.value) : 1;
  const fromZero = isNumber(shape.start, 0);
  if (compare === "lt" && step === 1 && fromZero && facts.isCount(shape.bound)) return bound;
  const [far, near] = step > 0 ? [bound, start] : [start, bound];
  const size = Math.abs(step);
  const distance = isNumber(near, 0) ? far : block.op("sub", [far, near]);
  const span = size === 1 ? distance : block.op("div", [distance, constant(size)]);
  const inclusive = compare === "le" || compare === "ge";
  const exact = facts.isInteger(shape.bound) && size === 1;
  const steps = exact ? span : block.op(inclusive ? "floor" : "ceil", [span]);
  const count = inclusive ? block.op("add", [steps, one]) : steps;
  if (inclusive && exact && facts.isCount(shape.bound) && fromZero && step > 0) return count;
  return block.op("max", [zero, count], "trips");
};
