/** The user's own TypeScript, with what the values are called here in its holes. */
import type { Fragment, Operand } from "../ir/types.ts";
import { bind, level } from "./expression.ts";
import type { Writer } from "./write.ts";

/** A hole that is not an argument of its own takes only what binds as tightly as a name. */
export function fragmentText(
  by: Writer,
  code: Fragment,
  reads: readonly Operand[],
  results: readonly Operand[],
): string {
  const { parts } = code;
  return parts
    .map((part, k) => {
      if (typeof part === "string") return by.around.textOf(part, code.references);
      if ("write" in part) return by.write(results[part.write]!).text;
      const e = by.write(reads[part.read]!);
      const whole =
        (k === 0 || /[(,[=]\s*$/.test(String(parts[k - 1]))) &&
        (k === parts.length - 1 || /^\s*[),\];]/.test(String(parts[k + 1])));
      return whole ? e.text : bind(e, level.primary);
    })
    .join("");
}
