/** Which files a run is about: paths as given, directories and patterns. */
import path from "node:path";
import { glob, isDynamicPattern } from "tinyglobby";
import { ts } from "ts-morph";
import type { Report } from "../diagnostics/diagnostic.ts";
import { mayHaveTags } from "./tag.ts";

export type Input = string | Readonly<{ path: string; text: string }>;

export type Source = Readonly<{
  file: string;
  text: string;
  /** Named by its path, rather than found by a pattern. */
  literal: boolean;
}>;

/** Absolute, with forward slashes, as the compiler writes paths. */
export const absolute = (file: string, cwd: string): string =>
  path.resolve(cwd, file).split(path.sep).join("/");

/** As users see it. */
export const relative = (file: string, cwd: string): string =>
  path.relative(cwd, file).split(path.sep).join("/");

/**
 * The files of the inputs, each once, in the order given (files of a pattern by name). Files that a pattern found
 * and that hold no tag are left out unless functions were asked for by name.
 */
export async function findSources(
  inputs: readonly Input[],
  named: readonly string[],
  cwd: string,
  report: Report,
): Promise<readonly Source[]> {
  const sources = new Map<string, Source>();
  const add = (source: Source): void => {
    if (!sources.get(source.file)?.literal) sources.set(source.file, source);
  };
  for (const input of inputs) {
    if (typeof input !== "string") {
      add({ file: absolute(input.path, cwd), text: input.text, literal: true });
      continue;
    }
    const file = absolute(input, cwd);
    if (ts.sys.fileExists(file)) {
      if (/\.[cm]?tsx?$/.test(file)) add({ file, text: ts.sys.readFile(file) ?? "", literal: true });
      else report({ name: "notTypeScript", values: { file: input } });
    } else if (ts.sys.directoryExists(file) || isDynamicPattern(input)) {
      const pattern = ts.sys.directoryExists(file) ? path.posix.join(input, "**/*.{ts,mts,cts,tsx}") : input;
      const found = await matching(pattern, cwd);
      if (found.length === 0) report({ name: "nothingMatches", values: { pattern: input } });
      for (const match of found) {
        const text = ts.sys.readFile(match) ?? "";
        const wanted =
          named.length > 0 ? named.some((name) => text.includes(lastWord(name))) : mayHaveTags(text);
        if (wanted) add({ file: match, text, literal: false });
      }
    } else report({ name: "fileNotFound", values: { file: input, directory: cwd } });
  }
  return [...sources.values()];
}

async function matching(pattern: string, cwd: string): Promise<readonly string[]> {
  const found = await glob(pattern.split(path.sep).join("/"), {
    cwd,
    absolute: true,
    ignore: ["**/node_modules/**", "**/*.grad.{ts,mts,cts,tsx}", "**/*.d.{ts,mts,cts}"],
  });
  return found
    .filter((f) => /\.[cm]?tsx?$/.test(f))
    .map((f) => absolute(f, cwd))
    .sort();
}

const lastWord = (name: string): string => name.slice(name.lastIndexOf(".") + 1);

/** `cost.ts` → `cost.grad.ts`; a module of another kind stays of that kind, but nothing generated holds JSX. */
export const targetOf = (source: string): string =>
  source.replace(/\.([cm]?)tsx?$/, (_, kind: string) => `.grad.${kind}ts`);
