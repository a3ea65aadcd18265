/**
 * A long run: `npx tsx test/random/run.ts --runs 20000 --seed 1`. Reports what came out right, refused (by code) and
 * wrong; `--from N` starts at a program, `--show N` of how many sorts the first failure is cut down and shown,
 * `--wide` makes programs of the whole language, `--vary` writes each program in another way that means the same,
 * `--plain` asks for derivatives that are not optimised. `--nan` shows gradients that are NaN where something on the
 * way was not finite, `--refused CODE` the smallest programs that are refused so.
 */
import { parseArgs } from "node:util";
import { campaign, report, shrink, sortOf, type Verdict } from "./campaign.ts";
import { createAsk } from "./tool.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    show: { type: "string", default: "3" },
    batch: { type: "string", default: "50" },
    refused: { type: "string", default: "" },
    wide: { type: "boolean", default: false },
    vary: { type: "boolean", default: false },
    plain: { type: "boolean", default: false },
    nan: { type: "boolean", default: false },
  },
});
const [runs, seed, from, show, batch] = [
  values.runs,
  values.seed,
  values.from,
  values.show,
  values.batch,
].map(Number) as [number, number, number, number, number];

const counts = new Map<string, number>();
const keyOf = (v: Verdict): string => {
  if (v.kind === "refused") return `refused ${v.code} ${v.message.replaceAll(/`[^`]*`/g, "`…`")}`;
  return v.kind === "discarded" ? `discarded: ${v.reason.slice(0, 100)}` : v.kind;
};

const ask = createAsk(!values.plain);
let samples = 0;
let failed = false;
const sorts = new Map<string, number>();
const begin = performance.now();
for (let at = from; at < from + runs; at += batch) {
  for (const verdict of await campaign(seed, at, Math.min(at + batch, from + runs), ask, values)) {
    if (verdict.kind === "right") samples += verdict.samples;
    counts.set(keyOf(verdict), (counts.get(keyOf(verdict)) ?? 0) + 1);
    if (verdict.kind === "right" || verdict.kind === "discarded") continue;
    if (
      verdict.kind === "refused"
        ? !values.refused.split(",").includes(verdict.code)
        : verdict.kind === "nan" && !values.nan
    )
      continue;
    const fault = "fault" in verdict ? verdict.fault : verdict.code;
    if ("fault" in verdict && verdict.kind !== "nan") failed = true;
    const sort = sortOf(fault);
    sorts.set(sort, (sorts.get(sort) ?? 0) + 1);
    if (sorts.get(sort) === 1 && sorts.size <= show)
      console.log(`${await report(seed, await shrink(verdict, ask, 30_000))}\n${"=".repeat(80)}`);
    else console.log(`program ${verdict.index} of seed ${seed}: ${verdict.kind}: ${fault.split("\n")[0]}`);
  }
}
for (const [key, count] of [...counts].sort((a, b) => b[1] - a[1]))
  console.log(`${String(count).padStart(7)}  ${key}`);
console.log(`${String(samples).padStart(7)}  samples of those that are right`);
console.log(`${((performance.now() - begin) / runs).toFixed(0).padStart(7)}  milliseconds per program`);
for (const [sort, count] of sorts) console.log(`${String(count).padStart(7)}  fault: ${sort}`);
process.exitCode = failed ? 1 : 0;
