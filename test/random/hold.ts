/** Many programs for a test: a failure is cut down and reported, refusals are few. */
import { expect } from "vitest";
import { campaign, type Failure, type Manner, report, shrink, type Verdict } from "./campaign.ts";
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
  const failures = verdicts.filter((v): v is Failure => "fault" in v && v.kind !== "nan");
  const [first, ...others] = failures;
  if (first) {
    const more = others.map(
      (v) => `program ${v.index} of seed ${seed}: ${v.kind}: ${v.fault.split("\n")[0]}`,
    );
    expect.fail([...more, await report(seed, await shrink(first, ask, 20_000))].join("\n"));
  }
  const count = (kind: Verdict["kind"]): number => verdicts.filter((v) => v.kind === kind).length;
  expect(count("right") + count("refused") + count("discarded") + count("nan")).toBe(runs);
  expect(count("right")).toBeGreaterThan(0.75 * runs);
};
