/** From what was asked for to the functions that are meant, with their types: one compiler program for a run. */
import { ts } from "ts-morph";
import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import type { Entry, Mode } from "../ir/entry.ts";
import { type Asked, entryOf } from "./entry.ts";
import { absolute, findSources, type Input, relative, type Source, targetOf } from "./file.ts";
import { beside, relatives } from "./family.ts";
import { type Candidate, functionsOf } from "./function.ts";
import { lacksNames, problemsOf } from "./problem.ts";
import { type Config, findConfigs, importExtension } from "./project.ts";
import type { Session } from "./session.ts";
import { suggestion } from "./suggest.ts";

export type Request = Readonly<{
  files: readonly Input[];
  functions: readonly string[];
  wrt: readonly string[] | undefined;
  emit: readonly Mode[] | undefined;
  project: string | undefined;
  out: string | undefined;
  cwd: string;
}>;

/** A file to be differentiated. */
export type Module = Readonly<{
  source: string;
  target: string;
  importExtension: "" | ".js" | ".ts";
  noUncheckedIndexedAccess: boolean;
  checker: ts.TypeChecker;
  /** The files of the program. */
  sources: readonly ts.SourceFile[];
  entries: readonly Entry<ts.FunctionLikeDeclaration>[];
  /** Functions of a file without tags that cannot be differentiated, with the reason. */
  skipped: readonly Skipped[];
  /** All functions of the file, as users choose them. */
  functions: readonly string[];
  /** Something asked for cannot be had: nothing is to be written. */
  failed: boolean;
}>;

export type Skipped = Readonly<{ name: string; reason: Diagnostic }>;

export type Reading = Readonly<{
  modules: readonly Module[];
  /** Every file of the user's that the result depends on, configuration included. */
  inputs: readonly string[];
  /** The text of a file as it was read. */
  textOf: (file: string) => string | undefined;
}>;

export async function read(request: Request, session: Session, report: Report): Promise<Reading> {
  const { cwd } = request;
  const sources = await findSources(request.files, request.functions, cwd, report);
  const given = request.files.filter((f) => typeof f !== "string");
  const texts = new Map([
    ...sources.map((s) => [s.file, s.text] as const),
    ...given.map((f) => [absolute(f.path, cwd), f.text] as const),
  ]);
  const configs = findConfigs(request.project, cwd, report);
  const programs = new Map<Config, Source[]>();
  for (const source of sources) {
    const config = configs.of(source.file);
    if (config) programs.set(config, [...(programs.get(config) ?? []), source]);
  }
  const modules: Module[] = [];
  const found = new Set<string>();
  const inputs = new Set(sources.map((s) => s.file));
  for (const [config, members] of programs) {
    const program = programOf(members, config, session, texts);
    for (const file of [...program.getSourceFiles().map((f) => f.fileName), config.file]) {
      if (file !== undefined && !file.includes("/node_modules/")) inputs.add(file);
    }
    for (const member of members) {
      const module = readModule(member, program, config, request, found, report);
      if (module) modules.push(module);
    }
  }
  reportUnknown(request, sources, modules, found, report);
  const order = new Map(sources.map((s, i) => [s.file, i]));
  modules.sort((a, b) => order.get(a.source)! - order.get(b.source)!);
  return { modules, inputs: [...inputs], textOf: (file) => texts.get(file) ?? ts.sys.readFile(file) };
}

function programOf(
  members: readonly Source[],
  { options, wider, ambient, files: others }: Config,
  session: Session,
  texts: ReadonlyMap<string, string>,
): ts.Program {
  const files = members.map((m) => m.file);
  const given = [...files, ...ambient];
  const read = (file: string): string | undefined => texts.get(file) ?? ts.sys.readFile(file);
  const small = session.program(given, options, texts);
  const found = relatives(small.getSourceFiles(), others ?? [...texts.keys(), ...beside(files)], read);
  const roots = [...given, ...found];
  const program = found.length > 0 ? session.program(roots, options, texts) : small;
  return wider && files.some((f) => lacksNames(f, program)) ? session.program(roots, wider, texts) : program;
}

function readModule(
  { file, literal }: Source,
  program: ts.Program,
  config: Config,
  request: Request,
  found: Set<string>,
  report: Report,
): Module | undefined {
  const source = program.getSourceFile(file);
  if (!source) throw new Error(`the program lacks ${file}`);
  const problems = problemsOf(source, program);
  problems.forEach(report);
  if (problems.length > 0) return undefined;

  const checker = program.getTypeChecker();
  const candidates = functionsOf(source, checker);
  const chosen = choose(candidates, request, literal);
  for (const { candidate } of chosen) found.add(candidate.name);
  const where = relative(file, request.cwd);
  if (chosen.length === 0 && request.functions.length === 0 && literal) {
    report({ name: "noFunctions", values: { file: where } });
  }

  const entries: Entry<ts.FunctionLikeDeclaration>[] = [];
  const skipped: Skipped[] = [];
  let failed = false;
  for (const { candidate, asked } of chosen) {
    const reasons: Diagnostic[] = [];
    const entry = entryOf(candidate, asked, checker, (d) => reasons.push(d));
    if (entry) entries.push(entry);
    else if (asked.chosenBy === "export") skipped.push({ name: candidate.name, reason: reasons[0]! });
    else {
      reasons.forEach(report);
      failed = true;
    }
  }
  return {
    source: file,
    target: request.out === undefined ? targetOf(file) : absolute(request.out, request.cwd),
    importExtension: importExtension(source, config),
    noUncheckedIndexedAccess: config.options.noUncheckedIndexedAccess ?? false,
    checker,
    sources: program.getSourceFiles().filter((f) => !f.isDeclarationFile),
    entries,
    skipped,
    functions: candidates.map((c) => c.name),
    failed,
  };
}

type Choice = Readonly<{ candidate: Candidate; asked: Asked }>;

/** By name, else by tag, else (in a file that was named itself) everything exported. */
function choose(candidates: readonly Candidate[], request: Request, literal: boolean): readonly Choice[] {
  const wrt = request.wrt?.map((text) => ({ text }));
  const emit = request.emit?.map((mode) => ({ mode }));
  if (request.functions.length > 0) {
    const wanted = candidates.filter((c) => request.functions.includes(c.name));
    return wanted.map((candidate) => ({ candidate, asked: fromTags(candidate, request, "name") }));
  }
  const tagged = candidates.filter((c) => c.tags.length > 0);
  if (tagged.length > 0) {
    return tagged.map((candidate) => ({ candidate, asked: fromTags(candidate, request, "tag") }));
  }
  if (!literal) return [];
  return candidates
    .filter((c) => c.exported)
    .map((candidate) => ({ candidate, asked: { modes: emit, wrt, chosenBy: "export" } }));
}

/** Tags add up; what the request says stands before them. */
function fromTags({ tags }: Candidate, request: Request, chosenBy: "name" | "tag"): Asked {
  const words = tags.flatMap((t) => t.words);
  return {
    modes:
      request.emit?.map((mode) => ({ mode })) ??
      (tags.length > 0 ? tags.flatMap((t) => t.modes.map((mode) => ({ mode, at: t.at }))) : undefined),
    wrt: request.wrt?.map((text) => ({ text })) ?? (words.length > 0 ? words : undefined),
    chosenBy,
  };
}

/** Names that no file has. A file that does not compile may have had them. */
function reportUnknown(
  request: Request,
  sources: readonly Source[],
  modules: readonly Module[],
  found: ReadonlySet<string>,
  report: Report,
): void {
  if (modules.length < sources.length || sources.length === 0) return;
  const known = modules.flatMap((m) => m.functions);
  for (const name of request.functions.filter((f) => !found.has(f))) {
    const file = sources.map((s) => relative(s.file, request.cwd)).join(", ");
    report({ name: "unknownFunction", values: { name, file, suggestion: suggestion(name, known) } });
  }
}
