/**
 * The state of making a function in forward mode. Every active number has its tangent beside it, and memory that
 * holds active numbers has tangent memory of the same structure, which is made, aliased and resized along with it.
 */
import type { Report } from "../diagnostics/diagnostic.ts";
import { constant, typeOf, value, zero } from "../ir/build.ts";
import type { Facts, Memory } from "../ir/facts.ts";
import { adjointName, holdsNumbers, shadowType } from "../ir/shadow.ts";
import type { Callee, Label, Operand, Region, Type, Value } from "../ir/types.ts";
import { boundBy, operandsOf, operandsOfEnd, resultsOf, visitRegions } from "../ir/walk.ts";
import { functionsOf } from "../ir/callee.ts";
import { nameOf } from "./adjoint.ts";
import type { Beside } from "./tangentCall.ts";

export type Push = Readonly<{
  facts: Facts;
  report: Report;
  tangents: Map<Value, Operand>;
  /** What an exit to the label hands on: the types of what has tangents there. */
  places: Map<Label, readonly (Type | undefined)[]>;
  /** Memory that some reference to numbers means. */
  structured: ReadonlySet<Memory>;
  /** Memory that has tangent memory. */
  doubled: ReadonlySet<Memory>;
  /** Memory that the result reaches. */
  returned: ReadonlySet<Memory>;
  /** The parameters that are the output of a function that returns nothing. */
  outputs: readonly Value[] | undefined;
  /** The functions beside the callees of the program. */
  beside: ReadonlyMap<Callee, Beside>;
}>;

const bare = (type: Type): Type => (type.kind === "optional" || type.kind === "cell" ? bare(type.of) : type);

/** A number, or a number that may be missing: its tangent is a number either way. */
export const isScalar = (type: Type): boolean =>
  type.kind === "number" || (type.kind === "optional" && type.of.kind === "number");

export const isReference = (type: Type): boolean => {
  const of = type.kind === "optional" ? type.of : type;
  return ["array", "tuple", "object", "cell", "map"].includes(of.kind);
};

export const tangentType = (type: Type): Type => {
  if (isScalar(type)) return { kind: "number" };
  return type.kind === "cell" ? { kind: "cell", of: tangentType(type.of) } : shadowType(type);
};

/** Does the value have a tangent that may be other than zero, or tangent memory? */
export const hasTangent = (push: Pick<Push, "facts" | "doubled">, o: Operand): boolean => {
  if (o.kind !== "value") return false;
  if (isScalar(o.type)) return push.facts.isActive(o);
  return isReference(o.type) && holdsNumbers(bare(o.type)) && push.doubled.has(push.facts.memoryOf(o));
};

/** Is it memory with active numbers in a structure that has no tangent structure (`[number, string]`)? */
export const isShapeless = (push: Push, o: Operand): boolean =>
  o.kind === "value" && push.facts.isActiveMemory(o) && (!isReference(o.type) || !holdsNumbers(bare(o.type)));

/** The tangent of what a place of this type gets. */
export const tangentOf = (push: Push, o: Operand, type: Type = typeOf(o)): Operand => {
  if (o.kind === "value") {
    const known = push.tangents.get(o);
    if (known) return known;
  } else if (!isScalar(type) && (o.value === undefined || o.value === null)) return constant(undefined);
  if (isScalar(type)) return zero;
  const { program } = push.facts;
  const at = (o.kind === "value" ? program.definitionOf(o)?.at : undefined) ?? program.func.at;
  push.report({ name: "activeUnknown", values: {}, at });
  return o;
};

/** A tangent beside a value. */
export const double = (push: Push, v: Value): Value => {
  const unnamed = v.type.kind === "array" && isScalar(v.type.element) ? "values" : undefined;
  const name = adjointName(isScalar(v.type) ? nameOf(push, v) : (v.hint ?? unnamed));
  const tangent: Value = { ...value(tangentType(v.type), name), adjoint: true };
  push.tangents.set(v, tangent);
  return tangent;
};

/** All references to structures of numbers, cells included. */
const referencesIn = (facts: Facts): readonly Value[] => {
  const references = new Set<Value>();
  const note = (o: Operand): void => {
    if (o.kind === "value" && isReference(o.type) && holdsNumbers(bare(o.type))) references.add(o);
  };
  for (const func of functionsOf(facts.program)) {
    func.params.forEach(note);
    visitRegions(func.body, (region) => {
      for (const i of region.body) [...operandsOf(i), ...resultsOf(i), ...boundBy(i)].forEach(note);
      operandsOfEnd(region.end).forEach(note);
    });
  }
  return [...references];
};

export const structuredMemory = (facts: Facts): ReadonlySet<Memory> =>
  new Set(referencesIn(facts).map((r) => facts.memoryOf(r)));

/** Active memory, all that holds it, and all that this holds: structures are doubled whole. */
export const doubledMemory = (facts: Facts, structured: ReadonlySet<Memory>): ReadonlySet<Memory> => {
  const references = referencesIn(facts);
  const doubled = new Set<Memory>();
  for (const r of references) if (facts.isActiveMemory(r)) doubled.add(facts.memoryOf(r));
  for (let before = -1; before !== doubled.size;) {
    before = doubled.size;
    for (const r of references) {
      const memory = facts.memoryOf(r);
      const held = facts.heldBy(memory).filter((m) => structured.has(m));
      if (held.some((m) => doubled.has(m))) doubled.add(memory);
      if (doubled.has(memory)) for (const m of held) doubled.add(m);
    }
  }
  return doubled;
};

/** Everything that can be reached from the memory, itself included. */
export const reachable = (facts: Facts, from: Memory, found: Set<Memory> = new Set()): Set<Memory> => {
  if (found.has(from)) return found;
  found.add(from);
  for (const held of facts.heldBy(from)) reachable(facts, held, found);
  return found;
};

/** May the caller see that it was changed, in its numbers, references or length? */
export const isWritten = (facts: Facts, memory: Memory): boolean =>
  memory.external &&
  (facts.resizesOf(memory).length > 0 ||
    facts.keysOf(memory).some((key) => facts.writesTo({ memory, key }).length > 0));

/** What the function's ends give. */
export const returnedOperands = (facts: Facts): readonly Operand[] => {
  const { func } = facts.program;
  const found: Operand[] = [];
  const visit = (region: Region): void => {
    const { end } = region;
    if ((end.kind === "exit" && end.to === func.label) || (end.kind === "yield" && region === func.body))
      found.push(...end.values);
  };
  visitRegions(func.body, visit);
  return found;
};
