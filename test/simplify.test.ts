import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Pass, passes, simplify } from "../src/5-simplify/simplify.ts";
import { check } from "../src/ir/check.ts";
import { print } from "../src/ir/print.ts";
import { interpret } from "./support/interpret.ts";
import { argumentsFor, programFrom } from "./support/program.ts";

const inputs: readonly [number, number, boolean][] = [
  [0.5, -1.25, true],
  [-0, 2, false],
  [3, 0, true],
];

/** The result, and what became of the arguments. */
const run = (func: ReturnType<typeof programFrom>, input: (typeof inputs)[number]): unknown => {
  const args = argumentsFor(...input);
  return { value: interpret(func, args), args };
};

const programs = fc.array(fc.nat(2 ** 16), { minLength: 5, maxLength: 220 });
const few = { numRuns: 400 };

const keepsEveryBit = (pass: Pass): void =>
  fc.assert(
    fc.property(programs, (choices) => {
      const func = programFrom(choices);
      check(func);
      const before = print(func);
      const after = pass(func);
      try {
        check(after);
        for (const input of inputs) expect(run(after, input)).toStrictEqual(run(func, input));
      } catch (error) {
        throw new Error(
          `${error instanceof Error ? error.message : String(error)}\n${before}\n${print(after)}`,
        );
      }
      expect(print(func)).toBe(before);
    }),
    few,
  );

describe("every pass keeps the bits and the effects of random programs", () => {
  for (const [name, pass] of Object.entries(passes)) it(name, () => keepsEveryBit(pass));
  it("all of them together", () => keepsEveryBit(simplify));
});
