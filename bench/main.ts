/**
 * `npm run bench`: how the generated gradients do against the functions and against gradients by hand. `npm run bench
 * -- gmm` runs those whose name contains the word.
 *
 * Each contest runs in several processes: what the engine makes of the same code differs from one to the next.
 */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { median, medians } from "./measure.ts";
import { contests } from "./rivals.ts";

type Result = Readonly<{ time: number; overFunction: number; overPeer: number }>;

const processes = 5;
const seconds = 1;
const [word = "", alone] = process.argv.slice(2);

if (alone === "--alone") console.log(JSON.stringify(measure(word)));
else table(word);

function table(word: string): void {
  console.log(`Node ${process.version}, ${cpus()[0]?.model.trim() ?? "unknown processor"}\n`);
  console.log("| | function takes | gradient ÷ function | gradient ÷ by hand |");
  console.log("| --- | ---: | ---: | ---: |");
  for (const { name } of contests().filter((c) => c.name.includes(word))) {
    const results = Array.from({ length: processes }, () => inItsOwnProcess(name));
    const middle = (of: keyof Result): number => median(results.map((r) => r[of]));
    const ratios = [middle("overFunction"), middle("overPeer")].map((r) => r.toFixed(1));
    console.log(`| ${name} | ${shown(middle("time"))} | ${ratios.join(" | ")} |`);
  }
}

function inItsOwnProcess(name: string): Result {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), name, "--alone"];
  const { stdout, stderr, status } = spawnSync(process.execPath, args);
  if (status !== 0) throw new Error(stderr.toString());
  return JSON.parse(stdout.toString()) as Result;
}

function measure(wanted: string): Result {
  const found = contests().find((c) => c.name === wanted);
  if (!found) throw new Error(`there is no contest called ${wanted}`);
  const { name, ...rivals } = found;
  for (let round = 0; round < 4; round++) {
    const [ours, peer] = [rivals.ours(round), rivals.peer(round)];
    const agree = Math.abs(ours - peer) <= 1e-8 * (1 + Math.abs(peer));
    if (!agree) throw new Error(`${name}: ${ours} is not ${peer}`);
  }
  const { times, ratio } = medians(rivals, seconds);
  return { time: times.primal, overFunction: ratio("ours", "primal"), overPeer: ratio("ours", "peer") };
}

function shown(time: number): string {
  if (time >= 1e-3) return `${(time * 1e3).toPrecision(2)} ms`;
  return time >= 1e-6 ? `${(time * 1e6).toPrecision(2)} µs` : `${(time * 1e9).toPrecision(2)} ns`;
}
