/** What outlives one run: parsed library and source files, so that the next program starts warm. */
import path from "node:path";
import { Project, ts } from "ts-morph";

export type Session = Readonly<{
  /** A program for these roots; `texts` (by absolute file) stand before what is on disk. */
  program: (
    roots: readonly string[],
    options: ts.CompilerOptions,
    texts: ReadonlyMap<string, string>,
  ) => ts.Program;
}>;

const libraries = "/node_modules/typescript/lib";

export function createSession(): Session {
  // ts-morph carries the library files in its own package and serves them at a place of its own
  const morph = new Project({ skipAddingFilesFromTsConfig: true }).getModuleResolutionHost();
  const readLibrary = (file: string): string | undefined =>
    file.startsWith(`${libraries}/lib.`) ? morph.readFile(file) : undefined;
  const parsed = new Map<string, { text: string; file: ts.SourceFile }>();
  const previous = new Map<string, ts.Program>();

  const program: Session["program"] = (roots, options, texts) => {
    const read = (file: string): string | undefined =>
      texts.get(file) ?? readLibrary(file) ?? ts.sys.readFile(file);
    const directories = new Set([...texts.keys()].flatMap(ancestors));
    const host: ts.CompilerHost = {
      getSourceFile: (file, languageVersion) => {
        const text = read(file);
        if (text === undefined) return undefined;
        const version = typeof languageVersion === "object" ? languageVersion : { languageVersion };
        const key = JSON.stringify([
          file,
          version.languageVersion,
          version.impliedNodeFormat,
          bindingOptions(options),
        ]);
        const known = parsed.get(key);
        if (known?.text === text) return known.file;
        const source = ts.createSourceFile(
          file,
          text,
          { ...version, jsDocParsingMode: ts.JSDocParsingMode.ParseAll },
          true,
        );
        parsed.set(key, { text, file: source });
        return source;
      },
      readFile: read,
      fileExists: (file) => texts.has(file) || readLibrary(file) !== undefined || ts.sys.fileExists(file),
      directoryExists: (directory) => directories.has(directory) || ts.sys.directoryExists(directory),
      getDirectories: (directory) => ts.sys.getDirectories(directory),
      realpath: (file) => (texts.has(file) ? file : (ts.sys.realpath?.(file) ?? file)),
      getDefaultLibFileName: (o) => `${libraries}/${ts.getDefaultLibFileName(o)}`,
      getDefaultLibLocation: () => libraries,
      getCurrentDirectory: () => ts.sys.getCurrentDirectory(),
      getCanonicalFileName: (file) => (ts.sys.useCaseSensitiveFileNames ? file : file.toLowerCase()),
      useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
      // a file that was missing in the last run may be there in this one
      hasInvalidatedResolutions: () => true,
      getNewLine: () => "\n",
      writeFile: () => undefined,
    };
    const key = JSON.stringify(options);
    const old = previous.get(key);
    const made = ts.createProgram({ rootNames: roots, options, host, ...(old ? { oldProgram: old } : {}) });
    previous.set(key, made);
    return made;
  };
  return { program };
}

/** A source file remembers what was bound in it under these. */
const bindingOptions = (o: ts.CompilerOptions): unknown => [
  o.target,
  o.module,
  o.moduleDetection,
  o.strict,
  o.alwaysStrict,
  o.allowUnreachableCode,
  o.jsx,
  o.preserveConstEnums,
  o.isolatedModules,
];

function ancestors(file: string): string[] {
  const directory = path.posix.dirname(file);
  return directory === file ? [] : [directory, ...ancestors(directory)];
}
