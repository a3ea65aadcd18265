/** The head of a counted loop. */
import { opInfo } from "../ir/ops.ts";
import { type Operands, bind, level, opposed } from "./expression.ts";
import type { Range } from "./statement.ts";

export function loopHead(range: Range, name: string, by: Operands): string {
  const start = by.write(range.start).text;
  const bound = bind(by.write(range.bound), level.shift);
  return `for (let ${name} = ${start}; ${name} ${opInfo(range.compare).text} ${bound}; ${step(range, name, by)})`;
}

function step({ step: by }: Range, name: string, writing: Operands): string {
  if (by.kind === "constant" && by.value === 1) return `${name}++`;
  if (by.kind === "constant" && by.value === -1) return `${name}--`;
  const less = opposed(by, writing);
  return less ? `${name} -= ${less.text}` : `${name} += ${writing.write(by).text}`;
}
