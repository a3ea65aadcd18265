/** `docs/language.md` says what is: every row is shown by a fixture, or by the program that is refused. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { messages } from "../src/diagnostics/table.ts";
import { findFixtures, root } from "./support/fixtures.ts";

const page = readFileSync(path.join(root, "docs/language.md"), "utf8");
const docs = path.join(root, "docs");
const states = ["works", "carried through", "refused"];

type Link = Readonly<{ text: string; file: string }>;
const linksIn = (text: string): readonly Link[] =>
  [...text.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map((m) => ({
    text: m[1]!.replace(/`/g, ""),
    file: path.resolve(docs, m[2]!),
  }));

type Row = Readonly<{ construct: string; state: string; links: readonly Link[] }>;

/** Cells are parted by a bar that no backslash precedes. */
const rows = page.split("\n").flatMap((line): readonly Row[] => {
  const cells = line.split(/(?<!\\)\|/).map((c) => c.trim());
  if (!line.startsWith("|") || /^:?-+:?$/.test(cells[1]!) || cells[2] === "") return [];
  return [{ construct: cells[1]!, state: cells[2]!, links: linksIn(cells[3] ?? "") }];
});

const fixtures = new Map(findFixtures().map((f) => [f.source, f]));

it("has rows", () => expect(rows.length).toBeGreaterThan(100));

describe.each(rows.map((row) => [row.construct, row] as const))("%s", (_, { state, links }) => {
  it(`is shown to be ${state}`, () => {
    expect(states).toContain(state);
    expect(links.length).toBeGreaterThan(0);
    for (const { text, file } of links) {
      if (state === "refused") {
        expect(path.relative(root, file)).toMatch(new RegExp(`^fixtures/errors/${text}\\b.*\\.ts$`));
        expect(existsSync(file), file).toBe(true);
        continue;
      }
      const fixture = fixtures.get(file);
      expect(fixture, `${file} asks for no derivative`).toBeDefined();
      // the generated module names the function that it is the derivative of
      const generated = readFileSync(fixture!.expected, "utf8");
      const isShown = generated.includes(`{@link ${text}}`) || generated.includes(`\`${text}\``);
      expect(isShown, `${file} differentiates no ${text}`).toBe(true);
    }
  });
});

it("names every code of the language, and none that there is not", () => {
  const named = new Set(page.match(/ADJ\d{4}/g));
  const known = Object.values(messages).map((m) => m.code);
  expect([...named].filter((code) => !known.some((k) => k === code))).toEqual([]);
  expect(known.filter((code) => code.startsWith("ADJ2") && !named.has(code))).toEqual([]);
});

it("leads to every folder of fixtures", () => {
  const folders = readdirSync(path.join(root, "fixtures"), { withFileTypes: true }).filter((d) =>
    d.isDirectory(),
  );
  const linked = new Set(linksIn(page).map(({ file }) => path.relative(root, path.dirname(file))));
  expect(folders.map((d) => `fixtures/${d.name}`).filter((folder) => !linked.has(folder))).toEqual([]);
});
