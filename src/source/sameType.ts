/** When two types of the IR are one. */
import type { Type } from "../ir/types.ts";

/** Equal in structure; what the types are called does not count. */
export function sameType(a: Type, b: Type): boolean {
  switch (a.kind) {
    case "number":
    case "boolean":
    case "undefined":
      return a.kind === b.kind;
    case "array":
      return b.kind === "array" && a.container === b.container && sameType(a.element, b.element);
    case "tuple":
      return (
        b.kind === "tuple" &&
        a.elements.length === b.elements.length &&
        a.elements.every((e, i) => sameType(e, b.elements[i]!))
      );
    case "object":
      return (
        b.kind === "object" &&
        a.fields.length === b.fields.length &&
        a.fields.every((f) =>
          b.fields.some((g) => g.name === f.name && g.optional === f.optional && sameType(f.type, g.type)),
        )
      );
    case "map":
      return (
        b.kind === "map" &&
        a.set === b.set &&
        a.record === b.record &&
        sameType(a.key, b.key) &&
        sameType(a.value, b.value)
      );
    case "optional":
    case "cell":
      return b.kind === a.kind && sameType(a.of, b.of);
    case "other":
      return b.kind === "other" && a.text === b.text;
    default:
      return a satisfies never;
  }
}
