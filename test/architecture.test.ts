/** Holds the import table of ARCHITECTURE.md, and what every file of src keeps to, against the real files. */
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { ts } from "ts-morph";
import { describe, expect, it } from "vitest";
import { root } from "./support/fixtures.ts";

type Room = Readonly<{ imports: readonly string[]; packages: readonly string[] }>;

/** The rows of the table: one or more rooms, what they may import, which packages they may use. */
function readTable(): ReadonlyMap<string, Room> {
  const page = readFileSync(path.join(root, "ARCHITECTURE.md"), "utf8");
  const section = page.split("## Who may import whom")[1]?.split("\n## ")[0] ?? "";
  const quoted = (cell = ""): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((m) => m[1]!);
  const rows = section.split("\n").map((line) => line.split("|").slice(1, -1).map(quoted));
  return new Map(
    rows.flatMap(([names = [], imports = [], packages = []]) => names.map((n) => [n, { imports, packages }])),
  );
}

const rooms = readTable();

type File = Readonly<{ name: string; room: string; text: string; imports: readonly string[] }>;

const read = (name: string): File => {
  const text = readFileSync(path.join(root, name), "utf8");
  const [top, second = ""] = name.split(path.sep);
  const room = top === "src" ? second.replace(/\.ts$/, "") : top!.replace(/\.ts$/, "");
  return { name, room, text, imports: ts.preProcessFile(text).importedFiles.map((f) => f.fileName) };
};

const sources = readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => read(path.join("src", name)));
const files: readonly File[] = [...sources, read("cli.ts")];

/** The room that a relative import leads to. */
const roomOf = (file: File, specifier: string): string => {
  const target = path.join(path.dirname(file.name), specifier);
  const [top, second = ""] = target.split(path.sep);
  return (top === "src" ? second : top!).replace(/\.ts$/, "");
};

const isRelative = (specifier: string): boolean => specifier.startsWith(".");

it("sees the house", () => {
  expect(files.length).toBeGreaterThan(60);
  expect(new Set(files.map((f) => f.room))).toEqual(new Set(rooms.keys()));
  expect(files.flatMap((f) => f.imports).length).toBeGreaterThan(200);
});

describe("imports", () => {
  it("point one way", () => {
    const wrong = files.flatMap((file) =>
      file.imports
        .filter(isRelative)
        .map((specifier) => roomOf(file, specifier))
        .filter((to) => to !== file.room && !rooms.get(file.room)?.imports.includes(to))
        .map((to) => `${file.name} imports ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it("bring packages only into their rooms", () => {
    const wrong = files.flatMap((file) =>
      file.imports
        .filter((s) => !isRelative(s) && !s.startsWith("node:") && !builtinModules.includes(s))
        .filter((s) => !rooms.get(file.room)?.packages.includes(s))
        .map((s) => `${file.name} imports ${s}`),
    );
    expect(wrong).toEqual([]);
  });

  it("name the file they mean", () => {
    const bare = files.flatMap((f) =>
      f.imports.filter((s) => isRelative(s) && !s.endsWith(".ts")).map((s) => `${f.name}: ${s}`),
    );
    expect(bare).toEqual([]);
  });

  it("make barrels of nothing but the door", () => {
    const barrels = files.filter(
      (f) => f.name !== path.join("src", "index.ts") && /^export .* from /m.test(f.text),
    );
    // a file may pass on a type beside what it makes; a barrel makes nothing itself
    expect(barrels.filter((f) => !/^(export )?(const|function|class|type|interface) /m.test(f.text))).toEqual(
      [],
    );
  });
});

describe("every file", () => {
  it("holds one topic: at most 300 lines", () => {
    const long = files.map((f) => `${f.name} ${f.text.trimEnd().split("\n").length}`);
    expect(long.filter((entry) => Number(entry.split(" ")[1]) > 300)).toEqual([]);
  });

  it("has a name that says something", () => {
    const silent = /^(utils?|helpers?|common|managers?|misc|shared|stuff)\b|(Utils?|Helpers?|Manager)\b/;
    expect(files.map((f) => f.name).filter((name) => silent.test(path.basename(name)))).toEqual([]);
  });

  it("leaves the type checker its say, and nothing for later", () => {
    const escape = /@ts-ignore|@ts-nocheck|@ts-expect-error|\bTODO\b|\bFIXME\b/;
    const found = files.filter((f) => escape.test(f.text) || saysAny(f));
    expect(found.map((f) => f.name)).toEqual([]);
  });

  it("keeps no state of its own", () => {
    const state = files.flatMap((f) => (/^(export )?(let|var) /m.test(f.text) ? [f.name] : []));
    expect(state).toEqual([]);
  });

  it("draws nothing at random and asks no clock", () => {
    const source = files.filter((f) => f.room !== "verify" && f.room !== "cli");
    const called = /\bMath\.random\(\)|\bDate\.now\(\)|\bnew Date\(\)|\bperformance\.now\(\)/;
    expect(source.filter((f) => called.test(withoutText(f.text))).map((f) => f.name)).toEqual([]);
  });
});

/** A source without its comments, strings and templates: what it names there, it does not call. */
function withoutText(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g, "");
}

/** Whether the type `any` is written anywhere. */
function saysAny(file: File): boolean {
  const visit = (node: ts.Node): boolean =>
    node.kind === ts.SyntaxKind.AnyKeyword || (ts.forEachChild(node, visit) ?? false);
  return visit(ts.createSourceFile(file.name, file.text, ts.ScriptTarget.ES2023));
}
