/** A function that ends with a branch returns in its branches: `if (c) return a; …; return b;`. */
import type { Func, Instruction, Region } from "../ir/types.ts";

type If = Extract<Instruction, { kind: "if" }>;

/** `isExpression`: is the branch written as `c ? a : b`? */
export function leaveEarly(func: Func, isExpression: (i: If) => boolean): Func {
  const returning = (region: Region): Region => {
    const last = region.body.at(-1);
    const { end } = region;
    if (end.kind !== "yield" || end.values.length === 0) return region;
    const isPassedOn =
      last?.kind === "if" &&
      last.results.length === end.values.length &&
      end.values.every((v, n) => v === last.results[n]);
    if (!isPassedOn || isExpression(last))
      return { ...region, end: { kind: "exit", to: func.label, values: end.values, at: func.at } };
    const left: If = { ...last, results: [], then: returning(last.then), else: returning(last.else) };
    return { body: [...region.body.slice(0, -1), left], end: { kind: "yield", values: [] } };
  };
  const body = returning(func.body);
  // a plain end stays what it is
  return body.end.kind === "exit" ? func : { ...func, body };
}
