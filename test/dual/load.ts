/** Runs TypeScript modules as they are, or instrumented: with numbers that carry derivatives. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import path from "node:path";
import { ts } from "ts-morph";
import { instrument } from "./instrument.ts";
import type { Runtime } from "./runtime.ts";

export type Exports = Readonly<Record<string, unknown>>;

export type Loader = Readonly<{
  load(file: string): Exports;
  /** Everything that was run, by file. */
  loaded: ReadonlyMap<string, Exports>;
}>;

export type Compiled = (
  exports: object,
  require: (specifier: string) => unknown,
  module: object,
  $: unknown,
) => void;

const compile = (text: string, file: string, before: ts.TransformerFactory<ts.SourceFile>[]): Compiled => {
  const { outputText } = ts.transpileModule(text, {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.CommonJS,
      moduleDetection: ts.ModuleDetectionKind.Force,
      esModuleInterop: true,
    },
    transformers: { before },
  });
  return new Function("exports", "require", "module", "$", outputText) as Compiled;
};

const read = (file: string): string | undefined =>
  existsSync(file) && statSync(file).isFile() ? readFileSync(file, "utf8") : undefined;

/** `./x`, `./x.js` and `./x.ts` all mean the TypeScript file if there is one; a directory means its index. */
const candidates = (target: string): readonly string[] => {
  const stem = target.replace(/\.[cm]?[jt]sx?$/, "");
  return [".ts", ".tsx", ".mts", ".cts"]
    .flatMap((end) => [stem + end, target + end])
    .concat(`${target}/index.ts`, target, `${target}.js`, `${target}/index.js`);
};

/**
 * `texts`: files that are not on the disk, or not as they are there. Without `$` the modules run as they are.
 * `compiled`: what was compiled before, by file.
 */
export const createLoader = (
  $: Runtime | undefined,
  texts: ReadonlyMap<string, string>,
  compiled: Map<string, Compiled> = new Map(),
): Loader => {
  const loaded = new Map<string, Exports>();
  const textOf = (file: string): string | undefined => texts.get(file) ?? read(file);
  const load = (file: string): Exports => {
    const known = loaded.get(file);
    if (known) return known;
    const text = textOf(file);
    if (text === undefined) throw new Error(`there is no file ${file}`);
    const module = { exports: {} as Record<string, unknown> };
    loaded.set(file, module.exports);
    const native = createRequire(file);
    const require = (specifier: string): unknown => {
      if (isBuiltin(specifier)) return native(specifier);
      const relative = /^\.{0,2}\//.test(specifier);
      const target = relative ? path.resolve(path.dirname(file), specifier) : native.resolve(specifier);
      const found = candidates(target).find((c) => textOf(c) !== undefined);
      return found === undefined ? native(specifier) : load(found);
    };
    const run = compiled.get(file) ?? compile(text, file, $ ? [instrument] : []);
    compiled.set(file, run);
    run(module.exports, require, module, $);
    // what is imported for its types alone has the classes of the arguments
    for (const [, specifier] of text.matchAll(/\bfrom\s+["'](\.[^"']*)["']/g)) require(specifier!);
    if (loaded.get(file) !== module.exports) loaded.set(file, module.exports);
    return module.exports;
  };
  return { load, loaded };
};
