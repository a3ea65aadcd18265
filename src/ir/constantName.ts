/** Fragments that are no more than the name of a constant: `radians`, `Math.PI`, `Mode.Fast`. */
import type { Instruction } from "./types.ts";

/** The name, if asking for it anywhere in the function gives the same number or truth value. */
export const constantName = (i: Instruction): string | undefined => {
  if (i.kind !== "opaque" || !i.repeatable || i.refusal || i.code.form !== "expression") return undefined;
  const { results, reads, writes, code } = i;
  const isScalar = results[0]?.type.kind === "number" || results[0]?.type.kind === "boolean";
  if (results.length !== 1 || !isScalar || reads.length > 0 || writes.length > 0) return undefined;
  const text = code.parts.map((p) => (typeof p === "string" ? p : " ")).join("");
  return /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/.test(text) ? text : undefined;
};
