/**
 * The tape of functions whose reverse is a function of its own: a stack on which the forward function leaves what
 * the reverse function takes off, last in first out. What a region hands over is pushed at its very end and popped
 * at the very beginning of its reverse, so that whatever was pushed in between has been popped by then. There is one
 * stack for numbers, and one for references where any are kept.
 */
import { constant, nowhere, numberType, one, value, zero } from "../ir/build.ts";
import type { Func, Instruction, Region, Type, Value } from "../ir/types.ts";
import { inPrelude, type Mirror, type Sweep } from "./sweep.ts";
import { insert } from "./weave.ts";

export const tapeKinds = ["numbers", "references"] as const;
export type TapeKind = (typeof tapeKinds)[number];

/** What the stacks are called in one function. */
export type Stacks = Readonly<Record<TapeKind, Value>>;

const stack = (element: Type, name: string): Value => ({
  ...value({ kind: "array", container: "Array", element }, name, true),
  adjoint: true,
});

export const newStacks = (): Stacks => ({
  numbers: stack(numberType, "tape"),
  references: stack({ kind: "other", text: "unknown" }, "references"),
});

export type Tapes = Readonly<{
  /** The stacks of each function's forward and reverse part; those of what is differentiated itself are the same. */
  forward: ReadonlyMap<Func, Stacks>;
  reverse: ReadonlyMap<Func, Stacks>;
  /** Which stacks each function was found to need. */
  used: ReadonlyMap<Func, Set<TapeKind>>;
  /** How much each region has handed over so far. */
  handed: Map<Region, number>;
}>;

/** Pops stand before everything else in a prelude. */
const beginning = -1_000_000;

/**
 * Is it a region of a function whose reverse is a function of its own, and does it always come to its end, so that
 * what it hands over is pushed whenever it is run?
 */
export const isClosed = ({ facts }: Sweep, { region, shared }: Mirror): boolean =>
  !shared &&
  facts.program.functionAt(region) !== facts.program.func &&
  region.body.every((i) => facts.crossingExits(i).length === 0);

/**
 * Hands over what `given` gives at the end of a region to the region's reverse. Where the reverse is in scope of it
 * there is nothing to do.
 */
export const handOver = (sweep: Sweep, base: Mirror, type: Type, hint: string, given: Value): Value => {
  if (base.joint) return given;
  const func = sweep.facts.program.functionAt(base.region);
  const kind: TapeKind = type.kind === "number" || type.kind === "boolean" ? "numbers" : "references";
  sweep.tapes.used.get(func)!.add(kind);
  const [to, from] = [sweep.tapes.forward.get(func)![kind], sweep.tapes.reverse.get(func)![kind]];
  insert(sweep.weave[kind], base.region, (block) => {
    const content = given.type.kind === "cell" ? block.load(given) : given;
    const pushed =
      type.kind === "boolean" ? block.op("select", [content, one, zero], undefined, numberType) : content;
    block.add({ kind: "push", to, value: pushed, at: nowhere });
  });
  const count = sweep.tapes.handed.get(base.region) ?? 0;
  sweep.tapes.handed.set(base.region, count + 1);
  return inPrelude(base, beginning - count, (block) => {
    const popped: Value = value(type.kind === "boolean" ? numberType : type, hint);
    block.add({ kind: "pop", result: popped, from, at: nowhere });
    return type.kind === "boolean" ? block.op("ne", [popped, constant(0)], hint) : popped;
  });
};

/** The stacks that a function is handed, as arguments or params. */
export const stacksOf = (tapes: Tapes, func: Func, part: "forward" | "reverse", of: Func): readonly Value[] =>
  tapeKinds.flatMap((kind) => (tapes.used.get(of)!.has(kind) ? [tapes[part].get(func)![kind]] : []));

/** Empty stacks, where the derivative begins. */
export const emptyStacks = (stacks: readonly Value[]): readonly Instruction[] =>
  stacks.map((result) => ({ kind: "make", result, items: [], at: nowhere }));
