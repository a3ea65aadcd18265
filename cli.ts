#!/usr/bin/env node
/** The command line: options in, files or text out. What is done is done behind src/index.ts. */
import { createRequire } from "node:module";
import path from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type * as door from "./src/index.ts";
import type { DifferentiateResult, Format, Mode } from "./src/index.ts";

type Door = typeof door;

type Options = Readonly<{
  function: readonly string[];
  wrt?: readonly string[];
  emit?: readonly string[];
  out?: string;
  stdout?: true;
  check?: true;
  dryRun?: true;
  watch?: true;
  verify?: true;
  trace?: true;
  strongZero?: true;
  quiet?: true;
  color: boolean;
  project?: string;
  cwd: string;
  format?: Format;
  maxWarnings?: number;
}>;

const done = 0;
const failed = 1;
const unusable = 2;

/** Arguments that cannot be used; the message is all that is printed. */
class UsageError extends Error {}

const list = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean),
];

function count(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It is a whole number.");
  return Number(text);
}

function program(): Command {
  const { version, description } = manifest();
  return new Command("adjoint")
    .description(description)
    .version(version, "-V, --version")
    .argument("<files...>", "files, directories or quoted patterns")
    .option(
      "-f, --function <names>",
      "functions to differentiate (default: tagged, else exported ones)",
      list,
      [],
    )
    .option("--wrt <paths>", "parameters, or paths into them, to differentiate with respect to", list)
    .option("--emit <modes>", "grad, valueAndGrad, vjp, jvp, hvp, hessian, jacobian", list)
    .option("-o, --out <file>", "where the text goes (default: <name>.grad.ts beside the source)")
    .option("--stdout", "print the text instead")
    .option("--check", "write nothing; exit 1 if a generated file on disk is out of date")
    .option("--dry-run", "write nothing; name the files that would be written")
    .option("--watch", "regenerate on change")
    .option("--verify", "also hold the generated derivatives against numeric differences")
    .option(
      "-p, --project <tsconfig>",
      "the tsconfig to use (default: the nearest one that includes the file)",
    )
    .option("--strong-zero", "a zero adjoint stops where a derivative is infinite, instead of becoming NaN")
    .addOption(
      new Option("--format <format>", "how diagnostics are printed").choices([
        "pretty",
        "plain",
        "json",
        "github",
      ]),
    )
    .option("--trace", "print the intermediate representation after each stage")
    .option("--cwd <directory>", "what paths are relative to", process.cwd())
    .option("--quiet", "print errors only")
    .option("--no-color", "print without colour")
    .option("--max-warnings <n>", "exit 1 if there are more warnings than this", count)
    .exitOverride();
}

function manifest(): { version: string; description: string } {
  const require = createRequire(import.meta.url);
  // the sources lie beside package.json, the built file one directory below it
  const file = import.meta.url.endsWith(".ts") ? "./package.json" : "../package.json";
  return require(file) as { version: string; description: string };
}

async function main(argv: readonly string[]): Promise<number> {
  const command = program();
  try {
    command.parse(argv, { from: "user" });
    return await work(command.args, { ...command.opts<Options>() }, argv);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? done : unusable;
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`error: ${error.message}\n`);
    return unusable;
  }
}

async function work(files: readonly string[], options: Options, argv: readonly string[]): Promise<number> {
  refuseContradictions(files, options);
  // the compiler takes a third of a second to load: not for --help, not for a misspelt option
  const loaded: Door = await import("./src/index.ts");
  const { differentiate, createSession, modes, watchInputs } = loaded;
  const cwd = path.resolve(options.cwd);
  const emit = options.emit?.map((asked) => modeOf(asked, modes));
  const { function: functions, wrt, out, project, strongZero, trace } = options;
  const request = {
    files,
    functions,
    wrt,
    emit,
    out,
    project,
    cwd,
    strongZero,
    trace,
    session: createSession(),
  };
  const once = async (): Promise<{ code: number; inputs: readonly string[]; began: number }> => {
    const began = Date.now();
    const result = await differentiate(request);
    if (out !== undefined && result.files.length > 1) throw new UsageError("--out is for one source file");
    const code = deliver(result, options, cwd, argv, loaded);
    // nothing could be read yet: what is missing may come
    const inputs = result.inputs.length > 0 ? result.inputs : [path.join(cwd, "tsconfig.json")];
    return { code, inputs, began };
  };
  const first = await once();
  if (options.watch) watchInputs(first, once);
  return first.code;
}

/** Diagnostics, then the text to where it goes, then what verification has to say; the exit code. */
function deliver(
  result: DifferentiateResult,
  options: Options,
  cwd: string,
  argv: readonly string[],
  loaded: Door,
): number {
  for (const { stage, name, text } of result.trace) process.stderr.write(`— ${name}: ${stage}\n${text}\n\n`);
  const look = { color: colored(options), errorsOnly: options.quiet ?? false };
  process.stderr.write(result.render(formatOf(options), look));
  let code = exitCode(result, options);
  if (!output(result, options, cwd, argv, loaded)) code = failed;
  if (options.verify) {
    const { text, passed } = result.verify();
    process.stderr.write(text);
    if (!passed) code = failed;
  }
  return code;
}

function refuseContradictions(files: readonly string[], options: Options): void {
  const ways = [
    ["--stdout", options.stdout],
    ["--check", options.check],
    ["--dry-run", options.dryRun],
  ].flatMap(([name, given]) => (given ? [String(name)] : []));
  if (ways.length > 1) throw new UsageError(`${ways.join(" and ")} exclude each other`);
  if (options.stdout && options.out !== undefined)
    throw new UsageError("--stdout and --out exclude each other");
  if (options.out !== undefined && files.length > 1) throw new UsageError("--out is for one source file");
  if (options.watch && options.check) throw new UsageError("--watch and --check exclude each other");
}

function modeOf(asked: string, modes: readonly Mode[]): Mode {
  const mode = modes.find((m) => m === asked);
  if (mode) return mode;
  const near = modes.find((m) => m.toLowerCase() === asked.toLowerCase());
  const hint = near ? `did you mean ${near}?` : `there are ${modes.join(", ")}.`;
  throw new UsageError(`there is no derivative called '${asked}'\n(${hint})`);
}

/** Writes, prints or compares; whether all is as it should be. */
function output(
  result: DifferentiateResult,
  options: Options,
  cwd: string,
  argv: readonly string[],
  { writeModule, staleness, orphans }: Door,
): boolean {
  const say = (text: string): void => {
    if (!options.quiet) process.stdout.write(`${text}\n`);
  };
  const shown = (file: string): string => path.relative(cwd, file) || file;
  if (options.stdout) {
    process.stdout.write(result.files.map((f) => f.text).join("\n"));
    return true;
  }
  if (options.check) {
    const problems = [
      ...result.files.flatMap((f) => staleness(f.path, f.text, shown(f.path))),
      ...orphans(result.files.map((f) => f.path)).map((f) => `${shown(f)} is left over: its source is gone`),
    ];
    if (problems.length === 0) return true;
    const again = argv
      .filter((a) => a !== "--check")
      .map(quoted)
      .join(" ");
    process.stderr.write(`${problems.join("\n")}\nrun: adjoint ${again}\n`);
    return false;
  }
  for (const file of result.files) {
    if (options.dryRun) say(`would write ${shown(file.path)}`);
    else say(`${shown(file.path)} ${writeModule(file.path, file.text)}`);
  }
  return true;
}

function exitCode({ diagnostics }: DifferentiateResult, { maxWarnings }: Options): number {
  if (diagnostics.some((d) => d.severity === "error")) return failed;
  const warnings = diagnostics.filter((d) => d.severity === "warning").length;
  return maxWarnings !== undefined && warnings > maxWarnings ? failed : done;
}

function formatOf({ format }: Options): Format {
  if (format) return format;
  if (process.env["GITHUB_ACTIONS"] === "true") return "github";
  return process.stderr.isTTY ? "pretty" : "plain";
}

const colored = ({ color }: Options): boolean =>
  color && !process.env["NO_COLOR"] && (process.stderr.isTTY === true || Boolean(process.env["FORCE_COLOR"]));

const quoted = (argument: string): string =>
  /^[\w./,=:@+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;

process.exitCode = await main(process.argv.slice(2));
