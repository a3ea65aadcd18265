/**
 * How the reverse sweep gets at a value of the forward sweep, from free to dear: it is in scope, it is a loop
 * variable that is walked back, it is computed again from what can be had, or it is recorded.
 * Memory is never put back: what may have been overwritten since is recorded when it is read (rule R3: only what
 * nothing can have changed is loaded again).
 */
import { type Block, constant, typeOf } from "../ir/build.ts";
import type { Slot } from "../ir/facts.ts";
import { opInfo } from "../ir/ops.ts";
import type { Instruction, Operand, Region, Value } from "../ir/types.ts";
import { rebuild } from "../ir/rebuild.ts";
import { isWrittenLater, mayChangeOutside } from "./dependence.ts";
import { paramOf } from "./pair.ts";
import { recordValue } from "./record.ts";
import { inPrelude, loopsAround, mirrorOf, type Mirror, type Sweep } from "./sweep.ts";

/** A record costs a store, a load and memory; computing again may cost as much, and saves the memory. */
const recordPrice = 6;
const mostToRecompute = 12;
const dear = 10;

/** Is it a value of the primal (and not one that the sweep made)? */
export const isPrimal = (sweep: Sweep, o: Operand): o is Value =>
  o.kind === "value" && sweep.facts.program.knows(o);

/** The operand that has the primal's value in the reverse sweep, wherever the mirror of the value's region is in scope. */
export const fetch = (sweep: Sweep, wanted: Operand): Operand => {
  if (!isPrimal(sweep, wanted)) return wanted;
  const o = sweep.facts.twins.get(wanted) ?? wanted;
  const mirror = mirrorOf(sweep, sweep.facts.program.homeOf(o));
  if (mirror.joint) return o;
  const known = mirror.fetched.get(o);
  if (known) return known;
  sweep.fetchedValues.add(o);
  const fetched =
    paramOf(sweep, mirror, o) ??
    variableOf(mirror, o) ??
    (priceOf(sweep, o, mirror) <= mostToRecompute ? again(sweep, o, mirror) : undefined) ??
    recordValue(sweep, o);
  mirror.fetched.set(o, fetched);
  return fetched;
};

const variableOf = (mirror: Mirror, v: Value): Operand | undefined => {
  const iteration = mirror.iteration;
  if (iteration?.loop.shape.kind !== "range" || iteration.loop.shape.variable !== v) return undefined;
  return iteration.variable;
};

/** What computing the value again costs at its mirror; a recorded value in reach is cheap. */
const priceOf = (sweep: Sweep, v: Value, mirror: Mirror): number => {
  const definition = sweep.facts.program.definitionOf(v);
  if (!definition || sweep.recorded.has(v)) return Infinity;
  const total = (base: number, operands: readonly Operand[]): number =>
    operands.reduce((sum, o) => sum + priceOfOperand(sweep, o, mirror), base);
  switch (definition.kind) {
    case "op": {
      const cost = opInfo(definition.op).cost;
      return cost >= dear ? Infinity : total(cost, definition.args);
    }
    case "load":
      if (!isReloadable(sweep, definition, mirror)) return Infinity;
      return total(1, [definition.from, ...(definition.key ? [definition.key] : [])]);
    case "length":
      return isResized(sweep, definition, definition.of, mirror) ? Infinity : total(1, [definition.of]);
    case "get":
      if (isResized(sweep, definition, definition.from, mirror)) return Infinity;
      return total(2, [definition.from, definition.key]);
    case "view":
      return total(3, [definition.of, definition.start, ...(definition.end ? [definition.end] : [])]);
    case "opaque":
      // what it reads of memory may have changed since
      if (!definition.repeatable || definition.code.form !== "expression" || !definition.reads.every(isPlain))
        return Infinity;
      return total(1, definition.reads);
    default:
      return Infinity;
  }
};

/** A number or a truth value, and no memory. */
const isPlain = (o: Operand): boolean => {
  const type = typeOf(o);
  return ["number", "boolean", "undefined"].includes(type.kind === "optional" ? type.of.kind : type.kind);
};

const priceOfOperand = (sweep: Sweep, o: Operand, user: Mirror): number => {
  if (!isPrimal(sweep, o)) return 0;
  const mirror = mirrorOf(sweep, sweep.facts.program.homeOf(o));
  if (mirror.joint || mirror.fetched.has(o) || variableOf(mirror, o)) return 0;
  const isParam = !mirror.parent && !sweep.facts.program.definitionOf(o);
  if (isParam || sweep.recorded.has(o) || sweep.needed.has(o)) return 1;
  // what comes from outside is fetched there, less often
  if (mirror.region !== user.region) return 1;
  return Math.min(priceOf(sweep, o, mirror), priceOfRecord(sweep, o, mirror));
};

/** A reference is kept for the sake of several readings; one number of it is rather kept itself on a stack. */
const priceOfRecord = (sweep: Sweep, v: Value, mirror: Mirror): number => {
  if (v.type.kind === "number") return recordPrice;
  return loopsAround(mirror).base.joint ? recordPrice / 2 : mostToRecompute;
};

const again = (sweep: Sweep, v: Value, mirror: Mirror): Operand => {
  const definition = sweep.facts.program.definitionOf(v)!;
  const operands = new Map<Operand, Operand>();
  rebuild(definition, {
    use: (o) => {
      operands.set(o, fetch(sweep, o));
      return o;
    },
  });
  const copy: Value = { ...v };
  return inPrelude(mirror, sweep.facts.program.siteOf(definition).start, (block) => {
    block.add(rebuild(definition, { use: (o) => operands.get(o)!, define: () => copy }));
    return copy;
  });
};

type Load = Extract<Instruction, { kind: "load" }>;

/** May a load be done again at its mirror, with nothing having changed what it reads since? */
export const isReloadable = (sweep: Sweep, load: Load, mirror: Mirror): boolean => {
  const slot = sweep.facts.slotOf(load.from, load.key);
  return !changedSince(
    sweep,
    load,
    slot,
    [...sweep.facts.writesTo(slot), ...sweep.facts.resizesOf(slot.memory)],
    mirror,
  );
};

/** May an entry be got again at its mirror, with nothing having changed the map since? */
export const isGettable = (
  sweep: Sweep,
  get: Extract<Instruction, { kind: "get" }>,
  mirror: Mirror,
): boolean => !isResized(sweep, get, get.from, mirror);

/** May the length of an array or anything of a map have changed since? */
const isResized = (sweep: Sweep, reading: Instruction, of: Operand, mirror: Mirror): boolean => {
  const slot: Slot = { memory: sweep.facts.memoryOf(of), key: "[]" };
  return changedSince(sweep, reading, slot, sweep.facts.resizesOf(slot.memory), mirror);
};

/**
 * Could one of the writes come after the reading and before its reverse? The reverse of a joint region follows the
 * region at once, so only writes inside it count: later ones, and those that share a loop with the reading, unless
 * the memory is made anew in every iteration of that loop. What callees may see is read and written in an order that
 * their calls tell.
 */
export const changedSince = (
  sweep: Sweep,
  reading: Instruction,
  slot: Slot,
  writes: readonly Instruction[],
  mirror: Mirror,
): boolean => {
  const { program } = sweep.facts;
  const within = loopsAround(mirror).base.region;
  const site = program.siteOf(reading);
  if (mayChangeOutside(program, slot.memory, reading, writes)) return true;
  return writes.some((write) => {
    const at = program.siteOf(write);
    if (!program.contains(within, at.region)) return false;
    const later = at.start > site.start;
    const loops = sharedLoops(sweep, slot, site.region, at.region, within);
    if (!later && loops.length === 0) return false;
    const keyed = reading.kind === "load" && (write.kind === "store" || write.kind === "accumulate");
    if (!keyed || !reading.key || !write.key || slot.memory.viewed) return true;
    return isWrittenLater(program, reading.key, write.key, loops, later);
  });
};

/**
 * Bodies of loops inside `within` that both regions are part of and in which the memory may live from one iteration
 * to the next.
 */
export const sharedLoops = (
  sweep: Sweep,
  slot: Slot,
  a: Region,
  b: Region,
  within: Region,
): readonly Region[] => {
  const { program } = sweep.facts;
  const found: Region[] = [];
  for (let r: Region | undefined = a; r && r !== within; r = program.parentOf(r)) {
    const owner = program.ownerOf(r);
    if (owner?.kind !== "loop" || !program.contains(r, b)) continue;
    const body = r;
    const { external, makers, stored } = slot.memory;
    const madeInside =
      !external &&
      !stored &&
      makers.length > 0 &&
      makers.every((m) => program.contains(body, program.siteOf(m).region));
    if (!madeInside) found.push(r);
  }
  return found;
};

/**
 * Emits a pure expression of what is in scope at a joint mirror, before the loop that the value belongs to: how
 * often an inner loop runs. Undefined if it depends on what the loop does.
 */
export const expressAt = (sweep: Sweep, o: Operand, joint: Mirror, block: Block): Operand | undefined => {
  const { program } = sweep.facts;
  if (o.kind === "constant") return o;
  if (!isPrimal(sweep, o)) return undefined;
  if (program.contains(program.homeOf(o), joint.region)) return o;
  const definition = program.definitionOf(o);
  if (!definition || (definition.kind !== "op" && definition.kind !== "length")) return undefined;
  if (definition.kind === "op" && opInfo(definition.op).cost >= dear) return undefined;
  if (definition.kind === "length" && sweep.facts.resizesOf(sweep.facts.memoryOf(definition.of)).length > 0)
    return undefined;
  const operands = new Map<Operand, Operand>();
  let possible = true;
  rebuild(definition, {
    use: (arg) => {
      const there = expressAt(sweep, arg, joint, block);
      if (there) operands.set(arg, there);
      else possible = false;
      return arg;
    },
  });
  if (!possible) return undefined;
  const copy: Value = { ...o };
  block.add(
    rebuild(definition, { use: (arg) => operands.get(arg) ?? constant(undefined), define: () => copy }),
  );
  return copy;
};
