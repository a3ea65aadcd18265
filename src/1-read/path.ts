/** Paths into parameters: how they are written, and whether a function has them. */
import type { Report, Span } from "../diagnostics/diagnostic.ts";
import type { Path, Signature } from "../ir/entry.ts";
import type { Container, Type } from "../ir/types.ts";
import { suggestion } from "./suggest.ts";

/** `model.weights` → model, weights; `points[].x` → points, [], x; `pair[0]` → pair, 0. */
export function parsePath(text: string): Path {
  return text
    .replace(/\[\]/g, ".[]")
    .replace(/\[(\d+)\]/g, ".$1")
    .split(".");
}

const integers: ReadonlySet<Container> = new Set<Container>([
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
]);

/** Whether a value of the type holds real numbers: a number in it that is no element of an integer array. */
export function holdsReals(type: Type): boolean {
  switch (type.kind) {
    case "number":
      return true;
    case "array":
      return !integers.has(type.container) && holdsReals(type.element);
    case "tuple":
      return type.elements.some(holdsReals);
    case "object":
      return type.fields.some((f) => holdsReals(f.type));
    case "map":
      return holdsReals(type.value);
    case "optional":
    case "cell":
      return holdsReals(type.of);
    case "boolean":
    case "undefined":
    case "other":
      return false;
    default:
      return type satisfies never;
  }
}

/** What `--wrt` means when it is left out: every parameter that holds real numbers. */
export const everyReal = (signature: Signature): readonly Path[] =>
  signature.parameters.flatMap((p) => p.bindings.filter((b) => holdsReals(b.type)).map((b) => [b.name]));

/** Whether the path names real numbers of the function; what is wrong is reported at `at`. */
export function checkPath(path: Path, signature: Signature, at: Span | undefined, report: Report): boolean {
  const place = at ? { at } : {};
  const [name = "", ...parts] = path;
  const bindings = signature.parameters.flatMap((p) => p.bindings);
  const binding = bindings.find((b) => b.name === name);
  if (!binding) {
    const known = suggestion(
      name,
      bindings.map((b) => b.name),
    );
    report({
      name: "unknownParameter",
      values: { function: signature.name, name, suggestion: known },
      ...place,
    });
    return false;
  }
  let type = binding.type;
  let whole = name;
  for (const part of parts) {
    const inner = partOf(type, part);
    if (!inner) {
      const known = suggestion(part, partsOf(type));
      report({
        name: "unknownPart",
        values: { function: signature.name, whole, part, suggestion: known },
        ...place,
      });
      return false;
    }
    type = inner;
    whole += part === "[]" ? "[]" : /^\d/.test(part) ? `[${part}]` : `.${part}`;
  }
  if (holdsReals(type)) return true;
  const values = { function: signature.name, name: whole, type: describe(type) };
  report({ name: "notDifferentiable", values, ...place });
  return false;
}

function partOf(type: Type, part: string): Type | undefined {
  switch (type.kind) {
    case "array":
      return part === "[]" ? type.element : undefined;
    case "tuple":
      return part === "[]" ? type.elements.find(holdsReals) : type.elements[Number(part)];
    case "object":
      return type.fields.find((f) => f.name === part)?.type;
    case "map":
      return part === "[]" ? type.value : undefined;
    case "optional":
    case "cell":
      return partOf(type.of, part);
    case "number":
    case "boolean":
    case "undefined":
    case "other":
      return undefined;
    default:
      return type satisfies never;
  }
}

function partsOf(type: Type): readonly string[] {
  switch (type.kind) {
    case "array":
      return ["[]"];
    case "tuple":
      return ["[]", ...type.elements.map((_, i) => `[${i}]`)];
    case "object":
      return type.fields.map((f) => f.name);
    case "map":
      return ["[]"];
    case "optional":
    case "cell":
      return partsOf(type.of);
    case "number":
    case "boolean":
    case "undefined":
    case "other":
      return [];
    default:
      return type satisfies never;
  }
}

/** A type in the words of its author, as far as they are known. */
export function describe(type: Type): string {
  switch (type.kind) {
    case "number":
    case "boolean":
    case "undefined":
      return type.kind;
    case "array": {
      if (type.container !== "Array") return type.container;
      const element = describe(type.element);
      return `${type.readonly ? "readonly " : ""}${/[ |]/.test(element) ? `(${element})` : element}[]`;
    }
    case "tuple":
      return `${type.readonly ? "readonly " : ""}[${type.elements.map(describe).join(", ")}]`;
    case "object":
      return (
        type.name ??
        `{ ${type.fields.map((f) => `${f.name}${f.optional ? "?" : ""}: ${describe(f.type)}`).join("; ")} }`
      );
    case "map":
      if (type.record) return `Record<${describe(type.key)}, ${describe(type.value)}>`;
      return type.set ? `Set<${describe(type.key)}>` : `Map<${describe(type.key)}, ${describe(type.value)}>`;
    case "optional":
      return `${describe(type.of)} | undefined`;
    case "cell":
      return describe(type.of);
    case "other":
      return type.text;
    default:
      return type satisfies never;
  }
}
