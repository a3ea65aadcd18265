/** Writes docs/diagnostics.md: every message of the table, with what it looks like where it has a fixture. */
import { messages } from "../src/diagnostics/table.ts";

type Row = Readonly<{ code: string; severity: string; message: string; hint?: string }>;

const chapters: readonly (readonly [string, string])[] = [
  ["ADJ1", "What was asked for"],
  ["ADJ2", "What is not understood where a derivative would have to flow"],
  ["ADJ3", "What does not fit the function it is asked of"],
  ["ADJ9", "Warnings and notes"],
];

/** `example`: what is printed for the fixture of a code. */
export function page(example: (code: string) => string | undefined): string {
  const rows: readonly Row[] = Object.values(messages);
  const sections = chapters.map(([prefix, title]) => {
    const members = rows.filter((r) => r.code.startsWith(prefix));
    return [`## ${title}`, ...members.map((row) => section(row, example(row.code)))].join("\n\n");
  });
  return `# Diagnostics

Made from the table in \`src/diagnostics/table.ts\` and the programs in \`fixtures/errors\`. Codes are stable. Nothing is written for a file with an error; warnings and notes stand beside a derivative that is right.

${sections.join("\n\n")}
`;
}

/** Holes are filled with names and types of the program. */
const plain = (text: string): string => text.replace(/`?\{(\w+)\}`?/g, "…");

function section(row: Row, example: string | undefined): string {
  const lines = [`### ${row.code}`, `${row.severity}: ${plain(row.message)}`];
  if (row.hint !== undefined && plain(row.hint) !== "…") lines.push(`Hint: ${plain(row.hint)}`);
  if (example !== undefined) lines.push(`\`\`\`\n${example.trimEnd()}\n\`\`\``);
  return lines.join("\n\n");
}
