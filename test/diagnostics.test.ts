/** Every message of the table is shown by a program, and looks as it should. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as prettier from "prettier";
import { describe, expect, test } from "vitest";
import { messages } from "../src/diagnostics/table.ts";
import { createSession, differentiate, modes } from "../src/index.ts";
import { page } from "./diagnosticsPage.ts";

const directory = path.resolve("fixtures/errors");
const sources = readdirSync(directory).filter((name) => /^ADJ\d{4}(-[a-z-]+)?\.ts$/.test(name));
const session = createSession();
const rows = Object.values(messages);

/** The arguments on the first line, `// adjoint cost.ts --wrt W`, else the file alone. */
function requestOf(source: string): Parameters<typeof differentiate>[0] {
  const text = readFileSync(path.join(directory, source), "utf8");
  const words = /^\/\/ adjoint (.+)$/m.exec(text.split("\n")[0]!)?.[1]!.split(" ") ?? [source];
  const option = (name: string): string[] | undefined => {
    const at = words.indexOf(name);
    return at < 0 ? undefined : words.splice(at, 2)[1]!.split(",");
  };
  const [functions, wrt, emit, project] = ["--function", "--wrt", "--emit", "--project"].map(option);
  return {
    files: words,
    cwd: directory,
    session,
    checked: true,
    ...(functions ? { functions } : {}),
    ...(wrt ? { wrt } : {}),
    ...(emit ? { emit: modes.filter((m) => emit.includes(m)) } : {}),
    ...(project ? { project: project[0]! } : {}),
  };
}

test("there are programs to look at", () => expect(sources.length).toBeGreaterThan(20));

test("codes are unique and in order", () => {
  const codes = rows.map((r) => r.code);
  expect(codes).toEqual([...new Set(codes)].sort());
});

test("every code has a program", () => {
  const missing = rows.map((r) => r.code).filter((code) => !sources.some((s) => s.startsWith(code)));
  expect(missing).toEqual([]);
});

test("every program belongs to a code, every text to a program", () => {
  const orphans = readdirSync(directory).filter(
    (name) =>
      !rows.some((r) => name.startsWith(r.code)) || !sources.includes(name.replace(/\.(?:txt|json)$/, ".ts")),
  );
  expect(orphans).toEqual([]);
});

describe.each(sources)("%s", (source) => {
  const code = source.slice(0, 7);
  test("is reported as its text has it", async () => {
    const result = await differentiate(requestOf(source));
    const errors = result.diagnostics.filter((d) => d.severity === "error");
    expect(result.diagnostics.map((d) => d.code)).toContain(code);
    if (errors.length > 0) expect(result.files).toEqual([]);
    const printed = result.render("pretty").replaceAll(directory, ".");
    await expect(printed).toMatchFileSnapshot(path.join(directory, source.replace(/\.ts$/, ".txt")));
  });
});

test("docs/diagnostics.md is what the table and the programs say", async () => {
  const example = (code: string): string | undefined => {
    const file = path.join(directory, `${code}.txt`);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  };
  const text = await prettier.format(page(example), { parser: "markdown", printWidth: 110 });
  await expect(text).toMatchFileSnapshot("../docs/diagnostics.md");
});
