/** The user's comments, each above the first statement that its code became. */
import { forwardSweep, reverseSweep } from "../ir/section.ts";
import type { Instruction, Operand, Origin } from "../ir/types.ts";
import { operandUses } from "./facts.ts";
import type { Statement } from "./statement.ts";

type Sight = Readonly<{ inlinedInstruction(o: Operand): Instruction | undefined }>;

/** The comments of what a statement is made of, each once. */
export function commentsOf(s: Statement, by: Sight, written: Set<string>): readonly string[] {
  const found: string[] = [];
  const see = ({ comment }: Origin): void => {
    if (comment === undefined) return;
    // the title of a sweep stands once, whatever else is said
    const title = [forwardSweep, reverseSweep].find((t) => comment.startsWith(`${t}\n`));
    for (const part of title ? [title, comment.slice(title.length + 1)] : [comment]) {
      if (written.has(part)) continue;
      written.add(part);
      found.push(part);
    }
  };
  const operand = (o: Operand): void => {
    const made = by.inlinedInstruction(o);
    if (made) instruction(made);
  };
  const instruction = (i: Instruction): void => {
    see(i.at);
    operandsOf(i).forEach(operand);
  };
  switch (s.kind) {
    case "assign":
      if (s.source.kind === "operand") operand(s.source.operand);
      if (s.at) see(s.at.at);
      if (s.source.kind === "instruction") instruction(s.source.instruction);
      break;
    case "run":
      instruction(s.instruction);
      break;
    case "if":
    case "loop":
    case "block":
      see(s.at.at);
      if (s.kind === "if") operand(s.test);
      if (s.kind === "loop" && s.head.kind === "for")
        [s.head.range.start, s.head.range.bound].forEach(operand);
      if (s.kind === "loop" && s.head.kind === "while" && s.head.test) operand(s.head.test);
      break;
    case "return":
      if (s.at && "at" in s.at) see(s.at.at);
      if (s.value) operand(s.value);
      break;
    case "throw":
      see(s.terminator.at);
      break;
    case "declare":
      if (s.at) see(s.at.at);
      break;
    case "jump":
      break;
    default:
      s satisfies never;
  }
  return found;
}

/** What is written with an instruction; an `if` here is `c ? a : b`. */
function operandsOf(i: Instruction): readonly Operand[] {
  const own = operandUses(i).map(([o]) => o);
  if (i.kind !== "if") return own;
  return [...own, ...[i.then, i.else].flatMap((r) => (r.end.kind === "yield" ? r.end.values : []))];
}
