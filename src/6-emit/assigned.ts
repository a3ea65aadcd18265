/** Whether TypeScript sees that a variable declared without a value is set wherever it is read. */
import type { Label } from "../ir/types.ts";
import type { Scope, Statement } from "./statement.ts";

/** What a statement does with the variable by itself, without the statements in it. */
export type Touches = Readonly<{ reads: boolean; sets: boolean }>;

/**
 * Follows the statements as TypeScript does, which knows no conditions: after an `if` the variable is set if both
 * branches set it or never come out, after a loop if every way out of it has.
 */
export function isSetBeforeRead(scope: Scope, touches: (s: Statement) => Touches): boolean {
  let seen = true;
  /** Whether the variable was set at every jump out of a construct (`break`) and to its next iteration. */
  const outs = new Map<Label, boolean>();
  const around: Label[] = [];

  /** Whether it is set after the statements; `undefined` if control never comes out. */
  const all = (statements: readonly Statement[], before: boolean): boolean | undefined => {
    let set: boolean | undefined = before;
    for (const s of statements) {
      if (set === undefined) break;
      set = one(s, set);
    }
    return set;
  };
  const both = (a: boolean | undefined, b: boolean | undefined): boolean | undefined =>
    a === undefined ? b : b === undefined ? a : a && b;

  const one = (s: Statement, before: boolean): boolean | undefined => {
    const { reads, sets } = touches(s);
    const isLate = s.kind === "loop" && s.head.kind === "do";
    if (reads && !before && !isLate) seen = false;
    switch (s.kind) {
      case "assign":
      case "declare":
      case "run":
        return before || (s.kind !== "declare" && sets);
      case "if":
        return both(all(s.then.statements, before), all(s.else.statements, before));
      case "block":
      case "loop": {
        const isLoop = s.kind === "loop";
        if (isLoop) around.push(s.label);
        const end = all(s.body.statements, before);
        if (isLoop) around.pop();
        if (reads && isLate && end === false) seen = false;
        const left = outs.get(s.label);
        if (!isLoop) return both(end, left);
        if (s.head.kind === "do") return both(end, left);
        const endless = s.head.kind === "while" && s.head.test === undefined;
        return endless ? left : both(before, left);
      }
      case "jump": {
        const to = s.to ?? around.at(-1);
        if (to && s.word === "break") outs.set(to, both(outs.get(to), before)!);
        return undefined;
      }
      case "return":
      case "throw":
        return undefined;
      default:
        return s satisfies never;
    }
  };
  all(scope.statements, false);
  return seen;
}
