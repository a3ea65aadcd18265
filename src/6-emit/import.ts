/** What a generated module takes from other modules, and the declarations that it copies because it cannot. */
import { dirname, isAbsolute, relative, sep } from "node:path";
import type { Reference } from "../ir/types.ts";
import { unique } from "./name.ts";

export type Names = ReadonlyMap<string, string>;

/** Every reference once, those that a copy needs before it. */
export function collect(references: readonly Reference[]): readonly Reference[] {
  const found = new Map<string, Reference>();
  const entered = new Set<string>();
  const add = (r: Reference): void => {
    const known = found.get(r.id);
    // what is used as a value somewhere is not imported for its type alone
    if (known?.from.kind === "import" && r.from.kind === "import" && known.from.typeOnly && !r.from.typeOnly)
      found.set(r.id, r);
    if (entered.has(r.id)) return;
    entered.add(r.id);
    if (r.from.kind === "copy") r.from.references.forEach(add);
    found.set(r.id, r);
  };
  references.forEach(add);
  return [...found.values()];
}

/**
 * What each reference is called here. Those that stand in signatures keep their names; the others give way to
 * them, to each other, and to `taken` (parameters, exports).
 */
export function nameReferences(
  all: readonly Reference[],
  kept: ReadonlySet<string>,
  taken: ReadonlySet<string>,
): Names {
  const names = new Map<string, string>();
  const used = new Set<string>();
  for (const r of all) {
    if (!kept.has(r.id)) continue;
    names.set(r.id, r.name);
    used.add(r.name);
  }
  for (const r of all) {
    if (kept.has(r.id)) continue;
    const name = unique(r.name, (n) => used.has(n) || taken.has(n));
    names.set(r.id, name);
    used.add(name);
  }
  return names;
}

/** The text with its references called by their names here. */
export function renamed(text: string, references: readonly Reference[], names: Names): string {
  const changed = new Map(references.map((r) => [r.name, names.get(r.id) ?? r.name]));
  if ([...changed].every(([from, to]) => from === to)) return text;
  const skip = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\/.*|\/\*[^]*?\*\//.source;
  return text.replace(
    new RegExp(`${skip}|(?<![.\\w$])[A-Za-z_$][\\w$]*`, "g"),
    (word) => changed.get(word) ?? word,
  );
}

/** `./pendulum`, as seen from the file, with the ending that the project writes. */
export function specifier(file: string, target: string, ending: "" | ".js" | ".ts"): string {
  if (!isAbsolute(file)) return file;
  const path = relative(dirname(target), file).split(sep).join("/");
  const dotted = path.startsWith(".") ? path : `./${path}`;
  const [, stem, extension] = /^(.*?)(\.d\.[cm]?ts|\.[cm]?[jt]sx?|\.json)?$/.exec(dotted) as unknown as [
    string,
    string,
    string | undefined,
  ];
  if (!extension || extension === ".json") return dotted;
  if (ending === ".ts") return dotted;
  if (ending === "") return stem;
  const module = /^\.(?:d\.)?([cm])/.exec(extension)?.[1] ?? "";
  return `${stem}.${module}js`;
}

/** The import lines, sorted by where they import from. */
export function importLines(
  references: readonly Reference[],
  names: Names,
  target: string,
  ending: "" | ".js" | ".ts",
): readonly string[] {
  const modules = new Map<string, { reference: Reference; exported: string; typeOnly: boolean }[]>();
  for (const reference of references) {
    const { from } = reference;
    if (from.kind !== "import") continue;
    const path = specifier(from.file, target, ending);
    const list = modules.get(path) ?? [];
    list.push({ reference, exported: from.exported, typeOnly: from.typeOnly ?? false });
    modules.set(path, list);
  }
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...modules]
    .sort(([a], [b]) => order(a, b))
    .flatMap(([path, list]) => {
      const from = ` from ${JSON.stringify(path)};`;
      const lines: string[] = [];
      const named = list.filter((r) => r.exported !== "*" && r.exported !== "default");
      for (const r of list) {
        const name = names.get(r.reference.id)!;
        const word = r.typeOnly ? "import type" : "import";
        if (r.exported === "*") lines.push(`${word} * as ${name}${from}`);
        if (r.exported === "default") lines.push(`${word} ${name}${from}`);
      }
      if (named.length === 0) return lines;
      const onlyTypes = named.every((r) => r.typeOnly);
      const parts = named
        .map((r) => {
          const name = names.get(r.reference.id)!;
          const text = r.exported === name ? name : `${r.exported} as ${name}`;
          return r.typeOnly && !onlyTypes ? `type ${text}` : text;
        })
        .sort((a, b) => order(a.replace(/^type /, ""), b.replace(/^type /, "")));
      return [...lines, `import ${onlyTypes ? "type " : ""}{ ${parts.join(", ")} }${from}`];
    });
}
