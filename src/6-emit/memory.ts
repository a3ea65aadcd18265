/** Arrays, objects and cells as text: literals, allocations, elements and fields. */
import { elementType, isScalar, typeOf } from "../ir/build.ts";
import type { Field, Instruction, Item, Operand, Reference, Type } from "../ir/types.ts";
import { type Expression, type Operands, bind, level, primary } from "./expression.ts";
import { isIdentifier } from "./name.ts";
import { fieldText, keyText, typeText, type TypeNames } from "./type.ts";

export type Writing = Operands &
  Readonly<{
    named: TypeNames;
    unchecked: boolean;
    around: Readonly<{ textOf(text: string, references: readonly Reference[]): string }>;
  }>;

export const bare = (type: Type): Type => (type.kind === "optional" ? bare(type.of) : type);

/** `a[i]`, `o.field`, or the name of a cell; `!` where the project checks indices. */
export function place(from: Operand, key: Operand | undefined, by: Writing, reading: boolean): Expression {
  const type = typeOf(from);
  const base = bind(by.write(from), level.primary) + (type.kind === "optional" ? "!" : "");
  if (!key) return by.write(from);
  const inner = bare(type);
  if (inner.kind === "object" && key.kind === "constant") {
    const name = String(key.value);
    const known = inner.fields.find((f) => f.name === name);
    if (known?.partial)
      return primary(`${narrowed(by.write(from).text, known, inner.fields, by.named)}.${keyText(name)}`);
    // between brackets anybody may name what is private
    const isHidden = known?.beyond === "hidden" && inner.name !== undefined && !name.startsWith("#");
    if (isIdentifier(keyText(name)) && !isHidden) return primary(`${base}.${keyText(name)}`);
    return primary(`${base}[${JSON.stringify(name)}]`);
  }
  const sure = inner.kind === "tuple" && key.kind === "constant";
  const element = inner.kind === "array" ? inner.element : undefined;
  const asserted = reading && by.unchecked && !sure && element?.kind !== "optional";
  return primary(`${base}[${by.write(key).text}]${asserted ? "!" : ""}`);
}

/** `new Float64Array(n)`, `new Array<number>(n).fill(0)`. */
export function allocation(type: Type, length: string, fill: string | undefined, by: Writing): Expression {
  const inner = bare(type);
  const container = inner.kind === "array" ? inner.container : "Array";
  const element = inner.kind === "array" ? inner.element : inner;
  if (length === "0") return primary(container === "Array" ? "[]" : `new ${container}(0)`);
  const make =
    container === "Array"
      ? `new Array<${typeText(element, by.named)}>(${length})`
      : `new ${container}(${length})`;
  const plain = fill === undefined || (container !== "Array" && fill === "0");
  return primary(plain ? make : `${make}.fill(${fill})`);
}

/** What is put where something has to be: a shadow of what was found to be there is there too, but its type cannot tell. */
export function fitting(o: Operand, as: Type | undefined, by: Writing): Expression {
  const e = by.write(o);
  const known = o.kind === "value" && o.adjoint && o.type.kind === "optional" && !isScalar(o.type);
  const isSure = as !== undefined && as.kind !== "optional" && as.kind !== "other";
  return known && isSure ? primary(`${bind(e, level.primary)}!`) : e;
}

/** What holds one member of a union, as that member: which one it is, the union's own type cannot tell. */
export function told(e: Expression, from: Type, to: Type, by: Writing): Expression {
  if (from.kind !== "object" || to.kind !== "object") return e;
  const isOpen = to.fields.some(
    (f) => !f.optional && from.fields.some((g) => g.name === f.name && g.optional),
  );
  return isOpen ? { text: `${bind(e, level.relational)} as ${typeText(to, by.named)}`, level: 0 } : e;
}

const partType = (type: Type, key: string | number): Type | undefined => {
  switch (type.kind) {
    case "object": {
      const field = type.fields.find((f) => f.name === key);
      return field?.optional ? undefined : field?.type;
    }
    case "tuple":
      return type.elements[Number(key)];
    case "array":
      return type.element;
    default:
      return undefined;
  }
};

/** `{ W: dW, b }`, `[a, b]`. */
function literal(type: Type, items: readonly Item[], by: Writing, isShadow = false): Expression {
  const inner = bare(type);
  const text = (item: Item): string => fitting(item.value, partType(inner, item.key), by).text;
  // no text is the name of something that it has already
  if (inner.kind === "map" && inner.record) return primary(isShadow ? "Object.create(null)" : "{}");
  if (inner.kind === "map") return primary(`new ${typeText({ ...inner, readonly: false }, by.named)}()`);
  if (inner.kind === "object") {
    if (items.length === 0) return primary("{}");
    return primary(`{ ${items.map((item) => property(String(item.key), text(item))).join(", ")} }`);
  }
  const elements = `[${items.map(text).join(", ")}]`;
  return primary(
    inner.kind === "array" && inner.container !== "Array" ? `new ${inner.container}(${elements})` : elements,
  );
}

/** A literal, or an instance of a class: what its constructor would make of the items, or an object that is given its fields. */
export function made(
  { result, items, instance, constant }: Extract<Instruction, { kind: "make" }>,
  by: Writing,
): Expression {
  if (constant) {
    const text = constant.parts.map((p) => (typeof p === "string" ? p : "")).join("");
    return primary(by.around.textOf(text, constant.references));
  }
  const fields = literal(result.type, items, by, result.adjoint);
  if (!instance?.of) return fields;
  const name = by.around.textOf(instance.of.name, [instance.of]);
  if (instance.direct)
    return primary(`new ${name}(${items.map((item) => by.write(item.value).text).join(", ")})`);
  return primary(`Object.assign(Object.create(${name}.prototype), ${fields.text})`);
}

export const property = (key: string, text: string): string =>
  keyText(key) === text && isIdentifier(text) ? text : `${keyText(key)}: ${text}`;

/** A union's value as the member that has the field. */
export const narrowed = (text: string, field: Field, of: readonly Field[], named?: TypeNames): string => {
  // the type of the class or interface says nothing of what only others have that extend or implement it
  const isForeign = field.beyond !== undefined && !of.some((f) => f.beyond === "tag");
  return `(${text} as ${isForeign ? "unknown as " : ""}{ ${fieldText({ ...field, optional: false }, named)} })`;
};

/** A part that may be missing by its type, read where it is known to be there. */
export function sure(part: Expression, from: Operand, key: Operand | undefined, as: Type): Expression {
  const type = bare(typeOf(from));
  const own = elementType(typeOf(from), key);
  if ((type.kind === "array" || type.kind === "tuple") && own.kind === "optional" && as.kind === "number")
    return primary(`${part.text}!`);
  const field =
    type.kind === "object" && key?.kind === "constant"
      ? type.fields.find((f) => f.name === key.value)
      : undefined;
  const mayBeMissing = field?.optional && !field.partial && as.kind !== "optional" && as.kind !== "other";
  return mayBeMissing ? primary(`${part.text}!`) : part;
}

/** The last element of an array; where nothing is known of the elements, as what it was when it was put there. */
export function popped(
  { from, result }: Extract<Instruction, { kind: "pop" }>,
  array: string,
  by: Writing,
): Expression {
  const call = `${array}.pop()`;
  const type = bare(typeOf(from));
  const isUnknown = type.kind === "array" && type.element.kind === "other";
  if (!isUnknown || result.type.kind === "other") return primary(`${call}!`);
  return { text: `${call} as ${typeText(result.type, by.named)}`, level: level.relational };
}

/** Whether a declaration must say its type, because its first value (and what is written inside of it) does not. */
export function needsType(
  type: Type,
  value: Instruction | Operand,
  inlined: (o: Operand) => Instruction | undefined,
): boolean {
  // what starts as one of some texts (`let state: "idle" | "busy" = "idle"`) would be taken for any text
  const isText = value.kind === "constant" || value.kind === "op";
  if (type.kind === "optional" || (isText && type.kind === "other" && type.text.includes('"'))) return true;
  if (value.kind === "constant") return value.value === undefined || value.value === null;
  // what is one array or another is no tuple by itself
  if (value.kind === "if" || (value.kind === "op" && value.op === "select")) return hasTuple(type);
  if (value.kind === "make") {
    const inner = bare(type);
    if (inner.kind === "tuple" || (inner.kind === "map" && inner.record)) return true;
    // of texts TypeScript takes the kind, where the source may have said which they are
    if (inner.kind === "array") {
      const isUntold = (o: Operand): boolean => {
        const made = inlined(o);
        return made !== undefined && needsType(inner.element, made, inlined);
      };
      const isPlain = value.items.length > 0 && !hasTuple(inner) && inner.element.kind !== "other";
      return !isPlain || value.items.some((item) => isUntold(item.value));
    }
    return (
      inner.kind === "object" &&
      inner.fields.some((f) => f.optional || hasTuple(f.type) || ["array", "other"].includes(f.type.kind))
    );
  }
  if (value.kind === "zeros" || value.kind === "seeded" || value.kind === "convert") return hasTuple(type);
  return value.kind === "alloc" && value.length.kind === "constant" && value.length.value === 0;
}

const hasTuple = (type: Type): boolean => {
  switch (type.kind) {
    case "tuple":
    case "optional":
      return true;
    case "array":
      return hasTuple(type.element);
    case "object":
      return type.fields.some((f) => f.optional || hasTuple(f.type));
    default:
      return false;
  }
};
