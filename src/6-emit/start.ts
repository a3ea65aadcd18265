/**
 * What a counted loop starts from, or ends with, is not its variable: `for (let i = n - 1; …)` was lowered to a value called `i`
 * that a loop variable called `i` starts from. The value loses the name, and may melt into the head of the loop.
 */
import type { Func, Instruction, Operand, Region, Value } from "../ir/types.ts";
import { rebuild, rebuildEnd } from "../ir/rebuild.ts";
import { resultsOf, visit } from "../ir/walk.ts";

export function unnameStarts(func: Func): Func {
  const unnamed = new Map<Value, Value>();
  const made = new Set<Operand>();
  visit(func.body, (i) => {
    if (i.kind === "op" || i.kind === "load" || i.kind === "length") resultsOf(i).forEach((v) => made.add(v));
    if (i.kind !== "loop" || i.shape.kind !== "range") return;
    const { start, bound, variable, compare } = i.shape;
    const goesDown = compare === "ge" || compare === "gt";
    const unname = (o: Operand, hint: string): void => {
      if (o.kind !== "value" || !made.has(o) || o.hint !== variable.hint) return;
      const { declared: _, ...rest } = o;
      unnamed.set(o, { ...rest, hint });
    };
    unname(start, goesDown ? "last" : "first");
    unname(bound, goesDown ? "first" : "last");
  });
  if (unnamed.size === 0) return func;
  const use = (o: Operand): Operand => (o.kind === "value" ? (unnamed.get(o) ?? o) : o);
  const define = (v: Value): Value => unnamed.get(v) ?? v;
  const region = (r: Region): Region => ({
    body: r.body.map((i): Instruction => rebuild(i, { use, define, region })),
    end: rebuildEnd(r.end, use),
  });
  return { ...func, body: region(func.body) };
}
