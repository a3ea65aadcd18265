/**
 * Functions that call themselves: each becomes a pair. The forward function does what it does, and leaves on the
 * tape what the reverse function will need; that takes it off, adds to the shadows of what it is handed, and returns
 * the adjoints of its numbers. A call becomes a call of the forward function; the reverse of a call is a call of the
 * reverse function at the mirrored place.
 */
import { isScalar, numberType, value, zero } from "../ir/build.ts";
import { newCallee } from "../ir/callee.ts";
import type { Made } from "../ir/entry.ts";
import type { CallInstruction, Facts } from "../ir/facts.ts";
import { adjointName, shadowType } from "../ir/shadow.ts";
import type { Callee, Func, Handed, Instruction, Operand, Value } from "../ir/types.ts";
import { visit } from "../ir/walk.ts";
import { adjointOf, contribute, nameOf, takeAdjoint } from "./adjoint.ts";
import { fetch } from "./fetch.ts";
import { reverseRegion } from "./region.ts";
import { shadowOf } from "./shadow.ts";
import { adjointValue, bodyOf, type Mirror, newMirror, type Sweep } from "./sweep.ts";
import { stacksOf } from "./tape.ts";
import { woven } from "./weave.ts";

export type Pair = Readonly<{
  func: Func;
  forward: Callee;
  reverse: Callee;
  /** Adjoints of what it returns, where that is active. */
  adjoints: readonly (Value | undefined)[];
  /** Shadows of its params, where the reverse function is handed them. */
  shadows: ReadonlyMap<Value, Value>;
  /** The params that the reverse function asks for: their values, their shadows. */
  values: Set<Value>;
  shadowed: Set<Value>;
}>;

/** `asked`: what an earlier trial found to be needed. */
export const newPair = (
  facts: Facts,
  callee: Callee,
  func: Func,
  asked: Readonly<{ values: ReadonlySet<Value>; shadowed: ReadonlySet<Value> }>,
): Pair => {
  const calls = facts.program.callsOf(callee);
  const count = Math.max(0, ...calls.map((c) => c.results.length));
  const isActive = (n: number): boolean =>
    calls.some((c) => c.results[n] !== undefined && facts.isActive(c.results[n]));
  const names = func.returns.kind === "undefined" ? [] : [callee.name];
  const hints = [...names, ...(func.also ?? []).map((h) => h.name)];
  return {
    func,
    forward: {
      ...newCallee(`${callee.name}Forward`),
      ...(callee.original ? { original: callee.original } : {}),
    },
    reverse: newCallee(`${callee.name}Reverse`),
    adjoints: Array.from({ length: count }, (_, n) =>
      isActive(n) ? adjointValue(numberType, hints[n]) : undefined,
    ),
    shadows: new Map(
      func.params
        .filter((p) => facts.isActiveMemory(p))
        .map((p) => [p, { ...value(shadowType(p.type), adjointName(p.hint), true), adjoint: true }]),
    ),
    values: new Set(func.params.filter((p) => asked.values.has(p))),
    shadowed: new Set(func.params.filter((p) => asked.shadowed.has(p))),
  };
};

/** The pair of the function whose param it is, if it is one. */
const pairOf = (sweep: Sweep, param: Value): Pair | undefined =>
  [...sweep.pairs.values()].find((pair) => pair.func.params.includes(param));

/** A param's value in the reverse function, which is handed it; undefined if it is no param of a pair. */
export const paramOf = (sweep: Sweep, mirror: Mirror, v: Value): Value | undefined => {
  if (mirror.parent || mirror.joint || sweep.facts.program.definitionOf(v)) return undefined;
  const pair = pairOf(sweep, v);
  pair?.values.add(v);
  return pair && v;
};

/** The shadow of a param that the reverse function is handed. */
export const shadowParam = (sweep: Sweep, param: Value): Value | undefined => {
  const pair = pairOf(sweep, param);
  pair?.shadowed.add(param);
  return pair?.shadows.get(param);
};

/** Does a derivative flow through the call: out of it, or through memory that it changes? */
export const isActiveCall = (facts: Facts, i: CallInstruction): boolean => {
  const { program } = facts;
  const own = program.callees.get(i.callee);
  if (!own) return false;
  if (i.results.some((r) => facts.isActive(r) || facts.isActiveMemory(r))) return true;
  const seen = new Set<Func>();
  const changes = (func: Func): boolean => {
    if (seen.has(func)) return false;
    seen.add(func);
    let found = false;
    visit(func.body, (inner) => {
      const called = inner.kind === "call" ? program.callees.get(inner.callee) : undefined;
      if (called ? changes(called) : changesActive(facts, inner)) found = true;
    });
    return found;
  };
  return changes(own);
};

const changesActive = (facts: Facts, i: Instruction): boolean => {
  switch (i.kind) {
    case "store":
    case "accumulate":
    case "push":
      return facts.isActiveMemory(i.to);
    case "pop":
      return facts.isActiveMemory(i.from);
    case "setLength":
      return facts.isActiveMemory(i.of);
    case "opaque":
      return i.writes.some((o) => facts.isActiveMemory(o));
    default:
      return false;
  }
};

/** What stands in the forward sweep for the calls in a function. */
export const forwardCalls = (sweep: Sweep, func: Func): void =>
  visit(func.body, (i) => {
    const pair = i.kind === "call" ? sweep.pairs.get(i.callee) : undefined;
    if (!pair || i.kind !== "call") return;
    const stacks = stacksOf(sweep.tapes, func, "forward", pair.func);
    const { original } = i.callee;
    const call: Instruction =
      isActiveCall(sweep.facts, i) || !original
        ? { ...i, callee: pair.forward, args: [...stacks, ...i.args] }
        : { ...i, callee: original };
    if (call.kind === "call" && call.callee === pair.forward)
      for (const kind of sweep.tapes.used.get(pair.func)!) sweep.tapes.used.get(func)!.add(kind);
    sweep.weave.instead.set(i, [call]);
  });

/** The reverse of a call. */
export const reverseCall = (sweep: Sweep, mirror: Mirror, i: CallInstruction, pair: Pair): void => {
  const { facts } = sweep;
  if (!isActiveCall(facts, i)) return;
  const { program } = facts;
  const func = program.functionAt(program.siteOf(i).region);
  const adjoints = pair.adjoints.map((d, n) => d && (takeAdjoint(mirror, i.results[n]!) ?? zero));
  const handed = pair.func.params.flatMap((param, n): Operand[] => {
    const arg = i.args[n]!;
    return [
      ...(pair.values.has(param) ? [fetch(sweep, arg)] : []),
      ...(pair.shadowed.has(param) ? [arg.kind === "value" ? shadowOf(sweep, arg) : arg] : []),
    ];
  });
  const active = activeParams(facts, pair.func);
  const results = active.map((param) => {
    const arg = i.args[pair.func.params.indexOf(param)]!;
    return adjointValue(numberType, arg.kind === "value" ? nameOf(sweep, arg) : param.hint);
  });
  const stacks = stacksOf(sweep.tapes, func, "reverse", pair.func);
  mirror.block.add({
    kind: "call",
    results,
    callee: pair.reverse,
    args: [...stacks, ...adjoints.filter((d) => d !== undefined), ...handed],
    at: mirror.block.at,
  });
  active.forEach((param, n) =>
    contribute(sweep, mirror, i.args[pair.func.params.indexOf(param)]!, results[n]),
  );
};

const activeParams = (facts: Facts, func: Func): readonly Value[] =>
  func.params.filter((p) => isScalar(p.type) && facts.isActive(p));

/** The two functions. */
export const pairFunctions = (sweep: Sweep, callee: Callee, pair: Pair): readonly Made[] => {
  const { func, forward, reverse, adjoints } = pair;
  const mirror = newMirror(sweep, func.body, undefined, { adjoints: new Map() });
  reverseRegion(sweep, func.body, adjoints);
  const active = activeParams(sweep.facts, func);
  const also = active.map((p): Handed => ({ name: adjointName(p.hint) ?? "d", type: numberType }));
  const { reference: _, ...primal } = func;
  const there: Func = {
    ...primal,
    name: forward.name,
    params: [...stacksOf(sweep.tapes, func, "forward", func), ...func.params],
    body: { body: woven(sweep.weave, func.body), end: func.body.end },
  };
  const back: Func = {
    name: reverse.name,
    label: { kind: "label" },
    params: [
      ...stacksOf(sweep.tapes, func, "reverse", func),
      ...adjoints.filter((d) => d !== undefined),
      ...func.params.flatMap((p) => [
        ...(pair.values.has(p) ? [p] : []),
        ...(pair.shadowed.has(p) ? [pair.shadows.get(p)!] : []),
      ]),
    ],
    body: {
      body: bodyOf(mirror),
      end: { kind: "yield", values: active.map((p) => adjointOf(mirror, p)) },
    },
    returns: { kind: "undefined" },
    ...(also.length > 0 ? { also } : {}),
    at: func.at,
  };
  forward.func = there;
  reverse.func = back;
  return [
    { callee: forward, func: there, role: "forward", of: callee.name, partner: reverse },
    { callee: reverse, func: back, role: "reverse", of: callee.name, partner: forward },
  ];
};
