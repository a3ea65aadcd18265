/** IR + facts → derivatives: for each mode asked for a function that ends by returning what the mode promises. */
import type { Report } from "../diagnostics/diagnostic.ts";
import {
  isScalar,
  numberType,
  Block,
  constant,
  isAbsent,
  one,
  typeOf,
  undefinedType,
  value,
} from "../ir/build.ts";
import { functionsOf } from "../ir/callee.ts";
import type { Derivative, Made, Mode, Path, Signature } from "../ir/entry.ts";
import type { Facts } from "../ir/facts.ts";
import { recalled } from "../ir/remember.ts";
import { visit } from "../ir/walk.ts";
import type { Func, Item, Operand, Type, Value } from "../ir/types.ts";
import { adjointOf, contribute } from "./adjoint.ts";
import { refuseHidden } from "./hidden.ts";
import { forwardCalls, pairFunctions } from "./pair.ts";
import { reverseBody } from "./region.ts";
import { finished, makeObject } from "./result.ts";
import { shadowOf } from "./shadow.ts";
import { tangentFunction } from "./tangent.ts";
import { adjointName, gradientTypeOf, emitZeros, seededType, shadowType } from "../ir/shadow.ts";
import { emptyStacks, stacksOf } from "./tape.ts";
import { bodyOf, inReverse, type Mirror, newMirror, type Sweep } from "./sweep.ts";
import { askedOf, newSweep, nothingAsked, sizeOf } from "./trial.ts";
import { woven } from "./weave.ts";
import { writtenParams } from "./written.ts";

export type Request = Readonly<{
  modes: readonly Mode[];
  signature: Signature;
  report: Report;
  strongZero: boolean;
}>;

/** Forward mode follows the program as it was written: its facts are those of the program before it was nested. */
export const differentiate = (facts: Facts, forward: () => Facts, request: Request): readonly Derivative[] =>
  request.modes.map((mode) => {
    refuseHidden(facts, request.report);
    refuseMixed(facts, request.report);
    const gradType: Type = { kind: "object", fields: gradientFields(facts) };
    const made =
      mode === "jvp" ? tangentFunction(forward(), gradType, request.report) : reverse(facts, mode, request);
    return { mode, signature: request.signature, wrt: facts.wrt, gradType, ...made };
  });

/** Fields and entries of one object would have adjoints of their own. */
const refuseMixed = ({ program, memoryOf }: Facts, report: Report): void =>
  visit(program.func.body, (i) => {
    const of = i.kind === "get" ? i.from : i.kind === "put" ? i.to : undefined;
    const type = of && typeOf(of);
    const isObject = (type?.kind === "optional" ? type.of.kind : type?.kind) === "object";
    if (of && (isObject || memoryOf(of).mixed)) report({ name: "mixedRecord", values: {}, at: i.at });
  });

/** One entry per parameter named in wrt, in the order of the signature. */
const gradientFields = (facts: Facts): readonly { name: string; type: Type }[] =>
  facts.program.func.params.flatMap((param) => {
    const paths = facts.wrt.filter((p) => p[0] === param.hint).map((p) => p.slice(1));
    const type = paths.length > 0 ? gradientTypeOf(param.type, paths) : undefined;
    return type && param.hint !== undefined ? [{ name: param.hint, type }] : [];
  });

type MadeOf = Readonly<{ func: Func; functions: readonly Made[] }>;

const reverse = (facts: Facts, mode: Mode, { report, strongZero }: Request): MadeOf => {
  for (const param of facts.unshareable)
    report({ name: "sharedArguments", values: { name: param.hint ?? "" }, at: facts.program.func.at });
  for (const param of facts.unremembered)
    report({ name: "movedOptional", values: { name: param.hint ?? "" }, at: facts.program.func.at });
  // a trial run finds out what is needed where it is not in scope; the last can choose with that knowledge
  let asked = nothingAsked;
  for (let round = 0; ; round++) {
    const trial = newSweep(facts, asked, () => undefined, strongZero);
    reverseAll(trial, mode);
    const more = askedOf(trial, asked);
    const isWhole = more.whole.size === asked.whole.size;
    const isSettled = isWhole && (facts.program.callees.size === 0 || sizeOf(more) === sizeOf(asked));
    asked = more;
    if (isSettled) break;
  }
  return reverseAll(newSweep(facts, asked, report, strongZero), mode);
};

const reverseAll = (sweep: Sweep, mode: Mode): MadeOf => {
  for (const f of functionsOf(sweep.facts.program)) forwardCalls(sweep, f);
  const functions = [...sweep.pairs].flatMap(([callee, pair]) => pairFunctions(sweep, callee, pair));
  return { func: reverseFunction(sweep, mode), functions };
};

const reverseFunction = (sweep: Sweep, mode: Mode): Func => {
  const { func } = sweep.facts.program;
  const mirror = newMirror(sweep, func.body, undefined, { joint: true, adjoints: new Map() });
  const changed = func.returns.kind === "undefined" ? writtenParams(sweep.facts) : [];
  const outputType: Type = changed.length > 0 ? objectOf(changed) : func.returns;
  const seed = mode === "vjp" ? value(optional(seedType(outputType)), "seed", true) : undefined;
  if (seed) mirror.early.push(seed);
  const end = func.body.end;
  const stop = func.body.body.findIndex((i) => sweep.facts.neverFalls(i));
  const output =
    changed.length > 0
      ? changedArguments(mirror.block, changed)
      : end.kind === "yield"
        ? end.values[0]
        : undefined;
  if (changed.length > 0 && seed) seedArguments(sweep, mirror, changed, output!, seed);
  else if (output && stop < 0) seedOutput(sweep, mirror, output, seed ?? one);
  reverseBody(sweep, func.body, stop < 0 ? func.body.body.length - 1 : stop);

  const result = new Block();
  const grad = gradient(sweep, mirror, result);
  const returned =
    mode === "grad"
      ? grad
      : makeObject(result, [
          { key: "value", value: output ?? constant(undefined) },
          { key: "grad", value: grad },
        ]);
  return {
    name: func.name,
    label: func.label,
    params: seed ? [...func.params, seed] : func.params,
    body: {
      body: [
        ...emptyStacks(stacksOf(sweep.tapes, func, "forward", func)),
        ...sweep.entry.body,
        ...woven(sweep.weave, func.body),
        ...bodyOf(mirror).map(inReverse),
        ...result.body,
      ],
      end: end.kind === "yield" ? { kind: "yield", values: [returned] } : end,
    },
    returns: typeOf(returned),
    at: func.at,
  };
};

/** What a function gives that returns nothing: the arguments it writes, by their names. */
const objectOf = (params: readonly Value[]): Type => ({
  kind: "object",
  fields: params.map((p) => ({ name: p.hint ?? "", type: p.type })),
});

const changedArguments = (block: Block, params: readonly Value[]): Value => {
  const result = value(objectOf(params), "changed");
  const items = params.map((p): Item => ({ key: p.hint ?? "", value: p }));
  block.add({ kind: "make", result, items, at: block.at });
  return result;
};

/** The arguments hold at the end what the seed is for. */
const seedArguments = (
  sweep: Sweep,
  mirror: Mirror,
  params: readonly Value[],
  output: Operand,
  seed: Operand,
): void => {
  const type = seededType(typeOf(output));
  const seeded: Value = { ...value(type, "seeded"), adjoint: true };
  mirror.block.add({ kind: "seeded", result: seeded, like: output, seed, at: mirror.block.at });
  for (const param of params) {
    if (!sweep.facts.isActiveMemory(param)) continue;
    const part = mirror.block.load(seeded, constant(param.hint ?? ""), "seed");
    mirror.block.add({ kind: "addInto", to: shadowOf(sweep, param), value: part, at: mirror.block.at });
  }
};

const optional = (type: Type): Type => (isScalar(type) ? numberType : { kind: "optional", of: type });
const seedType = (type: Type): Type => gradientTypeOf(type, [[]]) ?? undefinedType;

/** What the output gets: the seed, in its structure. */
const seedOutput = (sweep: Sweep, mirror: Mirror, output: Operand, seed: Operand): void => {
  if (output.kind !== "value") return;
  if (isScalar(typeOf(output))) return contribute(sweep, mirror, output, seed);
  if (!sweep.facts.isActiveMemory(output)) return;
  const type = seededType(output.type);
  const seeded: Value = { ...value(type, "seeded"), adjoint: true };
  mirror.block.add({ kind: "seeded", result: seeded, like: output, seed, at: mirror.block.at });
  spread(sweep, mirror, output, seeded);
};

const seedName = (key: string | number): string => {
  const text = String(key);
  return `seed${text[0]!.toUpperCase()}${text.slice(1)}`;
};

/** A literal that is returned has no shadow of its own: its parts get their seeds. */
const spread = (sweep: Sweep, mirror: Mirror, output: Value, seeded: Operand): void => {
  const { facts } = sweep;
  const definition = facts.program.definitionOf(output);
  const memory = facts.memoryOf(output);
  const slotsUsed = facts.keysOf(memory).flatMap((key) => facts.usesOf({ memory, key }));
  if (
    definition?.kind !== "make" ||
    facts.program.homeOf(output) !== mirror.region ||
    slotsUsed.length > 0 ||
    memory.makers.length > 1
  ) {
    mirror.block.add({ kind: "addInto", to: shadowOf(sweep, output), value: seeded, at: mirror.block.at });
    return;
  }
  for (const item of definition.items) {
    if (item.value.kind !== "value") continue;
    if (isScalar(item.value.type)) {
      if (facts.isActive(item.value))
        contribute(
          sweep,
          mirror,
          item.value,
          mirror.block.load(seeded, constant(item.key), seedName(item.key)),
        );
    } else if (facts.isActiveMemory(item.value)) {
      const part = mirror.block.load(seeded, constant(item.key), seedName(item.key));
      spread(sweep, mirror, item.value, part);
    }
  }
};

/** The gradient, keyed by parameter: what was gathered, in the structure that the signature promises. */
const gradient = (sweep: Sweep, mirror: Mirror, block: Block): Value => {
  const { facts } = sweep;
  const items = facts.program.func.params.flatMap((param): Item[] => {
    const paths = facts.wrt.filter((p) => p[0] === param.hint).map((p) => p.slice(1));
    const type = paths.length > 0 ? gradientTypeOf(param.type, paths) : undefined;
    if (!type || param.hint === undefined) return [];
    return [{ key: param.hint, value: part(sweep, mirror, block, param, type, paths) }];
  });
  return makeObject(block, items);
};

const part = (
  sweep: Sweep,
  mirror: Mirror,
  block: Block,
  param: Value,
  type: Type,
  paths: readonly Path[],
): Operand => {
  if (type.kind === "number") return adjointOf(mirror, param);
  if (isScalar(type))
    return block.op(
      "select",
      [isAbsent(block, param), constant(undefined), adjointOf(mirror, param)],
      undefined,
      type,
    );
  const whole = wholeGradient(sweep, block, param);
  return paths.some((p) => p.length === 0) ? finished(block, whole, type) : select(block, whole, type, paths);
};

/** What was gathered for all of a parameter, in the structure that it had at entry. */
const wholeGradient = (sweep: Sweep, block: Block, param: Value): Operand => {
  const { facts } = sweep;
  const [name, type] = [adjointName(param.hint), shadowType(param.type)];
  const kept = facts.entryShadows.get(param);
  if (kept) return recalled(block, kept, type, name);
  if (facts.isActiveMemory(param) || sweep.carried.has(param)) return shadowOf(sweep, param);
  return emitZeros(sweep.entry, param, type, name);
};

/** The fields that were asked for. */
const select = (block: Block, from: Operand, type: Type, paths: readonly Path[]): Operand => {
  if (type.kind !== "object" || paths.some((p) => p.length === 0 || p[0] === "[]"))
    return finished(block, from, type);
  return makeObject(
    block,
    type.fields.map((f) => {
      const below = paths.filter((p) => p[0] === f.name).map((p) => p.slice(1));
      const part = block.load(from, constant(f.name), f.name);
      return { key: f.name, value: part.type.kind === "number" ? part : select(block, part, f.type, below) };
    }),
  );
};
