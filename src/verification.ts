/** What `--verify` does: loads the sources and what was generated from them, and holds one against the other. */
import type { Generated } from "./pipeline.ts";
import { createLoader } from "./source/load.ts";
import { verifyModule } from "./verify/module.ts";
import { renderReports } from "./verify/report.ts";

export type Verification = Readonly<{ text: string; passed: boolean }>;

/** Arguments come from `<name>.inputs.ts` beside the source, else are made up from the types. */
export function verifyFiles(
  files: readonly Generated[],
  textOf: (file: string) => string | undefined,
): Verification {
  const generated = new Map(files.map((f) => [f.path, f.text]));
  const load = createLoader((file) => generated.get(file) ?? textOf(file));
  const verified = files.map((file): Verification => {
    const inputs = file.source.replace(/(\.[cm]?ts)x?$/, ".inputs$1");
    const { reports, skipped, passed } = verifyModule({
      sourceModule: load(file.source),
      gradModule: load(file.path),
      derivatives: file.derivatives,
      ...(textOf(inputs) === undefined ? {} : { inputs: load(inputs) }),
    });
    const notes = skipped.map(({ name, reason }) => `not verified: ${name}, because ${reason}\n`);
    return { text: [renderReports(reports), ...notes].join(""), passed };
  });
  return { text: verified.map((v) => v.text).join("\n"), passed: verified.every((v) => v.passed) };
}
