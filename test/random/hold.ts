/** Many programs for a test: a failure is cut down and reported, refusals are few. */
import { expect } from "vitest";
import { campaign, type Manner, report, shrink, type Verdict } from "./campaign.ts";
import { createAsk } from "./tool.ts";

const batch = 50;

export const holds = async (
  seed: number,
  runs: number,
  manner: Manner & { optimise?: boolean } = {},
): Promise<void> => {
  const ask = createAsk(manner.optimise);
  const verdicts: Verdict[] = [];
  for (let from = 0; from < runs; from += batch)
    verdicts.push(...(await campaign(seed, from, Math.min(from + batch, runs), ask, manner)));
  const failure = verdicts.find((v) => v.kind === "wrong" || v.kind === "crashed");
  if (failure?.kind === "wrong" || failure?.kind === "crashed")
    expect.fail(report(seed, await shrink(failure, ask, 20_000)));
  const count = (kind: Verdict["kind"]): number => verdicts.filter((v) => v.kind === kind).length;
  expect(count("right") + count("refused") + count("discarded")).toBe(runs);
  expect(count("right")).toBeGreaterThan(0.75 * runs);
};
