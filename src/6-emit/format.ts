/** Line breaks and quotes as the user's project has them. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import * as ours from "prettier";

type Prettier = Pick<typeof ours, "format" | "resolveConfig">;

/** The user's own prettier, if one can be found from the file; else ours. */
async function prettierFor(file: string): Promise<Prettier> {
  let found: string;
  try {
    found = createRequire(pathToFileURL(file)).resolve("prettier");
  } catch {
    return ours;
  }
  const loaded = (await import(pathToFileURL(found).href)) as Prettier & { default?: Prettier };
  const theirs = loaded.default ?? loaded;
  // before version 3 format answered at once, which await takes as well
  return typeof theirs.format === "function" && typeof theirs.resolveConfig === "function" ? theirs : ours;
}

export async function format(text: string, file: string): Promise<string> {
  const prettier = await prettierFor(file);
  const config = await prettier.resolveConfig(file, { editorconfig: true });
  return prettier.format(text, { ...config, parser: "typescript", filepath: file });
}
