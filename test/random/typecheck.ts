/** Type-checks generated modules, many in one program. */
import { Project, ts } from "ts-morph";

export type TypeCheck = (files: ReadonlyMap<string, string>) => Map<string, string>;

const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts"],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: [],
};

/** Gives the first error of each file that has one; the parsed library is kept between calls. */
export const createTypeCheck = (): TypeCheck => {
  const morph = new Project({
    useInMemoryFileSystem: true,
    compilerOptions: options,
  }).getModuleResolutionHost();
  const libraries = "/node_modules/typescript/lib";
  const parsed = new Map<string, ts.SourceFile>();
  return (files) => {
    const read = (file: string): string | undefined => files.get(file) ?? morph.readFile(file);
    const host: ts.CompilerHost = {
      getSourceFile: (file, version) => {
        const known = parsed.get(file);
        const text = known ? undefined : read(file);
        if (text === undefined) return known;
        const made = ts.createSourceFile(file, text, version);
        if (file.startsWith(libraries)) parsed.set(file, made);
        return made;
      },
      readFile: read,
      fileExists: (file) => read(file) !== undefined,
      getDefaultLibFileName: (o) => `${libraries}/${ts.getDefaultLibFileName(o)}`,
      getDefaultLibLocation: () => libraries,
      getCurrentDirectory: () => "/",
      getCanonicalFileName: (file) => file,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => "\n",
      writeFile: () => undefined,
    };
    const program = ts.createProgram([...files.keys()], options, host);
    const errors = new Map<string, string>();
    for (const file of files.keys()) {
      const source = program.getSourceFile(file);
      const found = [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ][0];
      if (!found) continue;
      const line = source!.text.slice(0, found.start).split("\n").length;
      errors.set(
        file,
        `line ${line}: ${ts.flattenDiagnosticMessageText(found.messageText, " ")} (TS${found.code})`,
      );
    }
    return errors;
  };
};
