/**
 * What becomes of functions that are not fixtures: `npx tsx test/tally.ts FILE|FOLDER…` differentiates every exported
 * function of the files by itself and says whether the derivatives are right, refused (by code) or wrong: held first
 * against the program itself, run with numbers that carry derivatives, then against finite differences. Arguments
 * come from `<name>.inputs.ts` beside a file, else from the types. `--only NAME` picks functions, `--quiet` prints
 * no line for what is right, `--text` prints the generated modules.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { ts } from "ts-morph";
import { createSession, differentiate, type Mode, type Session } from "../src/index.ts";
import { verifyModule } from "../src/verify/module.ts";
import { renderReport } from "../src/verify/report.ts";
import { createLoader } from "../src/source/load.ts";
import { exactFaults } from "./dual/faults.ts";

type Verdict = Readonly<{
  kind: "right" | "undecided" | "refused" | "wrong" | "crashed";
  /** Codes of the refusal. */
  codes: readonly string[];
  detail: string;
  text: string;
}>;

const read = (file: string): string | undefined =>
  existsSync(file) && statSync(file).isFile() ? readFileSync(file, "utf8") : undefined;

/** Sources under a path: neither generated modules nor inputs. */
const sourcesUnder = (given: string): readonly string[] =>
  statSync(given).isDirectory()
    ? readdirSync(given, { recursive: true, encoding: "utf8" })
        .map((f) => path.join(given, f))
        .filter(
          (f) =>
            /\.[cm]?ts$/.test(f) && !/\.(grad|inputs|d)\.[cm]?ts$/.test(f) && !f.includes("node_modules"),
        )
        .sort()
    : [given];

/** Exported functions, arrow constants and public methods of exported classes, as `--function` names them. */
const namesIn = (file: string): readonly string[] => {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const isExported = (node: ts.Node): boolean =>
    ts.canHaveModifiers(node) === true &&
    ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword) === true;
  return source.statements.flatMap((s): readonly string[] => {
    if (!isExported(s)) return [];
    if (ts.isFunctionDeclaration(s)) return s.body && s.name ? [s.name.text] : [];
    if (!ts.isVariableStatement(s)) return [];
    return s.declarationList.declarations.flatMap((d) =>
      d.initializer && (ts.isArrowFunction(d.initializer) || ts.isFunctionExpression(d.initializer))
        ? [d.name.getText()]
        : [],
    );
  });
};

const typeErrors = (session: Session, file: string, text: string): string => {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2023,
    // the browser's library takes long to parse
    lib: ["lib.es2023.d.ts", ...(/\b(?:console|performance)\b/.test(text) ? ["lib.dom.d.ts"] : [])],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    allowImportingTsExtensions: true,
    allowJs: true,
    skipLibCheck: true,
    types: [],
  };
  const program = session.program([file], options, new Map([[file, text]]));
  const source = program.getSourceFile(file);
  const found = source
    ? [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    : [];
  return found.map((d) => `TS${d.code}: ${ts.flattenDiagnosticMessageText(d.messageText, "\n")}`).join("\n");
};

/** Differentiates one function in the given modes and runs what comes out. */
const judge = async (
  session: Session,
  file: string,
  name: string,
  emit: readonly Mode[] | undefined,
): Promise<Verdict> => {
  let text = "";
  try {
    const request = { files: [file], functions: [name], session, checked: true, ...(emit ? { emit } : {}) };
    const result = await differentiate(request);
    const errors = result.diagnostics.filter((d) => d.severity === "error");
    if (errors.length > 0)
      return {
        kind: "refused",
        codes: errors.map((e) => e.code),
        detail: result.render("pretty", { errorsOnly: true }),
        text,
      };
    const [made] = result.files;
    if (!made) return { kind: "crashed", codes: [], detail: "nothing was generated", text };
    ({ text } = made);
    const types = typeErrors(session, made.path, text);
    if (types !== "") return { kind: "wrong", codes: [], detail: types, text };
    const load = createLoader((f) => (f === made.path ? text : read(f)));
    const inputs = file.replace(/(\.[cm]?ts)x?$/, ".inputs$1");
    const gradModule = load(made.path);
    const { reports, skipped } = verifyModule({
      sourceModule: load(file),
      gradModule,
      derivatives: made.derivatives,
      ...(existsSync(inputs) ? { inputs: load(inputs) } : {}),
    });
    const failed = reports.filter((r) => !r.passed);
    const { faults, doubts } = exactFaults(file, gradModule, made.derivatives, reports);
    if (faults.length > 0 || failed.some((r) => r.complaints.length > 0 || doubts.length > 0)) {
      const detail = [...faults, ...failed.slice(0, 1).map((r) => renderReport(r))].join("\n");
      return { kind: "wrong", codes: [], detail, text };
    }
    if (failed.length > 0) {
      const detail = `exactly right, by differences not:\n${renderReport(failed[0]!)}`;
      return { kind: "undecided", codes: [], detail, text };
    }
    const open =
      doubts.length === 0
        ? undefined
        : reports.find((r) => r.components.some((c) => c.verdict === "undecided"));
    if (skipped.length > 0)
      return {
        kind: "undecided",
        codes: [],
        detail: skipped.map((s) => `${s.name}: ${s.reason}`).join("\n"),
        text,
      };
    if (open) return { kind: "undecided", codes: [], detail: renderReport(open), text };
    return { kind: "right", codes: [], detail: "", text };
  } catch (e) {
    return {
      kind: "crashed",
      codes: [],
      detail: e instanceof Error ? (e.stack ?? e.message) : String(e),
      text,
    };
  }
};

/** The functions of a file that are right beyond doubt when all of it is differentiated at once; the quick way. */
const rightIn = async (session: Session, file: string, names: readonly string[]): Promise<Set<string>> => {
  const untagged = readFileSync(file, "utf8").replace(/@(?=(?:grad|valueAndGrad|vjp|jvp)\b)/g, "");
  const right = new Set(names);
  for (const emit of [undefined, ["vjp", "jvp"] as const]) {
    const files = [{ path: file, text: untagged }];
    const result = await differentiate({ files, session, checked: true, ...(emit ? { emit } : {}) }).catch(
      () => undefined,
    );
    const [made] = result?.files ?? [];
    if (!result || !made || typeErrors(session, made.path, made.text) !== "") return new Set();
    const load = createLoader((f) => (f === made.path ? made.text : read(f)));
    const inputs = file.replace(/(\.[cm]?ts)x?$/, ".inputs$1");
    const [sourceModule, gradModule] = [load(file), load(made.path)];
    const given = existsSync(inputs) ? { inputs: load(inputs) } : {};
    for (const name of names) {
      const derivatives = made.derivatives.filter((d) => d.signature.name === name);
      const { reports, skipped } = verifyModule({ sourceModule, gradModule, derivatives, ...given });
      const { faults, doubts } = exactFaults(file, gradModule, derivatives, reports);
      const isOpen = (r: (typeof reports)[number]): boolean =>
        !r.passed || (doubts.length > 0 && r.components.some((c) => c.verdict === "undecided"));
      if (derivatives.length === 0 || skipped.length > 0 || faults.length > 0 || reports.some(isOpen))
        right.delete(name);
    }
  }
  return right;
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    quiet: { type: "boolean", default: false },
    text: { type: "boolean", default: false },
  },
});
const session = createSession();
const counts = new Map<string, number>();
const count = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
const rank = ["crashed", "wrong", "refused", "undecided", "right"];
for (const file of positionals.flatMap((p) => sourcesUnder(path.resolve(p)))) {
  const only = values.only?.split(",");
  const names = namesIn(file).filter((name) => only?.includes(name) ?? true);
  const right = values.text || names.length < 4 ? new Set() : await rightIn(session, file, names);
  for (const name of names) {
    if (right.has(name)) {
      count("right");
      if (!values.quiet) console.log(`RIGHT ${path.relative(process.cwd(), file)} ${name}`);
      continue;
    }
    const verdicts = [
      await judge(session, file, name, undefined),
      await judge(session, file, name, ["vjp", "jvp"]),
    ];
    const worst = verdicts.sort((a, b) => rank.indexOf(a.kind) - rank.indexOf(b.kind))[0]!;
    count(worst.kind);
    new Set(worst.codes).forEach((code) => count(`  refused ${code}`));
    if (values.quiet && worst.kind === "right") continue;
    console.log(`${worst.kind.toUpperCase()} ${path.relative(process.cwd(), file)} ${name}`);
    if (worst.detail !== "") console.log(worst.detail.replace(/^/gm, "    "));
    if (values.text) console.log(worst.text);
  }
}
console.log(
  [...counts]
    .sort()
    .map(([key, n]) => `${String(n).padStart(6)} ${key}`)
    .join("\n"),
);
process.exitCode = counts.has("wrong") || counts.has("crashed") ? 1 : 0;
