/** Files of the project that no import leads to and that matter all the same: what extends and implements stands there. */
import path from "node:path";
import { ts } from "ts-morph";

const declared = /\b(?:class|interface)\s+([\p{L}_$][\p{L}\p{N}_$]*)/gu;
const heritage = /\bclass\b[^{;]*?\b(?:extends|implements)\b([^{;]*)\{/gu;
const names = /[\p{L}_$][\p{L}\p{N}_$]*/gu;

/** Those of the candidates with a class that extends or implements something of the sources, or of one another. */
export function relatives(
  sources: readonly ts.SourceFile[],
  candidates: readonly string[],
  read: (file: string) => string | undefined,
): readonly string[] {
  const own = sources.filter((s) => !s.isDeclarationFile && !s.fileName.includes("/node_modules/"));
  const known = new Set(own.flatMap((s) => [...s.text.matchAll(declared)].map((m) => m[1]!)));
  if (known.size === 0) return [];
  const there = new Set(sources.map((s) => s.fileName));
  const texts = new Map<string, string>();
  for (const file of candidates) {
    const text = there.has(file) ? undefined : read(file);
    if (text !== undefined && /\b(?:extends|implements)\b/.test(text)) texts.set(file, text);
  }
  const found: string[] = [];
  for (let before = -1; before !== found.length;) {
    before = found.length;
    for (const [file, text] of texts) {
      const above = [...text.matchAll(heritage)].flatMap((m) => m[1]!.match(names) ?? []);
      if (!above.some((name) => known.has(name))) continue;
      texts.delete(file);
      found.push(file);
      for (const m of text.matchAll(declared)) known.add(m[1]!);
    }
  }
  return found;
}

/** Where no tsconfig says which files belong together: those that stand beside one another. */
export const beside = (files: readonly string[]): readonly string[] =>
  [...new Set(files.map((f) => path.posix.dirname(f)))].flatMap((directory) =>
    ts.sys
      .readDirectory(directory, [".ts", ".tsx", ".mts", ".cts"], undefined, undefined, 1)
      .filter((f) => !/\.(?:d|grad)\.[cm]?tsx?$/.test(f)),
  );
