/**
 * Arrays that hold the same objects.
 *
 * Needs private arrays of one length, each filled at one place, both there, and neither looked at before that is
 * done. Leaves no load from one whose element is that of the other, or a field of it that is never stored anew.
 */
import { constant, value } from "../ir/build.ts";
import type { Func, Instruction, Operand, Region, Value } from "../ir/types.ts";
import { mapInstructions, operandsOf, operandsOfEnd, regionsOf, visit, visitRegions } from "../ir/walk.ts";
import { sameOperand } from "./arithmetic.ts";
import { type Facts, factsOf, isMemory } from "./facts.ts";

type Alloc = Extract<Instruction, { kind: "alloc" }>;
type Store = Extract<Instruction, { kind: "store" }>;

/** A private array that is stored to, loaded from and measured, and nothing else. */
type Filled = { made: Alloc; home: Region; stores: { store: Store; region: Region }[]; loaded: Region[] };

/** Where else the elements of an array are: in another one, or in a field of its elements. */
type Twin = Readonly<{ of: Value; field: string | number | undefined }>;

export function copies(func: Func): Func {
  const facts = factsOf(func);
  const filled = [...filledIn(func, facts)];
  const twins = new Map<Operand, Twin>();
  const isKept = fieldsOf(func);
  for (const [array, one] of filled)
    for (const [other, two] of filled) {
      // a shadow keeps its name
      const isNamed = array.adjoint === true && other.adjoint !== true;
      if (array === other || isNamed || twins.has(other)) continue;
      const field = fieldAt(one, two, facts, isKept);
      if (field !== undefined) twins.set(array, { of: other, ...field });
    }
  if (twins.size === 0) return func;
  const body = mapInstructions(func.body, (i) => {
    const twin = i.kind === "load" ? twins.get(i.from) : undefined;
    if (i.kind !== "load" || !twin) return i;
    if (twin.field === undefined) return { ...i, from: twin.of };
    const { type } = twin.of;
    const holder = value(type.kind === "array" ? type.element : i.result.type);
    return [
      { ...i, from: twin.of, result: holder },
      { ...i, from: holder, key: constant(twin.field) },
    ];
  });
  return { ...func, body };
}

const filledIn = (func: Func, facts: Facts): ReadonlyMap<Value, Filled> => {
  const found = new Map<Value, Filled>();
  visitRegions(func.body, (home) => {
    for (const i of home.body) {
      const type = i.kind === "alloc" ? i.result.type : undefined;
      if (i.kind !== "alloc" || i.fill || type?.kind !== "array" || !isMemory(type.element)) continue;
      if (facts.isPrivate(i.result)) found.set(i.result, { made: i, home, stores: [], loaded: [] });
    }
  });
  visitRegions(func.body, (region) => {
    for (const i of region.body) {
      for (const o of operandsOf(i)) {
        const array = o.kind === "value" ? found.get(o) : undefined;
        if (!array || o.kind !== "value") continue;
        if (i.kind === "store" && i.to === o && i.value !== o) array.stores.push({ store: i, region });
        else if (i.kind === "load") array.loaded.push(region);
        else if (i.kind !== "length") found.delete(o);
      }
    }
    for (const o of operandsOfEnd(region.end)) if (o.kind === "value") found.delete(o);
  });
  return found;
};

/** Which fields hold the references that their objects were made with. */
const fieldsOf = (func: Func): ((field: string | number) => boolean) => {
  const stored = new Set<unknown>();
  let anywhere = false;
  visit(func.body, (i) => {
    if (i.kind === "call" || i.kind === "opaque") anywhere ||= operandsOf(i).some(isReference);
    if (i.kind !== "store" || !isReference(i.value) || !i.key) return;
    const isObject = i.to.kind === "value" && i.to.type.kind === "object";
    if (i.key.kind === "constant") stored.add(String(i.key.value));
    else anywhere ||= isObject || (i.to.kind === "value" && i.to.type.kind === "tuple");
  });
  return (field) => !anywhere && !stored.has(String(field));
};

const isReference = (o: Operand): boolean => o.kind === "value" && isMemory(o.type);

/** What of the other array's elements the elements of the one are. */
const fieldAt = (
  one: Filled,
  two: Filled,
  facts: Facts,
  isKept: (field: string | number) => boolean,
): Readonly<{ field: string | number | undefined }> | undefined => {
  const [a, b] = [one.stores[0], two.stores[0]];
  if (!a || !b || one.stores.length > 1 || two.stores.length > 1) return undefined;
  const isBeside =
    one.home === two.home &&
    sameOperand(one.made.length, two.made.length) &&
    a.region === b.region &&
    a.store.key !== undefined &&
    b.store.key !== undefined &&
    sameOperand(a.store.key, b.store.key);
  if (!isBeside || one.loaded.length === 0 || one.loaded.some((r) => contains(a.region, r))) return undefined;
  if (a.store.value === b.store.value) return { field: undefined };
  const made = facts.definition(b.store.value);
  const item = made?.kind === "make" ? made.items.find((x) => x.value === a.store.value) : undefined;
  return item && isKept(item.key) ? { field: item.key } : undefined;
};

const contains = (outer: Region, inner: Region): boolean =>
  outer === inner || outer.body.some((i) => regionsOf(i).some((r) => contains(r, inner)));
