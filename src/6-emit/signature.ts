/** What callers see of a generated function: its parameters, its result, its docstring. */
import type { Derivative, Made, Mode, Parameter } from "../ir/entry.ts";
import type { Callee, Type } from "../ir/types.ts";
import { bare } from "./memory.ts";
import { fieldText, typeText, type TypeNames } from "./type.ts";

const prefixes: Readonly<Record<Mode, string>> = {
  grad: "grad",
  valueAndGrad: "valueAndGrad",
  vjp: "vjp",
  jvp: "jvp",
  hvp: "hvp",
  hessian: "hessian",
  jacobian: "jacobian",
};

export const exportedName = (d: Derivative): string => `${prefixes[d.mode]}${d.signature.exportName}`;
export const gradName = (d: Derivative): string => `${d.signature.exportName}Grad`;

const keysOf = (type: Type): number => (type.kind === "object" ? type.fields.length : 1);

/** A gradient type has a name if it would be written twice or has several keys; forward mode has no gradient. */
export const isNamed = (d: Derivative, all: readonly Derivative[]): boolean =>
  d.mode !== "jvp" &&
  (keysOf(d.gradType) > 1 || all.filter((o) => o.signature === d.signature && o.mode !== "jvp").length > 1);

const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

const pathText = (path: readonly string[]): string =>
  path.reduce((text, part) => (part === "[]" ? `${text}[]` : text ? `${text}.${part}` : part), "");

export function docstring(d: Derivative): string {
  const link = `{@link ${d.signature.name}}`;
  const wrt = list(d.wrt.map(pathText));
  switch (d.mode) {
    case "grad":
      return `/** Gradient of ${link} with respect to ${wrt}. */`;
    case "valueAndGrad":
      return `/** Value of ${link} and its gradient with respect to ${wrt}. */`;
    case "vjp":
      return d.signature.returnType.kind === "number"
        ? `/** Value of ${link} and \`seed\` times its gradient with respect to ${wrt}. */`
        : `/** Value of ${link} and the gradient of its \`seed\`-weighted sum with respect to ${wrt}. */`;
    case "jvp":
      return `/** Value of ${link} and its derivative along \`tangents\` of ${wrt}. */`;
    case "hvp":
      return `/** Value and gradient of ${link}, and its Hessian times \`tangents\` of ${wrt}. */`;
    case "hessian":
      return `/** Value, gradient and Hessian of ${link} with respect to ${wrt}. */`;
    case "jacobian":
      return `/** Value and Jacobian of ${link} with respect to ${wrt}. */`;
    default:
      return d.mode satisfies never;
  }
}

/** The same for functions that only the module calls. */
export function docstringOf({ role, of, partner }: Made, callees: ReadonlyMap<Callee, string>): string {
  const other = partner ? callees.get(partner) : undefined;
  switch (role) {
    case "forward":
      return `/** {@link ${of}}, which leaves on the tape what \`${other}\` takes from it. */`;
    case "reverse":
      return `/** The reverse of \`${other}\`: adds to the gradients that it is given, and returns those of numbers. */`;
    case "tangent":
      return `/** {@link ${of}} and its derivative along the tangents of its arguments. */`;
    default:
      return role satisfies never;
  }
}

export function gradInterface(d: Derivative, named: TypeNames): readonly string[] {
  const fields = d.gradType.kind === "object" ? d.gradType.fields : [];
  return [
    `/** Gradient of {@link ${d.signature.name}}: one entry per differentiated parameter. */`,
    `export interface ${gradName(d)} {`,
    ...fields.map((f) => `  ${fieldText(f, named)};`),
    "}",
  ];
}

/** The parameters as written, and the names of the func's params: the bindings, then what the mode adds. */
export function parameters(
  d: Derivative,
  named: TypeNames,
): Readonly<{ texts: readonly string[]; names: readonly string[] }> {
  const { signature, func, mode } = d;
  const names = signature.parameters.flatMap((p) => p.bindings.map((b) => b.name));
  const extra = func.params.slice(names.length);
  const wanted = mode === "vjp" ? "seed" : "tangents";
  const trailing = extra.map((p) => {
    let name = wanted;
    while (names.includes(name)) name += "_";
    names.push(name);
    if (mode !== "vjp") return `${name}: ${typeText(p.type, named)}`;
    return bare(p.type).kind === "number" ? `${name} = 1` : `${name}?: ${seedType(d, p.type, named)}`;
  });
  const required = trailing.length > 0 && mode !== "vjp";
  const own = signature.parameters.map((p) => (trailing.length > 0 ? before(p, required) : p.text));
  return { texts: [...own, ...trailing], names };
}

const seedType = (d: Derivative, type: Type, named: TypeNames): string => {
  const inner = bare(type);
  return inner.kind === "object" && inner.name !== undefined && d.signature.returnType.kind === "object"
    ? d.signature.returnTypeText
    : typeText(inner, named);
};

/** A parameter before an added one: neither a rest parameter nor optional before a required one. */
function before(p: Parameter, required: boolean): string {
  if (p.rest) return `${p.pattern}: ${p.typeText}`;
  if (p.optional && required && p.defaultText === undefined) return `${p.pattern}: ${p.typeText} | undefined`;
  return p.text;
}

/** What the function returns, as text. */
export function returnText(d: Derivative, all: readonly Derivative[], named: TypeNames): string {
  const grad = isNamed(d, all) ? gradName(d) : typeText(d.gradType, named);
  if (d.mode === "grad") return grad;
  const returned = d.func.returns;
  if (returned.kind !== "object") return typeText(returned, named);
  const parts = returned.fields.map((f) => {
    if (f.name === "grad") return `grad: ${grad}`;
    const own = f.name === "value" && d.signature.returnType.kind !== "undefined";
    return own ? `value: ${d.signature.returnTypeText}` : fieldText(f, named);
  });
  return `{ ${parts.join("; ")} }`;
}
