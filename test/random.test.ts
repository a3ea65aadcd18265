import { describe, expect, test } from "vitest";
import { generate } from "./random/generate.ts";
import { holds } from "./random/hold.ts";
import { prepare, samplesOf } from "./random/subject.ts";

const seed = Number(process.env.RANDOM_SEED ?? 1);
const runs = Number(process.env.RANDOM_RUNS ?? 100);

describe("random programs", () => {
  test("the same seed makes the same programs and arguments", () => {
    for (let i = 0; i < 20; i++) {
      const [first, again] = [0, 1].map(() => prepare(generate(seed, i, true)));
      expect(again!.program).toEqual(first!.program);
      expect(samplesOf(again!, seed, i).samples.map((s) => s.args)).toEqual(
        samplesOf(first!, seed, i).samples.map((s) => s.args),
      );
    }
  });

  test.each([false, true])("nearly every sample counts (wide: %s)", (wide) => {
    let good = 0;
    for (let i = 0; i < 50; i++)
      if (samplesOf(prepare(generate(seed, i, wide)), seed, i).samples.length > 0) good++;
    expect(good).toBeGreaterThan(45);
  });

  test(
    `the derivatives of ${runs} programs (RANDOM_RUNS) of seed ${seed} (RANDOM_SEED) are right`,
    () => holds(seed, runs),
    60_000 + 200 * runs,
  );

  test(
    `and those of ${runs} programs of the whole language`,
    () => holds(seed, runs, { wide: true }),
    60_000 + 200 * runs,
  );
});
