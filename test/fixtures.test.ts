/**
 * Runs the tool on every fixture and holds what it writes against the module beside the source, TypeScript, prettier,
 * the numeric reference and the exact one. `UPDATE=1` writes the expected modules anew.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as prettier from "prettier";
import { ts } from "ts-morph";
import { describe, expect, it } from "vitest";
import { createSession, differentiate, type DifferentiateResult } from "../src/index.ts";
import { verifyModule } from "../src/verify/module.ts";
import { renderReport } from "../src/verify/report.ts";
import { exactFaults } from "./dual/faults.ts";
import { findFixtures, type Fixture, fixtureFiles, fixturesIn, load, root } from "./support/fixtures.ts";

const update = process.env["UPDATE"] === "1";
const fixtures = findFixtures();
const session = createSession();
const results = new Map<string, Promise<DifferentiateResult>>();

/** What the tool makes of a fixture; asked for once. */
function made({ source }: Fixture): Promise<DifferentiateResult> {
  const known = results.get(source) ?? differentiate({ files: [source], cwd: root, session, checked: true });
  results.set(source, known);
  return known;
}

it("sees the fixtures, and no expected module without its source", () => {
  expect(fixtures.length).toBeGreaterThan(50);
  const expected = new Set(fixtures.flatMap((f) => [f.expected, f.inputs]));
  expect(fixtureFiles().filter((f) => /\.(grad|inputs)\.ts$/.test(f) && !expected.has(f))).toEqual([]);
});

describe.each(fixtures.map((fixture) => [fixture.name, fixture] as const))("%s", (_, fixture) => {
  it("comes out as the module beside it", async () => {
    const { files, diagnostics, render } = await made(fixture);
    expect(
      render("plain")
        .split("\n")
        .filter((line) => / - error /.test(line)),
    ).toEqual([]);
    expect(diagnostics.filter((d) => d.severity === "error")).toEqual([]);
    expect(files.map((f) => f.path)).toEqual([fixture.expected]);
    const text = files[0]!.text;
    if (update && (!existsSync(fixture.expected) || readFileSync(fixture.expected, "utf8") !== text)) {
      writeFileSync(fixture.expected, text);
    }
    expect(existsSync(fixture.expected), `${fixture.expected} is missing: run npm run fixtures:update`).toBe(
      true,
    );
    expect(text).toBe(readFileSync(fixture.expected, "utf8"));
    const config = await prettier.resolveConfig(fixture.expected);
    expect(await prettier.check(text, { ...config, filepath: fixture.expected })).toBe(true);
  });

  it("is the derivative, and has the source's value and effects", async () => {
    const { files } = await made(fixture);
    const derivatives = files[0]?.derivatives ?? [];
    expect(derivatives.length, "nothing was generated").toBeGreaterThan(0);
    const inputs = existsSync(fixture.inputs) ? await load(fixture.inputs) : {};
    const sourceModule = await load(fixture.source);
    const gradModule = await load(fixture.expected);
    const { reports, skipped } = verifyModule({ sourceModule, gradModule, derivatives, inputs });
    expect(skipped).toEqual([]);
    const names = new Set(derivatives.map((d) => d.signature.name));
    expect(Object.keys(inputs).filter((name) => !names.has(name))).toEqual([]);
    // at inputs where the reference cannot decide, a fixture would prove nothing
    const failed = reports.filter((r) => !r.passed || r.components.some((c) => c.verdict !== "ok"));
    if (failed.length > 0) expect.fail(`\n${failed.map((r) => renderReport(r)).join("\n")}`);
    expect(exactFaults(fixture.source, gradModule, derivatives, reports)).toEqual({ faults: [], doubts: [] });
  });
});

it.each(fixturesIn)("type-checks all of %s under strict", (folder) => {
  const file = path.join(root, folder, "tsconfig.json");
  const read = ts.getParsedCommandLineOfConfigFile(
    file,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
  );
  expect(read?.errors).toEqual([]);
  const program = session.program(read!.fileNames, { ...read!.options, noEmit: true }, new Map());
  expect(program.getSourceFiles().filter((f) => !f.isDeclarationFile).length).toBeGreaterThan(2);
  const host = {
    getCanonicalFileName: (f: string) => f,
    getCurrentDirectory: () => root,
    getNewLine: () => "\n",
  };
  expect(ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), host)).toBe("");
});

function fail(diagnostic: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
}
