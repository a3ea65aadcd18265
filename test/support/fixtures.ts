/** The fixtures: TypeScript sources with the modules expected of them beside them, and inputs to run them on. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Loaded } from "../../src/verify/module.ts";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const fixturesIn = ["fixtures", "examples"];

export type Fixture = Readonly<{
  /** `loop/forOf` */
  name: string;
  source: string;
  /** The module expected of it, whether it exists or not. */
  expected: string;
  /** Argument lists per function, if the file exists. */
  inputs: string;
}>;

const isTagged = (text: string): boolean => /^\s*\/?\*+.*@(grad|valueAndGrad|vjp|jvp)\b/m.test(text);

const filesUnder = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => path.join(root, folder, file))
    .filter((file) => file.endsWith(".ts") && !file.includes(`${path.sep}errors${path.sep}`))
    .sort();

/** Every TypeScript file among the fixtures, those of errors aside. */
export const fixtureFiles = (): string[] => fixturesIn.flatMap(filesUnder);

/** Sources that ask for derivatives, by a tag or by inputs beside them; the others are what these import. */
export function findFixtures(): Fixture[] {
  return fixtureFiles().flatMap((source) => {
    if (/\.(grad|inputs)\.ts$/.test(source)) return [];
    const stem = source.slice(0, -".ts".length);
    const inputs = `${stem}.inputs.ts`;
    if (!existsSync(inputs) && !isTagged(readFileSync(source, "utf8"))) return [];
    const name = path.relative(root, stem).split(path.sep).slice(1).join("/");
    return [{ name, source, expected: `${stem}.grad.ts`, inputs }];
  });
}

export const load = async (file: string): Promise<Loaded> =>
  (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Loaded;

/** One of GradBench's inputs with what its own C++ derivatives give. */
export const gradbenchData = (name: string): unknown =>
  JSON.parse(readFileSync(path.join(root, "fixtures/gradbench/data", `${name}.json`), "utf8"));
