/** JSDoc tags that ask for derivatives: `@grad W b`, `@vjp`, … */
import { ts } from "ts-morph";
import type { Span } from "../diagnostics/diagnostic.ts";
import { type Mode, modes } from "../ir/entry.ts";

export type Word = Readonly<{ text: string; at: Span }>;
export type Tag = Readonly<{ modes: readonly Mode[]; words: readonly Word[]; at: Span }>;

/** A quick look before anything is parsed: may the text hold a tag? */
export const mayHaveTags = (text: string): boolean =>
  /@(?:grad|valueAndGrad|vjp|jvp|hvp|hessian|jacobian)\b/.test(text);

/** The tags above a declaration. */
export function tagsOf(node: ts.Node): readonly Tag[] {
  return ts.getJSDocTags(node).flatMap((tag) => {
    const asked = modesOf(tag.tagName.text);
    if (asked.length === 0) return [];
    return [
      {
        modes: asked,
        words: wordsOf(tag),
        at: spanOf(tag.getSourceFile(), tag.tagName.pos - 1, tag.tagName.end),
      },
    ];
  });
}

function modesOf(name: string): readonly Mode[] {
  if (name === "grad") return ["grad", "valueAndGrad"];
  return modes.filter((mode) => mode === name);
}

/** Parameters follow the tag on its line; ` - ` begins a remark. */
function wordsOf(tag: ts.JSDocTag): readonly Word[] {
  const file = tag.getSourceFile();
  const start = tag.tagName.end;
  const line = (/^[^\r\n]*/.exec(file.text.slice(start, tag.end))?.[0] ?? "").replace(
    /(?:\s-\s|\*\/).*$/,
    "",
  );
  return [...line.matchAll(/[^\s,]+/g)].map((m) => ({
    text: m[0],
    at: spanOf(file, start + m.index, start + m.index + m[0].length),
  }));
}

const spanOf = (file: ts.SourceFile, start: number, end: number): Span => ({
  file: file.fileName,
  start,
  end,
});
