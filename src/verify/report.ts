/** What `--verify` prints: a table with one line per component, the worst first where there are many, and a verdict. */
import type { Component, Verdict } from "./compare.ts";
import { leaves } from "./structure.ts";
import type { Report } from "./verify.ts";

const severity: Record<Verdict, number> = { nan: 0, wrong: 1, undecided: 2, ok: 3 };

/** Reports of several functions, one after the other. `limit`: how many components each shows. */
export const renderReports = (reports: readonly Report[], limit = 12): string =>
  reports.map((report) => renderReport(report, limit)).join("\n");

export function renderReport(report: Report, limit = 12): string {
  const { components, complaints } = report;
  const shown = components.length <= limit ? components : [...components].sort(worstFirst).slice(0, limit);
  const lines = [heading(report), ...(shown.length > 0 ? table(shown) : [])];
  const hidden = components.length - shown.length;
  if (hidden > 0)
    lines.push(`  … and ${hidden} more, ${counts(components.filter((c) => !shown.includes(c)))}`);
  for (const complaint of complaints) lines.push(`  broken promise: ${complaint}`);
  lines.push(`  ${verdictLine(report)}`);
  return `${lines.join("\n")}\n`;
}

function heading({ name, args, parameterNames }: Report): string {
  const text = parameterNames
    .slice(0, args.length)
    .map((parameter, i) => `${parameter} = ${argumentText(args[i])}`);
  return `${name} at ${text.join(", ")}`;
}

function argumentText(v: unknown): string {
  if (typeof v !== "object" || v === null) return typeof v === "string" ? JSON.stringify(v) : String(v);
  const numbers = leaves(v);
  if (numbers.length > 4) return `(${numbers.length} numbers)`;
  const text = JSON.stringify(ArrayBuffer.isView(v) ? Array.from(v as Float64Array) : v) ?? "…";
  return text.length <= 60 ? text : `(${numbers.length} numbers)`;
}

function table(components: readonly Component[]): string[] {
  const rows = [
    ["component", "generated", "reference", "difference", "allowed", "verdict"],
    ...components.map((c) => [
      c.name,
      digits(c.generated),
      digits(c.reference),
      c.difference.toExponential(1),
      c.tolerance.toExponential(1),
      verdictText(c),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => {
    // names and verdicts read from the left, numbers from the right
    const cells = row.map((cell, i) =>
      i === 0 || i === 5 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!),
    );
    return `  ${cells.join("  ")}`.trimEnd();
  });
}

const digits = (v: number): string => (Number.isFinite(v) ? v.toPrecision(12) : String(v));

function verdictText({ verdict, reason }: Component): string {
  switch (verdict) {
    case "ok":
      return "ok";
    case "wrong":
      return reason === undefined ? "WRONG" : `WRONG: ${reason}`;
    case "nan":
      return `WRONG: ${reason ?? "NaN"}`;
    case "undecided":
      return `reference not trusted: ${reason ?? ""}`;
    default:
      return verdict satisfies never;
  }
}

function worstFirst(a: Component, b: Component): number {
  const share = (c: Component): number => (c.difference === 0 ? 0 : c.difference / c.tolerance);
  return severity[a.verdict] - severity[b.verdict] || share(b) - share(a) || 0;
}

function counts(components: readonly Component[]): string {
  const count = (...of: Verdict[]): number => components.filter((c) => of.includes(c.verdict)).length;
  return `${count("ok")} ok, ${count("wrong", "nan")} wrong, ${count("undecided")} undecided`;
}

function verdictLine({ components, total, complaints, passed, name }: Report): string {
  const sampled = components.length < total ? ` (a sample of ${total})` : "";
  const broken = complaints.length > 0 ? `, ${complaints.length} broken promises` : "";
  return `${passed ? "passed" : "FAILED"}: ${name}, ${counts(components)}${sampled}${broken}`;
}
