import { describe, expect, test } from "vitest";
import { argumentsFor } from "./random/arguments.ts";
import { generate } from "./random/generate.ts";
import { prepare, referenceOf } from "./random/reference.ts";
import { holds } from "./random/hold.ts";
import { entryOf } from "./random/tree.ts";

const seed = Number(process.env.RANDOM_SEED ?? 1);
const runs = Number(process.env.RANDOM_RUNS ?? 300);

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
    () => holds(seed, runs),
    60_000 + 200 * runs,
  );
});
