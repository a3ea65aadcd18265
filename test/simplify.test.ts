import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lastPasses, type Pass, passes, simplify } from "../src/5-simplify/simplify.ts";
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

/** Choices without fast-check's liking for small numbers: a seed, and how long the program is to be. */
const programs = fc
  .noBias(fc.tuple(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.integer({ min: 20, max: 160 })))
  .map(([seed, length]) => {
    let state = seed;
    return Array.from({ length }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state >>> 8;
    });
  });
const few = { numRuns: 150 };

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
          { cause: error },
        );
      }
      expect(print(func)).toBe(before);
    }),
    few,
  );

describe("every pass keeps the bits and the effects of random programs", () => {
  for (const [name, pass] of Object.entries({ ...passes, ...lastPasses }))
    it(name, () => keepsEveryBit(pass));
  it("all of them together", () => keepsEveryBit(simplify));
});

/** Equal but for the order of sums. */
const isClose = (a: unknown, b: unknown): boolean => {
  if (typeof a === "number" && typeof b === "number")
    return (
      Object.is(a, b) ||
      !Number.isFinite(a) ||
      !Number.isFinite(b) ||
      Math.abs(a - b) <= 1e-9 * (1 + Math.abs(a))
    );
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return Object.is(a, b);
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((k) => isClose((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k]))
  );
};

describe("adjoints", () => {
  it("are rearranged, but mean the same", () =>
    fc.assert(
      fc.property(programs, (choices) => {
        const func = programFrom(choices, { adjoint: true });
        const after = simplify(func);
        check(after);
        for (const input of inputs)
          if (!isClose(run(func, input), run(after, input)))
            throw new Error(`${print(func)}\n${print(after)}`);
      }),
      few,
    ));
});

describe("simplify", () => {
  it("gives the same text each time, and finds nothing to do in what it made", () =>
    fc.assert(
      fc.property(programs, (choices) => {
        const once = simplify(programFrom(choices));
        expect(print(simplify(programFrom(choices)))).toBe(print(once));
        expect(print(simplify(once))).toBe(print(once));
      }),
      { numRuns: 60 },
    ));
});
