/** Fields that are no part of a gradient get a place in shadows only if a derivative flows through them. */
import type { Facts, Memory } from "../ir/facts.ts";
import { mapObjects, retyped } from "../ir/retype.ts";
import { functionsOf, mapUnit } from "../ir/callee.ts";
import type { Func, Region, Type, Unit, Value } from "../ir/types.ts";
import { boundBy, regionsOf, resultsOf } from "../ir/walk.ts";
import { isReference } from "./unify.ts";

/** The function with the fields marked that are `still`: private ones, and those of some classes only. */
export const settleFields = (unit: Unit, facts: Facts): Unit => {
  const values = functionsOf(unit).flatMap(valuesOf);
  if (!values.some((v) => hasBeyond(v.type))) return unit;
  const moving = movingNames(values, facts);
  const settle = (type: Type): Type =>
    mapObjects(type, (object) => {
      const isStill = (name: string): boolean => !moving.has(name);
      if (!object.fields.some((f) => f.beyond && isStill(f.name))) return object;
      return {
        ...object,
        fields: object.fields.map((f) => (f.beyond && isStill(f.name) ? { ...f, still: true } : f)),
      };
    });
  const settled = mapUnit(unit, (func) => {
    const next = retyped(func, (v) => settle(v.type));
    const returns = func === unit.func ? func.returns : settle(func.returns);
    return returns === next.returns ? next : { ...next, returns };
  });
  const isSame = functionsOf(settled).every((f, n) => f === functionsOf(unit)[n]);
  return isSame ? unit : settled;
};

const valuesOf = (func: Func): readonly Value[] => {
  const values: Value[] = [...func.params];
  const look = (region: Region): void => {
    for (const i of region.body) {
      values.push(...boundBy(i), ...resultsOf(i));
      regionsOf(i).forEach(look);
    }
  };
  look(func.body);
  return values;
};

const hasBeyond = (type: Type): boolean => {
  let found = false;
  mapObjects(type, (object) => {
    found ||= object.fields.some((f) => f.beyond);
    return object;
  });
  return found;
};

/** The names of slots that hold active numbers, or memory that does at any depth. */
const movingNames = (values: readonly Value[], facts: Facts): ReadonlySet<string> => {
  const names = new Set<string>();
  const active = new Map<Memory, boolean>();
  const isActive = (memory: Memory): boolean => {
    const known = active.get(memory);
    if (known !== undefined) return known;
    active.set(memory, false);
    let found = false;
    for (const key of facts.keysOf(memory)) {
      const held = facts.heldAt({ memory, key });
      if (!facts.isActiveSlot({ memory, key }) && !isActive(held)) continue;
      names.add(key);
      found = true;
    }
    active.set(memory, found);
    return found;
  };
  for (const v of values) if (isReference(v.type)) isActive(facts.memoryOf(v));
  return names;
};
