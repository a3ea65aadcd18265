/** Which types may stand where another is wanted. */
import type { Type } from "./types.ts";

export const isMemory = (type: Type): boolean =>
  type.kind === "array" ||
  type.kind === "tuple" ||
  type.kind === "object" ||
  type.kind === "cell" ||
  type.kind === "map" ||
  type.kind === "other" ||
  (type.kind === "optional" && isMemory(type.of));

export const isMap = (type: Type): boolean =>
  type.kind === "map" || (type.kind === "optional" && isMap(type.of));

const isRecord = (type: Type): boolean => type.kind === "map" && type.record === true;

/** Lenient where TypeScript is: what is optional or not followed goes with everything. */
export const fits = (given: Type, wanted: Type): boolean => {
  if (given.kind === "other" || wanted.kind === "other") return true;
  if (given.kind === "optional" || wanted.kind === "optional")
    return (
      given.kind === "undefined" ||
      wanted.kind === "undefined" ||
      fits(given.kind === "optional" ? given.of : given, wanted.kind === "optional" ? wanted.of : wanted)
    );
  if (given.kind === "array" && wanted.kind === "array") return fits(given.element, wanted.element);
  if (given.kind === "array" && wanted.kind === "tuple")
    return wanted.elements.every((e) => fits(given.element, e));
  if (given.kind === "tuple" && wanted.kind === "array")
    return given.elements.every((e) => fits(e, wanted.element));
  if (given.kind === "cell" && wanted.kind === "cell") return fits(given.of, wanted.of);
  if (given.kind === "map" && wanted.kind === "map")
    return fits(given.key, wanted.key) && fits(given.value, wanted.value);
  if (isRecord(given) || isRecord(wanted)) return [given.kind, wanted.kind].includes("object");
  return given.kind === wanted.kind;
};
