/** The reverse of a loop runs its iterations backwards and carries the adjoints of what it carried. */
import { isScalar, type Block, constant, isNumber, numberType, one, value, zero } from "../ir/build.ts";
import type { LoopInstruction } from "../ir/facts.ts";
import type { Operand, Shape, Value } from "../ir/types.ts";
import { adjointOf, contribute, nameOf, outerActive, takeAdjoint } from "./adjoint.ts";
import { countOf, endsNaturally, isWalkable } from "./count.ts";
import { fetch } from "./fetch.ts";
import { reverseFused } from "./fuse.ts";
import { newSlot } from "./record.ts";
import { reverseRegion } from "./region.ts";
import {
  adjointValue,
  bodyOf,
  inPrelude,
  type Iteration,
  type Mirror,
  newMirror,
  type Sweep,
} from "./sweep.ts";
import { reverseSurvivor } from "./survivor.ts";
import { insert } from "./weave.ts";

export const reverseLoop = (sweep: Sweep, mirror: Mirror, loop: LoopInstruction): void => {
  if (reverseFused(sweep, mirror, loop)) return;
  if (reverseSurvivor(sweep, mirror, loop)) return;
  const { facts } = sweep;
  const active = loop.params.flatMap((param, n) =>
    isScalar(param.type) && (facts.isActive(param) || facts.isActive(loop.results[n]!)) ? [n] : [],
  );
  const seeds = active.map((n) => takeAdjoint(mirror, loop.results[n]!) ?? zero);
  const outer = outerActive(facts, [loop.body]);
  const carried = active.map((n) => adjointValue(numberType, nameOf(sweep, loop.params[n]!)));
  const sums = outer.map((v) => adjointValue(numberType, nameOf(sweep, v)));

  const backward = iterateBackward(sweep, mirror, loop);
  const inner = newMirror(sweep, loop.body, mirror, {
    adjoints: new Map(outer.map((v, n) => [v, sums[n]!])),
    iteration: backward.iteration,
  });
  backward.open(inner);
  inner.block.at = mirror.block.at;
  const natural = loop.params.map((_, n): Operand | undefined => carried[active.indexOf(n)]);
  sweep.seeds.set(loop.label, natural);
  reverseRegion(sweep, loop.body, loop.shape.kind === "doWhile" ? [undefined, ...natural] : natural);

  const yields = [
    ...active.map((n) => adjointOf(inner, loop.params[n]!)),
    ...outer.map((v) => adjointOf(inner, v)),
  ];
  const params = [...carried, ...sums];
  const body = bodyOf(inner);
  const results = [
    ...active.map((n) => adjointValue(numberType, nameOf(sweep, loop.params[n]!))),
    ...outer.map((v) => adjointValue(numberType, nameOf(sweep, v))),
  ];
  const initial = [...seeds, ...outer.map((v) => adjointOf(mirror, v))];
  if (body.length > 0 || yields.some((y, n) => y !== params[n]))
    mirror.block.add({
      kind: "loop",
      label: { kind: "label" },
      params,
      initial,
      results,
      shape: backward.shape(),
      body: { body, end: { kind: "yield", values: yields } },
      at: mirror.block.at,
    });
  const after = (n: number): Operand =>
    body.length > 0 || yields.some((y, m) => y !== params[m]) ? results[n]! : initial[n]!;
  outer.forEach((v, n) => mirror.adjoints.set(v, after(active.length + n)));
  active.forEach((n, m) => contribute(sweep, mirror, loop.initial[n]!, after(m)));
};

type Backward = Readonly<{
  iteration: Iteration;
  /** Tells the iteration which mirror it belongs to. */
  open(inner: Mirror): void;
  /** Asked last: what it needs is made at the end of the outer mirror's block. */
  shape(): Shape;
}>;

const shifted = (block: Block, o: Operand, by: number): Operand => {
  if (by === 0) return o;
  return by < 0 ? block.op("sub", [o, constant(-by)]) : block.op("add", [o, constant(by)]);
};

/** How the reverse sweep walks back through the iterations. */
const iterateBackward = (sweep: Sweep, mirror: Mirror, loop: LoopInstruction): Backward => {
  const { facts } = sweep;
  const walkable = isWalkable(facts, loop) && loop.shape.kind === "range";
  const natural = endsNaturally(facts, loop);
  const range = walkable && loop.shape.kind === "range" ? loop.shape : undefined;
  const variable: Value = range ? { ...range.variable } : value(numberType, "k");
  let inner: Mirror | undefined;
  let trips: Operand | undefined;
  const counted = !(range && natural);
  const countedTrips = (): Operand => (trips ??= countTrips(sweep, mirror, loop));
  const stepOf = range && range.step.kind === "constant" ? Number(range.step.value) : 1;
  const { start: first } = range ?? {};
  /** Where it starts, if that is a number that the program names, and it counts one by one from there. */
  const firstOf =
    stepOf === 1 && first?.kind === "constant" && typeof first.value === "number" ? first.value : undefined;

  /** start + (trips - 1) · step, or the like: where the variable was last. */
  const last = (block: Block): Operand => {
    if (!range) return block.op("sub", [countedTrips(), one]);
    const start = fetch(sweep, range.start);
    const offset = (count: Operand): Operand => {
      if (firstOf !== undefined) return shifted(block, count, firstOf - 1);
      const steps = block.op("sub", [count, one]);
      if (stepOf === 1) return isNumber(start, 0) ? steps : block.op("add", [start, steps]);
      if (stepOf === -1) return block.op("sub", [start, steps]);
      const distance = block.op("mul", [steps, constant(stepOf)]);
      return isNumber(start, 0) ? distance : block.op("add", [start, distance]);
    };
    if (counted) return offset(countedTrips());
    const bound = fetch(sweep, range.bound);
    const whole = facts.isInteger(range.bound);
    // a count that has to be rounded has a name, which the tapes share
    if (Math.abs(stepOf) === 1 && (whole || range.compare !== "lt")) {
      if (range.compare === "lt") return block.op("sub", [bound, one]);
      if (range.compare === "le") return whole ? bound : block.op("floor", [bound]);
      if (range.compare === "gt") return block.op("add", [whole ? bound : block.op("floor", [bound]), one]);
      return whole ? bound : block.op("ceil", [bound]);
    }
    return offset(countOf(facts, range, start, bound, block));
  };
  let isLast: Operand | undefined;
  const iteration: Iteration = {
    loop,
    forward: (block) => {
      if (!range) throw new Error("the iterations of the loop are not numbered");
      return numberOf(block, range.variable, range.start, stepOf);
    },
    reverse: () => {
      if (!range) return variable;
      if (!inner) throw new Error("the loop is not open");
      if (isNumber(range.start, 0) && stepOf === 1) return variable;
      const start = fetch(sweep, range.start);
      return inPrelude(inner, -2, (block) => numberOf(block, variable, start, stepOf));
    },
    variable: range ? variable : undefined,
    isLast: () => {
      if (!inner) throw new Error("the loop is not open");
      const end = countedTrips();
      return (isLast ??= inPrelude(inner, -1, (block) =>
        block.op(
          "eq",
          firstOf === undefined
            ? [iteration.reverse(), block.op("sub", [end, one])]
            : [variable, shifted(block, end, firstOf - 1)],
          "isLast",
        ),
      ));
    },
  };
  return {
    iteration,
    open: (m) => {
      inner = m;
    },
    shape: () => {
      const from = last(mirror.block);
      const up = stepOf < 0 && !!range;
      return {
        kind: "range",
        variable,
        start: from,
        bound: range ? fetch(sweep, range.start) : zero,
        step: constant(range ? -stepOf : -1),
        compare: up ? "le" : "ge",
      };
    },
  };
};

const numberOf = (block: Block, variable: Operand, start: Operand, step: number): Operand => {
  const distance =
    step < 0
      ? block.op("sub", [start, variable])
      : isNumber(start, 0)
        ? variable
        : block.op("sub", [variable, start]);
  return Math.abs(step) === 1 ? distance : block.op("div", [distance, constant(Math.abs(step))]);
};

/** Counts the iterations that are begun, in the forward sweep, once per execution of the loop. */
const countTrips = (sweep: Sweep, mirror: Mirror, loop: LoopInstruction): Operand => {
  const region = sweep.facts.program.siteOf(loop).region;
  // a tape that gets an entry at the start of each iteration tells their number
  for (const param of loop.params) if (sweep.needed.has(param)) fetch(sweep, param);
  const tape = sweep.perIteration.get(loop);
  if (tape) return inPrelude(mirror, 0, (block) => block.length(tape, "trips"));
  const slot = newSlot(sweep, region, numberType, "trips", { value: zero, before: loop });
  insert(sweep.weave.atStart, loop.body, (block) =>
    slot.set(block, block.op("add", [slot.read(block), one])),
  );
  return slot.get();
};
