/**
 * How a fixture is written must not matter: a subexpression gets a name, a statement runs in a loop of one trip, and
 * the derivatives stay those of the fixture as it stands.
 */
import { existsSync, readFileSync } from "node:fs";
import { ts } from "ts-morph";
import { describe, expect, it } from "vitest";
import { createSession, differentiate, type DifferentiateResult } from "../src/index.ts";
import { createLoader } from "../src/source/load.ts";
import { verifyModule } from "../src/verify/module.ts";
import { renderReport } from "../src/verify/report.ts";
import { exactFaults } from "./dual/faults.ts";
import { Chance } from "./random/chance.ts";
import { variant } from "./random/variant.ts";
import { findFixtures, root } from "./support/fixtures.ts";

const compilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  noEmit: true,
};
const session = createSession();
const textOf = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, "utf8") : undefined;

describe.each(findFixtures().map((fixture) => [fixture.name, fixture] as const))("%s", (_, fixture) => {
  it("means the same when it is written in another way", async () => {
    const { source } = fixture;
    const program = session.program([source], compilerOptions, new Map());
    const checker = program.getTypeChecker();
    const isNumber = (start: number, end: number): boolean => {
      const found = nodeAt(program.getSourceFile(source)!, start, end);
      return found !== undefined && (checker.getTypeAtLocation(found).flags & ts.TypeFlags.NumberLike) !== 0;
    };
    const original = readFileSync(source, "utf8");
    // what overflows before a loop that is left by `return` has IEEE derivatives, after a plain `return` it has none
    const written = (attempt: number): string =>
      variant(original, new Chance(seedOf(fixture.name), attempt), isNumber, true);
    // in a loop TypeScript no longer sees that a variable was assigned: such a text is no program
    const ask = async (attempt: number): Promise<Readonly<{ text: string } & DifferentiateResult>> => {
      const text = written(attempt);
      const result = await differentiate({ files: [{ path: source, text }], cwd: root, session });
      return attempt < 8 && result.diagnostics.some((d) => d.code === "ADJ1007")
        ? ask(attempt + 1)
        : { text, ...result };
    };
    const { text, files, render } = await ask(0);
    expect(render("plain")).not.toMatch(/ - error /);
    const [{ text: made, path, derivatives }] = files as [(typeof files)[number]];
    const loader = createLoader((file) => (file === path ? made : textOf(file)));
    const [sourceModule, gradModule] = [loader(source), loader(path)];
    const inputs = existsSync(fixture.inputs) ? loader(fixture.inputs) : {};
    const { reports } = verifyModule({ sourceModule, gradModule, derivatives, inputs });
    const failed = reports.filter((r) => !r.passed);
    if (failed.length > 0) expect.fail(`${text}\n${failed.map((r) => renderReport(r)).join("\n")}`);
    expect(exactFaults(source, gradModule, derivatives, reports).faults).toEqual([]);
  });
});

/** The smallest node that spans the text. */
const nodeAt = (node: ts.Node, start: number, end: number): ts.Node | undefined => {
  const inner = ts.forEachChild(node, (child) =>
    child.getStart() <= start && end <= child.getEnd() ? nodeAt(child, start, end) : undefined,
  );
  return inner ?? (node.getStart() === start && node.getEnd() === end ? node : undefined);
};

/** Its own choices for each fixture, whatever others there are. */
const seedOf = (name: string): number =>
  [...name].reduce((seed, c) => (seed * 31 + c.codePointAt(0)!) | 0, 7);
