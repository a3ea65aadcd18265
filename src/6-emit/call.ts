/** Calls of functions: of the module's own, or of those that it imports or copies. */
import type { Callee, Instruction, Reference } from "../ir/types.ts";
import { type Expression, primary } from "./expression.ts";
import type { Writing } from "./memory.ts";
import type { TypeNames } from "./type.ts";

/** What belongs to the module: how it names things and what it may name. */
export type Surroundings = Readonly<{
  named: TypeNames;
  noUncheckedIndexedAccess: boolean;
  nameOf(reference: Reference): string;
  /** What a function of the module's own is called. */
  calleeOf(callee: Callee): string | undefined;
  /** A fragment's text with its references called as they are called here. */
  textOf(text: string, references: readonly Reference[]): string;
}>;

export function called(
  { callee, args }: Extract<Instruction, { kind: "call" }>,
  by: Writing,
  around: Surroundings,
): Expression {
  const reference = callee.func?.reference;
  const name = around.calleeOf(callee) ?? (reference && around.nameOf(reference));
  if (name === undefined) throw new Error(`no name to call ${callee.name} by`);
  return primary(`${name}(${args.map((a) => by.write(a).text).join(", ")})`);
}
