/** What is pushed onto a stack of the derivative's own, one after the other, is pushed by one call. */
import { elementType, typeOf } from "../ir/build.ts";
import type { Instruction, Operand } from "../ir/types.ts";
import type { Facts } from "./facts.ts";
import type { Inlining } from "./inline.ts";
import { fitting, type Writing } from "./memory.ts";
import type { Statement } from "./statement.ts";

type Push = Extract<Instruction, { kind: "push" }>;

const pushOf = (s: Statement | undefined): Push | undefined =>
  s?.kind === "run" && s.instruction.kind === "push" ? s.instruction : undefined;

/** Does the value look at no memory? Then it is the same before and after the pushes around it. */
const isPlain = (o: Operand, facts: Facts, inlining: Inlining): boolean => {
  const made = o.kind === "value" ? facts.definition.get(o) : undefined;
  if (!made || !inlining.inlined.has(made)) return true;
  return made.kind === "op" && made.args.every((arg) => isPlain(arg, facts, inlining));
};

export const pushed = (pushes: readonly Push[], array: string, by: Writing): string => {
  const { to } = pushes[0]!;
  const element = elementType(typeOf(to), undefined);
  const values = pushes.map((i) => fitting(i.value, element, by).text).join(", ");
  return `${array}.push(${values});`;
};

/** A push with those that directly follow it onto the same stack: none if it follows one itself. */
export function pushedTogether(
  statements: readonly Statement[],
  n: number,
  facts: Facts,
  inlining: Inlining,
): readonly Push[] {
  const joins = (a: Push | undefined, b: Push | undefined): boolean =>
    a !== undefined &&
    b?.to === a.to &&
    a.to.kind === "value" &&
    a.to.adjoint === true &&
    isPlain(b.value, facts, inlining);
  const own = pushOf(statements[n]);
  if (!own || joins(pushOf(statements[n - 1]), own)) return [];
  const row = [own];
  for (let next = n + 1; joins(row[0], pushOf(statements[next])); next++) row.push(pushOf(statements[next])!);
  return row;
}
