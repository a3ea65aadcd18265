/** Diagnostics as text: for people, for plain logs, for programs, for GitHub. */
import path from "node:path";
import picocolors from "picocolors";
import { type Diagnostic, severityOf } from "./diagnostic.ts";
import { codeOf, hintOf, messageOf } from "./message.ts";

export const formats = ["pretty", "plain", "json", "github"] as const;
export type Format = (typeof formats)[number];

export type RenderOptions = Readonly<{
  format: Format;
  /** What the printed paths are relative to. */
  cwd: string;
  color?: boolean;
  /** The text of a file as it was when it was read. */
  textOf: (file: string) => string | undefined;
}>;

/** All diagnostics, in the order given, with a line break after each; nothing for none (`json`: an empty list). */
export function render(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  const located = diagnostics.map((d) => locate(d, options));
  switch (options.format) {
    case "pretty":
      return located.map((d) => `${pretty(d, options)}\n`).join("\n");
    case "plain":
      return located.map((d) => `${firstLine(d, picocolors.createColors(false))}\n`).join("");
    case "json":
      return `${JSON.stringify(located.map(forPrograms), undefined, 2)}\n`;
    case "github":
      return located.map((d) => `${github(d)}\n`).join("");
    default:
      return options.format satisfies never;
  }
}

type Place = Readonly<{
  file: string;
  line: number;
  column: number;
  end: { line: number; column: number };
  text: string;
}>;
type Located = Readonly<{ diagnostic: Diagnostic; place: Place | undefined }>;
type Colors = ReturnType<typeof picocolors.createColors>;

/** Lines and columns count from 1; columns count UTF-16 units, as editors do. */
function locate(diagnostic: Diagnostic, { cwd, textOf }: RenderOptions): Located {
  const { at } = diagnostic;
  if (!at) return { diagnostic, place: undefined };
  const text = textOf(at.file) ?? "";
  const relative = path.relative(cwd, at.file).split(path.sep).join("/");
  const start = position(text, at.start);
  return { diagnostic, place: { file: relative || at.file, ...start, end: position(text, at.end), text } };
}

function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function firstLine({ diagnostic, place }: Located, colors: Colors): string {
  const severity = severityOf(diagnostic);
  const paint = severity === "error" ? colors.red : severity === "warning" ? colors.yellow : colors.cyan;
  const where = place
    ? `${colors.cyan(place.file)}:${colors.yellow(String(place.line))}:${colors.yellow(String(place.column))} - `
    : "";
  return `${where}${paint(severity)} ${colors.gray(`${codeOf(diagnostic)}:`)} ${oneLine(messageOf(diagnostic))}`;
}

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, " ");

function pretty(located: Located, options: RenderOptions): string {
  const colors = picocolors.createColors(options.color ?? false);
  const lines = [firstLine(located, colors)];
  if (located.place) lines.push("", ...frame(located.place, colors, severityOf(located.diagnostic)));
  const hint = hintOf(located.diagnostic);
  if (hint !== undefined) lines.push(`  ${colors.bold("hint:")} ${hint}`);
  return lines.join("\n");
}

/** The source line under its number, and what is meant underlined; of a longer stretch only its first line. */
function frame(
  { text, line, column, end }: Place,
  colors: Colors,
  severity: "error" | "warning" | "note",
): string[] {
  const source = text.split(/\r\n|\r|\n/)[line - 1] ?? "";
  const number = String(line);
  const last = end.line === line ? end.column : source.length + 1;
  // tabs stay tabs, so that the squiggles stand below what they mean at any tab width
  const indent = source.slice(0, column - 1).replace(/[^\t]/g, " ");
  const paint = severity === "error" ? colors.red : severity === "warning" ? colors.yellow : colors.cyan;
  const squiggles = paint("~".repeat(Math.max(1, last - column)));
  return [`${colors.inverse(number)} ${source}`, `${" ".repeat(number.length)} ${indent}${squiggles}`];
}

function forPrograms({ diagnostic, place }: Located): object {
  const hint = hintOf(diagnostic);
  return {
    code: codeOf(diagnostic),
    severity: severityOf(diagnostic),
    message: messageOf(diagnostic),
    ...(hint === undefined ? {} : { hint }),
    ...(place
      ? {
          file: place.file,
          line: place.line,
          column: place.column,
          endLine: place.end.line,
          endColumn: place.end.column,
        }
      : {}),
  };
}

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
function github({ diagnostic, place }: Located): string {
  const severity = severityOf(diagnostic);
  const command = severity === "note" ? "notice" : severity;
  const hint = hintOf(diagnostic);
  const text = escapeData(
    `${codeOf(diagnostic)}: ${messageOf(diagnostic)}${hint === undefined ? "" : `\nhint: ${hint}`}`,
  );
  if (!place) return `::${command}::${text}`;
  return `::${command} file=${escapeProperty(place.file)},line=${place.line},col=${place.column}::${text}`;
}

const escapeData = (text: string): string =>
  text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
const escapeProperty = (text: string): string => escapeData(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
