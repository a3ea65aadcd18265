/** The reverse of an `if` is an `if` on the same test, which is fetched and never asked again (rule R5). */
import { constant, numberType, zero } from "../ir/build.ts";
import type { BlockInstruction, Exit, IfInstruction, LoopInstruction } from "../ir/facts.ts";
import type { Instruction, Operand, Region, Value } from "../ir/types.ts";
import { adjointOf, nameOf, outerActive, takeAdjoint } from "./adjoint.ts";
import { fetch } from "./fetch.ts";
import { reverseBlock, reverseRegion } from "./region.ts";
import { newSlot } from "./record.ts";
import {
  adjointValue,
  bodyOf,
  inReverse,
  type Mirror,
  mirrorOf,
  newMirror,
  preludeOf,
  sharedMirror,
  type Sweep,
} from "./sweep.ts";
import { insert, woven } from "./weave.ts";
import { regionsOf } from "../ir/walk.ts";

export const reverseIf = (sweep: Sweep, mirror: Mirror, i: IfInstruction): void => {
  const seeds = i.results.map((r) => takeAdjoint(mirror, r));
  const taken = sweep.known.get(i);
  if (taken !== undefined && typeof taken !== "number") {
    sharedMirror(sweep, taken, mirror);
    return reverseRegion(sweep, taken, seeds);
  }
  const leaving = [i.then, i.else].find((r) => sweep.facts.neverEnds(r));
  const exits = leaving ? exitsFrom(sweep, i, leaving) : [];
  const inLoop = exits.length > 0 && !mirror.joint;
  emitIf(
    sweep,
    mirror,
    [i.then, i.else],
    () => {
      // in a loop the records of how it was left say which branch was taken
      if (!inLoop || !leaving) return fetch(sweep, i.test);
      const left = wasLeftBy(sweep, mirror, exits);
      return leaving === i.then ? left : mirror.block.op("not", [left]);
    },
    (region) => {
      reverseRegion(sweep, region, seeds);
    },
  );
};

/**
 * The last instruction of a joint region: what follows an `if` in the forward sweep is its own reverse, so both are
 * one `if` in which everything is in scope.
 */
export const reverseJointIf = (sweep: Sweep, mirror: Mirror, i: IfInstruction): boolean => {
  if (mirror.block.body.length > 0 || sweep.facts.crossingExits(i).length > 0 || resizesActive(sweep, i))
    return false;
  const seeds = i.results.map((r) => takeAdjoint(mirror, r));
  const outer = outerActive(sweep.facts, [i.then, i.else]);
  const before = new Map(mirror.adjoints);
  const branches = [i.then, i.else].map((region) => {
    const inner = newMirror(sweep, region, mirror, { joint: true, adjoints: new Map(before) });
    reverseRegion(sweep, region, seeds);
    return inner;
  });
  // what the branches need from around them stands before them, not after
  insert(sweep.weave.before, i, (block) => block.body.push(...preludeOf(mirror)));
  mirror.prelude.length = 0;
  const changed = outer.filter((v) => branches.some((b) => adjointOf(b, v) !== (before.get(v) ?? zero)));
  const results = changed.map((v) => adjointValue(numberType, nameOf(sweep, v)));
  const joined = (b: Mirror): Region => ({
    body: [...woven(sweep.weave, b.region), ...bodyOf(b).map(inReverse)],
    end:
      b.region.end.kind === "yield"
        ? { kind: "yield", values: [...b.region.end.values, ...changed.map((v) => adjointOf(b, v))] }
        : b.region.end,
  });
  sweep.weave.instead.set(i, [
    { ...i, results: [...i.results, ...results], then: joined(branches[0]!), else: joined(branches[1]!) },
  ]);
  changed.forEach((v, n) => mirror.adjoints.set(v, results[n]!));
  return true;
};

/** Does a branch change the length of memory whose shadow is made with the length it has at the end? */
const resizesActive = (sweep: Sweep, i: IfInstruction): boolean => {
  const visit = (region: Region): boolean =>
    region.body.some((inner) => {
      const resized =
        inner.kind === "push"
          ? inner.to
          : inner.kind === "pop"
            ? inner.from
            : inner.kind === "setLength"
              ? inner.of
              : undefined;
      return (resized && sweep.facts.isActiveMemory(resized)) || regionsOf(inner).some(visit);
    });
  return [i.then, i.else].some(visit);
};

const exitsFrom = (sweep: Sweep, i: IfInstruction, leaving: Region): readonly Exit[] =>
  sweep.facts.crossingExits(i).filter((exit) => sweep.facts.program.contains(leaving, exit.region));

/** Reverses the block `rest` only if the instruction before it was not left. */
export const reverseIfNotLeft = (
  sweep: Sweep,
  mirror: Mirror,
  before: Instruction,
  rest: BlockInstruction,
): void => {
  emitIf(
    sweep,
    mirror,
    [rest.body],
    () => mirror.block.op("not", [wasLeftBy(sweep, mirror, sweep.facts.crossingExits(before))]),
    () => reverseBlock(sweep, mirrorOf(sweep, rest.body), rest),
    rest.results.flatMap((r) => (r.kind === "value" ? [r] : [])),
  );
};

/**
 * An `if` whose branches are reverses of the regions. Adjoints of values from outside that a branch adds to are its
 * results.
 */
const emitIf = (
  sweep: Sweep,
  mirror: Mirror,
  regions: readonly Region[],
  test: () => Operand,
  reverse: (region: Region) => void,
  alsoInside: readonly Value[] = [],
): void => {
  const outer = [...outerActive(sweep.facts, regions), ...alsoInside];
  const before = new Map(mirror.adjoints);
  const branches = regions.map((region) => {
    const inner = newMirror(sweep, region, mirror, { adjoints: new Map(before) });
    inner.block.at = mirror.block.at;
    reverse(region);
    return inner;
  });
  for (const v of alsoInside) mirror.adjoints.delete(v);
  const after = (v: Value, n: number): Operand =>
    branches[n] ? adjointOf(branches[n], v) : (before.get(v) ?? zero);
  const changed = outer.filter(
    (v) => !alsoInside.includes(v) && [0, 1].some((n) => after(v, n) !== (before.get(v) ?? zero)),
  );
  if (changed.length === 0 && branches.every((b) => bodyOf(b).length === 0)) return;
  const results = changed.map((v) => adjointValue(numberType, nameOf(sweep, v)));
  const condition = test();
  const region = (n: number): Region => ({
    body: branches[n] ? bodyOf(branches[n]) : [],
    end: { kind: "yield", values: changed.map((v) => after(v, n)) },
  });
  mirror.block.add({
    kind: "if",
    results,
    test: condition,
    then: region(0),
    else: region(1),
    at: mirror.block.at,
  });
  changed.forEach((v, n) => mirror.adjoints.set(v, results[n]!));
};

/** Was the construct that the exits leave left by one of them, in this very execution? */
const wasLeftBy = (sweep: Sweep, mirror: Mirror, exits: readonly Exit[]): Operand => {
  const { program } = sweep.facts;
  let any: Operand | undefined;
  for (const exit of exits) {
    const target = program.constructOf(exit.to);
    if (target?.kind !== "loop" && target?.kind !== "block") throw new Error("an exit to no construct");
    let test = wayTest(sweep, mirror, exit, target);
    for (
      let r: Region | undefined = exit.region;
      r && program.contains(target.body, r);
      r = program.parentOf(r)
    ) {
      const iteration = sweep.mirrors.get(r)?.iteration;
      if (!iteration) continue;
      const last = iteration.isLast();
      test = test ? mirror.block.op("and", [test, last]) : last;
    }
    const certain = test ?? constant(true);
    any = any ? mirror.block.op("or", [any, certain]) : certain;
  }
  return any ?? constant(false);
};

/** Whether the number of the way by which the target was left is the exit's; undefined if there is no other way. */
const wayTest = (
  sweep: Sweep,
  mirror: Mirror,
  exit: Exit,
  target: LoopInstruction | BlockInstruction,
): Operand | undefined => {
  const ways = sweep.facts.exitsTo(target);
  const endsItself =
    target.kind === "loop" ? target.shape.kind !== "forever" : !sweep.facts.neverEnds(target.body);
  const otherWays = endsItself || sweep.facts.crossingExits(target).length > 0;
  if (ways.length === 1 && !otherWays) return undefined;
  let record = sweep.ways.get(target);
  if (!record) {
    const slot = newSlot(sweep, sweep.facts.program.siteOf(target).region, numberType, "way", {
      value: zero,
      before: target,
    });
    record = { slot, taken: slot.get(), numbers: new Map() };
    sweep.ways.set(target, record);
  }
  let number = record.numbers.get(exit.region);
  if (number === undefined) {
    number = ways.findIndex((w) => w.region === exit.region) + 1;
    record.numbers.set(exit.region, number);
    const { slot } = record;
    insert(sweep.weave.atEnd, exit.region, (block) => slot.set(block, constant(number ?? 0)));
  }
  return mirror.block.op("eq", [record.taken, constant(number)]);
};
