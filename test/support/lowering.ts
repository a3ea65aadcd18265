/** Lowers a function of a source text and holds what the IR does against what the source does. */
import { Project, ts } from "ts-morph";
import { expect } from "vitest";
import { lower } from "../../src/2-lower/lower.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { check } from "../../src/ir/check.ts";
import type { Func } from "../../src/ir/types.ts";
import { copy } from "../../src/verify/structure.ts";
import { interpret } from "./interpret.ts";

const project = new Project({
  useInMemoryFileSystem: true,
  compilerOptions: { strict: true, target: ts.ScriptTarget.ES2022, lib: ["lib.es2023.d.ts", "lib.dom.d.ts"] },
});

type Lowered = Readonly<{ func: Func | undefined; reported: readonly Diagnostic[]; js: string }>;

/** A file that sources can import. */
export const addFile = (name: string, text: string): void => void project.createSourceFile(name, text);

/** The function `f` of a source that type-checks. */
export function lowered(source: string): Lowered {
  const name = `/source${project.getSourceFiles().length}.ts`;
  const file = project.createSourceFile(name, `${source}\nexport {};`);
  const checker = project.getTypeChecker().compilerObject;
  const problems = project.getProgram().compilerObject.getSemanticDiagnostics(file.compilerNode);
  if (problems.length > 0) throw new Error(ts.flattenDiagnosticMessageText(problems[0]!.messageText, "\n"));
  const reported: Diagnostic[] = [];
  const declaration = file.getFunctionOrThrow("f").compilerNode;
  const func = lower(declaration, {
    checker,
    name: "f",
    report: (d) => reported.push(d),
    sources: project.getSourceFiles().map((f) => f.compilerNode),
  });
  const js = ts.transpile(source, { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 });
  return { func, reported, js };
}

function outcome(run: () => unknown): unknown {
  try {
    return { value: run() };
  } catch (error) {
    return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

/** Runs both on every list of arguments: same results, same bits, same changes of the arguments. */
export function same(source: string, ...runs: readonly unknown[][]): Func {
  const { func, reported, js } = lowered(source);
  expect(reported).toEqual([]);
  check(func!);
  const exported = [...js.matchAll(/^export (?:class|function|const|let|var) (\w+)/gm)].map((m) => m[1]!);
  const names = [...new Set(["f", ...exported])];
  const made = new Function(`${js.replace(/^export /gm, "")}\nreturn { ${names.join(", ")} };`)() as object;
  const references = new Map<string, unknown>(Object.entries(made));
  const f = references.get("f") as (...args: unknown[]) => unknown;
  for (const args of runs) {
    const ours = copy(args) as unknown[];
    const theirs = copy(args) as unknown[];
    const expected = outcome(() => f(...theirs));
    const given = outcome(() => interpret(func!, ours, references));
    expect(given, `${source}\non ${JSON.stringify(args)}`).toStrictEqual(expected);
    expect(ours, `arguments of ${source}`).toStrictEqual(theirs);
  }
  return func!;
}

/** The names of what would be reported if a derivative had to flow through every piece that stays as it is. */
export function refusals(source: string): readonly string[] {
  const { func, reported } = lowered(source);
  const found = reported.map((d) => d.name as string);
  const visit = (x: unknown): void => {
    if (typeof x !== "object" || x === null) return;
    if ("refusal" in x && x.refusal) found.push((x.refusal as Diagnostic).name);
    for (const [key, child] of Object.entries(x)) if (key !== "callee") visit(child);
  };
  visit(func?.body);
  return found;
}
