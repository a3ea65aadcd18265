/**
 * Forward mode on every fixture: held against reverse mode by the dot-product test ⟨seed, J t⟩ = ⟨Jᵀ seed, t⟩, against
 * the numeric reference, and against the source, bit for bit; and read by TypeScript under strict.
 */
import { existsSync, readFileSync } from "node:fs";
import { ts } from "ts-morph";
import { describe, expect, it } from "vitest";
import { createSession, differentiate, type DifferentiateResult } from "../src/index.ts";
import { createLoader } from "../src/source/load.ts";
import { gathered } from "../src/verify/rest.ts";
import { dotProductComplaint } from "../src/verify/dotProduct.ts";
import { verifyModule } from "../src/verify/module.ts";
import { outputOf, run } from "../src/verify/promises.ts";
import { direction } from "../src/verify/random.ts";
import { renderReport } from "../src/verify/report.ts";
import {
  type Callable,
  copy,
  firstDifference,
  leaves,
  mapNumbers,
  valueAt,
} from "../src/verify/structure.ts";
import { exactFaults } from "./dual/faults.ts";
import { findFixtures, type Fixture, root } from "./support/fixtures.ts";

const session = createSession();
const compilerOptions = {
  ...ts.parseJsonConfigFileContent({ extends: "./tsconfig.json" }, ts.sys, `${root}/fixtures`).options,
  noEmit: true,
};
const fixtures = findFixtures();
const textOf = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, "utf8") : undefined;

const made = new Map<string, Promise<DifferentiateResult>>();
const both = ({ source }: Fixture): Promise<DifferentiateResult> => {
  const known =
    made.get(source) ??
    differentiate({ files: [source], emit: ["vjp", "jvp"], cwd: root, session, checked: true });
  made.set(source, known);
  return known;
};

describe.each(fixtures.map((fixture) => [fixture.name, fixture] as const))("%s", (_, fixture) => {
  it("is the derivative along any direction, and the transpose of reverse mode", async () => {
    const { files, render } = await both(fixture);
    expect(
      render("plain")
        .split("\n")
        .filter((line) => / - error /.test(line)),
    ).toEqual([]);
    const [{ text, path, derivatives }] = files as [(typeof files)[number]];
    const program = session.program([path], compilerOptions, new Map([[path, text]]));
    const errors = ts.getPreEmitDiagnostics(program, program.getSourceFile(path));
    expect(errors.map((e) => ts.flattenDiagnosticMessageText(e.messageText, " "))).toEqual([]);

    const loader = createLoader((file) => (file === path ? text : textOf(file)));
    const [sourceModule, gradModule] = [loader(fixture.source), loader(path)];
    const inputs = existsSync(fixture.inputs) ? loader(fixture.inputs) : {};
    const forward = derivatives.filter((d) => d.mode === "jvp");
    expect(forward.length).toBeGreaterThan(0);
    const { reports } = verifyModule({ sourceModule, gradModule, derivatives: forward, inputs });
    const failed = reports.filter((r) => !r.passed);
    if (failed.length > 0) expect.fail(`\n${failed.map((r) => renderReport(r)).join("\n")}`);
    const exactly = exactFaults(fixture.source, gradModule, forward, reports);
    expect(exactly).toEqual({ faults: [], doubts: [] });

    for (const { signature, wrt } of forward) {
      const [jvp, vjp] = ["jvp", "vjp"].map(
        (mode) => gradModule[`${mode}${signature.exportName}`] as Callable,
      );
      const names = signature.parameters.map((p) => p.pattern);
      for (const args of reports.filter((r) => r.name === `jvp${signature.exportName}`).map((r) => r.args)) {
        const padded = names.map((_name, n) => args[n]);
        const before = run(gathered(sourceModule[signature.name] as Callable, signature), args);
        if (before.thrown !== undefined) continue;
        const [draw, drawSeed] = [direction(3), direction(5)];
        const tangents = Object.fromEntries(
          names.flatMap((name, n): [string, unknown][] =>
            wrt.some(([head]) => head === name) && leaves([args[n]]).length > 0
              ? [[name, mapNumbers(copy(args[n], "separate"), draw)]]
              : [],
          ),
        );
        const pushed = jvp!(...copy(padded), tangents);
        const output = outputOf(before, names, valueAt(pushed, ["value"]));
        expect(firstDifference(valueAt(pushed, ["value"]), output)).toBe(undefined);
        const seed = mapNumbers(output, drawSeed);
        const pulled = vjp!(...copy(padded), seed);
        const single = leaves([args, pushed]).some((l) => l.single);
        const complaint = dotProductComplaint(
          { seed, grad: valueAt(pulled, ["grad"]) },
          { tangents: only(tangents, valueAt(pulled, ["grad"])), tangent: valueAt(pushed, ["tangent"]) },
          single ? 1e-6 : 1e-12,
        );
        expect(complaint).toBe(undefined);
      }
    }
  });
});

/** The tangents of what has a gradient: with respect to a path, the other parts count for nothing. */
const only = (tangents: unknown, gradient: unknown): unknown =>
  mapNumbers(tangents, (t, path) => (typeof valueAt(gradient, path) === "number" ? t : 0));

/** The exports of what forward mode makes of a source; errors as they are printed. */
async function pushed(text: string): Promise<Readonly<Record<string, Callable>>> {
  const file = `${root}/fixtures/jvp/example.ts`;
  const { files, render } = await differentiate({
    files: [{ path: file, text }],
    emit: ["jvp"],
    cwd: root,
    session,
    checked: true,
  });
  const [made] = files;
  if (!made) throw new Error(render("plain", { errorsOnly: true }));
  const texts = new Map([
    [file, text],
    [made.path, made.text],
  ]);
  const program = session.program([made.path], compilerOptions, texts);
  const errors = ts.getPreEmitDiagnostics(program, program.getSourceFile(made.path));
  expect(errors.map((e) => ts.flattenDiagnosticMessageText(e.messageText, " "))).toEqual([]);
  return createLoader((f) => texts.get(f))(made.path) as Readonly<Record<string, Callable>>;
}

describe("tangents", () => {
  it("that are left out are zero", async () => {
    const { jvpF } = await pushed("export function f(x: number, y: number) { return x * y; }");
    expect(jvpF!(2, 3, {})).toEqual({ value: 6, tangent: 0 });
    expect(jvpF!(2, 3, { y: 10 })).toEqual({ value: 6, tangent: 20 });
  });

  it("of optional numbers and of paths without a number", async () => {
    const { jvpF } = await pushed(`export function f(x: number, scale?: number): number | undefined {
      return x < 0 ? undefined : x * x * (scale ?? 2);
    }`);
    expect(jvpF!(3, undefined, { x: 1, scale: 5 })).toEqual({ value: 18, tangent: 12 });
    expect(jvpF!(3, 4, { x: 1, scale: 5 })).toEqual({ value: 36, tangent: 69 });
    expect(jvpF!(-3, 4, { x: 1 })).toEqual({ value: undefined, tangent: 0 });
  });

  it("of optional arrays and optional fields", async () => {
    const { jvpF } =
      await pushed(`export function f(o: { a?: number; b: number }, v?: readonly number[]): number {
      return (o.a ?? 3) * o.b + (v === undefined ? 0 : v[0]);
    }`);
    expect(jvpF!({ b: 2 }, undefined, { o: { b: 1 } })).toEqual({ value: 6, tangent: 3 });
    expect(jvpF!({ a: 5, b: 2 }, [7], { o: { a: 10, b: 1 }, v: [100] })).toEqual({ value: 17, tangent: 125 });
    expect(jvpF!({ a: 5, b: 2 }, [7], {})).toEqual({ value: 17, tangent: 0 });
  });

  it("come after rest parameters, which become an array", async () => {
    const { jvpF } = await pushed(`export function f(x: number, ...rest: number[]): number {
      let sum = 0;
      for (const r of rest) sum += r * x;
      return sum;
    }`);
    expect(jvpF!(2, [1, 3], { x: 1, rest: [10, 20] })).toEqual({ value: 8, tangent: 64 });
  });

  it("of what a function writes that returns nothing; of one array under two names they add", async () => {
    const { jvpF } = await pushed(`export function f(a: number, x: readonly number[], y: number[]): void {
      for (let i = 0; i < x.length; i++) y[i] += a * x[i];
    }`);
    const y = [1, 1];
    expect(jvpF!(2, [3, 4], y, { a: 1, y: [10, 20] })).toEqual({
      value: { y: [7, 9] },
      tangent: { y: [13, 24] },
    });
    expect(y).toEqual([7, 9]);
    const both = [3];
    expect(jvpF!(2, both, both, { x: [1], y: [10] })).toEqual({ value: { y: [9] }, tangent: { y: [33] } });
  });

  it("are neither written to nor kept", async () => {
    const { jvpF, jvpG } = await pushed(`
      export function f(x: number[]): number[] { x[0] *= x[1]; return x; }
      export function g(x: number[]): { rows: number[][] } { return { rows: [x, x] }; }
    `);
    const tangents = { x: [1, 2] };
    const written = jvpF!([3, 4], tangents) as { tangent: number[] };
    expect(written).toEqual({ value: [12, 4], tangent: [10, 2] });
    expect(tangents).toEqual({ x: [1, 2] });
    const kept = jvpG!([3, 4], tangents) as { tangent: { rows: number[][] } };
    expect(kept.tangent).toEqual({
      rows: [
        [1, 2],
        [1, 2],
      ],
    });
    expect(kept.tangent.rows).not.toContain(tangents.x);
  });

  it("may be an argument of the call", async () => {
    const { jvpF } = await pushed(`export function f(x: readonly number[], y: number[]): number {
      y[0] = 100 * x[0];
      return x[0] * y[0];
    }`);
    const y = [5];
    expect(jvpF!([2], y, { x: y })).toEqual({ value: 400, tangent: 2000 });
  });

  it("follow references in arrays and fields that change places", async () => {
    const { jvpF } = await pushed(`
      interface Node { at: number; path: number[] }
      export function f(x: number, y: number): number {
        const nodes: Node[] = [{ at: x, path: [x * x] }];
        nodes.push({ at: y, path: nodes[0].path });
        nodes[1].path.push(x * y);
        [nodes[0], nodes[1]] = [nodes[1], nodes[0]];
        nodes[0].at *= 3;
        return nodes[0].at * nodes[1].path[1] + nodes[1].path.length;
      }`);
    // 3 y · x y + 2
    expect(jvpF!(2, 5, { x: 1, y: 10 })).toEqual({ value: 152, tangent: 75 + 600 });
  });

  it("do not flow through what is not understood", async () => {
    const source = "/** @jvp x */ export function f(x: number) { return Number(x.toFixed(2)) * x; }";
    await expect(pushed(source)).rejects.toThrow(/error ADJ2\d{3}/);
  });
});
