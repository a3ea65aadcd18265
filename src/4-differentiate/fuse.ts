/**
 * Fused sweeps (rule R1): a loop that only sums up has adjoints that are the same in every iteration. Where they
 * are known before it, the reverse of an iteration follows the iteration itself: no tape, one pass over the data.
 */
import { isScalar, constant, numberType, one, zero } from "../ir/build.ts";
import type { LoopInstruction } from "../ir/facts.ts";
import type { Instruction, Operand, Region } from "../ir/types.ts";
import { operandsOf, regionsOf, resultsOf } from "../ir/walk.ts";
import { mul } from "../rules/expression.ts";
import { adjointOf, contribute, nameOf, outerActive, takeAdjoint } from "./adjoint.ts";
import { isPrimal } from "./fetch.ts";
import { reverseRegion } from "./region.ts";
import { adjointValue, bodyOf, type Mirror, newMirror, type Sweep } from "./sweep.ts";
import { isSum } from "./sumChain.ts";
import { insert, woven } from "./weave.ts";

/** Reverses the loop fused, if it may be; false if it must run twice. */
export const reverseFused = (sweep: Sweep, mirror: Mirror, loop: LoopInstruction): boolean => {
  const { facts } = sweep;
  if (!mirror.joint || facts.program.siteOf(loop).region !== mirror.region) return false;
  if (facts.exitsTo(loop).length > 0 || facts.crossingExits(loop).length > 0) return false;
  if (
    loop.params.some(
      (p, n) => !isScalar(p.type) && (facts.isActiveMemory(p) || facts.isActiveMemory(loop.results[n]!)),
    )
  )
    return false;
  const sums = loop.params.flatMap((p, n) =>
    facts.isActive(p) || facts.isActive(loop.results[n]!) ? [n] : [],
  );
  if (sums.some((n) => !isSum(loop, n))) return false;
  const memory = memoryTouched(sweep, mirror, loop);
  if (memory === "conflict") return false;

  const seeds = sums.map((n) => mirror.adjoints.get(loop.results[n]!));
  const early = seeds.every((d) => !d || isHoistable(sweep, mirror, loop, d));
  // with one sum and scalars only, run with seed 1 and scale what was gathered
  const scaled = !early && sums.length === 1 && memory === "none";
  if (!early && !scaled) return false;
  sums.forEach((n) => takeAdjoint(mirror, loop.results[n]!));
  if (early) for (const d of seeds) if (d) hoist(sweep, mirror, loop, d);

  const natural = loop.params.map((_, n): Operand | undefined => {
    const at = sums.indexOf(n);
    return at < 0 ? undefined : scaled ? one : seeds[at];
  });
  const outer = outerActive(facts, [loop.body]).filter((v) => !loop.results.includes(v));
  const gathered = outer.map((v) => adjointValue(numberType, nameOf(sweep, v)));
  const results = outer.map((v) => adjointValue(numberType, nameOf(sweep, v)));
  const inner = newMirror(sweep, loop.body, mirror, {
    joint: true,
    adjoints: new Map(outer.map((v, n) => [v, gathered[n]!])),
  });
  inner.early.push(...gathered);
  sweep.seeds.set(loop.label, natural);
  reverseRegion(sweep, loop.body, loop.shape.kind === "doWhile" ? [undefined, ...natural] : natural);
  const end = loop.body.end;
  if (end.kind !== "yield") throw new Error("the body of a fused loop has another end");
  const shape =
    loop.shape.kind === "while"
      ? { ...loop.shape, test: { ...loop.shape.test, body: woven(sweep.weave, loop.shape.test) } }
      : loop.shape;
  const fused: LoopInstruction = {
    ...loop,
    shape,
    params: [...loop.params, ...gathered],
    initial: [...loop.initial, ...outer.map(() => zero)],
    results: [...loop.results, ...results],
    body: {
      body: [...woven(sweep.weave, loop.body), ...bodyOf(inner)],
      end: { kind: "yield", values: [...end.values, ...outer.map((v) => adjointOf(inner, v))] },
    },
  };
  sweep.weave.instead.set(loop, [fused]);
  outer.forEach((v, n) =>
    contribute(sweep, mirror, v, scaled ? mul(seeds[0] ?? constant(0), results[n]!) : results[n]!),
  );
  sums.forEach((n, m) => contribute(sweep, mirror, loop.initial[n]!, seeds[m]));
  return true;
};

/**
 * What the loop's body does to active memory from outside: "none"; "adds" where it only reads it (so that its shadow
 * is only added to); "conflict" where fusing would be wrong: it writes memory that lives on, or memory whose
 * shadow it adds to is written later.
 */
const memoryTouched = (sweep: Sweep, mirror: Mirror, loop: LoopInstruction): "none" | "adds" | "conflict" => {
  const { facts } = sweep;
  const { program } = facts;
  const within = (i: Instruction): boolean => program.contains(loop.body, program.siteOf(i).region);
  let found: "none" | "adds" = "none";
  let conflict = false;
  const touch = (from: Operand, key: Operand | undefined, writes: boolean): void => {
    const slot = facts.slotOf(from, key);
    if (!facts.isActiveSlot(slot)) return;
    const { makers, external, stored } = slot.memory;
    const ownMemory =
      !external && !stored && makers.length > 0 && makers.every(within) && facts.usesOf(slot).every(within);
    if (ownMemory) return;
    found = "adds";
    const start = program.siteOf(loop).start;
    const later = (i: Instruction): boolean => {
      const site = program.siteOf(i);
      return program.contains(mirror.region, site.region) && site.start >= start;
    };
    if (writes || facts.writesTo(slot).some(later) || facts.resizesOf(slot.memory).length > 0)
      conflict = true;
  };
  const visit = (region: Region): void => {
    for (const i of region.body) {
      switch (i.kind) {
        case "load":
          touch(i.from, i.key, false);
          break;
        case "store":
        case "accumulate":
          touch(i.to, i.key, true);
          break;
        case "push":
          touch(i.to, constant(0), true);
          break;
        case "pop":
        case "remove":
          touch(i.from, constant(0), true);
          break;
        case "get":
          touch(i.from, constant(0), false);
          break;
        case "put":
          touch(i.to, constant(0), true);
          break;
        // what memory starts with is written to it: its adjoint is there only once all that reads it is reversed
        case "make":
          for (const { key, value } of i.items)
            if (facts.isActive(value)) touch(i.result, constant(key), true);
          break;
        case "alloc":
          if (i.fill && facts.isActive(i.fill)) touch(i.result, zero, true);
          break;
        case "cell":
          if (i.initial && facts.isActive(i.initial)) touch(i.result, undefined, true);
          break;
        case "zeros":
        case "length":
        case "view":
        case "has":
        case "op":
          break;
        case "if":
        case "loop":
        case "block":
          regionsOf(i).forEach(visit);
          break;
        default:
          // anything else that concerns active memory runs in two sweeps
          if ([...operandsOf(i), ...resultsOf(i)].some((o) => facts.isActiveMemory(o))) conflict = true;
      }
    }
  };
  visit(loop.body);
  return conflict ? "conflict" : found;
};

/** Is the operand known before the loop, or made in the mirror by pure operations from what is? */
const isHoistable = (sweep: Sweep, mirror: Mirror, loop: LoopInstruction, o: Operand): boolean => {
  if (o.kind === "constant") return true;
  const { program } = sweep.facts;
  if (isPrimal(sweep, o)) {
    if (!program.contains(program.homeOf(o), mirror.region)) return false;
    const definition = program.definitionOf(o);
    return (
      program.homeOf(o) !== mirror.region ||
      !definition ||
      program.siteOf(definition).start < program.siteOf(loop).start
    );
  }
  for (let m: Mirror | undefined = mirror; m; m = m.parent) if (m.early.includes(o)) return true;
  const maker = mirror.block.body.find((i) => i.kind === "op" && i.result === o);
  return maker?.kind === "op" && maker.args.every((arg) => isHoistable(sweep, mirror, loop, arg));
};

/** Moves what makes a hoistable operand before the loop. */
const hoist = (sweep: Sweep, mirror: Mirror, loop: LoopInstruction, o: Operand): void => {
  const at = mirror.block.body.findIndex((i) => i.kind === "op" && i.result === o);
  const maker = mirror.block.body[at];
  if (maker?.kind !== "op") return;
  for (const arg of maker.args) hoist(sweep, mirror, loop, arg);
  const moved = mirror.block.body.indexOf(maker);
  mirror.block.body.splice(moved, 1);
  insert(sweep.weave.before, loop, (block) => block.add(maker));
  mirror.early.push(maker.result);
};
