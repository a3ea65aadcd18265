/**
 * The tape: memory of the forward sweep's own, in which it leaves what the reverse sweep needs. One cell where no
 * loop is around; an array indexed by the iteration where all loops around are counted before they start; else an
 * array that grows by one entry each time and is read from its end.
 */
import {
  isConstant,
  type Block,
  constant,
  isNumber,
  nowhere,
  numberType,
  one,
  typeOf,
  value,
  zero,
} from "../ir/build.ts";
import type { LoopInstruction } from "../ir/facts.ts";
import type { Instruction, Label, Operand, Region, Type, Value } from "../ir/types.ts";
import { singular } from "../ir/spoken.ts";
import { regionsOf } from "../ir/walk.ts";
import { nameOf } from "./adjoint.ts";
import { countAt, endsNaturally } from "./count.ts";
import {
  anchor,
  inPrelude,
  type Iteration,
  loopsAround,
  type Mirror,
  mirrorOf,
  type Sweep,
} from "./sweep.ts";
import { handOver, isClosed } from "./tape.ts";
import { insert } from "./weave.ts";

/** A place on the tape for every time a region runs. */
export type Slot = Readonly<{
  /** In the forward sweep, inside the region. A slot that is set more than once holds the last. */
  set(block: Block, to: Operand): void;
  read(block: Block): Operand;
  /** In the reverse sweep, at the region's mirror; once. */
  get(): Operand;
  /** The tape itself, where every iteration of the one loop around adds an entry. */
  perIteration?: Value;
}>;

/** `velocity` → `velocities`, `max` → `maxes`; what is a plural already is recorded as `flipsAt`. */
const plural = (hint: string): string => {
  if (hint.length < 4 && !hint.endsWith("s")) return `${hint}s`;
  if (/[^aeiou]y$/.test(hint) && hint.length > 1) return `${hint.slice(0, -1)}ies`;
  if (/[^s]s$/.test(hint)) return `${hint}At`;
  return /(ss|x|ch|sh)$/.test(hint) && hint.length > 1 ? `${hint}es` : `${hint}s`;
};

/** What is recorded is called; an element of memory that may be overwritten is the old one. */
const recordedName = (sweep: Sweep, v: Value): string => {
  const by = sweep.facts.program.definitionOf(v);
  const base = by?.kind === "load" && by.from.kind === "value" ? by.from.hint : undefined;
  if (v.hint !== undefined || base === undefined) return nameOf(sweep, v) ?? "kept";
  if (by?.kind === "load" && by.key?.kind === "constant" && typeof by.key.value === "string")
    return by.key.value;
  const one = singular(base);
  return `old${one[0]!.toUpperCase()}${one.slice(1)}`;
};

/** Numbers are recorded in full precision, whatever they came from; a typed array cannot hold that one is missing. */
const containerFor = (type: Type, plain: boolean): Type => ({
  kind: "array",
  container: type.kind === "number" && !plain ? "Float64Array" : "Array",
  element: type,
});

/**
 * `region` runs once for each entry. `initial`: what the slot holds if it is not set; with it, the slot is there
 * from `opens` on (an instruction of the region, or its start). `mayBeMissing`: a number that may be undefined.
 */
export const newSlot = (
  sweep: Sweep,
  region: Region,
  type: Type,
  hint: string,
  initial?: Readonly<{ value: Operand; before?: Instruction }>,
  mayBeMissing = false,
): Slot => {
  const mirror = mirrorOf(sweep, region);
  const { loops, base } = loopsAround(mirror, (m) => isClosed(sweep, m));
  const time = 0;
  if (loops.length === 0) {
    const cell = value({ kind: "cell", of: type }, hint);
    const start =
      initial?.value ??
      (type.kind === "number" ? zero : type.kind === "boolean" ? constant(false) : undefined);
    declare(sweep, region, base, initial?.before, (block) =>
      block.add({ kind: "cell", result: cell, ...(start ? { initial: start } : {}), at: nowhere }),
    );
    const there = handOver(sweep, base, type, hint, cell);
    return {
      set: (block, to) => block.store(cell, undefined, to),
      read: (block) => block.load(cell, undefined, hint),
      get: () =>
        there === cell ? inPrelude(mirror, time, (block) => block.load(cell, undefined, hint)) : there,
    };
  }
  const outside = anchor(sweep, loops[0]!.loop.body, base.region);
  const counts = insert(sweep.weave.before, outside, (block) => {
    // in a function of its own the reverse would not know how long the rows of a table are
    if (!base.joint && loops.length > 1) return undefined;
    if (!loops.every((l) => hasSensibleBound(sweep, l.loop, type))) return undefined;
    const found = loops.map((l) => countAt(sweep, l.loop, base, block));
    return found.every((c) => c !== undefined) ? found : undefined;
  });
  const tape = value(containerFor(type, !counts || mayBeMissing), plural(hint));
  if (counts) {
    insert(sweep.weave.before, outside, (block) => {
      const length = counts.reduce(
        (product, count) => (product === one ? count : block.op("mul", [product, count], "size")),
        one,
      );
      block.add({
        kind: "alloc",
        result: tape,
        length,
        ...(initial && (type.kind !== "number" || mayBeMissing) ? { fill: initial.value } : {}),
        at: nowhere,
      });
    });
    const index = (block: Block, of: (l: Iteration) => Operand): Operand =>
      loops
        .slice(1)
        .reduce((at, l, n) => block.op("add", [block.op("mul", [at, counts[n + 1]!]), of(l)]), of(loops[0]!));
    const set = (block: Block, to: Operand): void =>
      block.store(
        tape,
        index(block, (l) => l.forward(block)),
        to,
      );
    const there = handOver(sweep, base, tape.type, plural(hint), tape);
    // numbers start at zero; any other start is put there each time
    if (initial?.before && type.kind === "number" && !isNumber(initial.value, 0))
      insert(sweep.weave.before, initial.before, (block) => set(block, initial.value));
    return {
      set,
      read: (block) =>
        block.load(
          tape,
          index(block, (l) => l.forward(block)),
          hint,
        ),
      get: () =>
        inPrelude(mirror, time, (block) =>
          block.load(
            there,
            index(block, (l) => l.reverse()),
            hint,
          ),
        ),
    };
  }
  insert(sweep.weave.before, outside, (block) =>
    block.add({ kind: "make", result: tape, items: [], at: nowhere }),
  );
  const there = handOver(sweep, base, tape.type, plural(hint), tape);
  const last = (block: Block): Operand => block.op("sub", [block.length(tape), one]);
  if (initial) {
    const open = (block: Block): void =>
      void block.add({ kind: "push", to: tape, value: initial.value, at: nowhere });
    if (initial.before) insert(sweep.weave.before, initial.before, open);
    else insert(sweep.weave.atStart, region, open);
  }
  const everyTime = loops.length === 1 && runsWithLoop(sweep, mirror, loops[0]!) && !initial;
  return {
    ...(everyTime ? { perIteration: there } : {}),
    set: (block, to) => {
      if (initial) block.store(tape, last(block), to);
      else block.add({ kind: "push", to: tape, value: to, at: nowhere });
    },
    read: (block) => block.load(tape, last(block), hint),
    get: () => {
      if (everyTime) return inPrelude(mirror, time, (block) => block.load(there, loops[0]!.reverse(), hint));
      const top = topOf(sweep, mirror, base, there);
      return inPrelude(mirror, time, (block) => block.load(there, top, hint));
    },
  };
};

/**
 * The place of a region's last entry that was not yet taken. Where nothing leaves the region before its end, every tape
 * that grows with it has one entry for each of its runs, so that all of them are read at the same place.
 */
const topOf = (sweep: Sweep, mirror: Mirror, base: Mirror, tape: Value): Operand => {
  for (const { alone, loop } of loopsAround(mirror).loops) if (alone) sweep.whole.add(loop);
  const runsThrough = mirror.region.body.every((i) => sweep.facts.crossingExits(i).length === 0);
  const known = runsThrough ? sweep.tops.get(mirror) : undefined;
  if (known) return known;
  const cursor = value({ kind: "cell", of: numberType }, "top");
  inPrelude(base, -1, (block) => {
    block.add({ kind: "cell", result: cursor, initial: block.length(tape), at: nowhere });
    return cursor;
  });
  const top = inPrelude(mirror, 0, (block) => {
    const next = block.op("sub", [block.load(cursor), one], "top");
    block.store(cursor, undefined, next);
    return next;
  });
  sweep.tops.set(mirror, top);
  return top;
};

const mostReserved = 4096;

/**
 * Is it sensible to reserve an entry for every iteration that the bound allows? Not where the loop is likely to be
 * left long before, and not where the bound may be no number at all and the tape is a plain array.
 */
const hasSensibleBound = (sweep: Sweep, loop: LoopInstruction, type: Type): boolean => {
  if (loop.shape.kind !== "range") return false;
  const { bound, start } = loop.shape;
  const whole = sweep.facts.isInteger(bound) && sweep.facts.isInteger(start);
  if (endsNaturally(sweep.facts, loop)) return type.kind === "number" || whole;
  return whole && (!isConstant(bound) || Number(bound.value) <= mostReserved);
};

/** A cell stands before the part of the base's region that the region belongs to. */
const declare = (
  sweep: Sweep,
  region: Region,
  base: Mirror,
  before: Instruction | undefined,
  emit: (block: Block) => void,
): void => {
  if (region === base.region) {
    if (before) insert(sweep.weave.before, before, emit);
    else insert(sweep.weave.atStart, region, emit);
  } else insert(sweep.weave.before, anchor(sweep, region, base.region), emit);
};

/** Does the region run in every iteration that gets as far, so that its n-th entry belongs to the n-th iteration? */
const runsWithLoop = (sweep: Sweep, mirror: Mirror, iteration: Iteration): boolean => {
  const { program } = sweep.facts;
  for (let region = mirror.region; region !== iteration.loop.body;) {
    const owner = program.ownerOf(region);
    const parent = program.parentOf(region);
    if (!owner || !parent) return false;
    if (owner.kind === "if") {
      const other = owner.then === region ? owner.else : owner.then;
      // the branch not taken left the loop, or nothing follows
      if (!sweep.facts.neverEnds(other) || continues(sweep, other, iteration)) return false;
    } else if (owner.kind !== "block") return false;
    // what stands before it in its region may have gone on with the next iteration
    const before = parent.body.slice(0, parent.body.indexOf(owner));
    if (before.some((i) => regionsOf(i).some((r) => continues(sweep, r, iteration)))) return false;
    region = parent;
  }
  return true;
};

/** Can the region be left for another iteration of the same loop? */
const continues = (sweep: Sweep, region: Region, iteration: Iteration): boolean => {
  const { program } = sweep.facts;
  return exitsOf(region).some((to) => {
    const construct = program.constructOf(to);
    if (!construct || construct === iteration.loop) return false;
    const at = program.siteOf(construct).region;
    return program.contains(iteration.loop.body, at) && !program.contains(region, at);
  });
};

const exitsOf = (region: Region): readonly Label[] => [
  ...(region.end.kind === "exit" ? [region.end.to] : []),
  ...region.body.flatMap((i) => regionsOf(i).flatMap(exitsOf)),
];

/** Records a value each time it is made; gives what the mirror of its region reads. */
export const recordValue = (sweep: Sweep, v: Value): Operand => {
  const { program } = sweep.facts;
  const region = program.homeOf(v);
  sweep.recorded.add(v);
  const definition = program.definitionOf(v);
  // what makes the value may leave the region instead: an entry for this run is there all the same
  const mayLeave = definition !== undefined && sweep.facts.crossingExits(definition).length > 0;
  const type = typeOf(v);
  const isTest = v.type.kind === "boolean" && v.hint === undefined;
  const onStack = !loopsAround(mirrorOf(sweep, region)).base.joint;
  const start = type.kind === "number" ? zero : constant(type.kind === "boolean" ? false : undefined);
  const slot = newSlot(
    sweep,
    region,
    mayLeave && start.value === undefined && type.kind !== "optional" ? { kind: "optional", of: type } : type,
    isTest && onStack ? "taken" : recordedName(sweep, v),
    mayLeave ? { value: start, before: definition } : undefined,
    sweep.facts.mayBeMissing(v),
  );
  const owner = program.ownerOf(region);
  if (!definition && owner && slot.perIteration) sweep.perIteration.set(owner, slot.perIteration);
  if (definition) insert(sweep.weave.after, definition, (block) => slot.set(block, v));
  else insert(sweep.weave.atStart, region, (block) => slot.set(block, v));
  return slot.get();
};
