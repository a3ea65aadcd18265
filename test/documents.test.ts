/** The documents say what is: their examples stand in real files, their links lead somewhere, their commands exist. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { fixtureFiles, root } from "./support/fixtures.ts";

const text = (file: string): string => readFileSync(path.join(root, file), "utf8");
const documents = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  ...readdirSync(path.join(root, "docs")).map((file) => `docs/${file}`),
];
const blocks = (markdown: string, language: string): string[] =>
  [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))].map((m) => m[1]!);

it("opens with the two commands", () => {
  const [first = "", second = ""] = blocks(text("README.md"), "sh")[0]!.split("\n");
  expect([first, second]).toEqual(["npm ci && npm run example", "npm ci && npm test"]);
});

it("shows sources and generated functions as they are", () => {
  const real = fixtureFiles().map((file) => readFileSync(file, "utf8"));
  const shown = blocks(text("README.md"), "ts").filter((block) => block.includes("export function"));
  expect(shown.length).toBeGreaterThan(1);
  for (const block of shown)
    expect(
      real.some((file) => file.includes(block)),
      block,
    ).toBe(true);
});

describe.each(documents)("%s", (file) => {
  it("links to what exists", () => {
    const links = [...text(file).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map((m) => m[1]!);
    const local = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(local.filter((link) => !existsSync(path.join(root, path.dirname(file), link)))).toEqual([]);
  });

  it("names files and scripts that exist", () => {
    const named = [...text(file).matchAll(/`((?:src|test|docs|fixtures)\/[\w./-]+)`/g)].map((m) => m[1]!);
    expect(named.filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
    const { scripts } = JSON.parse(text("package.json")) as { scripts: Record<string, string> };
    const run = [...text(file).matchAll(/npm run ([\w:]+)/g)].map((m) => m[1]!);
    expect(run.filter((name) => !(name in scripts))).toEqual([]);
  });
});
