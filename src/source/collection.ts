/** Maps and sets as the IR's types. */
import type { ts } from "ts-morph";
import type { Type } from "../ir/types.ts";
import { sameType } from "./sameType.ts";

const names = /^(Readonly)?(Map|Set)$/;

/**
 * The type of a `Map` or `Set` of the language itself; `undefined` for any other type, and for those that hold no
 * numbers: of these nothing is followed.
 */
export function collectionType(
  type: ts.Type,
  checker: ts.TypeChecker,
  convert: (part: ts.Type) => Type,
): Type | undefined {
  const [, readonly, name] = names.exec(type.getSymbol()?.name ?? "") ?? [];
  if (name === undefined) return undefined;
  const [first, second] = checker.getTypeArguments(type as ts.TypeReference);
  if (!first || (name === "Map") !== (second !== undefined)) return undefined;
  const [key, value] = [convert(first), second ? convert(second) : { kind: "undefined" as const }];
  if (!(isPlain(key) || holdsNumbers(key)) || !isFollowed(value)) return undefined;
  if (!holdsNumbers(key) && !holdsNumbers(value)) return undefined;
  return {
    kind: "map",
    key,
    value,
    ...(name === "Set" ? { set: true } : {}),
    ...(readonly === undefined ? {} : { readonly: true }),
  };
}

/** The type of an object whose keys are known only at run time; `undefined` if it is none, or holds no numbers. */
export function recordType(
  type: ts.Type,
  checker: ts.TypeChecker,
  convert: (part: ts.Type) => Type,
): Type | undefined {
  const [info, ...others] = checker.getIndexInfosOfType(type);
  if (!info || others.length > 0 || type.getCallSignatures().length > 0) return undefined;
  const isText = checker.isTypeAssignableTo(checker.getStringType(), info.keyType);
  if (!isText && info.keyType !== checker.getNumberType()) return undefined;
  const value = convert(info.type);
  if (!isFollowed(value) || !holdsNumbers(value)) return undefined;
  const bare = (of: Type): Type => (of.kind === "optional" ? of.of : of);
  const isAlike = (p: ts.Symbol): boolean => sameType(bare(convert(checker.getTypeOfSymbol(p))), bare(value));
  if (!checker.getPropertiesOfType(type).every(isAlike)) return undefined;
  const key: Type = isText ? { kind: "other", text: "string" } : { kind: "number" };
  return { kind: "map", key, value, record: true, ...(info.isReadonly ? { readonly: true } : {}) };
}

/** A text or something else that holds no memory. */
const isPlain = (type: Type): boolean =>
  type.kind === "boolean" || (type.kind === "other" && isText(type.text));

const isText = (text: string): boolean => /^(?:string|bigint|symbol|"[^"]*")(?: \| "[^"]*")*$/.test(text);

/** Functions, and what may be anything, are known by other means than by what memory holds. */
const isFollowed = (type: Type): boolean => {
  switch (type.kind) {
    case "array":
      return isFollowed(type.element);
    case "map":
      return isFollowed(type.value);
    case "tuple":
      return type.elements.every(isFollowed);
    case "object":
      return type.fields.every((f) => isFollowed(f.type));
    case "optional":
      return isFollowed(type.of);
    case "other":
      return isText(type.text);
    default:
      return true;
  }
};

const holdsNumbers = (type: Type): boolean => {
  switch (type.kind) {
    case "number":
      return true;
    case "array":
      return holdsNumbers(type.element);
    case "tuple":
      return type.elements.some(holdsNumbers);
    case "object":
      return type.fields.some((f) => holdsNumbers(f.type));
    case "map":
      return holdsNumbers(type.value) || holdsNumbers(type.key);
    case "optional":
      return holdsNumbers(type.of);
    default:
      return false;
  }
};
