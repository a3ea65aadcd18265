/**
 * Brings early exits into nested form: what follows `if (c) exit` moves into the other branch, so that the reverse
 * of a region is again nested ifs. An exit that does what the natural end would do becomes one, and a block that
 * nothing exits any more is dissolved. Branches that throw stay: nothing is reversed after a throw.
 */
import { booleanType, constant, label, typeOf, value } from "../ir/build.ts";
import { resultTypes } from "../ir/callee.ts";
import type { IfInstruction } from "../ir/facts.ts";
import type { Func, Instruction, Label, Operand, Region, Terminator, Type, Value } from "../ir/types.ts";
import { rebuild, rebuildEnd } from "../ir/rebuild.ts";
import { resultsOf } from "../ir/walk.ts";
import { alwaysThrows, crossingExits, exitsIn, neverEnds, neverFalls } from "./ends.ts";

type Substitution = ReadonlyMap<Value, Operand>;

const substitute = (region: Region, by: Substitution): Region => {
  if (by.size === 0) return region;
  const use = (o: Operand): Operand => (o.kind === "value" ? (by.get(o) ?? o) : o);
  const inner = (r: Region): Region => ({
    body: r.body.map((i) => rebuild(i, { use, region: inner })),
    end: rebuildEnd(r.end, use),
  });
  return inner(region);
};

const bind = (results: readonly Value[], operands: readonly Operand[]): Map<Value, Operand> =>
  new Map(results.map((r, n) => [r, operands[n]!]));

const isUsed = (label: Label, region: Region): boolean => exitsIn(region).some((exit) => exit.to === label);

/**
 * What the region's natural end provides: how many values, what they are called where they go, and to which labels'
 * results they go unchanged.
 */
type Context = Readonly<{ count: number; names?: readonly Value[]; tail: ReadonlySet<Label> }>;

const nothing: ReadonlySet<Label> = new Set();

const nestRegion = (region: Region, context: Context): Region => {
  const { tail } = context;
  const body: Instruction[] = [];
  let rest = region.body;
  let end = region.end;
  while (rest.length > 0) {
    const [first, ...after] = rest as [Instruction, ...Instruction[]];
    if (first.kind === "block") {
      const inner = nestRegion(first.body, {
        count: first.results.length,
        names: first.results,
        tail: new Set([first.label, ...(passesOn(first.results, after, end) ? tail : [])]),
      });
      if (!isUsed(first.label, inner) && inner.end.kind === "yield") {
        // the block's body stands where the block stood
        const moved = substitute({ body: after, end }, bind(first.results, inner.end.values));
        rest = [...inner.body, ...moved.body];
        end = moved.end;
        continue;
      }
      body.push({ ...first, body: inner });
    } else if (first.kind === "loop") {
      const shape =
        first.shape.kind === "while"
          ? { ...first.shape, test: nestRegion(first.shape.test, { count: 1, tail: nothing }) }
          : first.shape;
      const count = first.params.length + (shape.kind === "doWhile" ? 1 : 0);
      body.push({ ...first, shape, body: nestRegion(first.body, { count, tail: nothing }) });
    } else if (first.kind === "if") {
      const leaves = [first.then, first.else].map((r) => neverEnds(r) && !alwaysThrows(r));
      const [thenLeaves, elseLeaves] = leaves as [boolean, boolean];
      if (
        thenLeaves !== elseLeaves &&
        (after.length > 0 || end.kind !== "yield" || end.values.length > 0 || tail.size > 0)
      ) {
        const nested = nestIf(first, thenLeaves, { body: after, end }, context);
        return { body: [...body, nested], end: { kind: "yield", values: nested.results } };
      }
      const inner: Context = {
        count: first.results.length,
        tail: passesOn(first.results, after, end) ? tail : nothing,
      };
      body.push({ ...first, then: nestRegion(first.then, inner), else: nestRegion(first.else, inner) });
    } else body.push(first);
    rest = after;
  }
  return { body, end: settle(end, tail) };
};

/** Is what the results get handed on as it is, with nothing else done? */
const passesOn = (results: readonly Value[], after: readonly Instruction[], end: Terminator): boolean =>
  after.length === 0 &&
  end.kind === "yield" &&
  end.values.length === results.length &&
  end.values.every((v, n) => v === results[n]);

const settle = (end: Terminator, tail: ReadonlySet<Label>): Terminator =>
  end.kind === "exit" && tail.has(end.to) ? { kind: "yield", values: end.values } : end;

const nestIf = (
  instruction: IfInstruction,
  thenLeaves: boolean,
  rest: Region,
  context: Context,
): IfInstruction => {
  const leaving = thenLeaves ? instruction.then : instruction.else;
  const staying = thenLeaves ? instruction.else : instruction.then;
  const passed = staying.end.kind === "yield" ? staying.end.values : [];
  const moved = substitute(rest, bind(instruction.results, passed));
  const goesOn = nestRegion({ body: [...staying.body, ...moved.body], end: moved.end }, context);
  const left = nestRegion(leaving, context);
  const unreached = Array.from({ length: context.count }, () => constant(undefined));
  const ends = [goesOn, left].flatMap((r) => (!neverEnds(r) && r.end.kind === "yield" ? [r.end.values] : []));
  const [values = unreached, ...others] = ends;
  const results = values.map((v, n) =>
    value(
      others.reduce((type, other) => joined(type, typeOf(other[n]!)), typeOf(v)),
      context.names?.[n]?.hint ?? (v.kind === "value" ? v.hint : undefined),
    ),
  );
  return { ...instruction, results, then: thenLeaves ? left : goesOn, else: thenLeaves ? goesOn : left };
};

/** The type of what is either; where one side is nothing, the other may be missing. */
const joined = (a: Type, b: Type): Type => {
  if (isNothing(a)) return isNothing(b) ? b : orNothing(b, a);
  if (isNothing(b)) return orNothing(a, b);
  return b.kind === "optional" ? b : a;
};

const isNull = (type: Type): boolean => type.kind === "other" && type.text === "null";
const isNothing = (type: Type): boolean => type.kind === "undefined" || isNull(type);

const orNothing = (type: Type, nothing: Type): Type => {
  if (type.kind === "optional" || type.kind === "other") return type;
  return { kind: "optional", of: type, ...(isNull(nothing) ? { absent: "null" } : {}) };
};

/**
 * What follows an instruction that some way leaves, and some way does not, becomes a block of its own: its reverse
 * runs only if the instruction was not left, and so does what the reverse sweep reads of it.
 */
const separate = (region: Region, wanted: readonly Type[]): Region => {
  const body = region.body.map((i) => rebuild(i, { region: (r) => separate(r, handedOn(i, r)) }));
  const at = body.findIndex((i) => crossingExits(i).length > 0 && !neverFalls(i));
  if (at < 0) return { body, end: region.end };
  const last = body[at]!;
  // the branches of a last `if` already hold all that follows
  if (last.kind === "if" && passesOn(last.results, body.slice(at + 1), region.end))
    return { body, end: region.end };
  if (at === body.length - 1 && region.end.kind === "yield" && region.end.values.length === 0)
    return { body, end: region.end };
  const rest = separate({ body: body.slice(at + 1), end: region.end }, wanted);
  const results =
    region.end.kind === "yield"
      ? region.end.values.map((v) => value(typeOf(v), v.kind === "value" ? v.hint : undefined))
      : wanted.map((type) => value(type));
  const block: Instruction = { kind: "block", label: label("rest"), results, body: rest, at: body[at]!.at };
  return { body: [...body.slice(0, at + 1), block], end: { kind: "yield", values: results } };
};

/** The types of what the natural end of an instruction's region gives. */
const handedOn = (i: Instruction, region: Region): readonly Type[] => {
  if (i.kind !== "loop") return resultsOf(i).map((r) => r.type);
  if (region !== i.body) return [booleanType];
  return [...(i.shape.kind === "doWhile" ? [booleanType] : []), ...i.params.map((p) => p.type)];
};

/** What may return early becomes a block that is exited, so that the reverse sweep can follow it. */
const wrapReturns = (func: Func): Func => {
  const at = func.body.body.findIndex((i) => crossingExits(i).some((exit) => exit.to === func.label));
  if (at < 0) return func;
  const outside = label("forward");
  const relabel = (r: Region): Region => ({
    body: r.body.map((i) => rebuild(i, { region: relabel })),
    end: rebuildEnd(
      r.end,
      (o) => o,
      (l) => (l === func.label ? outside : l),
    ),
  });
  const inner = relabel({ body: func.body.body.slice(at), end: func.body.end });
  const names = ["result", ...(func.also ?? []).map((h) => h.name)];
  const results = resultTypes(func).map((type, n) => value(type, names[n]));
  const block: Instruction = {
    kind: "block",
    label: outside,
    results,
    body: inner,
    at: func.body.body[at]!.at,
  };
  return {
    ...func,
    body: { body: [...func.body.body.slice(0, at), block], end: { kind: "yield", values: results } },
  };
};

/** The same function in nested form. */
export const nest = (func: Func): Func => {
  const count = resultTypes(func).length;
  const nested = nestRegion(func.body, { count, tail: new Set([func.label]) });
  const wrapped = wrapReturns({ ...func, body: nested });
  return { ...wrapped, body: separate(wrapped.body, resultTypes(func)) };
};
