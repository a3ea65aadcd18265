/** Types as text. */
import type { Field, Type } from "../ir/types.ts";
import { isIdentifier } from "./name.ts";

/** A private name of a class is an ordinary one in an object that stands for an instance. */
export const keyText = (key: string): string => {
  const name = key.replace(/^#/, "");
  return isIdentifier(name) ? name : JSON.stringify(name);
};

/** What types are called in a module. */
export type TypeNames = Readonly<{
  /** Can the module call one of the user's types by its name? */
  has(name: string): boolean;
  /** What the module calls a shape that it declares itself. */
  shape?(type: Extract<Type, { kind: "object" }>): string | undefined;
}>;

/** Types that have no name in the module are written out. */
export function typeText(type: Type, named: TypeNames = new Set()): string {
  const inner = (t: Type): string => typeText(t, named);
  switch (type.kind) {
    case "number":
    case "boolean":
    case "undefined":
      return type.kind;
    case "array": {
      if (type.container !== "Array") return type.container;
      const element = inner(type.element);
      const simple = /^[\w$.]+(\[\])*$/.test(element) || /^[[{][^|&]*[\]}]$/.test(element);
      return `${type.readonly ? "readonly " : ""}${simple ? element : `(${element})`}[]`;
    }
    case "tuple":
      return `${type.readonly ? "readonly " : ""}[${type.elements.map(inner).join(", ")}]`;
    case "object":
      if (type.name && !type.altered && named.has(type.name)) return type.name;
      return named.shape?.(type) ?? `{ ${type.fields.map((f) => fieldText(f, named)).join("; ")} }`;
    case "map": {
      if (type.record) {
        const record = `Record<${inner(type.key)}, ${inner(type.value)}>`;
        return type.readonly ? `Readonly<${record}>` : record;
      }
      const name = `${type.readonly ? "Readonly" : ""}${type.set ? "Set" : "Map"}`;
      return type.set ? `${name}<${inner(type.key)}>` : `${name}<${inner(type.key)}, ${inner(type.value)}>`;
    }
    case "optional":
      return `${inner(type.of)}${type.absent ? " | null" : ""}${type.absent === "null" ? "" : " | undefined"}`;
    case "cell":
      return inner(type.of);
    case "other":
      return type.text;
    default:
      return type satisfies never;
  }
}

export const fieldText = (f: Field, named: TypeNames = new Set()): string =>
  `${keyText(f.name)}${f.optional ? "?" : ""}: ${typeText(f.type, named)}`;
