/** What a diagnostic says: the rows of the table with their holes filled. */
import type { Diagnostic } from "./diagnostic.ts";
import { messages } from "./table.ts";

/** The sentence; a hole that nothing fills is a bug of the reporter. */
export const messageOf = (d: Diagnostic): string => fill(messages[d.name].message, d);

/** What there is to do, if there is something. */
export function hintOf(d: Diagnostic): string | undefined {
  const row = messages[d.name];
  return "hint" in row ? fill(row.hint, d) || undefined : undefined;
}

export const codeOf = (d: Diagnostic): string => messages[d.name].code;

function fill(template: string, { name, values }: Diagnostic): string {
  return template.replace(/\{(\w+)\}/g, (_, hole: string) => {
    const value = values[hole];
    if (value === undefined) throw new Error(`diagnostic ${name} lacks a value for {${hole}}`);
    return value;
  });
}
