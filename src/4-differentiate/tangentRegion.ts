/** Forward mode through regions: branches, loops, blocks and exits hand on tangents beside what they hand on. */
import { adjointName, emitZeros } from "../ir/shadow.ts";
import { Block } from "../ir/build.ts";
import type { Func, Instruction, Operand, Region, Type, Value } from "../ir/types.ts";
import { contribution } from "../rules/rules.ts";
import { build, type Expr, leaves } from "../rules/expression.ts";
import { nameOf } from "./adjoint.ts";

import { pushCall } from "./tangentCall.ts";
import { pushMemory } from "./tangentMemory.ts";
import { pushUnknown } from "./tangentUnknown.ts";
import { emitOutput } from "./tangentOutput.ts";
import { double, hasTangent, isScalar, type Push, tangentOf, tangentType } from "./tangentState.ts";
import { constantFirst, plus } from "./tangentSum.ts";

/** The types of the receivers that have a tangent beside them. */
type Receivers = readonly (Type | undefined)[];

const receivers = (push: Push, values: readonly Value[]): Receivers =>
  values.map((v) => (hasTangent(push, v) ? v.type : undefined));

/** The values, then the tangents of those whose receivers have one. */
const withTangents = (
  push: Push,
  values: readonly Operand[],
  to: Receivers,
  block: Block,
): readonly Operand[] => [
  ...values,
  ...values.flatMap((v, n) => (to[n] ? [received(push, v, to[n], block)] : [])),
];

/** An array that nothing is known of but that it is empty (`[]`) has no tangent yet. */
const received = (push: Push, v: Operand, type: Type, block: Block): Operand => {
  const bare = v.kind === "value" && !isScalar(type) && !push.tangents.has(v);
  return bare ? emitZeros(block, v, tangentType(type), adjointName(v.hint)) : tangentOf(push, v, type);
};

const doubled = (push: Push, values: readonly Value[], to: Receivers): readonly Value[] => [
  ...values,
  ...values.filter((_, n) => to[n]).map((v) => double(push, v)),
];

export const pushFunctionBody = (push: Push, entry: readonly Instruction[]): Region =>
  pushRegion(push, push.facts.program.func.body, [], entry);

/** The body of a callee, which gives tangents beside its results. */
export const pushCalleeBody = (push: Push, func: Func, results: Receivers): Region => {
  push.places.set(func.label, results);
  return pushRegion(push, func.body, results);
};

/** The region with tangents; `natural`: what its natural end provides for. */
const pushRegion = (
  push: Push,
  region: Region,
  natural: Receivers,
  start: readonly Instruction[] = [],
): Region => {
  const { func } = push.facts.program;
  const block = new Block();
  block.body.push(...start);
  for (const i of region.body) step(push, i, block);
  const { end } = region;
  const leaves =
    (end.kind === "exit" && end.to === func.label) || (end.kind === "yield" && region === func.body);
  if (leaves) {
    block.at = end.kind === "exit" ? { ...end.at, comment: undefined } : func.at;
    const result = emitOutput(push, block, end.values);
    return { body: block.body, end: { ...end, values: [result] } };
  }
  switch (end.kind) {
    case "throw":
      return { body: block.body, end };
    case "yield":
      return { body: block.body, end: { ...end, values: withTangents(push, end.values, natural, block) } };
    case "exit": {
      const to = push.places.get(end.to);
      if (!to) throw new Error("an exit to something that is not around it");
      return { body: block.body, end: { ...end, values: withTangents(push, end.values, to, block) } };
    }
    default:
      return end satisfies never;
  }
};

const step = (push: Push, i: Instruction, block: Block): void => {
  block.at = { ...i.at, comment: undefined };
  switch (i.kind) {
    case "op":
      return pushOperation(push, i, block);
    case "if": {
      const to = receivers(push, i.results);
      const [then, other] = [pushRegion(push, i.then, to), pushRegion(push, i.else, to)];
      block.add({ ...i, then, else: other, results: doubled(push, i.results, to) });
      return;
    }
    case "block": {
      const to = receivers(push, i.results);
      push.places.set(i.label, to);
      const body = pushRegion(push, i.body, to);
      block.add({ ...i, body, results: doubled(push, i.results, to) });
      return;
    }
    case "loop": {
      // a loop that is never left naturally may have a result where the param beside it is passive
      const to = i.params.map((p, n) =>
        hasTangent(push, p) || hasTangent(push, i.results[n]!) ? p.type : undefined,
      );
      push.places.set(i.label, to);
      const initial = withTangents(push, i.initial, to, block);
      const params = doubled(push, i.params, to);
      const shape =
        i.shape.kind === "while" ? { ...i.shape, test: pushRegion(push, i.shape.test, []) } : i.shape;
      const body = pushRegion(push, i.body, i.shape.kind === "doWhile" ? [undefined, ...to] : to);
      block.add({ ...i, initial, params, shape, body, results: doubled(push, i.results, to) });
      return;
    }
    case "call":
      if (push.facts.program.callees.has(i.callee))
        return pushCall(push, i, block, (o, type) => received(push, o, type, block));
      block.add(i);
      return pushUnknown(push, i, block);
    case "opaque":
      block.add(i);
      return pushUnknown(push, i, block);
    default:
      block.add(i);
      return pushMemory(push, i, block);
  }
};

/** d(op(x, …)) = Σ ∂op/∂x · dx. It comes first if it does not need the result: what is updated is then still there. */
const pushOperation = (push: Push, i: Extract<Instruction, { kind: "op" }>, block: Block): void => {
  if (!hasTangent(push, i.result)) {
    block.add(i);
    return;
  }
  if (!isScalar(i.result.type)) {
    block.add(i);
    const [test, a, b] = i.args;
    const args = [test!, tangentOf(push, a!, i.result.type), tangentOf(push, b!, i.result.type)];
    block.add({ ...i, result: double(push, i.result), args });
    return;
  }
  const shares = i.args.flatMap((arg, n): Expr[] => {
    if (!hasTangent(push, arg)) return [];
    const share = contribution(i.op, n, tangentOf(push, arg), i.args, i.result);
    return share ? [constantFirst(share)] : [];
  });
  const [first, ...others] = shares;
  if (!first) {
    block.add(i);
    return;
  }
  const sum = others.reduce(plus, first);
  const needsResult = leaves(sum).includes(i.result);
  if (needsResult) block.add(i);
  const before = block.body.length;
  const tangent = build(sum, block, undefined, undefined, adjointName(nameOf(push, i.result)));
  for (const made of block.body.slice(before))
    if (made.kind === "op") Object.assign(made.result, { adjoint: true });
  push.tangents.set(i.result, tangent);
  if (!needsResult) block.add(i);
};
