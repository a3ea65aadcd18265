/** What is needed where it is not in scope is found out by trial: each run of the sweep begins with what the last one asked. */
import type { Report } from "../diagnostics/diagnostic.ts";
import { Block } from "../ir/build.ts";
import { functionsOf } from "../ir/callee.ts";
import type { Facts, LoopInstruction } from "../ir/facts.ts";
import type { Func, Value } from "../ir/types.ts";
import { newPair } from "./pair.ts";
import type { Sweep } from "./sweep.ts";
import { newStacks, type TapeKind } from "./tape.ts";
import { newWeave } from "./weave.ts";

export type Asked = Readonly<{
  /** Values that are fetched. */
  fetched: ReadonlySet<Value>;
  /** Params of callees whose values, and whose shadows, the reverse functions are handed. */
  values: ReadonlySet<Value>;
  shadowed: ReadonlySet<Value>;
  /** The stacks that a function needs. */
  tapes: ReadonlyMap<Func, ReadonlySet<TapeKind>>;
  /** Loops that have to be walked back whole. */
  whole: ReadonlySet<LoopInstruction>;
}>;

export const nothingAsked: Asked = {
  fetched: new Set(),
  values: new Set(),
  shadowed: new Set(),
  tapes: new Map(),
  whole: new Set(),
};

export const newSweep = (facts: Facts, asked: Asked, report: Report, strongZero: boolean): Sweep => {
  const functions = functionsOf(facts.program);
  const forward = new Map(functions.map((f) => [f, newStacks()]));
  const reverse = new Map(
    functions.map((f) => [f, f === facts.program.func ? forward.get(f)! : newStacks()]),
  );
  return {
    strongZero,
    facts,
    weave: newWeave(),
    report,
    mirrors: new Map(),
    seeds: new Map(),
    needed: asked.fetched,
    fetchedValues: new Set(),
    recorded: new Set(),
    ways: new Map(),
    known: new Map(),
    perIteration: new Map(),
    tops: new Map(),
    whole: new Set(asked.whole),
    carried: facts.shadows,
    entry: new Block(),
    pairs: new Map(
      [...facts.program.callees].map(([callee, f]) => [callee, newPair(facts, callee, f, asked)]),
    ),
    tapes: {
      forward,
      reverse,
      used: new Map(functions.map((f) => [f, new Set(asked.tapes.get(f))])),
      handed: new Map(),
    },
  };
};

/** What a run asked for, and those before it. */
export const askedOf = (sweep: Sweep, before: Asked): Asked => {
  const pairs = [...sweep.pairs.values()];
  return {
    fetched:
      sweep.facts.program.callees.size > 0 ? union(before.fetched, sweep.fetchedValues) : sweep.fetchedValues,
    values: new Set(pairs.flatMap((p) => [...p.values])),
    shadowed: new Set(pairs.flatMap((p) => [...p.shadowed])),
    tapes: sweep.tapes.used,
    whole: sweep.whole,
  };
};

const union = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): ReadonlySet<T> => new Set([...a, ...b]);

export const sizeOf = ({ fetched, values, shadowed, tapes }: Asked): number =>
  [...tapes.values()].reduce((sum, kinds) => sum + kinds.size, fetched.size + values.size + shadowed.size);
