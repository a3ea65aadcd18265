/** What a broken tool is caught at. */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../support/fixtures.ts";
import type { Change } from "./rows.ts";

export type Noticed = Readonly<{
  /** `nasty/memory swappedRows`, `errors/ADJ2003` */
  name: string;
  /** The derivative is wrong; the tool refused what it used to take; it fell over, or did not come to an end. */
  how: "wrong" | "refused" | "crashed";
  detail: string;
}>;

const judge = fileURLToPath(new URL("judge.ts", import.meta.url));
const patience = 180_000;

/** `nasty/memory swappedRows` stands in `fixtures/nasty/memory.ts`. */
export const fileOf = (program: string): string =>
  path.join(root, "fixtures", `${program.split(" ")[0]!}.ts`);

/** The text of a file of `src` with a change in it; throws if what is to be changed is not there, or more than once. */
function changed(text: string, { file, find, put }: Change): string {
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`src/${file} has ${parts.length - 1} places that read ${find}`);
  return parts.join(put);
}

/** The files of `src` that the changes concern, with the changes in them. */
export function sabotaged(changes: readonly Change[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const change of changes) {
    const text = texts.get(change.file) ?? readFileSync(path.join(root, "src", change.file), "utf8");
    texts.set(change.file, changed(text, change));
  }
  return texts;
}

/** Lets a tool with some files of `src` replaced differentiate fixtures; what fails is noticed. */
export async function noticedWith(
  texts: ReadonlyMap<string, string>,
  fixtures: readonly string[],
): Promise<readonly Noticed[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "sabotage-"));
  try {
    cpSync(path.join(root, "src"), path.join(folder, "src"), { recursive: true });
    cpSync(path.join(root, "package.json"), path.join(folder, "package.json"));
    symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
    for (const [file, text] of texts) writeFileSync(path.join(folder, "src", file), text);
    return await judged(path.join(folder, "src"), fixtures);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const judged = (src: string, fixtures: readonly string[]): Promise<readonly Noticed[]> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ["--import", "tsx", judge, src, ...fixtures], { cwd: root });
    const said = { out: "", err: "" };
    child.stdout.on("data", (data: Buffer) => (said.out += data.toString()));
    child.stderr.on("data", (data: Buffer) => (said.err += data.toString()));
    const timer = setTimeout(() => child.kill("SIGKILL"), patience);
    child.on("close", (status) => {
      clearTimeout(timer);
      if (status === 0) resolve(JSON.parse(said.out) as readonly Noticed[]);
      else
        resolve([{ name: "everything", how: "crashed", detail: said.err || "it does not come to an end" }]);
    });
  });
