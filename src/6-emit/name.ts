/** Names, chosen once and last: what the source said, else what the value is, unique where it is seen. */
import type { Instruction, Operand, Value } from "../ir/types.ts";
import type { Variable, Variables } from "./coalesce.ts";
import type { Declarations, Extent, ScopePlace } from "./declare.ts";
import { type Facts, type Use, usesOf } from "./facts.ts";
import type { Layout } from "./statement.ts";
import { otherWordFor, wordFor } from "./word.ts";

export const isIdentifier = (text: string): boolean => /^[A-Za-z_$][\w$]*$/.test(text);

/** Words of the language, and globals that generated code uses or whose loss would surprise. */
export const reservedWords: ReadonlySet<string> = new Set(
  (
    "await break case catch class const continue debugger default delete do else enum export extends false finally " +
    "for function if implements import in instanceof interface let new null package private protected public return " +
    "static super switch this throw true try typeof var void while with yield async of as any arguments eval " +
    "undefined NaN Infinity Math Number Array Object String Boolean Map Set Error RangeError TypeError Date JSON " +
    "Symbol Float64Array Float32Array Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array " +
    "Uint32Array ArrayBuffer Promise BigInt isNaN isFinite parseFloat parseInt globalThis console performance process"
  ).split(" "),
);

/** `wanted`, or with the first number that makes it free. */
export function unique(wanted: string, taken: (name: string) => boolean): string {
  if (!taken(wanted)) return wanted;
  const stem = /\d$/.test(wanted) ? `${wanted}_` : wanted;
  for (let k = 2; ; k++) if (!taken(`${stem}${k}`)) return `${stem}${k}`;
}

const contains = (outer: ScopePlace, inner: ScopePlace): boolean => {
  for (let p: ScopePlace | undefined = inner; p; p = p.parent) if (p === outer) return true;
  return false;
};

/** Whether two variables of one name would be mistaken for each other, by the machine or by a reader. */
function clash(a: Extent, b: Extent): boolean {
  if (a.home === b.home) return true;
  const [outer, inner] = contains(a.home, b.home) ? [a, b] : contains(b.home, a.home) ? [b, a] : [];
  if (!outer || !inner) return false;
  if (outer.variable.parameter) return true;
  return outer.from <= inner.home.end && inner.home.start <= outer.to;
}

const loopNames = ["i", "j", "k", "l", "m"];

export function chooseNames(
  facts: Facts,
  variables: Variables,
  layout: Layout,
  declarations: Declarations,
  reserved: ReadonlySet<string>,
  parameterNames: readonly string[] | undefined,
): ReadonlyMap<Variable, string> {
  const names = new Map<Variable, string>();
  const extents = [...declarations.extents].sort(
    (a, b) =>
      Number(b.variable.parameter) - Number(a.variable.parameter) || a.from - b.from || a.order - b.order,
  );
  const users = new Map<string, Extent[]>();
  const taken = (name: string, extent: Extent): boolean =>
    reserved.has(name) ||
    reservedWords.has(name) ||
    (users.get(name) ?? []).some((other) => clash(other, extent));
  const give = (extent: Extent, name: string): void => {
    names.set(extent.variable, name);
    users.set(name, [...(users.get(name) ?? []), extent]);
  };

  const given = new Map<Variable, string>();
  facts.func.params.forEach((p, k) => {
    const name = parameterNames?.[k];
    if (name) given.set(variables.get(p)!, name);
  });
  const nameOf = (o: Operand): string | undefined => {
    const variable = o.kind === "value" ? variables.get(o) : undefined;
    return variable && (variable.hint ?? names.get(variable));
  };
  const keyOf = (o: Operand): string | undefined => {
    const variable = o.kind === "value" ? variables.get(o) : undefined;
    return variable && (names.get(variable) ?? variable.hint);
  };
  const isKey = (u: Use, v: Value): boolean =>
    (u.user.kind === "load" || u.user.kind === "store" || u.user.kind === "accumulate") && u.user.key === v;
  const indexes = ({ values }: Variable): boolean =>
    values.every((v) => usesOf(facts, v).every((u) => isKey(u, v)));

  for (const extent of extents) {
    const { variable } = extent;
    const fixed = given.get(variable);
    if (fixed) {
      give(extent, fixed);
      continue;
    }
    const isLoop = layout.loopVariables.has(variable);
    const wanted =
      clean(variable.hint) ??
      (isLoop ? "i" : clean(wordFor(maker(facts, variable.values), nameOf, keyOf, indexes(variable)))!);
    const letter = isLoop && loopNames.includes(wanted) && taken(wanted, extent);
    const free = letter
      ? loopNames.slice(loopNames.indexOf(wanted)).find((n) => !taken(n, extent))
      : undefined;
    const other = taken(wanted, extent)
      ? otherWordFor(maker(facts, variable.values), nameOf, keyOf)
      : undefined;
    give(extent, free ?? unique(other ?? wanted, (n) => taken(n, extent)));
  }
  return names;
}

const clean = (hint: string | undefined): string | undefined => {
  const text = hint
    ?.replace(/^[^\w$]+/, "")
    .replace(/[^\w$]+(\w)/g, (_, c: string) => c.toUpperCase())
    .replace(/[^\w$]/g, "");
  if (!text) return undefined;
  return /^\d/.test(text) ? `_${text}` : text;
};

const maker = (facts: Facts, values: readonly Value[]): Instruction | undefined => {
  const made = values.map((v) => facts.definition.get(v)).filter((i) => i !== undefined);
  const first = made.find((i) => i.kind !== "loop" && i.kind !== "if" && i.kind !== "block") ?? made[0];
  // `a ?? 0` is called as `a` would be
  const [given] = first?.kind === "op" && first.op === "orElse" ? first.args : [];
  return (given?.kind === "value" ? facts.definition.get(given) : undefined) ?? first;
};
