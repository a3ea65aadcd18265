import { describe, expect, test } from "vitest";
import { campaign, report, shrink, type Verdict } from "./random/campaign.ts";
import { argumentsFor } from "./random/arguments.ts";
import { generate } from "./random/generate.ts";
import { prepare, referenceOf } from "./random/reference.ts";
import { createAsk } from "./random/tool.ts";
import { entryOf } from "./random/tree.ts";

const seed = Number(process.env.RANDOM_SEED ?? 1);
const runs = Number(process.env.RANDOM_RUNS ?? 300);
const batch = 50;

describe("random programs", () => {
  test("the same seed makes the same programs and arguments", () => {
    for (let i = 0; i < 20; i++) {
      const [first, again] = [generate(seed, i), generate(seed, i)];
      expect(prepare(again).source).toBe(prepare(first).source);
      expect(argumentsFor(entryOf(again), seed, i, 1)).toEqual(argumentsFor(entryOf(first), seed, i, 1));
    }
  });

  test("the reference follows the program, and nearly every sample counts", () => {
    let good = 0;
    for (let i = 0; i < 200; i++) {
      const program = generate(seed, i);
      if (!("discarded" in referenceOf(prepare(program), argumentsFor(entryOf(program), seed, i, 0)))) good++;
    }
    expect(good).toBeGreaterThan(180);
  });

  test(
    `the gradients of ${runs} programs (RANDOM_RUNS) of seed ${seed} (RANDOM_SEED) are right`,
    async () => {
      const ask = createAsk();
      const verdicts: Verdict[] = [];
      for (let from = 0; from < runs; from += batch) {
        verdicts.push(...(await campaign(seed, from, Math.min(from + batch, runs), ask)));
      }
      const failure = verdicts.find((v) => v.kind === "wrong" || v.kind === "crashed");
      if (failure?.kind === "wrong" || failure?.kind === "crashed")
        expect.fail(report(seed, await shrink(failure, ask, 20_000)));
      const count = (kind: Verdict["kind"]): number => verdicts.filter((v) => v.kind === kind).length;
      expect(count("right") + count("refused") + count("discarded")).toBe(runs);
      expect(count("right")).toBeGreaterThan(0.75 * runs);
    },
    60_000 + 200 * runs,
  );
});
