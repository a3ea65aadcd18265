/**
 * A carried value that is now and then replaced, and otherwise left alone (the maximum so far): only the last
 * replacement survives, so its iteration is recorded and the reverse sweep goes to that iteration alone.
 */
import { isScalar, type Block, constant, numberType, one, typeOf, zero } from "../ir/build.ts";
import type { IfInstruction, LoopInstruction } from "../ir/facts.ts";
import { opInfo } from "../ir/ops.ts";
import type { Instruction, Operand, Region, Value } from "../ir/types.ts";
import { operandsOf, operandsOfEnd, regionsOf, resultsOf } from "../ir/walk.ts";
import { build, type Expr } from "../rules/expression.ts";
import { contribution } from "../rules/rules.ts";
import { adjointOf, contribute, nameOf, outerActive, takeAdjoint } from "./adjoint.ts";
import { endsNaturally, isWalkable } from "./count.ts";
import { fetch } from "./fetch.ts";
import { newSlot } from "./record.ts";
import { reverseRegion } from "./region.ts";
import {
  adjointValue,
  bodyOf,
  inPrelude,
  type Iteration,
  loopsAround,
  type Mirror,
  newMirror,
  type Sweep,
} from "./sweep.ts";
import { insert } from "./weave.ts";

/** Where the value is replaced: in a branch, or by an operation that chooses another of its operands. */
type Survivor = Readonly<
  { param: number } & (
    | { by: IfInstruction; taken: Region }
    | { by: Extract<Instruction, { kind: "op" }>; taken: number; when: Expr; unless: boolean }
  )
>;

/** Reverses the loop so, if it is of that kind. */
export const reverseSurvivor = (sweep: Sweep, mirror: Mirror, loop: LoopInstruction): boolean => {
  const { facts } = sweep;
  const { shape } = loop;
  if (shape.kind !== "range" || !isWalkable(facts, loop) || !endsNaturally(facts, loop)) return false;
  // what an iteration hands over to a tape is taken off by the reverse of that iteration
  if (!loopsAround(mirror).base.joint || sweep.whole.has(loop)) return false;
  const survivor = findSurvivor(sweep, loop);
  if (!survivor) return false;
  const { param } = survivor;
  const result = loop.results[param]!;
  const d = takeAdjoint(mirror, result);
  if (!d) return true;

  const name = nameOf(sweep, loop.params[param]!) ?? "last";
  const region = facts.program.siteOf(loop).region;
  const slot = newSlot(sweep, region, numberType, `arg${name[0]!.toUpperCase()}${name.slice(1)}`, {
    value: constant(-1),
    before: loop,
  });
  const stepOf = shape.step.kind === "constant" ? Number(shape.step.value) : 1;
  const plain = shape.start.kind === "constant" && shape.start.value === 0 && stepOf === 1;
  const numberOf = (block: Block, variable: Operand, start: Operand): Operand => {
    if (plain) return variable;
    const distance = block.op("sub", [variable, start]);
    return stepOf === 1 ? distance : block.op("div", [distance, constant(stepOf)]);
  };
  const note = (block: Block): void => slot.set(block, numberOf(block, shape.variable, shape.start));
  if (survivor.by.kind === "if") insert(sweep.weave.atEnd, survivor.taken as Region, note);
  else if ("when" in survivor) {
    const { when, unless } = survivor;
    insert(sweep.weave.after, survivor.by, (block) => {
      const test = build(when, block);
      const inner = block.nested();
      note(inner);
      const [then, other] = unless ? [block.nested(), inner] : [inner, block.nested()];
      block.add({ kind: "if", results: [], test, then: then.yield(), else: other.yield(), at: block.at });
    });
  }
  const arg = slot.get();

  const outer = outerActive(facts, [loop.body]);
  const before = new Map(mirror.adjoints);
  let inner: Mirror | undefined;
  const start = fetch(sweep, shape.start);
  let variable: Operand | undefined;
  const iteration: Iteration = {
    loop,
    alone: true,
    forward: (block) => numberOf(block, shape.variable, shape.start),
    reverse: () => arg,
    get variable() {
      if (plain) return arg;
      return (variable ??= inPrelude(inner!, -2, (block) => {
        const distance = stepOf === 1 ? arg : block.op("mul", [arg, constant(stepOf)]);
        return block.op("add", [start, distance], shape.variable.hint);
      }));
    },
    isLast: () => {
      throw new Error("a loop that ends naturally is not asked for its last iteration");
    },
  };
  inner = newMirror(sweep, loop.body, mirror, { adjoints: new Map(before), iteration });
  inner.block.at = mirror.block.at;
  sweep.known.set(survivor.by, survivor.taken);
  const natural = loop.params.map((_, n) => (n === param ? d : undefined));
  sweep.seeds.set(loop.label, natural);
  reverseRegion(sweep, loop.body, natural);
  const never = newMirror(sweep, { body: [], end: { kind: "yield", values: [] } }, mirror, {
    adjoints: new Map(before),
  });
  contribute(sweep, never, loop.initial[param]!, d);

  const values = [
    ...new Set([...outer, ...(loop.initial[param]!.kind === "value" ? [loop.initial[param]] : [])]),
  ] as readonly Value[];
  const branches = [inner, never];
  const changed = values.filter((v) => branches.some((b) => adjointOf(b, v) !== (before.get(v) ?? zero)));
  const results = changed.map((v) => adjointValue(numberType, nameOf(sweep, v)));
  const made = (b: Mirror): Region => ({
    body: bodyOf(b),
    end: { kind: "yield", values: changed.map((v) => adjointOf(b, v)) },
  });
  mirror.block.add({
    kind: "if",
    results,
    test: mirror.block.op("ge", [arg, zero]),
    then: made(inner),
    else: made(never),
    at: mirror.block.at,
  });
  changed.forEach((v, n) => mirror.adjoints.set(v, results[n]!));
  return true;
};

const findSurvivor = (sweep: Sweep, loop: LoopInstruction): Survivor | undefined => {
  const { facts } = sweep;
  const active = loop.params.flatMap((p, n) =>
    facts.isActive(p) || facts.isActive(loop.results[n]!) ? [n] : [],
  );
  const [param] = active;
  if (active.length !== 1 || param === undefined || loop.body.end.kind !== "yield") return undefined;
  const own = loop.params[param]!;
  const next = loop.body.end.values[param];
  if (next?.kind !== "value") return undefined;
  const by = facts.program.definitionOf(next);
  if (!by || facts.program.siteOf(by).region !== loop.body) return undefined;
  // nothing else may read the value actively, hand on anything active, or change memory
  if (flowsElsewhere(sweep, loop, own, by, next)) return undefined;
  if (by.kind === "op") return chosenBy(sweep, by, own, param);
  if (by.kind !== "if") return undefined;
  const at = by.results.indexOf(next);
  const given = (r: Region): Operand | undefined => (r.end.kind === "yield" ? r.end.values[at] : undefined);
  const taken = given(by.then) === own ? by.else : given(by.else) === own ? by.then : undefined;
  return !taken || given(taken) === own || given(taken) === undefined ? undefined : { param, by, taken };
};

/** An operation that hands on either the value or one other operand, as its derivative tells (select, max, min). */
const chosenBy = (
  sweep: Sweep,
  by: Extract<Instruction, { kind: "op" }>,
  own: Value,
  param: number,
): Survivor | undefined => {
  const shares = by.args.map((arg, n) =>
    sweep.facts.isActive(arg) ? contribution(by.op, n, one, by.args, by.result) : undefined,
  );
  const flows = shares.flatMap((share, n) => (share ? [n] : []));
  const at = by.args.indexOf(own);
  const taken = flows.find((n) => n !== at) ?? (by.op === "select" ? 3 - at : 1 - at);
  const share = shares[at];
  if (
    flows.length > 2 ||
    by.args.filter((a) => a === own).length !== 1 ||
    share?.kind !== "apply" ||
    share.op !== "select"
  )
    return undefined;
  const [when, yes, no] = share.args as readonly [Expr, Expr, Expr];
  const is = (e: Expr, n: number): boolean => e.kind === "constant" && e.value === n;
  if (is(yes, 1) && is(no, 0)) return { param, by, taken, when, unless: true };
  return is(yes, 0) && is(no, 1) ? { param, by, taken, when, unless: false } : undefined;
};

const flowsElsewhere = (
  sweep: Sweep,
  loop: LoopInstruction,
  own: Value,
  by: Instruction,
  next: Value,
): boolean => {
  const { facts } = sweep;
  let found = false;
  const visit = (region: Region): void => {
    for (const i of region.body) {
      if (i !== by && flowing(sweep, i).some((o) => o === own || o === next)) found = true;
      if (isActiveWrite(sweep, i)) found = true;
      regionsOf(i).forEach(visit);
    }
    const ends = operandsOfEnd(region.end);
    const mayPass = region === loop.body || regionsOf(by).includes(region);
    if (!mayPass && ends.some((o) => o === own || o === next)) found = true;
  };
  visit(loop.body);
  const results = resultsOf(by).filter((r) => r !== next && (facts.isActive(r) || facts.isActiveMemory(r)));
  return found || results.length > 0;
};

/** The operands through which a derivative flows into the instruction. */
const flowing = (sweep: Sweep, i: Instruction): readonly Operand[] =>
  i.kind === "op"
    ? i.args.filter(
        (arg, n) =>
          opInfo(i.op).result !== "boolean" &&
          contribution(i.op, n, one, i.args, i.result) !== undefined &&
          sweep.facts.isActive(arg),
      )
    : operandsOf(i).filter((o) => isScalar(typeOf(o)) && i.kind !== "if");

const isActiveWrite = (sweep: Sweep, i: Instruction): boolean => {
  const { facts } = sweep;
  switch (i.kind) {
    case "store":
    case "accumulate":
      return facts.isActiveSlot(facts.slotOf(i.to, i.key));
    case "push":
    case "pop":
    case "setLength":
    case "put":
    case "remove":
    case "addInto":
    case "seeded":
    case "convert":
      return operandsOf(i).some((o) => facts.isActiveMemory(o));
    case "call":
    case "opaque":
      return [...i.results, ...operandsOf(i)].some((o) => facts.isActiveMemory(o) || facts.isActive(o));
    default:
      return false;
  }
};
