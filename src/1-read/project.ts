/** The tsconfig that a file belongs to, and what follows from it. */
import path from "node:path";
import { ts } from "ts-morph";
import type { Report } from "../diagnostics/diagnostic.ts";
import { absolute } from "./file.ts";

export type Config = Readonly<{
  /** The tsconfig, if there is one. */
  file: string | undefined;
  options: ts.CompilerOptions;
  /** To be used if names are missing under `options`: the same, with a browser's names. */
  wider?: ts.CompilerOptions;
  /** Files that declare what is visible everywhere in the project. */
  ambient: readonly string[];
  /** The other files of the project; `undefined` if no tsconfig says which they are. */
  files: readonly string[] | undefined;
}>;

export type Configs = Readonly<{ of: (file: string) => Config | undefined }>;

/** Finds configs, each read once; `project` is the one that was asked for. */
export function findConfigs(project: string | undefined, cwd: string, report: Report): Configs {
  const read = new Map<string, Parsed | undefined>();
  const parsed = (file: string): Parsed | undefined => {
    if (!read.has(file)) read.set(file, parse(file, report));
    return read.get(file);
  };
  if (project !== undefined) {
    const given = absolute(project, cwd);
    const file = ts.sys.directoryExists(given) ? path.posix.join(given, "tsconfig.json") : given;
    if (!ts.sys.fileExists(file)) {
      report({ name: "projectNotFound", values: { file: project } });
      return { of: () => undefined };
    }
    return { of: () => parsed(file)?.config };
  }
  const none: Config = {
    file: undefined,
    options: defaults(),
    wider: widerDefaults(),
    ambient: [],
    files: undefined,
  };
  return { of: (file) => nearest(file, parsed) ?? none };
}

type Parsed = Readonly<{ config: Config; files: ReadonlySet<string>; references: readonly string[] }>;

/** The nearest tsconfig above the file that includes it, itself or through its references. */
function nearest(file: string, parsed: (config: string) => Parsed | undefined): Config | undefined {
  for (let directory = path.posix.dirname(file); ; directory = path.posix.dirname(directory)) {
    const candidate = path.posix.join(directory, "tsconfig.json");
    if (ts.sys.fileExists(candidate)) {
      const found = including(file, candidate, parsed, []);
      if (found) return found;
    }
    if (directory === path.posix.dirname(directory)) return undefined;
  }
}

function including(
  file: string,
  candidate: string,
  parsed: (config: string) => Parsed | undefined,
  above: readonly string[],
): Config | undefined {
  if (above.includes(candidate)) return undefined;
  const config = parsed(candidate);
  if (!config) return undefined;
  if (config.files.has(file)) return config.config;
  for (const reference of config.references) {
    const found = including(file, reference, parsed, [...above, candidate]);
    if (found) return found;
  }
  return undefined;
}

function parse(file: string, report: Report): Parsed | undefined {
  const { config, error } = ts.readConfigFile(file, ts.sys.readFile);
  const content = ts.parseJsonConfigFileContent(
    config ?? {},
    ts.sys,
    path.posix.dirname(file),
    undefined,
    file,
  );
  // 18002, 18003: it includes no files, which is no reason not to use its options
  const problem = [...(error ? [error] : []), ...content.errors].find(
    (e) => e.code !== 18002 && e.code !== 18003,
  );
  if (problem) {
    const text = ts.flattenDiagnosticMessageText(problem.messageText, " ");
    report({
      name: "projectUnreadable",
      values: { problem: text },
      at: { file, start: problem.start ?? 0, end: (problem.start ?? 0) + (problem.length ?? 0) },
    });
    return undefined;
  }
  return {
    config: {
      file,
      options: forReading(content.options),
      ambient: content.fileNames.filter((f) => /\.d\.[cm]?ts$/.test(f)),
      files: content.fileNames.filter((f) => !/\.(?:d|grad)\.[cm]?tsx?$/.test(f)),
    },
    files: new Set(content.fileNames),
    references: (content.projectReferences ?? []).map((r) => ts.resolveProjectReferencePath(r)),
  };
}

/** The project's options without what only matters for output or style. */
function forReading(options: ts.CompilerOptions): ts.CompilerOptions {
  return {
    ...options,
    noEmit: true,
    declaration: false,
    composite: false,
    incremental: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    skipLibCheck: true,
  };
}

/** A file that no tsconfig includes is read strictly, and may import as it likes. */
function defaults(): ts.CompilerOptions {
  return {
    strict: true,
    target: ts.ScriptTarget.ES2023,
    lib: ["lib.es2023.d.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
}

/** The browser's library takes long to parse, and few numeric files need a name of it (`console`). */
const widerDefaults = (): ts.CompilerOptions => ({ ...defaults(), lib: ["lib.es2023.d.ts", "lib.dom.d.ts"] });

/** What the project writes at the end of a relative import: as the file does, else as the project's resolution wants it. */
export function importExtension(source: ts.SourceFile, config: Config): "" | ".js" | ".ts" {
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    const specifier = statement.moduleSpecifier;
    if (!specifier || !ts.isStringLiteral(specifier) || !/^\.{1,2}\//.test(specifier.text)) continue;
    if (/\.[cm]?ts$/.test(specifier.text)) return ".ts";
    return /\.[cm]?js$/.test(specifier.text) ? ".js" : "";
  }
  if (config.file === undefined) return "";
  if (config.options.allowImportingTsExtensions) return ".ts";
  const resolution = config.options.moduleResolution;
  const nodeLike =
    resolution === ts.ModuleResolutionKind.Node16 ||
    resolution === ts.ModuleResolutionKind.NodeNext ||
    (resolution === undefined &&
      (config.options.module ?? 0) >= ts.ModuleKind.Node16 &&
      config.options.module !== ts.ModuleKind.Preserve);
  return nodeLike ? ".js" : "";
}
