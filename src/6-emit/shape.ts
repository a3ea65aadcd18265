/**
 * Types of the source that a module cannot import, because they are not exported: where one would be written out again
 * and again, the module declares it anew, under the name that it has in the source.
 */
import type { Type } from "../ir/types.ts";
import { isIdentifier } from "./name.ts";
import { fieldText, type TypeNames, typeText } from "./type.ts";

type ObjectType = Extract<Type, { kind: "object" }>;

/** This often a shape is written out, and no more. */
const most = 2;

export type Shapes = Readonly<{ names: TypeNames; declarations: readonly string[] }>;

/** `write` writes the module's functions with the names that it is given; a name that is `taken` is not given. */
export function nameShapes(
  imported: ReadonlySet<string>,
  taken: ReadonlySet<string>,
  write: (names: TypeNames) => unknown,
): Shapes {
  const plain = (type: Type): string => typeText(type, imported);
  const seen = new Map<string, { type: ObjectType; count: number; name?: string; isShadow?: boolean }>();
  write({
    has: (name) => imported.has(name),
    shape: (type) => {
      const entry = seen.get(plain(type)) ?? { type, count: 0 };
      entry.count++;
      // what looks like the shape of a source's type has its name, also if it is a shadow of another
      const isOther = entry.name === undefined || (entry.isShadow === true && !type.altered);
      if (type.name !== undefined && isIdentifier(type.name) && isOther) {
        entry.name = type.name;
        entry.isShadow = type.altered === true;
      }
      seen.set(plain(type), entry);
      return undefined;
    },
  });
  const given = new Map<string, string>();
  for (const [text, { count, name }] of seen)
    if (count > most && name !== undefined && !taken.has(name) && ![...given.values()].includes(name))
      given.set(text, name);
  const names: TypeNames = { has: (name) => imported.has(name), shape: (type) => given.get(plain(type)) };
  const declarations = [...given].flatMap(([text, name]) => [
    "",
    `interface ${name} {`,
    ...seen.get(text)!.type.fields.map((f) => `  ${fieldText(f, names)};`),
    "}",
  ]);
  return { names, declarations };
}
