/**
 * Arithmetic whose result only one branch does something differentiable with (`const q = x / y; if (y === 0) return 0;
 * return q * q;`) is done in that branch for the derivative. Elsewhere its adjoint would be 0, and 0 times a partial
 * that is infinite there is NaN: an adjoint that is zero by construction must not meet such a partial (rule R7).
 *
 * The operation stays where it is for all that only looks at its result; the branch gets a twin, which is the same
 * number to the bit, so that the reverse sweep fetches the one for the other.
 */
import { opInfo } from "../ir/ops.ts";
import type { Facts } from "../ir/facts.ts";
import type { Func, Instruction, Op, Operand, Region, Value } from "../ir/types.ts";
import { mapOperands, rebuild } from "../ir/rebuild.ts";
import { operandsOf, operandsOfEnd, regionsOf, visit } from "../ir/walk.ts";
import { flows } from "./flow.ts";

type Operation = Extract<Instruction, { kind: "op" }>;
export type Descended = Readonly<{ func: Func; twins: ReadonlyMap<Value, Value> }>;

/** Operations whose partials are finite wherever operands are. */
const harmless = new Set<Op>(
  "add sub neg mul select max min abs fround sin cos tanh atan asinh floor ceil round trunc sign".split(
    " ",
  ) as Op[],
);

const isRisky = (i: Instruction | undefined): boolean =>
  i?.kind === "op" && opInfo(i.op).result === "number" && !harmless.has(i.op);

/** `undefined` if everything stands well. */
export const descend = (func: Func, facts: Facts): Descended | undefined => {
  const uses = usesIn(func, facts);
  const opened = openChoices(func, facts, uses);
  if (opened !== func) return { func: opened, twins: new Map() };
  const moves = movesOf(func, facts, uses);
  if (moves.size === 0) return undefined;
  const twins = new Map<Value, Value>();
  return { func: { ...func, body: withTwins(func.body, byRegion(moves), twins) }, twins };
};

/** The regions in which a derivative flows from a value into something that is no operation on numbers. */
type Uses = Readonly<{
  /** Operations of the program, first to last. */
  operations: readonly Operation[];
  /** Where else than in operations. */
  elsewhere: ReadonlyMap<Value, readonly Region[]>;
  /** How many operands of active operations and other places it is. */
  count(v: Value): number;
}>;

const usesIn = (func: Func, facts: Facts): Uses => {
  const operations: Operation[] = [];
  const elsewhere = new Map<Value, Region[]>();
  const counts = new Map<Value, number>();
  const note = (o: Operand, at?: Region): void => {
    if (o.kind !== "value" || !facts.isActive(o)) return;
    counts.set(o, (counts.get(o) ?? 0) + 1);
    if (at) elsewhere.set(o, [...(elsewhere.get(o) ?? []), at]);
  };
  const look = (region: Region): void => {
    for (const i of region.body) {
      if (i.kind === "op") {
        operations.push(i);
        flowingInto(i, facts).forEach((o) => note(o));
      } else if (i.kind !== "opaque" && i.kind !== "if") operandsOf(i).forEach((o) => note(o, region));
      regionsOf(i).forEach(look);
    }
    if (region.end.kind !== "throw") for (const o of operandsOfEnd(region.end)) note(o, region);
  };
  look(func.body);
  return { operations, elsewhere, count: (v) => counts.get(v) ?? 0 };
};

/** The operands that get a share of the operation's adjoint. */
const flowingInto = (i: Operation, facts: Facts): readonly Value[] =>
  facts.isActive(i.result)
    ? i.args.flatMap((arg, n) => (arg.kind === "value" && facts.isActive(arg) && flows(i, n) ? [arg] : []))
    : [];

/** A choice of something risky that nothing else uses (`b === 0 ? 0 : a / b`) is a branch, into which it can go. */
const openChoices = (func: Func, facts: Facts, uses: Uses): Func => {
  const { program } = facts;
  const isRiskyHere = (o: Operand, at: Region, depth = 0): boolean => {
    if (o.kind !== "value" || !facts.isActive(o) || uses.count(o) !== 1 || depth > 8) return false;
    const by = program.definitionOf(o);
    if (by?.kind !== "op" || program.homeOf(o) !== at) return false;
    return isRisky(by) || flowingInto(by, facts).some((arg) => isRiskyHere(arg, at, depth + 1));
  };
  const opens = new Set<Instruction>();
  visit(func.body, (i) => {
    if (i.kind !== "op" || i.op !== "select" || !facts.isActive(i.result)) return;
    const { region } = program.siteOf(i);
    if (i.args.slice(1).some((arm) => isRiskyHere(arm, region))) opens.add(i);
  });
  if (opens.size === 0) return func;
  const branch = (arm: Operand): Region => ({ body: [], end: { kind: "yield", values: [arm] } });
  const open = (region: Region): Region => ({
    ...region,
    body: region.body.map((i): Instruction => {
      if (i.kind !== "op" || !opens.has(i)) return rebuild(i, { region: open });
      const [test, a, b] = i.args as [Operand, Operand, Operand];
      return { kind: "if", results: [i.result], test, then: branch(a), else: branch(b), at: i.at };
    }),
  });
  return { ...func, body: open(func.body) };
};

/** Operations with the regions that they go to. */
const movesOf = (func: Func, facts: Facts, uses: Uses): ReadonlyMap<Operation, Region> => {
  const { program } = facts;
  const places = new Map<Value, Region[]>([...uses.elsewhere].map(([v, at]) => [v, [...at]]));
  const wanted = new Map<Operation, Region>();
  for (const i of uses.operations.toReversed()) {
    if (!facts.isActive(i.result)) continue;
    const home = program.homeOf(i.result);
    const target = branchBelow(facts, home, places.get(i.result) ?? []);
    if (target) wanted.set(i, target);
    for (const arg of flowingInto(i, facts)) places.set(arg, [...(places.get(arg) ?? []), target ?? home]);
  }
  // harmless ones go along only where something risky has to get past them
  const moves = new Map<Operation, Region>();
  const goes = (v: Value): boolean => {
    const by = program.definitionOf(v);
    return by?.kind === "op" && moves.has(by);
  };
  for (const i of uses.operations) {
    const target = wanted.get(i);
    if (target && (isRisky(i) || flowingInto(i, facts).some(goes))) moves.set(i, target);
  }
  return moves;
};

/** The branch, inside no other loop than `home` is, that holds all of the regions. */
const branchBelow = (facts: Facts, home: Region, regions: readonly Region[]): Region | undefined => {
  const { program } = facts;
  const path = (r: Region | undefined): readonly Region[] =>
    r === undefined || r === home ? [] : [...path(program.parentOf(r)), r];
  const [first, ...others] = regions.map(path);
  let found: Region | undefined;
  for (const [n, region] of (first ?? []).entries()) {
    const kind = program.ownerOf(region)?.kind;
    if (kind === "loop" || others.some((p) => p[n] !== region)) break;
    if (kind === "if") found = region;
  }
  return found;
};

const byRegion = (moves: ReadonlyMap<Operation, Region>): ReadonlyMap<Region, readonly Operation[]> => {
  const all = new Map<Region, Operation[]>();
  for (const [i, region] of moves) all.set(region, [...(all.get(region) ?? []), i]);
  return all;
};

/** The region with the operations that go there done again at its start. */
const withTwins = (
  region: Region,
  moves: ReadonlyMap<Region, readonly Operation[]>,
  twins: Map<Value, Value>,
): Region => {
  const inner: Region = {
    ...region,
    body: region.body.map((i) => rebuild(i, { region: (r) => withTwins(r, moves, twins) })),
  };
  const here = moves.get(region);
  if (!here) return inner;
  const own = new Map<Operand, Value>();
  const again = here.map((i): Operation => {
    const result: Value = { ...i.result };
    own.set(i.result, result);
    twins.set(result, i.result);
    return { ...i, result, at: { ...i.at, comment: undefined } };
  });
  return mapOperands({ ...inner, body: [...again, ...inner.body] }, (o) => own.get(o) ?? o);
};
