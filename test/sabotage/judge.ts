/**
 * Run by itself, with the folder of some `src` and fixtures: lets that tool differentiate the fixtures and holds what
 * comes out against the numeric reference of the sound one. Prints, as JSON, what was noticed, function by function.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type * as Tool from "../../src/index.ts";
import { createLoader } from "../../src/source/load.ts";
import { verifyModule } from "../../src/verify/module.ts";
import { renderReport } from "../../src/verify/report.ts";
import type { Noticed } from "./noticed.ts";

const [src = "", ...files] = process.argv.slice(2);
const tool = (await import(pathToFileURL(path.join(src, "index.ts")).href)) as typeof Tool;
const session = tool.createSession();

const read = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, "utf8") : undefined;

/** The functions that ask for derivatives by a tag, as the fixtures write them: the tag last in what stands above. */
const taggedIn = (file: string): readonly string[] =>
  [
    ...readFileSync(file, "utf8").matchAll(/@(?:grad|vjp|jvp)\b[^]*?\*\/\s*export (?:function|const) (\w+)/g),
  ].map((m) => m[1]!);

async function judge(file: string, functions: readonly string[]): Promise<readonly Noticed[]> {
  const nameOf = (f: string): string =>
    `${path.basename(path.dirname(file))}/${path.basename(file, ".ts")} ${f}`;
  const all = (how: Noticed["how"], detail: string): readonly Noticed[] =>
    functions.map((f) => ({ name: nameOf(f), how, detail }));
  /** Where the whole fails, each by itself. */
  const apart = async (how: Noticed["how"], detail: string): Promise<readonly Noticed[]> => {
    if (functions.length === 1) return all(how, detail);
    const parts: Noticed[] = [];
    for (const f of functions) parts.push(...(await judge(file, [f])));
    return parts;
  };
  try {
    const result = await tool.differentiate({ files: [file], functions, session, checked: true });
    const errors = result.diagnostics.filter((d) => d.severity === "error");
    const [made] = result.files;
    if (errors.length > 0 || !made) return await apart("refused", errors.map((e) => e.code).join(" "));
    const load = createLoader((f) => (f === made.path ? made.text : read(f)));
    const inputs = file.replace(/\.ts$/, ".inputs.ts");
    const { reports, skipped } = verifyModule({
      sourceModule: load(file),
      gradModule: load(made.path),
      derivatives: made.derivatives,
      ...(existsSync(inputs) ? { inputs: load(inputs) } : {}),
    });
    const failed = reports.filter((r) => !r.passed);
    return functions.flatMap((f): Noticed[] => {
      const exported = made.derivatives
        .filter((d) => d.signature.name === f)
        .map((d) => d.mode + d.signature.exportName);
      const own = failed.find((r) => exported.includes(r.name));
      if (own) return [{ name: nameOf(f), how: "wrong", detail: renderReport(own) }];
      const left = skipped.find((s) => exported.includes(s.name));
      return left ? [{ name: nameOf(f), how: "refused", detail: left.reason }] : [];
    });
  } catch (e) {
    return await apart("crashed", e instanceof Error ? e.message : String(e));
  }
}

/** An error that the smallest program for it does not give any more. */
async function missed(file: string): Promise<readonly Noticed[]> {
  const code = path.basename(file, ".ts");
  const { diagnostics } = await tool.differentiate({ files: [file], session });
  const detail = "it is not refused any more";
  return diagnostics.some((d) => d.code === code) ? [] : [{ name: `errors/${code}`, how: "wrong", detail }];
}

const noticed: Noticed[] = [];
for (const file of files)
  noticed.push(
    ...(path.basename(path.dirname(file)) === "errors"
      ? await missed(file)
      : await judge(file, taggedIn(file))),
  );
console.log(JSON.stringify(noticed));
