/** Every stage from TypeScript in to TypeScript out, in order. */
import { parameterSpan } from "./1-read/entry.ts";
import { dependentDefaults } from "./1-read/default.ts";
import { relative } from "./1-read/file.ts";
import { everyReal } from "./1-read/path.ts";
import { type Module, type Request, read, type Skipped } from "./1-read/read.ts";
import type { Session } from "./1-read/session.ts";
import { lower } from "./2-lower/lower.ts";
import { analyze, analyzeForward, prepare } from "./3-analyze/analyze.ts";
import { accumulated } from "./3-analyze/accumulate.ts";
import { boxed } from "./3-analyze/box.ts";
import { plain } from "./3-analyze/plain.ts";
import { scatter } from "./3-analyze/scatter.ts";
import { settleTags } from "./3-analyze/tags.ts";
import { wanted } from "./3-analyze/wanted.ts";
import { differentiate } from "./4-differentiate/differentiate.ts";
import { prune, simplify } from "./5-simplify/simplify.ts";
import { emit } from "./6-emit/emit.ts";
import { format } from "./6-emit/format.ts";
import { type Diagnostic, type Report, severityOf } from "./diagnostics/diagnostic.ts";
import { messageOf } from "./diagnostics/message.ts";
import { calledBy, functionsOf, mapUnit } from "./ir/callee.ts";
import { check, Inconsistent } from "./ir/check.ts";
import type { Derivative } from "./ir/entry.ts";
import type { Facts } from "./ir/facts.ts";
import { obstaclesIn } from "./ir/obstacle.ts";
import { print } from "./ir/print.ts";
import type { Func } from "./ir/types.ts";

export type PipelineOptions = Readonly<{
  /** Collect the IR after each stage. */
  trace: boolean;
  /** Check the IR after each stage: a stage that breaks it throws. */
  checked: boolean;
  /** Make the derivative lean; without it, it only has to be right. */
  optimise: boolean;
  /** A zero adjoint stops where the derivative is infinite. */
  strongZero: boolean;
}>;

/** The IR of one function after one stage. */
export type Trace = Readonly<{ stage: string; name: string; text: string }>;

export type Generated = Readonly<{
  source: string;
  path: string;
  text: string;
  derivatives: readonly Derivative[];
}>;

export type Outcome = Readonly<{
  files: readonly Generated[];
  diagnostics: readonly Diagnostic[];
  trace: readonly Trace[];
  /** Every file of the user's that the result depends on. */
  inputs: readonly string[];
  /** The text of a file as it was read. */
  textOf: (file: string) => string | undefined;
}>;

/** read → lower → analyze → differentiate → simplify → emit → format; nothing comes out for a file with an error. */
export async function run(request: Request, options: PipelineOptions, session: Session): Promise<Outcome> {
  const diagnostics: Diagnostic[] = [];
  const trace: Trace[] = [];
  const { modules, inputs, textOf } = await read(request, session, (d) => diagnostics.push(d));
  const files: Generated[] = [];
  for (const module of modules) {
    const watch = watcher(options, trace);
    const derived = module.entries.map((entry) => derive(entry, module, options, watch));
    const found = distinct([
      ...derived.flatMap((d) => d.diagnostics),
      ...skippedNotes(module, derived, request.cwd),
    ]);
    diagnostics.push(...found);
    if (module.failed || found.some((d) => severityOf(d) === "error")) continue;
    const derivatives = derived.flatMap((d) => d.derivatives);
    if (derivatives.length === 0) continue;
    const { source, target, importExtension, noUncheckedIndexedAccess } = module;
    const plan = { source, target, importExtension, noUncheckedIndexedAccess, derivatives };
    files.push({ source, path: target, text: await format(emit(plan), target), derivatives });
  }
  return { files, diagnostics, trace, inputs, textOf };
}

type Derived = Readonly<{
  derivatives: readonly Derivative[];
  diagnostics: readonly Diagnostic[];
  /** Why nothing came of a function that was not asked for by name or tag. */
  skipped?: Skipped;
}>;

/** One function: lower → prepare → analyze → differentiate → simplify. */
function derive(
  { declaration, signature, modes, wrt: asked, chosenBy }: Module["entries"][number],
  { checker, sources }: Module,
  options: PipelineOptions,
  watchAll: Watch,
): Derived {
  const found: Diagnostic[] = [];
  // what was refused was not written to its end
  const watch: Watch = (stage, name, func) =>
    found.some((d) => severityOf(d) === "error") ? func : watchAll(stage, name, func);
  const report: Report = (d) => found.push(d);
  const leaner = options.optimise ? simplify : prune;
  const stage = (name: string, func: Func): Func => watch(name, signature.name, func);
  const inParts = (func: Func): Func => {
    const parted = boxed(scatter(func));
    return parted === func ? func : inParts(leaner(stage("scatter", parted)));
  };
  /** Where kinds are told apart in ways that are not followed, the program does not fit together. */
  const isConsistent = (func: Func): boolean => {
    if (found.some((d) => severityOf(d) === "error")) return true;
    try {
      check(func);
      return true;
    } catch (error) {
      if (!(error instanceof Inconsistent)) throw error;
      const { file, start, end } = error.at.file === "" ? func.at : error.at;
      report({ name: "mixedKinds", values: { function: signature.name }, at: { file, start, end } });
      withOwnCallees(func).flatMap(obstaclesIn).forEach(report);
      return false;
    }
  };
  const steps = (): readonly Derivative[] => {
    const lowered = lower(declaration, { checker, report, name: signature.name, sources });
    if (!lowered) return [];
    const candidates = asked ?? everyReal(signature);
    const output = signature.returnType.kind === "undefined" ? "arguments" : "result";
    if (!isConsistent(lowered)) return [];
    const prepared = mapUnit(prepare(stage("lower", lowered), candidates, output, report), (func) => {
      const tagged = settleTags(func);
      return tagged === func ? func : simplify(tagged);
    });
    if (!functionsOf(prepared).every(isConsistent)) return [];
    const lean = mapUnit(prepared, (func) =>
      stage("simplify", accumulated(inParts(plain(leaner(stage("prepare", func)))))),
    );
    const all = analyze(lean, candidates, output);
    const { wrt, indexLike, zero } = wanted(all, candidates, asked !== undefined);
    const tell = (about: "indexLike" | "zeroGradient") => (name: string) =>
      report({
        name: about,
        values: { function: signature.name, name },
        at: parameterSpan(declaration, name),
      });
    const isDifferentiated = (name: string): boolean => wrt.some((path) => path[0] === name);
    dependentDefaults(declaration, signature.name, checker, isDifferentiated, report);
    indexLike.forEach(tell("indexLike"));
    zero.forEach(tell("zeroGradient"));
    const facts = wrt === candidates ? all : analyze(lean, wrt, output);
    const forward = (): Facts => analyzeForward(lean, wrt, output);
    const derivatives = differentiate(facts, forward, {
      modes,
      signature,
      report,
      strongZero: options.strongZero,
    });
    // what was refused has no meaning in what was made; what the function itself needs is told beside
    if (found.some((d) => severityOf(d) === "error")) {
      functionsOf(lean).flatMap(withOwnCallees).flatMap(obstaclesIn).forEach(report);
      return [];
    }
    const done = derivatives.map((d) => {
      const thin = (func: Func): Func => {
        const raw = watch(`differentiate ${d.mode}`, signature.name, func);
        return watch(`simplify ${d.mode}`, signature.name, leaner(raw));
      };
      return { ...d, func: thin(d.func), functions: d.functions.map((m) => ({ ...m, func: thin(m.func) })) };
    });
    const written = done.flatMap((d) => [d.func, ...d.functions.map((m) => m.func)]);
    written.flatMap(withOwnCallees).flatMap(obstaclesIn).forEach(report);
    return done;
  };
  const derivatives = steps();
  const diagnostics = causes(found);
  const errors = diagnostics.filter((d) => severityOf(d) === "error");
  if (errors.length === 0) return { derivatives, diagnostics };
  if (chosenBy !== "export") return { derivatives: [], diagnostics };
  return { derivatives: [], diagnostics: [], skipped: { name: signature.name, reason: errors[0]! } };
}

/** A function, and those that it calls that have no name in the source: they are written with it. */
const withOwnCallees = (func: Func): readonly Func[] =>
  calledBy(func).filter((f) => f === func || !f.reference);

/** In a file without tags, what cannot be differentiated is a note; that nothing can is an error. */
function skippedNotes(module: Module, derived: readonly Derived[], cwd: string): readonly Diagnostic[] {
  const skipped = [...module.skipped, ...derived.flatMap((d) => d.skipped ?? [])];
  const notes = skipped.map(({ name, reason }): Diagnostic => {
    const values = { function: name, reason: messageOf(reason) };
    return { name: "skipped", values, ...(reason.at ? { at: reason.at } : {}) };
  });
  const nothing = skipped.length > 0 && derived.every((d) => d.skipped);
  if (!nothing) return notes;
  const file = relative(module.source, cwd);
  return [...notes, { name: "allSkipped", values: { file } }];
}

/** Where something definite stands in the way, "not known" need not be said of what follows from it. */
function causes(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const definite = found.filter((d) => d.name !== "activeUnknown");
  return definite.some((d) => severityOf(d) === "error") ? definite : found;
}

/** In the order of the source, each once: every mode finds the same things, and a helper may be used twice. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const once = [...new Map(diagnostics.map((d) => [JSON.stringify(d), d])).values()];
  const files = [...new Set(once.map((d) => d.at?.file))];
  const rank = (d: Diagnostic): number => (d.at ? files.indexOf(d.at.file) : files.length);
  return once.sort((a, b) => rank(a) - rank(b) || (a.at?.start ?? 0) - (b.at?.start ?? 0));
}

type Watch = (stage: string, name: string, func: Func) => Func;

/** Hands every function on unchanged, looks at it on the way. */
function watcher({ trace, checked }: PipelineOptions, traces: Trace[]): Watch {
  return (stage, name, func) => {
    if (trace) traces.push({ stage, name, text: print(func) });
    if (checked) check(func);
    return func;
  };
}
