/** The nasty programs notice when a rule is broken; here for a few, for all of them by `npm run sabotage`. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fileOf, noticedWith, sabotaged } from "./sabotage/noticed.ts";
import { rows } from "./sabotage/rows.ts";

it("has a row for each rule", () => {
  const rules = new Set(rows.map((r) => r.rule.slice(0, 2)));
  expect([...rules].sort()).toEqual(["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8"]);
});

describe.each(rows.map((r) => [`${r.rule}: ${r.naive}`, r] as const))("%s", (_, { changes, noticed }) => {
  it("breaks what is there, for programs that are there", () => {
    const texts = sabotaged(changes);
    expect(texts.size).toBeGreaterThan(0);
    expect(noticed.length).toBeGreaterThan(0);
    for (const program of noticed) {
      const name = program.split(" ")[1];
      expect(existsSync(fileOf(program)), program).toBe(true);
      if (name) expect(readFileSync(fileOf(program), "utf8"), program).toMatch(new RegExp(`\\b${name}\\b`));
    }
  });
});

it.each(["R1e", "R6"])(
  "%s: what is broken is noticed, what is not is right",
  async (rule) => {
    const { changes, noticed } = rows.find((r) => r.rule === rule)!;
    const files = [...new Set(noticed.map(fileOf))];
    const [broken, sound] = [
      await noticedWith(sabotaged(changes), files),
      await noticedWith(new Map(), files),
    ];
    expect(broken.map((n) => n.name)).toEqual(expect.arrayContaining([noticed[0]]));
    expect(sound).toEqual([]);
  },
  240_000,
);
