/** The statements of a generated function, before they have names and text. */
import type { Instruction, Label, Operand, Shape, Terminator, Type } from "../ir/types.ts";
import type { Node } from "./facts.ts";
import type { Variable } from "./coalesce.ts";

export type Range = Extract<Shape, { kind: "range" }>;

/** What a variable is set to. */
export type Source =
  | Readonly<{ kind: "operand"; operand: Operand }>
  | Readonly<{ kind: "instruction"; instruction: Instruction }>
  | Readonly<{ kind: "variable"; variable: Variable }>;

export type Head =
  | Readonly<{ kind: "for"; range: Range; variable: Variable }>
  | Readonly<{ kind: "while"; test: Operand | undefined }>
  | Readonly<{ kind: "do"; test: Operand }>;

export type Statement =
  /** `x = …`; declared here if the variable has no earlier place. `from` hands the value on. */
  | Readonly<{ kind: "assign"; variable: Variable; source: Source; at?: Instruction; from?: Node }>
  /** `let x: T;`, definitely assigned by hand where TypeScript could not see it. */
  | Readonly<{ kind: "declare"; variable: Variable; type: Type; trusted: boolean; at?: Instruction }>
  /** Everything that is done for its effect. */
  | Readonly<{ kind: "run"; instruction: Instruction }>
  | Readonly<{
      kind: "if";
      test: Operand;
      negated: boolean;
      then: Scope;
      else: Scope;
      at: Instruction;
    }>
  | Readonly<{ kind: "loop"; head: Head; label: Label; body: Scope; at: Instruction }>
  | Readonly<{ kind: "block"; label: Label; body: Scope; at: Instruction }>
  | Readonly<{ kind: "return"; value?: Operand; at?: Terminator }>
  | Readonly<{ kind: "jump"; word: "break" | "continue"; to?: Label; at?: Terminator }>
  | Readonly<{ kind: "throw"; terminator: Extract<Terminator, { kind: "throw" }> }>;

/** What stands between one pair of braces; it is filled while it is laid out. */
export type Scope = { readonly statements: Statement[] };

export const scope = (): Scope => ({ statements: [] });

/** Everything the statements are made of. */
export type Layout = Readonly<{
  body: Scope;
  /** Labels that a jump names. */
  labelled: ReadonlySet<Label>;
  /** Variables that the head of a loop declares. */
  loopVariables: ReadonlySet<Variable>;
}>;

/** Whether control never comes out behind the statements. */
export function neverCompletes(statements: readonly Statement[]): boolean {
  const last = statements.at(-1);
  switch (last?.kind) {
    case "return":
    case "jump":
    case "throw":
      return true;
    case "if":
      return neverCompletes(last.then.statements) && neverCompletes(last.else.statements);
    case "loop":
      return (
        last.head.kind === "while" && last.head.test === undefined && !leaves(last.body, last.label, true)
      );
    default:
      return false;
  }
}

/** Whether a jump in the scope leaves the loop with the label. */
function leaves(inside: Scope, label: Label, innermost: boolean): boolean {
  return inside.statements.some((s) => {
    switch (s.kind) {
      case "jump":
        return s.word === "break" && (s.to === label || (s.to === undefined && innermost));
      case "if":
        return leaves(s.then, label, innermost) || leaves(s.else, label, innermost);
      case "block":
        return leaves(s.body, label, innermost);
      case "loop":
        return leaves(s.body, label, false);
      default:
        return false;
    }
  });
}
