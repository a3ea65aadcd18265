/** The public API: what the command line, plug-ins and tests use. Writes nothing. */
import type { Input } from "./1-read/file.ts";
import { createSession, type Session } from "./1-read/session.ts";
import { type Diagnostic as Found, type Span, severityOf } from "./diagnostics/diagnostic.ts";
import { codeOf, hintOf, messageOf } from "./diagnostics/message.ts";
import { type Format, formats, render } from "./diagnostics/render.ts";
import { type Mode, modes } from "./ir/entry.ts";
import { type Generated, run, type Trace } from "./pipeline.ts";
import { verifyFiles, type Verification } from "./verification.ts";

export { watchInputs } from "./watch.ts";
export { orphans, staleness, writeModule } from "./disk.ts";
export { createSession, formats, modes };
export type { Format, Input, Mode, Session, Span, Trace, Verification };

/** What is asked for: the options of the command line, with the same defaults. */
export type DifferentiateRequest = Readonly<{
  /** Paths, directories and patterns; or paths with their texts, which stand before what is on disk. */
  files: readonly Input[];
  /** `cost`, `C.m`; left out: by tag, else every exported function. */
  functions?: readonly string[];
  /** Parameters or paths into them: `W`, `model.weights`, `points[].x`. */
  wrt?: readonly string[];
  emit?: readonly Mode[];
  /** The tsconfig to use, or its directory; left out: the nearest one that includes the file. */
  project?: string;
  /** Where the generated module of a single file goes; left out: `<name>.grad.ts` beside it. */
  out?: string;
  /** What relative paths are relative to. */
  cwd?: string;
  strongZero?: boolean;
  /** Also return the intermediate representation after each stage. */
  trace?: boolean;
  /** Check the intermediate representation after each stage; for tests of the tool itself. */
  checked?: boolean;
  /** Off: the derivative as it is first written down, right but neither short nor fast; for tests of the tool itself. */
  optimise?: boolean;
  /** Keeps parsed files between calls. */
  session?: Session;
}>;

export type Diagnostic = Readonly<{
  code: string;
  severity: "error" | "warning" | "note";
  message: string;
  hint?: string;
  /** An absolute file and offsets into its text. */
  at?: Span;
}>;

export type GeneratedFile = Readonly<Pick<Generated, "source" | "path" | "text" | "derivatives">>;

export type DifferentiateResult = Readonly<{
  /** The generated modules; a file with an error has none. */
  files: readonly GeneratedFile[];
  diagnostics: readonly Diagnostic[];
  trace: readonly Trace[];
  /** Every file that the result depends on, libraries aside: a change to one of them may change it. */
  inputs: readonly string[];
  /** The diagnostics as text, with a line break at the end; paths relative to `cwd`. */
  render: (format: Format, options?: Readonly<{ color?: boolean; errorsOnly?: boolean }>) => string;
  /** Runs the generated derivatives and holds them against numeric differences. */
  verify: () => Verification;
}>;

/** Reads the files, differentiates what is asked for, and returns the generated modules and all diagnostics. */
export async function differentiate(request: DifferentiateRequest): Promise<DifferentiateResult> {
  const { files, functions = [], wrt, emit, project, out, cwd = process.cwd() } = request;
  const {
    trace = false,
    checked = false,
    optimise = true,
    strongZero = false,
    session = createSession(),
  } = request;
  const outcome = await run(
    { files, functions, wrt, emit, project, out, cwd },
    { trace, checked, optimise, strongZero },
    session,
  );
  return {
    files: outcome.files,
    diagnostics: outcome.diagnostics.map(published),
    trace: outcome.trace,
    inputs: outcome.inputs,
    render: (format, { color = false, errorsOnly = false } = {}) => {
      const shown = outcome.diagnostics.filter((d) => !errorsOnly || severityOf(d) === "error");
      return render(shown, { format, cwd, color, textOf: outcome.textOf });
    },
    verify: () => verifyFiles(outcome.files, outcome.textOf),
  };
}

function published(d: Found): Diagnostic {
  const hint = hintOf(d);
  return {
    code: codeOf(d),
    severity: severityOf(d),
    message: messageOf(d),
    ...(hint === undefined ? {} : { hint }),
    ...(d.at ? { at: d.at } : {}),
  };
}
