/** Where the numbers of arguments stand in a gradient: under the names that the signature binds, as its type says. */
import type { Signature } from "../ir/entry.ts";
import type { Type } from "../ir/types.ts";
import { type Key, valueAt } from "./structure.ts";

/** A name and the part of an argument that it is bound to. */
export type Bound = Readonly<{
  name: string;
  argument: number;
  path: readonly Key[];
  /** Of a rest in an object pattern: the keys that others have taken. */
  without?: readonly string[];
  /** Of a rest in an array pattern: the index of its first element. */
  from?: number;
}>;

/** `undefined` if some name is bound to a part that only running the function tells. */
export function boundNames(signature: Signature): readonly Bound[] | undefined {
  const bound: Bound[] = [];
  for (const [argument, { bindings, pattern }] of signature.parameters.entries())
    for (const { name, at } of bindings) {
      if (name === pattern) bound.push({ name, argument, path: [] });
      else if (at) bound.push({ name, argument, ...at });
      else return undefined;
    }
  return bound;
}

/** Every parameter under its own name. */
export const plainNames = (names: readonly string[]): readonly Bound[] =>
  names.map((name, argument) => ({ name, argument, path: [] }));

/** The path in the gradient of what stands at a path in the arguments, which begins with the argument's index. */
export function gradientPath(bound: readonly Bound[], path: readonly Key[]): readonly Key[] | undefined {
  const [argument, ...inside] = path;
  for (const b of bound) {
    if (b.argument !== argument || !b.path.every((key, i) => String(inside[i]) === String(key))) continue;
    const [head, ...rest] = inside.slice(b.path.length);
    if (b.without?.includes(String(head))) continue;
    if (b.from !== undefined) {
      if (Number(head) >= b.from) return [b.name, Number(head) - b.from, ...rest];
      continue;
    }
    return [b.name, ...inside.slice(b.path.length)];
  }
  return undefined;
}

/** What a name is bound to; `undefined` if the argument has no such part. */
export function boundValue(b: Bound, args: readonly unknown[]): unknown {
  const whole = valueAt(args, [b.argument, ...b.path]);
  if (b.from !== undefined) return Array.isArray(whole) ? whole.slice(b.from) : whole;
  if (!b.without || typeof whole !== "object" || whole === null) return whole;
  return Object.fromEntries(Object.entries(whole).filter(([key]) => !b.without!.includes(key)));
}

/** Whether something of the type has a number at the path. */
export function hasNumber(type: Type | undefined, path: readonly Key[]): boolean {
  if (!type) return false;
  const [head, ...rest] = path;
  switch (type.kind) {
    case "number":
      return head === undefined;
    case "optional":
      return hasNumber(type.of, path);
    case "array":
      return head !== undefined && hasNumber(type.element, rest);
    case "map":
      return head !== undefined && hasNumber(type.value, rest);
    case "tuple":
      return hasNumber(type.elements[Number(head)], rest);
    case "object":
      return hasNumber(type.fields.find((f) => f.name === String(head))?.type, rest);
    default:
      return false;
  }
}
