/**
 * Which values are needed at the same time. Values that are never alive together may share a variable.
 * One backward walk: what a loop reads from outside is alive throughout the loop, so nothing has to be iterated.
 */
import type { Instruction, Label, Operand, Region, Terminator, Value } from "../ir/types.ts";
import { resultsOf } from "../ir/walk.ts";
import { type Facts, type Node, regionRoles } from "./facts.ts";
import { type Inlining, expressionLeaves, leavesOf } from "./inline.ts";

export type Interference = ReadonlyMap<Value, ReadonlySet<Value>>;

/** What is alive where: who meets whom, and which targets of a hand-over (at a loop, a region's end) anyone needs. */
export type Liveness = Readonly<{
  interference: Interference;
  handed: ReadonlyMap<Node, ReadonlySet<Value>>;
}>;

type Live = ReadonlySet<Value>;
type AtYield = (at: Terminator, values: readonly Operand[]) => Set<Value>;
type Loop = Extract<Instruction, { kind: "loop" }>;

export function findLiveness(facts: Facts, inlining: Inlining): Liveness {
  const edges = new Map<Value, Set<Value>>();
  const handed = new Map<Node, ReadonlySet<Value>>();
  const after = new Map<Label, Live>([[facts.func.label, new Set()]]);

  const neighbours = (v: Value): Set<Value> => {
    let set = edges.get(v);
    if (!set) edges.set(v, (set = new Set()));
    return set;
  };
  const meet = (a: Value, b: Value): void => {
    if (a === b) return;
    neighbours(a).add(b);
    neighbours(b).add(a);
  };
  const leaves = (os: readonly Operand[]): readonly Value[] =>
    os.flatMap((o) => leavesOf(facts, inlining, o));
  const without = (live: Live, gone: readonly Value[]): Set<Value> => {
    const rest = new Set(live);
    for (const v of gone) rest.delete(v);
    return rest;
  };
  const joined = (...sets: Iterable<Value>[]): Set<Value> => new Set(sets.flatMap((s) => [...s]));

  /** A value set while `live` is still needed. */
  const define = (v: Value, live: Live): void => {
    for (const w of live) meet(v, w);
  };

  /** All targets are set at once. A target and what it is set to are the same there: they do not interfere. */
  const handOver = (
    at: Node,
    targets: readonly Value[],
    values: readonly Operand[],
    live: Live,
  ): Set<Value> => {
    handed.set(at, new Set(targets.filter((t) => live.has(t))));
    const sources: Operand[] = [];
    targets.forEach((t, k) => {
      if (!live.has(t)) return;
      const value = values[k]!;
      sources.push(value);
      for (const w of live) if (w !== value) meet(t, w);
    });
    return joined(without(live, targets), leaves(sources));
  };

  /** Everything read in a region, at any depth, what the exits in it lead to included. */
  const readIn = (region: Region, reads: Set<Value>, defined: Set<Value>): void => {
    const see = (os: readonly Value[]): void => os.forEach((v) => reads.add(v));
    for (const i of region.body) {
      if (inlining.dead.has(i)) continue;
      if (!inlining.inlined.has(i)) see(expressionLeaves(facts, inlining, i));
      for (const v of resultsOf(i)) defined.add(v);
      if (i.kind === "loop") {
        for (const v of i.params) defined.add(v);
        if (i.shape.kind === "range") defined.add(i.shape.variable);
      }
      if (!inlining.ternaries.has(i)) for (const [inner] of regionRoles(i)) readIn(inner, reads, defined);
    }
    const { end } = region;
    see(leaves(end.kind === "throw" ? end.reads : end.values));
    if (end.kind === "exit")
      for (const v of without(after.get(end.to) ?? new Set(), facts.results.get(end.to)!)) reads.add(v);
  };

  const end = (t: Terminator, atYield: AtYield): Set<Value> => {
    switch (t.kind) {
      case "yield":
        return atYield(t, t.values);
      case "exit":
        return t.to === facts.func.label
          ? new Set(leaves(t.values))
          : handOver(t, facts.results.get(t.to)!, t.values, after.get(t.to)!);
      case "throw":
        return new Set(leaves(t.reads));
      default:
        return t satisfies never;
    }
  };

  const region = (r: Region, atYield: AtYield): Set<Value> => {
    let live = end(r.end, atYield);
    for (const i of [...r.body].reverse()) live = instruction(i, live);
    return live;
  };

  const loop = (i: Loop, out: Live): Set<Value> => {
    after.set(i.label, out);
    const { shape } = i;
    const reads = new Set<Value>();
    const defined = new Set<Value>();
    readIn(i.body, reads, defined);
    if (shape.kind === "while") readIn(shape.test, reads, defined);
    const limits = shape.kind === "range" ? leaves([shape.bound, shape.step]) : [];
    // a natural end hands the params on as results
    const natural = shape.kind === "while" || shape.kind === "range";
    const kept = i.params.filter((_, k) => natural && out.has(i.results[k]!));
    const header = joined(
      [...reads].filter((v) => !defined.has(v)),
      limits,
      kept,
      without(out, i.results),
    );
    i.results.forEach((r) => {
      if (out.has(r)) for (const w of out) meet(r, w);
    });
    const again: AtYield = (at, values) => {
      if (shape.kind !== "doWhile") return handOver(at, i.params, values, header);
      const flag = leaves([values[0]!]);
      const live = joined(
        header,
        flag,
        i.params.filter((_, k) => out.has(i.results[k]!)),
      );
      return handOver(at, i.params, values.slice(1), live);
    };
    region(i.body, again);
    if (shape.kind === "while") region(shape.test, (_, values) => joined(header, leaves(values)));
    if (shape.kind === "range") define(shape.variable, header);
    // the head of a loop, where its start stands, comes after what the params begin with
    const entry = shape.kind === "range" ? joined(header, leaves([shape.start])) : header;
    return handOver(i, i.params, i.initial, entry);
  };

  const instruction = (i: Instruction, out: Live): Set<Value> => {
    if (inlining.dead.has(i) || inlining.inlined.has(i)) return new Set(out);
    const results = resultsOf(i);
    if (i.kind === "loop") return loop(i, out);
    if (i.kind === "block" || (i.kind === "if" && !inlining.ternaries.has(i))) {
      if (i.kind === "block") after.set(i.label, out);
      const branches = regionRoles(i).map(([r]) =>
        region(r, (at, values) => handOver(at, results, values, out)),
      );
      return joined(...branches, i.kind === "if" ? leaves([i.test]) : []);
    }
    const reads = expressionLeaves(facts, inlining, i);
    for (const r of results) {
      define(r, out);
      // a statement may assign one result before it reads an operand or assigns another
      if (i.kind === "opaque" && i.code.form === "statement") {
        for (const w of [...reads, ...results]) meet(r, w);
      }
    }
    return joined(without(out, results), reads);
  };

  region(facts.func.body, (_, values) => new Set(leaves(values)));
  return { interference: edges, handed };
}
