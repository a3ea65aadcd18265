/** A function's signature as it is written, with all that its texts refer to. */
import { ts } from "ts-morph";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { Binding, Parameter, Signature } from "../ir/entry.ts";
import type { Reference, Type } from "../ir/types.ts";
import { isModuleLevel, type Needs, referenceOf, referencesIn } from "../source/reference.ts";
import { toType } from "../source/type.ts";
import { type Candidate, exportName } from "./function.ts";

/** `undefined` if a name in it cannot be had by another module, which is reported. */
export function signatureOf(
  candidate: Candidate,
  checker: ts.TypeChecker,
  report: Report,
): Signature | undefined {
  const { declaration, name } = candidate;
  const texts = new Texts(candidate, checker, report);
  const own = declaration.parameters.map((p) => parameter(p, checker, texts));
  const parameters = candidate.receiver ? [receiver(candidate.receiver, checker, texts), ...own] : own;
  const called = checker.getSignatureFromDeclaration(declaration);
  const returned = called ? checker.getReturnTypeOfSignature(called) : checker.getAnyType();
  const returnType = toType(returned, checker, declaration);
  const returnTypeText = texts.ofType(declaration.type, returned, declaration);
  const typeParameters = declaration.typeParameters ?? [];
  const typeParameterTexts = typeParameters.map((p) => texts.verbatim(p));
  if (texts.failed) return undefined;
  return {
    name,
    exportName: exportName(name),
    typeParameters: typeParameters.length > 0 ? `<${typeParameterTexts.join(", ")}>` : "",
    parameters,
    returnType,
    returnTypeText,
    references: texts.references,
    file: declaration.getSourceFile().fileName,
    start: declaration.getStart(),
  };
}

/** Collects what the texts of one signature refer to. */
class Texts {
  readonly #candidate: Candidate;
  readonly #checker: ts.TypeChecker;
  readonly #report: Report;
  readonly #references = new Map<string, Reference>();
  failed = false;

  constructor(candidate: Candidate, checker: ts.TypeChecker, report: Report) {
    this.#candidate = candidate;
    this.#checker = checker;
    this.#report = report;
  }

  get references(): readonly Reference[] {
    return [...this.#references.values()];
  }

  /** The node's own text. */
  verbatim(node: ts.Node): string {
    this.#keep(referencesIn(node, this.#checker), node);
    return node.getText();
  }

  /** The type as written or inferred; names that are not exported are written out where structure says all. */
  ofType(node: ts.TypeNode | undefined, type: ts.Type, at: ts.Node): string {
    const text = node?.getText() ?? this.#checker.typeToString(type, at, ts.TypeFormatFlags.NoTruncation);
    const needs = node ? referencesIn(node, this.#checker) : this.#needsOf(type);
    const imported = needs.missing.length === 0 && needs.references.every((r) => r.from.kind === "import");
    if (!imported || /\bimport\(/.test(text)) {
      const structure = structural(toType(type, this.#checker, at));
      if (structure !== undefined) return structure;
    }
    this.#keep(needs, node ?? at);
    return text;
  }

  #keep({ references, missing }: Needs, node: ts.Node): void {
    for (const r of references) this.#references.set(r.id, r);
    for (const symbol of missing) {
      this.failed = true;
      const values = { function: this.#candidate.name, name: symbol.name };
      const at = { file: node.getSourceFile().fileName, start: node.getStart(), end: node.getEnd() };
      this.#report({ name: "notExported", values, at });
    }
  }

  /** The names in the text of an inferred type. */
  #needsOf(type: ts.Type): Needs {
    const symbols = [...namesIn(type, this.#checker, [])].filter(isModuleLevel);
    const references = symbols.map((s) => referenceOf(s, this.#checker));
    return {
      references: references.filter((r) => r !== undefined),
      missing: symbols.filter((_, i) => references[i] === undefined),
    };
  }
}

function namesIn(type: ts.Type, checker: ts.TypeChecker, above: readonly ts.Type[]): ReadonlySet<ts.Symbol> {
  const names = new Set<ts.Symbol>();
  if (above.includes(type)) return names;
  const addAll = (types: readonly ts.Type[]): void => {
    for (const t of types) for (const name of namesIn(t, checker, [...above, type])) names.add(name);
  };
  if (type.aliasSymbol) {
    names.add(type.aliasSymbol);
    addAll(type.aliasTypeArguments ?? []);
    return names;
  }
  if (type.isUnionOrIntersection()) addAll(type.types);
  const symbol = type.getSymbol();
  if (symbol && symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class | ts.SymbolFlags.Enum))
    names.add(symbol);
  else if (!checker.isArrayLikeType(type) && type.flags & ts.TypeFlags.Object) {
    addAll(checker.getPropertiesOfType(type).map((p) => checker.getTypeOfSymbol(p)));
  }
  if (type.flags & ts.TypeFlags.Object) addAll(checker.getTypeArguments(type as ts.TypeReference));
  return names;
}

/** The type without any name; `undefined` if it has parts that are not followed. */
function structural(type: Type): string | undefined {
  switch (type.kind) {
    case "number":
    case "boolean":
    case "undefined":
      return type.kind;
    case "array": {
      if (type.container !== "Array") return type.container;
      const element = structural(type.element);
      if (element === undefined) return undefined;
      return `${type.readonly ? "readonly " : ""}${/^[\w{[.]+$|^\{.*\}$/.test(element) ? element : `(${element})`}[]`;
    }
    case "tuple": {
      const elements = type.elements.map(structural);
      if (elements.includes(undefined)) return undefined;
      return `${type.readonly ? "readonly " : ""}[${elements.join(", ")}]`;
    }
    case "object": {
      const fields = type.fields.map((f) => ({ field: f, text: structural(f.type) }));
      if (fields.some((f) => f.text === undefined)) return undefined;
      return `{ ${fields.map(({ field, text }) => `${propertyName(field.name)}${field.optional ? "?" : ""}: ${text}`).join("; ")} }`;
    }
    case "map": {
      const [key, value] = [structural(type.key), structural(type.value)];
      if (key === undefined || value === undefined) return undefined;
      if (type.record) {
        const record = `Record<${key}, ${value}>`;
        return type.readonly ? `Readonly<${record}>` : record;
      }
      const name = `${type.readonly ? "Readonly" : ""}${type.set ? "Set" : "Map"}`;
      return type.set ? `${name}<${key}>` : `${name}<${key}, ${value}>`;
    }
    case "optional": {
      const of = structural(type.of);
      const nothing = { null: " | null", either: " | null | undefined" };
      return of === undefined ? undefined : `${of}${type.absent ? nothing[type.absent] : " | undefined"}`;
    }
    case "cell":
      return structural(type.of);
    case "other":
      return /^(?:string|bigint|symbol|null|unknown|any|never|"[^"]*"(?: \| "[^"]*")*)$/.test(type.text)
        ? type.text
        : undefined;
    default:
      return type satisfies never;
  }
}

const propertyName = (name: string): string =>
  /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? name : JSON.stringify(name);

function parameter(node: ts.ParameterDeclaration, checker: ts.TypeChecker, texts: Texts): Parameter {
  const rest = node.dotDotDotToken !== undefined;
  const optional = node.questionToken !== undefined;
  const declared = checker.getTypeAtLocation(node);
  const typeText = texts.ofType(
    node.type,
    node.initializer ? checker.getNonNullableType(declared) : declared,
    node,
  );
  const pattern = texts.verbatim(node.name);
  const defaultText = node.initializer && texts.verbatim(node.initializer);
  const sameType = node.type ? node.type.getText() === typeText : node.initializer !== undefined;
  const written = `${rest ? "..." : ""}${pattern}${optional ? "?" : ""}: ${typeText}${defaultText === undefined ? "" : ` = ${defaultText}`}`;
  return {
    text: sameType ? withoutModifiers(node) : written,
    pattern,
    typeText,
    ...(defaultText === undefined ? {} : { defaultText }),
    optional,
    rest,
    bindings: bindingsOf(node.name, checker),
  };
}

/** `private readonly k: number` is for constructors alone; decorators go as well. */
function withoutModifiers(node: ts.ParameterDeclaration): string {
  const start = (node.dotDotDotToken ?? node.name).getStart();
  return node.getSourceFile().text.slice(start, node.getEnd());
}

/** Every name that the parameter binds, with the type that the body sees. */
function bindingsOf(
  name: ts.BindingName,
  checker: ts.TypeChecker,
  at: Binding["at"] = { path: [] },
): readonly Binding[] {
  if (ts.isIdentifier(name)) {
    const type = toType(checker.getTypeAtLocation(name), checker, name);
    return [{ name: name.text, type, ...(at ? { at } : {}) }];
  }
  const keys = name.elements.map((e, i) => (ts.isArrayBindingPattern(name) ? i : keyOf(e)));
  return name.elements.flatMap((e, i) => {
    if (!ts.isBindingElement(e)) return [];
    const taken = keys.slice(0, i);
    if (!at || at.without || at.from !== undefined) return bindingsOf(e.name, checker, undefined);
    if (!e.dotDotDotToken) {
      const key = keys[i];
      return bindingsOf(e.name, checker, key === undefined ? undefined : { path: [...at.path, key] });
    }
    if (ts.isArrayBindingPattern(name)) return bindingsOf(e.name, checker, { path: at.path, from: i });
    const without = taken.filter((key) => key !== undefined).map(String);
    return bindingsOf(
      e.name,
      checker,
      without.length < taken.length ? undefined : { path: at.path, without },
    );
  });
}

/** The key of an element of an object pattern, if it stands there. */
function keyOf(element: ts.ArrayBindingElement): string | undefined {
  if (!ts.isBindingElement(element)) return undefined;
  const name = element.propertyName ?? element.name;
  return ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)
    ? name.text
    : undefined;
}

/** A method's object, as its first parameter. */
function receiver(holder: ts.ClassDeclaration, checker: ts.TypeChecker, texts: Texts): Parameter {
  const symbol = holder.name && checker.getSymbolAtLocation(holder.name);
  if (!holder.name || !symbol) throw new Error("a method of a class without a name cannot be chosen");
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  const typeText = texts.ofType(undefined, type, holder);
  const name = holder.name.text.replace(/^\p{Lu}+(?=\p{Lu}\p{Ll})|^\p{Lu}/u, (lead) => lead.toLowerCase());
  return {
    text: `${name}: ${typeText}`,
    pattern: name,
    typeText,
    optional: false,
    rest: false,
    bindings: [{ name, type: toType(type, checker, holder) }],
  };
}
