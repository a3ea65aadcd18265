/** Room 1 through the public door: which functions are chosen, under which names, with which types and imports. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createSession,
  differentiate,
  type DifferentiateRequest,
  type DifferentiateResult,
} from "../src/index.ts";

const session = createSession();
let directory = "";

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "adjoint-read-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs on files that exist only in the request. */
const run = (text: string, options: Partial<DifferentiateRequest> = {}): Promise<DifferentiateResult> =>
  differentiate({ files: [{ path: "source.ts", text }], cwd: directory, session, checked: true, ...options });

const exported = (result: DifferentiateResult): string[] =>
  result.files.flatMap((f) => [...f.text.matchAll(/^export function (\w+)/gm)].map((m) => m[1]!));
const codes = (result: DifferentiateResult): string[] => result.diagnostics.map((d) => d.code);

describe("functions are chosen", () => {
  const text = `
    /** @grad */ export const tagged = (x: number): number => x * x;
    export const plain = (x: number): number => x * x;
    const local = (x: number): number => x * x;
    export const other = (x: number): number => local(x);`;

  test("by name first, in source order", async () => {
    const result = await run(text, { functions: ["other", "local"], emit: ["grad"] });
    expect(exported(result)).toEqual(["gradLocal", "gradOther"]);
  });
  test("by tag next", async () => {
    expect(exported(await run(text))).toEqual(["gradTagged", "valueAndGradTagged"]);
  });
  test("else all that are exported, with notes for those that do not fit", async () => {
    const result = await run(text.replace("@grad", "") + "export const word = (s: string) => s;", {
      emit: ["grad"],
    });
    expect(exported(result)).toEqual(["gradTagged", "gradPlain", "gradOther"]);
    expect(codes(result)).toEqual(["ADJ9001"]);
  });
  test("tags add up, in the order of the modes; --emit stands before them", async () => {
    const both = "/**\n * @vjp\n * @grad x\n */\nexport const f = (x: number, y: number): number => x * y;";
    expect(exported(await run(both))).toEqual(["gradF", "valueAndGradF", "vjpF"]);
    expect(exported(await run(both, { emit: ["grad"] }))).toEqual(["gradF"]);
  });
  test("vjp where the result is not one number", async () => {
    expect(exported(await run("export const f = (x: number): number[] => [x, x * x];"))).toEqual(["vjpF"]);
  });
});

describe("names", () => {
  test.each([
    ["_cost", "export const _cost = (x: number): number => x * x;", "grad_Cost"],
    ["$cost", "export const $cost = (x: number): number => x * x;", "grad$Cost"],
    ["N.f", "export namespace N { export const f = (x: number): number => x * x; }", "gradNF"],
    ["source", "export default (x: number): number => x * x;", "gradSource"],
    ["C.m", "export class C { static m(x: number): number { return x * x; } }", "gradCM"],
  ])("%s", async (name, text, generated) => {
    const result = await run(text, { functions: [name], emit: ["grad"] });
    expect(result.render("plain")).toBe("");
    expect(result.files[0]?.text).toContain(`export function ${generated}(x: number)`);
  });
});

describe("types and what they refer to", () => {
  test("exported types are imported, others written out", async () => {
    const { files } = await run(`
      export interface Shown { a: number }
      interface Hidden { b: number[]; c?: number }
      export const f = (s: Shown, h: Hidden): number => s.a * h.b[0]!;`);
    expect(files[0]?.text).toContain('import type { Shown } from "./source";');
    expect(files[0]?.text).toMatch(/gradF\(s: Shown, h: \{ b: number\[\]; c\?: number \}\)/);
  });
  test("constants of defaults are copied, state is refused", async () => {
    const copied = await run(
      "const EPS = 1e-9;\nexport const f = (x: number, eps = EPS): number => x * eps;",
    );
    expect(copied.files[0]?.text).toContain("const EPS = 1e-9;");
    const state = await run(
      "let eps = 1;\nexport const f = (x: number, e = eps): number => x * e;\neps = 2;",
      {
        functions: ["f"],
      },
    );
    expect(codes(state)).toEqual(["ADJ3012"]);
  });
  test("a type that contains itself has no gradient: part of one would be wrong", async () => {
    const { diagnostics } = await run(`
      export interface Node { value: number; next?: Node }
      /** @grad node */
      export const f = (node: Node): number => node.value ** 2;`);
    expect(diagnostics.map((d) => d.code)).toEqual(["ADJ3002"]);
  });
});

describe("projects", () => {
  const put = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), text);
  };
  const strict = { strict: true, target: "es2022", lib: ["es2022"] };
  const source = "export interface P { x: number[] }\nexport const f = (p: P): number => p.x[0]! * 2;\n";

  test.each([
    ["nodenext", { module: "nodenext" }, "", "./source.js"],
    ["bundler", { module: "esnext", moduleResolution: "bundler" }, "", "./source"],
    ["extensions", { module: "nodenext", allowImportingTsExtensions: true, noEmit: true }, "", "./source.ts"],
    ["style", { module: "esnext", moduleResolution: "bundler" }, 'import "./other.js";\n', "./source.js"],
  ])("imports are written as in %s", async (name, options, first, specifier) => {
    put(
      `${name}/tsconfig.json`,
      JSON.stringify({ compilerOptions: { ...strict, ...options }, include: ["*.ts"] }),
    );
    put(`${name}/package.json`, '{ "type": "module" }');
    put(`${name}/other.ts`, "export {};\n");
    put(`${name}/source.ts`, first + source);
    const result = await differentiate({ files: ["source.ts"], cwd: path.join(directory, name), session });
    expect(result.render("plain")).toBe("");
    expect(result.files[0]?.text).toContain(`import type { P } from "${specifier}";`);
  });

  test("the nearest tsconfig that includes the file decides, through references too", async () => {
    put("app/tsconfig.json", JSON.stringify({ files: [], references: [{ path: "./tsconfig.lib.json" }] }));
    put(
      "app/tsconfig.lib.json",
      JSON.stringify({ compilerOptions: { ...strict, noUncheckedIndexedAccess: true }, include: ["lib"] }),
    );
    put("app/lib/tsconfig.json", JSON.stringify({ compilerOptions: strict, include: ["nothing"] }));
    put("app/lib/loose.ts", "export const f = (x: number[]): number => x[0] * 2;\n");
    const cwd = path.join(directory, "app/lib");
    expect(codes(await differentiate({ files: ["loose.ts"], cwd, session }))).toEqual(["ADJ1007"]);
    expect(
      codes(await differentiate({ files: ["loose.ts"], cwd, session, project: "tsconfig.json" })),
    ).toEqual([]);
  });

  test("patterns find tagged files only, and never generated ones", async () => {
    put("glob/a.ts", "/** @grad */ export const a = (x: number): number => x * x;\n");
    put("glob/b.ts", "export const b = (x: number): number => x * x;\n");
    put("glob/a.grad.ts", "/** @grad */ export const again = (x: number): number => x * x;\n");
    const cwd = path.join(directory, "glob");
    const found = await differentiate({ files: ["*.ts"], cwd, session });
    expect(found.files.map((f) => path.basename(f.path))).toEqual(["a.grad.ts"]);
    const literal = await differentiate({ files: ["a.grad.ts"], cwd, session });
    expect(literal.files.map((f) => path.basename(f.path))).toEqual(["a.grad.grad.ts"]);
  });
});

test("many files and functions in one run, all errors told", async () => {
  const result = await differentiate({
    cwd: directory,
    session,
    files: [
      { path: "one.ts", text: "export const f = (x: number): number => g(x);" },
      { path: "two.ts", text: "/** @grad z */ export const f = (x: number): number => x * x;" },
      { path: "three.ts", text: "export const f = (x: number): number => x * x;" },
    ],
  });
  expect(codes(result)).toEqual(["ADJ1007", "ADJ1009"]);
  expect(result.files.map((f) => path.basename(f.path))).toEqual(["three.grad.ts"]);
});

test("the same request gives the same bytes", async () => {
  const text = "export const f = (x: number[], y: number): number => x[0]! * y;";
  const [a, b] = [await run(text), await run(text, { session: createSession() })];
  expect(a.files[0]?.text).toBe(b.files[0]?.text);
});
