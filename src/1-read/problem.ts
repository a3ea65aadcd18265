/** What the compiler has to say against a file, in our words around its own. */
import { ts } from "ts-morph";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";

/** Syntax errors, else type errors, of this file alone. */
export function problemsOf(source: ts.SourceFile, program: ts.Program): readonly Diagnostic[] {
  const syntax = program.getSyntacticDiagnostics(source);
  if (syntax.length > 0) return syntax.map((d) => diagnostic("syntaxError", d));
  return program
    .getSemanticDiagnostics(source)
    .filter((d) => d.category === ts.DiagnosticCategory.Error)
    .map((d) => diagnostic("typeError", d));
}

/** Whether the file uses a name that nothing declares (`console`, where the library does not have it). */
export const lacksNames = (file: string, program: ts.Program): boolean =>
  program.getSemanticDiagnostics(program.getSourceFile(file)).some((d) => missingName.has(d.code));

/** TypeScript's codes for "Cannot find name", with its various advice. */
const missingName: ReadonlySet<number> = new Set([2304, 2552, 2584]);

function diagnostic(name: "syntaxError" | "typeError", d: ts.Diagnostic): Diagnostic {
  const text = ts
    .flattenDiagnosticMessageText(d.messageText, "\n")
    .split("\n")
    .map((line) => line.trim());
  const problem = text.join(" ").replace(/\.$/, "");
  const values = { problem: name === "syntaxError" ? `${problem}.` : problem, number: String(d.code) };
  if (!d.file || d.start === undefined) return { name, values };
  return { name, values, at: { file: d.file.fileName, start: d.start, end: d.start + (d.length ?? 0) } };
}
