/** Runs TypeScript modules in this process without writing anything: what verification calls. */
import { createRequire } from "node:module";
import path from "node:path";
import { ts } from "ts-morph";

export type Exports = Readonly<Record<string, unknown>>;

/** Files are absolute; each module of one loader runs once. */
export function createLoader(textOf: (file: string) => string | undefined): (file: string) => Exports {
  const loaded = new Map<string, { exports: Record<string, unknown> }>();

  const load = (file: string): Exports => {
    const known = loaded.get(file);
    if (known) return known.exports;
    const text = textOf(file);
    if (text === undefined) throw new Error(`there is no file ${file}`);
    const module = { exports: {} };
    loaded.set(file, module);
    const require = createRequire(file);
    const resolve = (specifier: string): unknown => {
      if (!/^\.{0,2}\//.test(specifier)) return require(specifier);
      const target = path.posix.resolve(path.posix.dirname(file), specifier);
      const found = candidates(target).find((f) => textOf(f) !== undefined);
      return found === undefined ? require(specifier) : load(found);
    };
    new Function("exports", "require", "module", compiled(text, file))(module.exports, resolve, module);
    return module.exports;
  };
  return load;
}

const compiled = (text: string, file: string): string =>
  ts.transpileModule(text, {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.CommonJS,
      moduleDetection: ts.ModuleDetectionKind.Force,
      esModuleInterop: true,
    },
  }).outputText;

/** `./x`, `./x.js` and `./x.ts` all mean the TypeScript file; a directory means its index. */
function candidates(target: string): readonly string[] {
  const bare = target.replace(/\.([cm]?)[jt]sx?$/, "");
  const kind = /\.([cm])[jt]s$/.exec(target)?.[1] ?? "";
  return [
    `${bare}.${kind}ts`,
    `${bare}.tsx`,
    `${target}.ts`,
    `${target}.mts`,
    `${target}.tsx`,
    `${target}/index.ts`,
  ];
}
