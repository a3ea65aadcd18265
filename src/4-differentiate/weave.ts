/** The forward sweep: the primal with what the reverse sweep asked for woven in. */
import { Block } from "../ir/build.ts";
import type { Instruction, Region } from "../ir/types.ts";
import { rebuild } from "../ir/rebuild.ts";

export type Weave = Readonly<{
  before: Map<Instruction, Instruction[]>;
  after: Map<Instruction, Instruction[]>;
  atStart: Map<Region, Instruction[]>;
  atEnd: Map<Region, Instruction[]>;
  /** Behind all else that is done in the region: what is put on the stack of numbers, and on that of references. */
  numbers: Map<Region, Instruction[]>;
  references: Map<Region, Instruction[]>;
  /** What stands in its place, its regions included. */
  instead: Map<Instruction, readonly Instruction[]>;
}>;

export const newWeave = (): Weave => ({
  before: new Map(),
  after: new Map(),
  atStart: new Map(),
  atEnd: new Map(),
  numbers: new Map(),
  references: new Map(),
  instead: new Map(),
});

/** Adds what `emit` makes to what is woven in at the place. */
export const insert = <P, T>(places: Map<P, Instruction[]>, place: P, emit: (block: Block) => T): T => {
  const block = new Block();
  const result = emit(block);
  places.set(place, [...(places.get(place) ?? []), ...block.body]);
  return result;
};

/** The instructions of a region as they stand in the forward sweep, nested regions included. */
export const woven = (weave: Weave, region: Region): readonly Instruction[] => [
  ...(weave.atStart.get(region) ?? []),
  ...region.body.flatMap((i) => [
    ...(weave.before.get(i) ?? []),
    ...(weave.instead.get(i) ?? [rebuild(i, { region: (r) => ({ body: woven(weave, r), end: r.end }) })]),
    ...(weave.after.get(i) ?? []),
  ]),
  ...(weave.atEnd.get(region) ?? []),
  ...(weave.numbers.get(region) ?? []),
  ...(weave.references.get(region) ?? []),
];
