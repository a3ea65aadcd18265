/**
 * Small objects that are carried by loops and chosen by branches: values that hand one another on form a web. An
 * object of a web whose parts nobody changes, and whose identity nobody looks at, is no more than its parts.
 */
import { elementType, typeOf } from "../ir/build.ts";
import type { Memory } from "../ir/facts.ts";
import type { Func, Instruction, Label, Operand, Region, Type, Value } from "../ir/types.ts";
import { operandsOf, operandsOfEnd, regionsOf, resultsOf } from "../ir/walk.ts";
import type { Aliases } from "./alias.ts";
import { isReference } from "./unify.ts";

type Of<K extends Instruction["kind"]> = Extract<Instruction, { kind: K }>;

export type Part = Readonly<{
  key: string | number;
  type: Type;
  /** What stands where it is missing. */ missing?: Operand;
}>;

export type Web = Readonly<{
  /** Params and results of loops, results of branches and blocks. */
  joins: ReadonlySet<Value>;
  makes: ReadonlyMap<Value, Of<"make">>;
  parts: readonly Part[];
  name: string | undefined;
}>;

/** More parts than this read better as an object. */
const most = 12;

/** A value and one of those that it may be. */
type Edge = Readonly<{ to: Value; from: Operand }>;

/** Every place where a value is handed on to another. */
const edgesOf = (func: Func): readonly Edge[] => {
  const edges: Edge[] = [];
  const targets = new Map<Label, readonly Value[]>();
  const join = (to: readonly (Value | undefined)[], from: readonly Operand[]): void =>
    to.forEach((v, n) => {
      const o = from[n];
      if (v && o) edges.push({ to: v, from: o });
    });
  const region = (r: Region, natural: readonly (readonly (Value | undefined)[])[]): void => {
    for (const i of r.body) step(i);
    if (r.end.kind === "yield") for (const to of natural) join(to, r.end.values);
    if (r.end.kind === "exit") join(targets.get(r.end.to) ?? [], r.end.values);
  };
  const step = (i: Instruction): void => {
    if (i.kind === "if") for (const r of [i.then, i.else]) region(r, [i.results]);
    else if (i.kind === "block") {
      targets.set(i.label, i.results);
      region(i.body, [i.results]);
    } else if (i.kind === "loop") {
      targets.set(i.label, i.results);
      join(i.params, i.initial);
      join(i.results, i.params);
      if (i.shape.kind === "while") region(i.shape.test, []);
      const shift = i.shape.kind === "doWhile" ? [undefined] : [];
      region(i.body, [
        [...shift, ...i.params],
        [...shift, ...i.results],
      ]);
    } else if (i.kind === "op" && i.op === "select") join([i.result, i.result], i.args.slice(1));
  };
  region(func.body, []);
  return edges;
};

/** Where a value is used: by which instruction, or at which end, and inside of which loops. */
type Use = Readonly<{ by: Instruction | Region; loops: readonly Instruction[] }>;

type Survey = Readonly<{
  uses: ReadonlyMap<Value, readonly Use[]>;
  homes: ReadonlyMap<Value, readonly Instruction[]>;
  made: ReadonlyMap<Operand, Of<"make">>;
}>;

const surveyOf = (func: Func): Survey => {
  const uses = new Map<Value, Use[]>();
  const homes = new Map<Value, readonly Instruction[]>();
  const made = new Map<Operand, Of<"make">>();
  const use = (o: Operand, by: Use["by"], loops: Use["loops"]): void => {
    if (o.kind === "value") uses.set(o, [...(uses.get(o) ?? []), { by, loops }]);
  };
  const region = (r: Region, loops: readonly Instruction[]): void => {
    for (const i of r.body) {
      for (const o of operandsOf(i)) use(o, i, loops);
      if (i.kind === "make") made.set(i.result, i);
      const inside = i.kind === "loop" ? [...loops, i] : loops;
      if (i.kind === "loop") for (const p of i.params) homes.set(p, inside);
      for (const inner of regionsOf(i)) region(inner, inside);
      for (const v of resultsOf(i)) homes.set(v, loops);
    }
    for (const o of operandsOfEnd(r.end)) use(o, r, loops);
  };
  region(func.body, []);
  return { uses, homes, made };
};

/** `seen`: memory that fragments, calls and the caller get to see. */
export const websOf = (func: Func, alias: Aliases, seen: ReadonlySet<Memory>): readonly Web[] => {
  const all = edgesOf(func);
  const edges = all.filter((e) => canHold(e.to.type));
  /** Handed on to where their parts would not be known. */
  const lost = new Set(all.filter((e) => !canHold(e.to.type)).map((e) => e.from));
  const roots = new Map<Value, Value>();
  const find = (v: Value): Value => {
    const above = roots.get(v);
    return above === undefined || above === v ? v : find(above);
  };
  for (const { to, from } of edges) if (from.kind === "value") roots.set(find(from), find(to));
  const survey = surveyOf(func);
  const handed = new Map<Value, Edge[]>();
  for (const e of edges) handed.set(find(e.to), [...(handed.get(find(e.to)) ?? []), e]);
  const identities = identitiesAsked(func, alias);
  return [...handed.values()].flatMap((own) => {
    if (own.some((e) => lost.has(e.from) || lost.has(e.to))) return [];
    return webOf(own, survey, func, alias, seen, identities) ?? [];
  });
};

const canHold = (type: Type): boolean =>
  type.kind === "object" || type.kind === "tuple" || (type.kind === "array" && type.container === "Array");

/** Memory of which two references are compared. */
export const identitiesAsked = (func: Func, alias: Aliases): ReadonlySet<Memory> => {
  const asked = new Set<Memory>();
  const region = (r: Region): void => {
    for (const i of r.body) {
      if (i.kind === "op" && (i.op === "eq" || i.op === "ne") && i.args.every((o) => o.kind === "value"))
        for (const o of i.args) if (isReference(typeOf(o))) asked.add(alias.memoryOf(o));
      regionsOf(i).forEach(region);
    }
  };
  region(func.body);
  return asked;
};

const webOf = (
  edges: readonly Edge[],
  { uses, homes, made }: Survey,
  func: Func,
  alias: Aliases,
  seen: ReadonlySet<Memory>,
  identities: ReadonlySet<Memory>,
): Web | undefined => {
  const joins = new Set(edges.map((e) => e.to));
  const sources = new Set(edges.map((e) => e.from).filter((o) => o.kind === "constant" || !joins.has(o)));
  const makes = new Map<Value, Of<"make">>();
  const others: Value[] = [];
  for (const o of sources) {
    if (o.kind === "constant") return undefined;
    const make = made.get(o);
    if (make) makes.set(o, make);
    else others.push(o);
  }
  const [first] = joins;
  if (!first || makes.size === 0) return undefined;
  const memory = alias.memoryOf(first);
  const isChanged =
    alias.resizesOf(memory).length > 0 ||
    alias.keysOf(memory).some((key) => alias.writesTo({ memory, key }).length > 0);
  if (isChanged || identities.has(memory)) return undefined;
  if (others.some((v) => !canHold(v.type) || v.type.kind === "array")) return undefined;
  const parts = partsOf([...joins], [...makes.values()], others, uses);
  if (!parts) return undefined;

  /** Where an object itself is wanted, not only its parts. */
  const isEdge = (by: Use["by"], v: Value): boolean =>
    edges.some((e) => e.from === v) && isHanding(by, v, func);
  const wanted = (v: Value): readonly Use[] =>
    (uses.get(v) ?? []).filter((u) => !isPartRead(u.by, v) && !isEdge(u.by, v));
  const joinSites = [...joins].flatMap((v) => wanted(v).map((use) => ({ v, use })));
  if (joinSites.length > 0) {
    const isSeen = seen.has(memory) || memory.external;
    const ids = new Set([...makes.values()].map((m) => m.instance?.id));
    // a constant is to stay the object that it is
    if (isSeen && [...makes.values()].some((m) => m.constant)) return undefined;
    const isUniform = ids.size === 1 && parts.every((p) => p.missing === undefined);
    const sites = new Set(joinSites.map((s) => s.use.by));
    const makeSites = [...makes.keys()].flatMap((v) => wanted(v));
    const isOnce = joinSites.every(({ v, use }) => use.loops.length === (homes.get(v) ?? []).length);
    const isAlone = sites.size === 1 && makeSites.length === 0 && isOnce && others.length === 0;
    const inLoop = joinSites.some(({ use }) => use.loops.length > 0);
    if (!isUniform || (isSeen && !(isAlone && !inLoop))) return undefined;
    if (joinSites.some(({ use }) => "kind" in use.by && use.by.kind === "opaque")) return undefined;
  }
  const name = [...joins].map((v) => v.hint).find((hint) => hint !== undefined);
  return { joins, makes, parts, name };
};

const isPartRead = (by: Use["by"], v: Value): boolean =>
  "kind" in by && by.kind === "load" && by.from === v && by.key?.kind === "constant";

/** The instruction or end hands the value on and does nothing else with it. */
const isHanding = (by: Use["by"], v: Value, func: Func): boolean => {
  if (!("kind" in by)) {
    const leaves = by === func.body || (by.end.kind === "exit" && by.end.to === func.label);
    return by.end.kind !== "throw" && !leaves;
  }
  if (by.kind === "loop") return by.initial.includes(v);
  return by.kind === "op" && by.op === "select" && by.args[0] !== v;
};

/** The parts that are made or asked for; `undefined` if they are not known, or too many. */
const partsOf = (
  joins: readonly Value[],
  makes: readonly Of<"make">[],
  others: readonly Value[],
  uses: Survey["uses"],
): readonly Part[] | undefined => {
  const keys = new Map<string, string | number>();
  for (const m of makes) for (const item of m.items) keys.set(String(item.key), item.key);
  const reads: Of<"load">[] = [];
  for (const v of [...joins, ...makes.map((m) => m.result)])
    for (const { by } of uses.get(v) ?? [])
      if ("kind" in by && by.kind === "load" && by.from === v) {
        if (by.key?.kind !== "constant") return undefined;
        reads.push(by);
        const key = by.key.value;
        if (typeof key !== "string" && typeof key !== "number") return undefined;
        if (!keys.has(String(key))) keys.set(String(key), key);
      }
  if (keys.size === 0 || keys.size > most) return undefined;
  const parts: Part[] = [];
  for (const key of keys.values()) {
    const part = partOf(key, joins, makes, others, reads);
    if (!part) return undefined;
    parts.push(part);
  }
  return parts;
};

const partOf = (
  key: string | number,
  joins: readonly Value[],
  makes: readonly Of<"make">[],
  others: readonly Value[],
  reads: readonly Of<"load">[],
): Part | undefined => {
  const declared = joins.map((v) => typeAt(v.type, key)).find((t) => t !== undefined);
  if (!declared || others.some((v) => typeAt(v.type, key) === undefined)) return undefined;
  const isEverywhere = makes.every((m) =>
    m.items.some((item) => String(item.key) === String(key) && !mayBeNothing(item.value)),
  );
  if (isEverywhere && others.every((v) => typeAt(v.type, key)?.kind !== "optional"))
    return { key, type: declared.kind === "optional" ? declared.of : declared };
  const own = reads.filter((r) => r.key?.kind === "constant" && String(r.key.value) === String(key));
  // a number that only some have is not read where the others come from: any number stands for it there
  if (
    declared.kind === "optional" &&
    declared.of.kind === "number" &&
    own.every((r) => r.result.type.kind === "number")
  )
    return { key, type: declared.of, missing: { kind: "constant", value: 0 } };
  return declared.kind === "optional"
    ? { key, type: declared, missing: { kind: "constant", value: undefined } }
    : undefined;
};

const mayBeNothing = (o: Operand): boolean =>
  o.kind === "constant" ? o.value === undefined || o.value === null : o.type.kind === "optional";

const typeAt = (type: Type, key: string | number): Type | undefined => {
  if (type.kind === "object" && !type.fields.some((f) => f.name === key)) return undefined;
  if (type.kind === "tuple" && type.elements[Number(key)] === undefined) return undefined;
  return elementType(type, { kind: "constant", value: key });
};
