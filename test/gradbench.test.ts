/** The objectives of GradBench at its own inputs: value and gradient agree with its C++ derivatives. */
import { describe, expect, it } from "vitest";
import { run } from "../src/verify/promises.ts";
import { type Callable, leaves, valueAt } from "../src/verify/structure.ts";
import { gradbenchData, load, root } from "./support/fixtures.ts";

type Data = Readonly<Record<string, unknown>>;
type Lists = readonly number[][];

const module = (name: string) => load(`${root}/fixtures/gradbench/${name}.ts`);
const call = async (name: string, exported: string, args: readonly unknown[]): Promise<unknown> => {
  const { result, thrown } = run((await module(name))[exported] as Callable, args);
  expect(thrown).toBeUndefined();
  return result;
};

/** Every number of `expected` stands in `actual`, to `relative` of the largest of its kind. */
function expectClose(actual: unknown, expected: unknown, relative = 1e-8): void {
  const wanted = leaves([expected]);
  expect(wanted.length).toBeGreaterThan(0);
  expect(leaves([actual])).toHaveLength(wanted.length);
  const largest = Math.max(...wanted.map((l) => Math.abs(l.value)));
  for (const { path, value } of wanted) {
    const found = valueAt([actual], path);
    // relative to the number itself, down to rounding of the largest
    const allowed = Math.max(relative * Math.abs(value), 1e-13 * largest);
    expect(Math.abs(Number(found) - value), path.join(".")).toBeLessThanOrEqual(allowed);
  }
}

const input = (data: Data): Data => data["input"] as Data;
const given = (data: Data, ...names: string[]): unknown[] => names.map((name) => input(data)[name]);

/** Objectives with one number as the result: what they are called with, and the gradient as GradBench has it. */
const scalar: readonly (readonly [string, string, readonly string[], (grad: Data) => unknown])[] = [
  ["gmm", "gmm-small", ["alpha", "mu", "q", "l", "x", "m", "gamma"], (grad) => ({ ...grad })],
  [
    "lstm",
    "lstm-small",
    ["main_params", "extra_params", "state", "sequence"],
    (grad) => [...(grad["mainParams"] as Lists), ...(grad["extraParams"] as Lists)].flat(),
  ],
  ["lse", "lse", ["x"], (grad) => grad["x"]],
  ["llsq", "llsq", ["x", "n"], (grad) => grad["x"]],
];

describe.each(scalar)("%s", (name, file, parameters, flatten) => {
  const data = gradbenchData(file) as Data;
  const args = given(data, ...parameters);

  it("has GradBench's value", async () => {
    expectClose(await call(name, name, args), data["objective"], 1e-10);
  });

  it("has GradBench's gradient", async () => {
    const suffix = name[0]!.toUpperCase() + name.slice(1);
    const both = (await call(`${name}.grad`, `valueAndGrad${suffix}`, args)) as { value: number; grad: Data };
    expectClose(both.value, data["objective"]);
    expectClose(flatten(both.grad), data["gradient"]);
    expectClose(flatten((await call(`${name}.grad`, `grad${suffix}`, args)) as Data), data["gradient"]);
  });
});

describe("ba", () => {
  const data = gradbenchData("ba") as Data;
  const args = given(data, "cam", "x", "w", "feat");
  const { rows, weightError } = data["jacobian"] as { rows: Lists; weightError: number };

  it("has GradBench's residuals", async () => {
    expectClose(await call("ba", "reprojectionError", args), data["reprojectionError"], 1e-10);
    expectClose(await call("ba", "weightError", given(data, "w")), data["weightError"], 1e-10);
  });

  it.each([0, 1])("has row %i of GradBench's Jacobian", async (row) => {
    const seed = [0, 0];
    seed[row] = 1;
    const { grad } = (await call("ba.grad", "vjpReprojectionError", [...args, seed])) as {
      grad: { cam: number[]; x: number[]; w: number };
    };
    expectClose([...grad.cam, ...grad.x, grad.w], rows[row]);
  });

  it("has the weight residual's derivative", async () => {
    expectClose(await call("ba.grad", "gradWeightError", given(data, "w")), { w: weightError });
  });
});

describe.each((gradbenchData("ode") as Data[]).map((data, i) => [i, data] as const))("ode %i", (_, data) => {
  const args = given(data, "x", "s");
  it("has GradBench's value", async () => {
    expectClose([...((await call("ode", "ode", args)) as Float64Array)], data["primal"], 1e-10);
  });
  it("has GradBench's gradient of the last component", async () => {
    const seed = new Float64Array((args[0] as number[]).length);
    seed[seed.length - 1] = 1;
    const { grad } = (await call("ode.grad", "vjpOde", [...args, seed])) as { grad: { x: number[] } };
    expectClose(grad.x, data["gradient"]);
  });
});
