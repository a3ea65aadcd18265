/** What must not matter: how lean the derivative was made, and how the program was written. */
import { describe, test } from "vitest";
import { holds } from "./random/hold.ts";

const seed = Number(process.env.RANDOM_SEED ?? 1);
const runs = Number(process.env.PROPERTY_RUNS ?? 50);
const patience = 60_000 + 400 * runs;

describe(`${runs} programs (PROPERTY_RUNS) of seed ${seed} (RANDOM_SEED)`, () => {
  test("a derivative that is not optimised is right", () => holds(seed, runs, { optimise: false }), patience);

  test(
    "a subexpression that gets a name, a statement in a loop of one trip: the derivative stays right",
    () => holds(seed, runs, { vary: true }),
    patience,
  );
});
