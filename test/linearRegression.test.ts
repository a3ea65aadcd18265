/** The regression that this project began from: what TensorFlow gave in float32, to the digit. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { Callable } from "../src/verify/structure.ts";
import { load, root } from "./support/fixtures.ts";

const W = 1.6649098;
const b = 0.54648024;
const expected = { value: 6.6540337, W: 12.376228, b: 4.4175096 };
const folder = `${root}/examples/linear-regression`;

const variants: readonly (readonly [string, string, unknown, unknown])[] = [
  ["number[]", "Cost", [2, 3], [3, 2]],
  ["number[][]", "CostOfRows", [[2], [3]], [[3], [2]]],
  ["Float32Array", "CostOfFloats", new Float32Array([2, 3]), new Float32Array([3, 2])],
];

describe.each(variants)("the line through X: %s", (_, name, X, Y) => {
  const close = (found: number, wanted: number): void =>
    expect(Math.abs(found - wanted) / wanted).toBeLessThan(1e-6);

  it("has the cost and the gradients of TensorFlow", async () => {
    const module = await load(`${folder}/line.grad.ts`);
    const both = (module[`valueAndGrad${name}`] as Callable)(W, b, X, Y) as {
      value: number;
      grad: { W: number; b: number };
    };
    close(both.value, expected.value);
    close(both.grad.W, expected.W);
    close(both.grad.b, expected.b);
    const grad = (module[`grad${name}`] as Callable)(W, b, X, Y) as { W: number; b: number };
    close(grad.W, expected.W);
    close(grad.b, expected.b);
  });
});

it("descends until the cost is below 0.01, and prints its progress", () => {
  const tsx = `${root}/node_modules/tsx/dist/cli.mjs`;
  const output = execFileSync(process.execPath, [tsx, `${folder}/main.ts`], { encoding: "utf8" });
  const costs = [...output.matchAll(/cost ([\d.]+)/g)].map((m) => Number(m[1]));
  expect(costs[0]).toBeCloseTo(expected.value, 6);
  expect(costs.at(-1)).toBeLessThan(0.01);
  expect(costs).toEqual([...costs].sort((x, y) => y - x));
});
