/** The compiler's types as the IR's types. */
import { ts } from "ts-morph";
import type { Container, Field, Type } from "../ir/types.ts";
import { collectionType, recordType } from "./collection.ts";
import { sameType } from "./sameType.ts";

const typedArrays: ReadonlySet<string> = new Set<Exclude<Container, "Array">>([
  "Float64Array",
  "Float32Array",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
]);

/** A generic type may expand for ever without meeting itself (`type N<T> = { next: N<T[]> }`). */
const deepest = 12;

/**
 * The IR type of a compiler type. `T | undefined` and `T | null` are optional; a type parameter is what its
 * constraint says; an object type that contains itself is `other`, for what holds it would have no end; what holds no numbers that
 * we follow (strings, enums, functions, maps, unions of shapes, …) is `other`, with its text as seen from `at`.
 */
export function toType(type: ts.Type, checker: ts.TypeChecker, at: ts.Node): Type {
  return convert(type, { checker, at, above: [], recurring: new Set() });
}

/** The types of what may stand where a type is named: objects of the classes that extend or implement it. */
export type Kin = (type: ts.Type) => readonly ts.Type[];

/**
 * The type as the code of its own module knows it: with the fields that only a class may name, and with those of
 * the classes that extend or implement it. Both are marked as {@link Field.beyond}. `bound`: what type parameters
 * stand for.
 */
export function innerType(
  type: ts.Type,
  checker: ts.TypeChecker,
  at: ts.Node,
  kin: Kin,
  bound: ReadonlyMap<ts.Type, Type>,
): Type {
  return convert(type, { checker, at, above: [], recurring: new Set(), kin, bound });
}

type Context = Readonly<{
  /** Fields that only the module's own code knows are wanted as well. */
  kin?: Kin;
  bound?: ReadonlyMap<ts.Type, Type>;
  checker: ts.TypeChecker;
  at: ts.Node;
  /** The types that this one is part of. */
  above: readonly ts.Type[];
  /** Those that were met inside of themselves. */
  recurring: Set<ts.Type>;
}>;

const has = (type: ts.Type, flags: ts.TypeFlags): boolean => (type.flags & flags) !== 0;

function convert(type: ts.Type, context: Context): Type {
  const { checker } = context;
  const known = context.bound?.get(type);
  if (known) return known;
  if (has(type, ts.TypeFlags.EnumLike)) return other(type, context);
  if (has(type, ts.TypeFlags.NumberLike)) return { kind: "number" };
  if (has(type, ts.TypeFlags.BooleanLike)) return { kind: "boolean" };
  if (has(type, ts.TypeFlags.Undefined | ts.TypeFlags.Void)) return { kind: "undefined" };
  if (has(type, ts.TypeFlags.TypeParameter | ts.TypeFlags.IndexedAccess | ts.TypeFlags.Conditional)) {
    const constraint = checker.getBaseConstraintOfType(type);
    if (constraint && constraint !== type && !has(constraint, ts.TypeFlags.Unknown))
      return convert(constraint, context);
    return { kind: "other", text: textOf(type, checker, context.at), open: true };
  }
  if (type.isUnion()) return union(type, context);
  if (type.isIntersection()) {
    // a branded number, `number & { readonly unit: "m" }`, is a number
    const primitive = type.types.find((t) => has(t, ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike));
    if (primitive) return convert(primitive, context);
    return objectType(type, context);
  }
  if (has(type, ts.TypeFlags.Object)) return objectType(type, context);
  return other(type, context);
}

function other(type: ts.Type, { checker, at }: Context): Type {
  return { kind: "other", text: textOf(type, checker, at) };
}

function textOf(type: ts.Type, checker: ts.TypeChecker, at: ts.Node): string {
  return checker.typeToString(
    type,
    at,
    ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope,
  );
}

function union(type: ts.UnionType, context: Context): Type {
  const absent = ts.TypeFlags.Undefined | ts.TypeFlags.Null | ts.TypeFlags.Void;
  const present = type.types.filter((t) => !has(t, absent));
  if (present.length === 0) return { kind: "undefined" };
  const [first, ...rest] = present.map((t) => convert(t, context));
  if (!first) return other(type, context);
  const common = rest.every((t) => sameType(first, t)) ? first : oneOf([first, ...rest], type, context);
  if (!common || common.kind === "other") return other(type, context);
  if (present.length === type.types.length) return common;
  return common.kind === "optional" ? common : { kind: "optional", of: common, ...absence(type) };
}

/** What stands for nothing. */
function absence(type: ts.UnionType): { absent?: "null" | "either" } {
  if (!type.types.some((t) => has(t, ts.TypeFlags.Null))) return {};
  const either = type.types.some((t) => has(t, ts.TypeFlags.Undefined | ts.TypeFlags.Void));
  return { absent: either ? "either" : "null" };
}

/**
 * Objects of several shapes as one: the fields of all of them. A field that not all have is optional, and nobody
 * reads it before a test has told the shapes apart: TypeScript sees to that.
 */
function oneOf(types: readonly Type[], union: ts.UnionType, context: Context): Type | undefined {
  const shapes = types.filter((t) => t.kind === "object");
  if (shapes.length < types.length) return undefined;
  const names = [...new Set(shapes.flatMap((s) => s.fields.map((f) => f.name)))];
  const fields: Field[] = [];
  for (const name of names) {
    const having = shapes.flatMap((s) => s.fields.filter((f) => f.name === name));
    // `{ a: number } | { a?: undefined }`: the second has none
    const some = having.filter((f) => f.type.kind !== "undefined");
    const own = some.length > 0 ? some : having;
    const type = common(own.map((f) => f.type));
    if (!type) return undefined;
    const partial = having.length < shapes.length;
    const optional = partial || having.some((f) => f.optional);
    const beyond = own.find((f) => f.beyond)?.beyond;
    fields.push({
      name,
      type,
      ...(optional ? { optional } : {}),
      ...(partial ? { partial } : {}),
      ...(beyond ? { beyond } : {}),
    });
  }
  const ofClasses = union.types.some((t) => ((t.getSymbol()?.flags ?? 0) & ts.SymbolFlags.Class) !== 0);
  if (context.kin && ofClasses && !names.includes(tag)) fields.unshift(tagField);
  const name = union.aliasSymbol && textOf(union, context.checker, context.at);
  return { kind: "object", fields, ...(name === undefined ? {} : { name }) };
}

/** One type for a field that several shapes have; texts and tags are any of theirs. */
function common(types: readonly Type[]): Type | undefined {
  const [first] = types;
  if (!first || types.every((t) => sameType(first, t))) return first;
  const texts = types.map((t) => (t.kind === "other" ? t.text : undefined));
  if (texts.includes(undefined)) return undefined;
  return { kind: "other", text: [...new Set(texts)].join(" | ") };
}

function objectType(type: ts.Type, context: Context): Type {
  const { checker, above, recurring } = context;
  if (above.includes(type)) recurring.add(type);
  if (recurring.has(type) || above.length > deepest) return other(type, context);
  const inside: Context = { ...context, above: [...above, type] };
  if (checker.isTupleType(type)) return tuple(type as ts.TupleTypeReference, inside);
  if (checker.isArrayType(type)) {
    const element = checker.getTypeArguments(type as ts.TypeReference)[0];
    if (!element) return other(type, context);
    return {
      kind: "array",
      container: "Array",
      element: convert(element, inside),
      ...(type.symbol.name === "ReadonlyArray" ? { readonly: true } : {}),
    };
  }
  const symbol = type.getSymbol();
  if (symbol && isLibrary(symbol)) {
    const collection = collectionType(type, checker, (part) => convert(part, inside));
    if (collection && !recurring.has(type)) return collection;
    if (!typedArrays.has(symbol.name)) return other(type, context);
    return { kind: "array", container: symbol.name as Container, element: { kind: "number" } };
  }
  const isFunction = type.getCallSignatures().length > 0;
  if (isFunction) return { kind: "other", text: textOf(type, checker, context.at), callable: true };
  if (type.getConstructSignatures().length > 0) return other(type, context);
  if (checker.getIndexInfosOfType(type).length > 0) {
    const record = recordType(type, checker, (part) => convert(part, inside));
    return record && !recurring.has(type) ? record : other(type, context);
  }
  const own = checker.getPropertiesOfType(type).flatMap((p) => field(p, inside));
  const fields = context.kin ? withKin(own, context.kin(type), inside) : own;
  if (recurring.has(type)) return other(type, context);
  const name = nameOf(type, context);
  return { kind: "object", fields, ...(name === undefined ? {} : { name }) };
}

/** The name of the field that tells the classes of a family apart. */
const tag = "class";
const tagField: Field = { name: tag, type: { kind: "other", text: "string" }, beyond: "tag" };

/** With the fields of the other classes of its family, of which an object has some. */
function withKin(own: readonly Field[], kin: readonly ts.Type[], context: Context): readonly Field[] {
  if (kin.length === 0) return own;
  // what an interface has for a function, a class has for a method
  const data = own.filter((f) => !(f.type.kind === "other" && f.type.callable));
  // and what it has for a field, a class may have a getter for: its objects then hold nothing of that name
  const flagsOf = (of: ts.Type, name: string): number =>
    context.checker.getPropertyOfType(of, name)?.flags ?? 0;
  const isComputed = (name: string): boolean => kin.some((k) => flagsOf(k, name) & ts.SymbolFlags.Accessor);
  const fields = new Map(
    data.map((f) => [f.name, isComputed(f.name) ? { ...f, optional: true, partial: true } : f]),
  );
  for (const each of kin)
    for (const property of context.checker.getPropertiesOfType(each))
      for (const f of field(property, context))
        if (!fields.has(f.name))
          fields.set(f.name, { ...f, optional: true, partial: true, beyond: f.beyond ?? "kin" });
  return [...(fields.has(tag) ? [] : [tagField]), ...fields.values()];
}

/** Tuples of fixed length are tuples; with a rest element they are arrays if all elements are of one type. */
function tuple(type: ts.TupleTypeReference, context: Context): Type {
  const { elementFlags, readonly } = type.target;
  const elements = context.checker.getTypeArguments(type).map((t) => convert(t, context));
  const mark = readonly ? { readonly: true } : {};
  if (elementFlags.some((f) => f & ts.ElementFlags.Variable)) {
    const [first, ...rest] = elements;
    if (!first || rest.some((e) => !sameType(first, e))) return other(type, context);
    return { kind: "array", container: "Array", element: first, ...mark };
  }
  return {
    kind: "tuple",
    elements: elements.map((e, i) =>
      elementFlags[i]! & ts.ElementFlags.Optional && e.kind !== "optional" ? { kind: "optional", of: e } : e,
    ),
    ...mark,
  };
}

/** The public data of an object; methods of classes, accessors and private members are left out. */
function field(property: ts.Symbol, context: Context): readonly Field[] {
  if (property.flags & ts.SymbolFlags.Accessor) return [];
  if (property.flags & ts.SymbolFlags.Method && property.declarations?.some((d) => ts.isClassLike(d.parent)))
    return [];
  if (property.escapedName.toString().startsWith("__@")) return [];
  const mark = isHidden(property) ? { beyond: "hidden" as const } : {};
  if (mark.beyond && !context.kin) return [];
  const name = ts.symbolName(property);
  const type = convert(context.checker.getTypeOfSymbolAtLocation(property, context.at), context);
  if (!(property.flags & ts.SymbolFlags.Optional)) return [{ name, type, ...mark }];
  return [{ name, type: orNull(type), optional: true, ...mark }];
}

/** Only the code of its class may name it. */
function isHidden(property: ts.Symbol): boolean {
  if (property.escapedName.toString().startsWith("__#")) return true;
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return property.declarations?.some((d) => (ts.getCombinedModifierFlags(d) & hidden) !== 0) === true;
}

/** Of an optional field, whose absence need not be said: what it may hold, `null` included. */
const orNull = (type: Type): Type => {
  if (type.kind !== "optional") return type;
  return type.absent ? { ...type, absent: "null" } : type.of;
};

function nameOf(type: ts.Type, { checker, at }: Context): string | undefined {
  if (type.aliasSymbol) return textOf(type, checker, at);
  const symbol = type.getSymbol();
  return symbol && symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class)
    ? textOf(type, checker, at)
    : undefined;
}

const libraryFile = /\/(?:typescript\/lib|@types\/node)\/.*\.d\.ts$|\/lib\.[^/]*\.d\.ts$/;

/** Declared by the language's own library or by Node: `Map`, `Date`, `Float64Array`. */
function isLibrary(symbol: ts.Symbol): boolean {
  const named = ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.Variable;
  if (!(symbol.flags & named) || !symbol.declarations?.length) return false;
  return symbol.declarations
    .map((d) => d.getSourceFile())
    .some((file) => file.hasNoDefaultLib || libraryFile.test(file.fileName));
}
