/** `npm run bench`: prints how the generated gradients do against the functions and against gradients by hand. */
import { cpus } from "node:os";
import { medians } from "./measure.ts";
import { contests } from "./rivals.ts";

const seconds = Number(process.argv[2] ?? 3);
const only = process.argv[3] ?? "";

console.log(`Node ${process.version}, ${cpus()[0]?.model.trim() ?? "unknown processor"}\n`);
console.log("| | function | gradient ÷ function | gradient ÷ by hand |");
console.log("| --- | --- | --- | --- |");
for (const { name, ...rivals } of contests().filter((c) => c.name.includes(only))) {
  for (let round = 0; round < 4; round++) {
    const [ours, peer] = [rivals.ours(round), rivals.peer(round)];
    if (!(Math.abs(ours - peer) <= 1e-8 * (1 + Math.abs(peer))))
      throw new Error(`${name}: ${ours} is not ${peer}`);
  }
  const { times, ratio } = medians(rivals, seconds);
  const time =
    times.primal < 1e-3
      ? `${(times.primal * 1e6).toPrecision(3)} µs`
      : `${(times.primal * 1e3).toPrecision(3)} ms`;
  console.log(
    `| ${name} | ${time} | ${ratio("ours", "primal").toFixed(2)} | ${ratio("ours", "peer").toFixed(2)} |`,
  );
}
