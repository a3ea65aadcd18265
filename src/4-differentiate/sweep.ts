/**
 * The state of making one reverse sweep. Every region of the primal that is reversed has a mirror: the place in the
 * reverse sweep where its reverse stands. In a joint mirror the reverse stands in the very region, after the forward
 * code, so that all values are still in scope; elsewhere they are fetched (see fetch.ts).
 */
import { Block, value } from "../ir/build.ts";
import { adjointName } from "../ir/shadow.ts";
import type { Facts, LoopInstruction } from "../ir/facts.ts";
import { reverseSweep } from "../ir/section.ts";
import type { Callee, Instruction, Label, Operand, Region, Type, Value } from "../ir/types.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { Memo } from "../rules/expression.ts";
import type { Pair } from "./pair.ts";
import type { Slot } from "./record.ts";
import type { Tapes } from "./tape.ts";
import type { Weave } from "./weave.ts";

/** A piece of the prelude of a mirror; pieces stand in the order of the primal. */
export type Piece = Readonly<{ time: number; body: readonly Instruction[] }>;

/** What a mirrored loop knows of the iteration it reverses. */
export type Iteration = Readonly<{
  loop: LoopInstruction;
  /** The only one that the reverse sweep goes to (see survivor.ts). */
  alone?: boolean;
  /** The iteration's number from 0, in the forward sweep (emitted there) and in the reverse sweep. */
  forward(block: Block): Operand;
  reverse(): Operand;
  /** The range variable, in the reverse sweep, if it can be walked back. */
  variable: Operand | undefined;
  /** Is this the iteration that ran last in the forward sweep? */
  isLast(): Operand;
}>;

export type Mirror = Readonly<{
  region: Region;
  parent: Mirror | undefined;
  joint: boolean;
  /** It has no place of its own: its reverse stands in its parent's. */
  shared: boolean;
  iteration: Iteration | undefined;
  /** What is fetched stands before everything else. */
  prelude: Piece[];
  block: Block;
  fetched: Map<Value, Operand>;
  shadows: Map<Value, Operand>;
  /** Expressions already built in the block. */
  built: Memo;
  /** Adjoints so far; a value without an entry has adjoint zero. */
  adjoints: Map<Value, Operand>;
  /** Values of the reverse sweep's own that are known where the region begins. */
  early: Operand[];
}>;

export type Sweep = {
  readonly facts: Facts;
  readonly weave: Weave;
  readonly report: Report;
  /** A zero adjoint stops where a partial may be infinite. */
  readonly strongZero: boolean;
  readonly mirrors: Map<Region, Mirror>;
  /** Adjoints of what an exit to the label hands on. */
  readonly seeds: Map<Label, readonly (Operand | undefined)[]>;
  /** Values that a first, trial run found to be needed where they are not in scope. */
  readonly needed: ReadonlySet<Value>;
  readonly fetchedValues: Set<Value>;
  readonly recorded: Set<Value>;
  /** By which way a construct was left, where that is recorded. */
  readonly ways: Map<Instruction, Way>;
  /** The branch that is known to have been taken in the iteration at hand, or the operand that was chosen. */
  readonly known: Map<Instruction, Region | number>;
  /** Tapes with one entry for each iteration that was begun. */
  readonly perIteration: Map<Instruction, Value>;
  /** Where, in the iteration at hand, the tapes that grow with a region are read. */
  readonly tops: Map<Mirror, Operand>;
  /** Loops that have to be walked back whole: each of their iterations left something on a tape that grows. */
  readonly whole: Set<LoopInstruction>;
  /** Shadows that the forward sweep carries along, by the reference they belong to. */
  readonly carried: ReadonlyMap<Value, Value>;
  /** Where shadows of parameters are made: before everything. */
  readonly entry: Block;
  /** The functions that the callees of the program become. */
  readonly pairs: ReadonlyMap<Callee, Pair>;
  /** The tapes that outlive the functions that fill them. */
  readonly tapes: Tapes;
};

type Way = Readonly<{ slot: Slot; taken: Operand; numbers: Map<Region, number> }>;

export const mirrorOf = (sweep: Sweep, region: Region): Mirror => {
  const mirror = sweep.mirrors.get(region);
  if (!mirror) throw new Error("a region that is not being reversed");
  return mirror;
};

/** A mirror with a place of its own. */
export const newMirror = (
  sweep: Sweep,
  region: Region,
  parent: Mirror | undefined,
  options: Readonly<{ joint?: boolean; iteration?: Iteration; adjoints: Map<Value, Operand> }>,
): Mirror => {
  const mirror: Mirror = {
    region,
    parent,
    joint: options.joint ?? false,
    shared: false,
    iteration: options.iteration,
    prelude: [],
    block: new Block(parent?.block.at),
    fetched: new Map(),
    shadows: new Map(),
    built: new Map(parent && !options.joint ? parent.built : []),
    adjoints: options.adjoints,
    early: [],
  };
  sweep.mirrors.set(region, mirror);
  return mirror;
};

/** The mirror of a region whose reverse simply stands in the reverse of what is around it: a block's body. */
export const sharedMirror = (sweep: Sweep, region: Region, parent: Mirror): Mirror => {
  const mirror: Mirror = {
    ...parent,
    region,
    parent,
    joint: false,
    shared: true,
    iteration: undefined,
    fetched: new Map(),
    shadows: new Map(),
  };
  sweep.mirrors.set(region, mirror);
  return mirror;
};

/** Emits at the mirror's beginning, where `time` says in the primal's order. */
export const inPrelude = <O extends Operand>(mirror: Mirror, time: number, emit: (block: Block) => O): O => {
  const block = new Block(mirror.block.at);
  const result = emit(block);
  mirror.prelude.push({ time, body: block.body });
  return result;
};

/** What a mirror fetches, in the primal's order. */
export const preludeOf = (mirror: Mirror): readonly Instruction[] =>
  mirror.prelude.toSorted((a, b) => a.time - b.time).flatMap((piece) => piece.body);

/** The reverse code of a mirror. */
export const bodyOf = (mirror: Mirror): readonly Instruction[] => [
  ...preludeOf(mirror),
  ...mirror.block.body,
];

/** Says which sweep an instruction belongs to. */
export const inReverse = (i: Instruction): Instruction => ({
  ...i,
  at: { ...i.at, comment: reverseSweep },
});

export type Around = Readonly<{ loops: readonly Iteration[]; base: Mirror }>;

/**
 * The loops around a mirror, outermost first, up to the nearest one that is `enough`: a joint one, or the outermost
 * of a function whose reverse is a function of its own. It comes with them.
 */
export const loopsAround = (mirror: Mirror, enough?: (mirror: Mirror) => boolean): Around => {
  const loops: Iteration[] = [];
  for (let at = mirror; ;) {
    if (at.joint || !at.parent || enough?.(at)) return { loops, base: at };
    if (at.iteration) loops.unshift(at.iteration);
    at = at.parent;
  }
};

/** The instruction of the outer region that the inner region is part of. */
export const anchor = (sweep: Sweep, inner: Region, outer: Region): Instruction => {
  const { program } = sweep.facts;
  for (let region: Region | undefined = inner; region; region = program.parentOf(region)) {
    const owner = program.ownerOf(region);
    if (owner && program.parentOf(region) === outer) return owner;
  }
  throw new Error("not a part of that region");
};

/** An adjoint, named after what it belongs to. */
export const adjointValue = (type: Type, of: string | undefined): Value => ({
  ...value(type, adjointName(of)),
  adjoint: true,
});
