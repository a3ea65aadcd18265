/**
 * A long run: `npx tsx test/random/run.ts --runs 20000 --seed 1`. Reports what came out right, refused (by code) and
 * wrong; `--from N` starts at a program, `--show N` of how many sorts the first failure is cut down and shown,
 * `--wide` adds callbacks, closures, switches and arrays of objects, `--vary` writes each program in another way
 * that means the same, `--plain` asks for derivatives that are not optimised.
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
    wide: { type: "boolean", default: false },
    vary: { type: "boolean", default: false },
    plain: { type: "boolean", default: false },
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
  if (v.kind === "refused") return `refused ${v.code} ${v.message}`;
  return v.kind === "discarded" ? `discarded: ${v.reason}` : v.kind;
};

const ask = createAsk(!values.plain);
let samples = 0;
const sorts = new Map<string, number>();
for (let at = from; at < from + runs; at += batch) {
  for (const verdict of await campaign(seed, at, Math.min(at + batch, from + runs), ask, values)) {
    if (verdict.kind === "right") samples += verdict.samples;
    counts.set(keyOf(verdict), (counts.get(keyOf(verdict)) ?? 0) + 1);
    if (verdict.kind !== "wrong" && verdict.kind !== "crashed") continue;
    const sort = sortOf(verdict.fault);
    sorts.set(sort, (sorts.get(sort) ?? 0) + 1);
    if (sorts.get(sort) === 1 && sorts.size <= show)
      console.log(`${report(seed, await shrink(verdict, ask, 30_000))}\n${"=".repeat(80)}`);
    else
      console.log(
        `program ${verdict.index} of seed ${seed}: ${verdict.kind}: ${verdict.fault.split("\n")[0]}`,
      );
  }
}
for (const [key, count] of [...counts].sort((a, b) => b[1] - a[1]))
  console.log(`${String(count).padStart(7)}  ${key}`);
console.log(`${String(samples).padStart(7)}  samples of those that are right`);
for (const [sort, count] of sorts) console.log(`${String(count).padStart(7)}  fault: ${sort}`);
process.exitCode = sorts.size > 0 ? 1 : 0;
