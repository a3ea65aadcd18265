/** Where in the arguments there is memory of which kind: by itself, or a list of it, as text that gives the list. */
import { isFixedShape, partsOf, shadowType, structureOf } from "./shadow.ts";
import type { Fragment, Operand, Type, Value } from "./types.ts";

/** Text with operands in it. */
export type Words = readonly (string | Operand)[];

export const fragmentOf = (
  words: Words,
): Readonly<{ parts: Fragment["parts"]; reads: readonly Operand[] }> => {
  const reads: Operand[] = [];
  const parts = words.map((word) => {
    if (typeof word === "string") return word;
    const known = reads.indexOf(word);
    return { read: known >= 0 ? known : reads.push(word) - 1 };
  });
  return { parts, reads };
};

export const isNumbers = (type: Type): boolean => type.kind === "array" && type.element.kind === "number";

export const bare = (type: Type): Type => (type.kind === "optional" ? bare(type.of) : type);

const holdsNumbers = (type: Type): boolean => {
  const of = bare(type);
  if (of.kind === "array") return holdsNumbers(of.element) && !/^(Int|Uint)/.test(of.container);
  if (of.kind === "map") return holdsNumbers(of.value);
  return of.kind === "number" || partsOf(of).some((part) => holdsNumbers(part.type));
};

/** Memory that has a shadow. */
const isShadowed = (type: Type): boolean => bare(type).kind !== "number" && holdsNumbers(type);

/** What differs in this is never the same memory. */
export const kindOf = (type: Type): string => {
  const of = bare(type);
  if (of.kind !== "array") return structureOf(shadowType(of));
  return isNumbers(of) ? of.container : `${of.container}<${kindOf(of.element)}>`;
};

/** Can the sharing of such a structure be followed? */
export const canShare = (type: Type): boolean => {
  if (!holdsNumbers(type)) return true;
  switch (type.kind) {
    case "number":
      return true;
    case "array":
      return type.element.kind !== "optional" && canShare(type.element);
    case "tuple":
    case "object":
      return partsOf(type).every((part) => canShare(part.type));
    case "optional":
      return type.of.kind !== "number" && canShare(type.of);
    default:
      return false;
  }
};

/** The values at a place: one by itself, those of a list, or a part of each of a list. */
type Place = Readonly<
  | { kind: "one"; text: Words }
  | { kind: "list"; text: Words }
  | { kind: "part"; of: Words; name: string; path: string }
>;

/** The values of a place as a list. */
const listOf = (place: Place): Words => {
  switch (place.kind) {
    case "one":
      return ["[", ...place.text, "]"];
    case "list":
      return place.text;
    case "part":
      return [...place.of, `.map((${place.name}) => ${place.name}${place.path})`];
    default:
      return place satisfies never;
  }
};

/** All elements of the arrays at a place. */
const elementsOf = (place: Place): Place => {
  switch (place.kind) {
    case "one":
      return { kind: "list", text: place.text };
    case "list":
      return { kind: "list", text: [...place.text, ".flat()"] };
    case "part":
      return {
        kind: "list",
        text: [...place.of, `.flatMap((${place.name}) => ${place.name}${place.path})`],
      };
    default:
      return place satisfies never;
  }
};

export const accessOf = (key: string | number): string =>
  typeof key === "number"
    ? `[${key}]`
    : /^[A-Za-z_$][\w$]*$/.test(key)
      ? `.${key}`
      : `[${JSON.stringify(key)}]`;

const partOf = (place: Place, key: string | number, name: string): Place => {
  const access = accessOf(key);
  switch (place.kind) {
    case "one":
      return { kind: "one", text: [...place.text, access] };
    case "list":
      return { kind: "part", of: place.text, name, path: access };
    case "part":
      return { ...place, path: `${place.path}${access}` };
    default:
      return place satisfies never;
  }
};

/** Those of the values that are there. */
const presentOf = (place: Place): Place => {
  const { name, path, of } = place.kind === "part" ? place : { name: "it", path: "", of: listOf(place) };
  const part = `${name}${path}`;
  return { kind: "list", text: [...of, `.flatMap((${name}) => (${part} === undefined ? [] : [${part}]))`] };
};

/** What an element of a list is called in the text. */
export const spokenOf = (type: Type): string => {
  const of = bare(type);
  if (of.kind === "array") return of.element.kind === "number" ? "row" : "matrix";
  if (of.kind === "tuple") return "pair";
  const name = of.kind === "object" && /^[A-Za-z_]\w*$/.test(of.name ?? "") ? of.name! : "item";
  return `${name[0]!.toLowerCase()}${name.slice(1)}`;
};

/** A type of a shadow, as it is written. */
export const typeText = (type: Type): string => {
  switch (type.kind) {
    case "array":
      return type.container === "Array" ? `${elementText(type.element)}[]` : type.container;
    case "tuple":
      return `[${type.elements.map(typeText).join(", ")}]`;
    case "object":
      return `{ ${type.fields.map((f) => `${keyText(f.name)}${f.optional ? "?" : ""}: ${typeText(f.type)}`).join("; ")} }`;
    case "optional":
      return `${typeText(type.of)} | undefined`;
    default:
      return type.kind;
  }
};

const elementText = (type: Type): string =>
  type.kind === "optional" ? `(${typeText(type)})` : typeText(type);

export const keyText = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);

/** Memory of one kind: what it is, how deep, and the lists of it in the arguments; listed if it has to be looked up. */
export type Kind = { readonly type: Type; readonly depth: number; readonly lists: Words[]; listed: boolean };

const depthOf = (type: Type): number => {
  const of = bare(type);
  if (of.kind === "array") return 1 + depthOf(of.element);
  return 1 + Math.max(0, ...partsOf(of).map((part) => depthOf(part.type)));
};

/** The kinds of memory in the arguments, parts before wholes. */
export const kindsIn = (params: readonly Value[]): readonly (readonly [string, Kind])[] => {
  const kinds = new Map<string, Kind>();
  const visit = (type: Type, place: Place, listed: boolean): void => {
    if (!isShadowed(type)) return;
    if (type.kind === "optional") return visit(type.of, presentOf(place), true);
    const id = kindOf(type);
    const kind = kinds.get(id) ?? { type, depth: depthOf(type), lists: [], listed: false };
    kinds.set(id, kind);
    kind.lists.push(listOf(place));
    // what may have parts or not is made by the map's own text
    const isFixed = type.kind === "array" || isFixedShape(shadowType(type));
    kind.listed ||= listed || !isFixed;
    if (type.kind === "array") return visit(type.element, elementsOf(place), true);
    const name = spokenOf(type);
    for (const part of partsOf(type)) {
      const optional = type.kind === "object" && type.fields.find((f) => f.name === part.key)?.optional;
      const at = partOf(place, part.key, name);
      if (optional) visit(bare(part.type), presentOf(at), true);
      else visit(part.type, at, kind.listed);
    }
  };
  for (const param of params) visit(param.type, { kind: "one", text: [param] }, false);
  return [...kinds].toSorted(([, a], [, b]) => a.depth - b.depth);
};

/** May memory of two kinds be the same all the same? A tuple is an array too, and an object may have more fields. */
export const mayBeOne = (a: Type, b: Type): boolean => {
  const [x, y] = [bare(a), bare(b)];
  if (x.kind === "object" && y.kind === "object")
    return x.fields.some((f) => y.fields.some((g) => f.name === g.name && kindOf(f.type) === kindOf(g.type)));
  if (x.kind === "tuple" && y.kind === "array") return mayBeOne(y, x);
  if (x.kind !== "array" || x.container !== "Array" || y.kind !== "tuple") return false;
  return y.elements.every((e) => kindOf(e) === kindOf(x.element));
};
