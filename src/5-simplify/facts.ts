/** What passes ask of a function: where a value is defined, how often it is used, what its memory is. */
import type { Func, Instruction, Operand, Type, Value } from "../ir/types.ts";
import { operandsOf, operandsOfEnd, resultsOf, visit, visitRegions } from "../ir/walk.ts";

export type Facts = Readonly<{
  /** The instruction whose result a value is; params and loop variables have none. */
  definition: (o: Operand) => Instruction | undefined;
  uses: (v: Value) => number;
  isParam: (o: Operand) => boolean;
  /** The reference to a new object that the defining instruction itself made. */
  isFresh: (o: Operand) => boolean;
  /** Fresh, and nothing else ever holds its reference. */
  isPrivate: (o: Operand) => boolean;
  /** Whether one of two references may be a view of what the other is, in which the same key means another element. */
  mayBeView: (a: Operand, b: Operand) => boolean;
  /** Whether two references may be the same object. */
  mayAlias: (a: Operand, b: Operand) => boolean;
}>;

export const isMemory = (type: Type): boolean =>
  type.kind === "optional"
    ? isMemory(type.of)
    : type.kind !== "number" && type.kind !== "boolean" && type.kind !== "undefined";

/** Whether the object itself may hold other objects. */
export const holdsMemory = (type: Type): boolean => {
  switch (type.kind) {
    case "array":
      return isMemory(type.element);
    case "tuple":
      return type.elements.some(isMemory);
    case "object":
      return type.fields.some((f) => isMemory(f.type));
    case "optional":
    case "cell":
      return holdsMemory(type.of) || (type.kind === "cell" && isMemory(type.of));
    case "map":
      return isMemory(type.key) || isMemory(type.value);
    case "other":
      return true;
    default:
      return false;
  }
};

/** Makes a fresh object each time it runs. */
export const isAllocation = (i: Instruction): boolean => {
  switch (i.kind) {
    case "make":
    case "alloc":
    case "cell":
      return true;
    case "zeros":
    case "seeded":
    case "convert":
      return isMemory(i.result.type);
    case "keys":
      return true;
    default:
      return false;
  }
};

/** The operands whose references outlive the instruction: stored, handed on, or given to code we do not see. */
const kept = (i: Instruction): readonly Operand[] => {
  switch (i.kind) {
    case "store":
    case "push":
      return [i.value];
    case "make":
    case "call":
    case "opaque":
    case "loop":
      return operandsOf(i);
    case "put":
      return [i.key, i.value];
    case "view":
      return [i.of];
    case "alloc":
      return i.fill ? [i.fill] : [];
    case "cell":
      return i.initial ? [i.initial] : [];
    case "op":
      return i.op === "select" ? i.args : [];
    case "zeros":
    case "seeded":
    case "convert":
      // numbers come back as themselves, everything else as a copy
      return [];
    default:
      return [];
  }
};

const shapeOf = (type: Type): Type => (type.kind === "optional" ? shapeOf(type.of) : type);

/** Whether objects of the two types can be one object; what is not known can be anything. */
const typesMeet = (a: Type, b: Type): boolean => {
  const x = shapeOf(a);
  const y = shapeOf(b);
  if (x.kind === "other" || y.kind === "other") return true;
  if (x.kind === "array" && y.kind === "array")
    return x.container === y.container && isMemory(x.element) === isMemory(y.element);
  if (x.kind === "array" || y.kind === "array") {
    const array = x.kind === "array" ? x : y.kind === "array" ? y : undefined;
    const rest = x.kind === "array" ? y : x;
    return array?.container === "Array" && rest.kind === "tuple";
  }
  return x.kind === y.kind;
};

/** Passes that change nothing hand on the same function, and the next asks the same of it. */
const known = new WeakMap<Func, Facts>();

export const factsOf = (func: Func): Facts => {
  const before = known.get(func);
  if (before) return before;
  const facts = gather(func);
  known.set(func, facts);
  return facts;
};

const gather = (func: Func): Facts => {
  const definitions = new Map<Value, Instruction>();
  const counts = new Map<Value, number>();
  const escaped = new Set<Operand>();
  const params = new Set<Operand>(func.params);
  const count = (o: Operand): void => {
    if (o.kind === "value") counts.set(o, (counts.get(o) ?? 0) + 1);
  };
  visit(func.body, (i) => {
    for (const v of resultsOf(i)) definitions.set(v, i);
    operandsOf(i).forEach(count);
    for (const o of kept(i)) escaped.add(o);
  });
  visitRegions(func.body, (r) => {
    operandsOfEnd(r.end).forEach(count);
    for (const o of operandsOfEnd(r.end)) escaped.add(o);
  });
  const definition = (o: Operand): Instruction | undefined =>
    o.kind === "value" ? definitions.get(o) : undefined;
  const isFresh = (o: Operand): boolean => {
    const by = definition(o);
    return by !== undefined && isAllocation(by);
  };
  const isPrivate = (o: Operand): boolean => isFresh(o) && !escaped.has(o);
  const mayAlias = (a: Operand, b: Operand): boolean => {
    if (a === b) return true;
    if (a.kind === "constant" || b.kind === "constant") return false;
    if (isFresh(a) && (isFresh(b) || params.has(b) || isPrivate(a))) return false;
    if (isFresh(b) && (params.has(a) || isPrivate(b))) return false;
    return typesMeet(a.type, b.type);
  };
  const views = [...definitions.values()].filter((i) => i.kind === "view");
  const mayBeView = (a: Operand, b: Operand): boolean =>
    views.some((v) => [a, b].some((o) => o.kind === "value" && typesMeet(o.type, v.result.type)));
  return {
    mayBeView,
    definition,
    uses: (v) => counts.get(v) ?? 0,
    isParam: (o) => params.has(o),
    isFresh,
    isPrivate,
    mayAlias,
  };
};
