import { describe, expect, it } from "vitest";
import { compareNumber } from "../src/verify/compare.ts";
import { dotProductComplaint, inner, seedLinearityComplaint } from "../src/verify/dotProduct.ts";
import { verifyModule } from "../src/verify/module.ts";
import { noiseNear } from "../src/verify/noise.ts";
import { renderReport } from "../src/verify/report.ts";
import { derivativeAtZero } from "../src/verify/richardson.ts";
import { sampleArguments } from "../src/verify/sample.ts";
import {
  copy,
  firstDifference,
  isUnder,
  leaves,
  memoryOf,
  pathText,
  setAt,
} from "../src/verify/structure.ts";
import { type Task, verifyDerivative } from "../src/verify/verify.ts";
import type { Signature } from "../src/ir/entry.ts";
import type { Type } from "../src/ir/types.ts";

const at = (f: (x: number) => number, x: number, noise = 2 ** -52 * Math.abs(f(x))) =>
  derivativeAtZero((t) => f(x + t), {
    scale: Math.max(1, 2 ** Math.ceil(Math.log2(Math.abs(x) || 1))),
    noise,
  });

describe("the extrapolated difference", () => {
  const smooth: [string, (x: number) => number, (x: number) => number, number[]][] = [
    ["sin", Math.sin, Math.cos, [-2, 0, 0.3, 40]],
    ["exp", Math.exp, Math.exp, [-30, 0, 1, 20]],
    ["log", Math.log, (x) => 1 / x, [1e-6, 0.01, 1, 1e5]],
    ["sqrt", Math.sqrt, (x) => 0.5 / Math.sqrt(x), [1e-4, 2, 1e6]],
    ["1/x", (x) => 1 / x, (x) => -1 / (x * x), [0.01, -3]],
    ["cube", (x) => x ** 3, (x) => 3 * x * x, [0, 1e-3, 12]],
    ["fast sine", (x) => Math.sin(1000 * x), (x) => 1000 * Math.cos(1000 * x), [0.1, 1]],
    ["constant", () => 7, () => 0, [3]],
  ];
  for (const [name, f, df, points] of smooth) {
    it.each(points)(`${name} at %s: right, and the error estimate covers it`, (x) => {
      const { value, error, doubt } = at(f, x);
      expect(doubt).toBeUndefined();
      expect(Math.abs(value - df(x))).toBeLessThanOrEqual(8 * error + 1e-9 * Math.abs(df(x)));
      expect(error).toBeLessThanOrEqual(1e-6 * Math.max(Math.abs(df(x)), Math.abs(f(x)) * 1e-2, 1e-9));
    });
  }

  it.each([
    ["a kink at the point", Math.abs, 0],
    ["a kink of unequal slopes", (x: number) => Math.max(0, x - 2), 2],
    ["a kink closer than the steps can see", (x: number) => Math.abs(x), 1e-13],
    ["a jump at the point", Math.floor, 3],
  ])("doubts %s", (_, f, x) => {
    expect(at(f, x).doubt).toBeDefined();
  });

  it("sees past a kink that lies beside the point", () => {
    for (const distance of [1e-2, 1e-4, 1e-6]) {
      const { value, doubt } = at((x) => Math.abs(x), distance);
      expect(doubt).toBeUndefined();
      expect(value).toBeCloseTo(1, 6);
    }
  });

  it("doubts a function without a finite value here or on one side", () => {
    expect(at(Math.log, -1).doubt).toMatch(/not finite here/);
    expect(at(Math.sqrt, 0).doubt).toMatch(/not finite to the left/);
  });

  it("doubts noise, and measures it", () => {
    const noisy = (x: number): number => x + 1e-3 * Math.sin(1e15 * x);
    const noise = noiseNear((t) => noisy(1 + t), 2 ** -19);
    expect(noise).toBeGreaterThan(1e-4);
    expect(at(noisy, 1, noise).doubt).toBeDefined();
  });

  it("keeps to what single precision allows inside a function", () => {
    const f = (x: number): number => Math.fround(Math.fround(x * x) * 1.1);
    const noise = noiseNear((t) => f(1.3 + t), 2 ** -19);
    expect(noise).toBeGreaterThan(2 ** -28);
    const { value, error, doubt } = at(f, 1.3, noise);
    expect(doubt).toBeUndefined();
    expect(error).toBeLessThan(1e-4);
    expect(Math.abs(value - 2.86)).toBeLessThan(8 * error);
  });
});

describe("structures", () => {
  const row = [1, 2];
  const structure = {
    name: "a",
    count: new Int32Array([4]),
    rows: [row, row],
    deep: { v: new Float32Array([0.5]), w: new Float64Array(1), none: undefined },
    pair: [true, 3] as const,
  };

  it("finds every real number, and no integer array", () => {
    expect(leaves(structure).map((l) => `${pathText(l.path)} ${l.value} ${l.single}`)).toEqual([
      "rows[0][0] 1 false",
      "rows[0][1] 2 false",
      "rows[1][0] 1 false",
      "rows[1][1] 2 false",
      "deep.v[0] 0.5 true",
      "deep.w[0] 0 false",
      "pair[1] 3 false",
    ]);
  });

  it("copies with aliases kept or separated, buffers too", () => {
    const kept = copy(structure);
    expect(firstDifference(kept, structure)).toBeUndefined();
    expect(kept.rows[0]).toBe(kept.rows[1]);
    const separate = copy(structure, "separate");
    expect(separate.rows[0]).not.toBe(separate.rows[1]);
    expect(firstDifference(separate, structure)).toMatch(/rows\[1\]/);
    setAt(separate, ["rows", 0, 1], 9);
    expect(row[1]).toBe(2);
    const whole = new Float64Array(4);
    const [a, b] = copy([whole, whole.subarray(2)] as const);
    a[3] = 5;
    expect(b[1]).toBe(5);
  });

  it("keeps prototypes, holes, maps and sets", () => {
    class Point {
      x = 1;
    }
    const sparse = [1, , 3]; // eslint-disable-line no-sparse-arrays
    const given = [new Point(), sparse, new Map([[1, [2]]]), new Set([3])] as const;
    const [point, array, map, set] = copy(given);
    expect(point).toBeInstanceOf(Point);
    expect(1 in array).toBe(false);
    expect(map.get(1)).toEqual([2]);
    expect(map.get(1)).not.toBe(given[2].get(1));
    expect(set.has(3)).toBe(true);
  });

  it("compares to the bit", () => {
    expect(firstDifference([0], [-0])).toBe("[0]: 0 is not -0");
    expect(firstDifference({ a: NaN }, { a: NaN })).toBeUndefined();
    expect(firstDifference([1], new Float64Array([1]))).toMatch(/another kind/);
    expect(firstDifference([1, 2], [1])).toMatch(/length/);
    expect(firstDifference({ a: 1, b: 2 }, { b: 2, a: 1 })).toMatch(/keys/);
  });

  it("knows what lies under a path", () => {
    expect(isUnder(["points", 3, "x"], ["points", "[]", "x"])).toBe(true);
    expect(isUnder(["points", 3, "y"], ["points", "[]", "x"])).toBe(false);
    expect(isUnder(["pair", 1], ["pair", "1"])).toBe(true);
    expect(isUnder(["model"], ["model", "weights"])).toBe(false);
  });

  it("lists the memory of a structure, buffers included", () => {
    const v = new Float64Array(2);
    expect(memoryOf([v, [v]]).size).toBe(4);
  });
});

describe("verdicts", () => {
  const sound = { value: 2, error: 1e-12 };
  it("never lets a NaN pass", () => {
    expect(compareNumber("x", NaN, sound).verdict).toBe("nan");
    expect(compareNumber("x", NaN, { value: 0, error: 0, doubt: "a kink" }).verdict).toBe("nan");
    expect(compareNumber("x", 2, { value: NaN, error: NaN, doubt: "not finite" }).verdict).toBe("undecided");
    expect(compareNumber("x", 2, { value: 2, error: NaN }).verdict).toBe("wrong");
    expect(compareNumber("x", undefined, sound).verdict).toBe("wrong");
    expect(compareNumber("x", Infinity, sound).verdict).toBe("wrong");
  });
  it("allows what the reference's own error explains, and no more", () => {
    expect(compareNumber("x", 2 + 1e-10, sound).verdict).toBe("ok");
    expect(compareNumber("x", 2 + 1e-7, sound).verdict).toBe("wrong");
    expect(compareNumber("x", Math.fround(2.1), { value: 2.1, error: 1e-12 }, true).verdict).toBe("ok");
  });
});

/** Σ w_i tanh(x_i · s), with its gradient; the second array may be of either precision. */
const model = (w: { a: number[]; b: number }, x: Float64Array | Float32Array): number =>
  w.a.reduce((sum, a, i) => sum + a * Math.tanh(x[i]! * w.b), 0);
const gradModel = (w: { a: number[]; b: number }, x: Float64Array | Float32Array) => {
  const dx = new (x.constructor as Float64ArrayConstructor)(x.length);
  const a = w.a.map((_, i) => Math.tanh(x[i]! * w.b));
  let b = 0;
  w.a.forEach((wi, i) => {
    const slope = wi * (1 - a[i]! ** 2);
    b += slope * x[i]!;
    dx[i] = slope * w.b;
  });
  return { w: { a, b }, x: dx };
};

const task = (over: object): Task => ({
  name: "gradModel",
  mode: "grad",
  primal: model as Task["primal"],
  derivative: gradModel as Task["derivative"],
  parameterNames: ["w", "x"],
  args: [{ a: [1, -2, 0.5], b: 0.7 }, new Float64Array([0.1, 2, -1])],
  ...over,
});

describe("verifying a derivative", () => {
  it("passes a right gradient, over nested structures and both precisions", () => {
    for (const x of [new Float64Array([0.1, 2, -1]), new Float32Array([0.1, 2, -1])]) {
      const report = verifyDerivative(task({ args: [{ a: [1, -2, 0.5], b: 0.7 }, x] }));
      expect(report.components.map((c) => `${c.name} ${c.verdict}`)).toEqual(
        ["w.a[0]", "w.a[1]", "w.a[2]", "w.b", "x[0]", "x[1]", "x[2]"].map((name) => `${name} ok`),
      );
      expect(report.passed).toBe(true);
    }
  });

  it("finds one wrong component among many, a missing and a foreign one", () => {
    const spoil = (change: (grad: ReturnType<typeof gradModel>) => unknown) =>
      verifyDerivative(
        task({ derivative: (...args: Parameters<typeof model>) => change(gradModel(...args)) }),
      );
    const off = spoil((g) => ({ ...g, w: { ...g.w, b: g.w.b * (1 + 1e-7) } }));
    expect(off.components.filter((c) => c.verdict === "wrong").map((c) => c.name)).toEqual(["w.b"]);
    expect(off.passed).toBe(false);
    expect(spoil((g) => ({ ...g, w: { a: g.w.a } })).components[3]).toMatchObject({ verdict: "wrong" });
    expect(spoil((g) => ({ ...g, w: { ...g.w, c: 1 } })).complaints[0]).toMatch(/w\.c/);
  });

  it("samples a large gradient and covers the rest by one direction", () => {
    const sum = (x: number[]): number => x.reduce((s, v) => s + v * v, 0);
    const args = [Array.from({ length: 50 }, (_, i) => i / 10)];
    const right = (x: number[]) => ({ x: x.map((v) => 2 * v) });
    const wrong = (x: number[]) => ({ x: x.map((v, i) => (i === 23 ? v : 2 * v)) });
    const common = { primal: sum, parameterNames: ["x"], args, maxComponents: 5 };
    expect(verifyDerivative(task({ ...common, derivative: right })).passed).toBe(true);
    const report = verifyDerivative(task({ ...common, derivative: wrong }));
    expect(report.components.map((c) => c.verdict)).toEqual(["ok", "ok", "ok", "ok", "ok", "wrong"]);
  });

  const scale = (x: number[], k: number): number[] => x.map((v, i) => v * k + i * Math.sin(v));
  const vjpScale = (x: number[], k: number, seed?: number[]) => {
    const s = seed ?? x.map(() => 1);
    return {
      value: scale(x, k),
      grad: {
        x: x.map((v, i) => s[i]! * (k + i * Math.cos(v))),
        k: x.reduce((sum, v, i) => sum + s[i]! * v, 0),
      },
    };
  };
  const jvpScale = (x: number[], k: number, t: { x: number[]; k: number }) => ({
    value: scale(x, k),
    tangent: x.map((v, i) => t.x[i]! * (k + i * Math.cos(v)) + v * t.k),
  });
  const vector = { primal: scale, parameterNames: ["x", "k"], args: [[0.2, 1.4, -3], 1.5] };

  it("verifies vjp with a seed and jvp with tangents", () => {
    expect(verifyDerivative(task({ ...vector, mode: "vjp", derivative: vjpScale })).passed).toBe(true);
    expect(verifyDerivative(task({ ...vector, mode: "jvp", derivative: jvpScale })).passed).toBe(true);
    const deaf = (x: number[], k: number) => vjpScale(x, k);
    expect(verifyDerivative(task({ ...vector, mode: "vjp", derivative: deaf })).passed).toBe(false);
  });

  it("holds vjp and jvp against each other, and vjp against itself", () => {
    const tangents = { x: [1, -0.5, 0.25], k: 2 };
    const seed = [0.5, 1, -1];
    const { grad } = vjpScale([0.2, 1.4, -3], 1.5, seed);
    const { tangent } = jvpScale([0.2, 1.4, -3], 1.5, tangents);
    expect(inner(seed, tangent)).toBeCloseTo(inner(tangents, grad), 12);
    expect(dotProductComplaint({ seed, grad }, { tangents, tangent })).toBeUndefined();
    expect(dotProductComplaint({ seed, grad: { ...grad, k: 0 } }, { tangents, tangent })).toMatch(
      /dot-product/,
    );
    const square = (s: unknown) => ({ x: (s as number[]).map((v) => v * v) });
    expect(seedLinearityComplaint(square, [1, 2], [3, 4])).toMatch(/not linear/);
  });

  it("names every broken promise beside the numbers", () => {
    const broken = (derivative: unknown, over: object = vector): string =>
      verifyDerivative(task({ ...over, mode: "vjp", derivative })).complaints.join("; ");
    let calls = 0;
    const counting = (x: number[], k: number, s?: number[]) => ({ ...vjpScale(x, k, s), calls: calls++ });
    expect(broken(counting)).toMatch(/second call/);
    const writing = (x: number[], k: number, s?: number[]) => {
      const result = vjpScale(x, k, s);
      x[0] = 0;
      return result;
    };
    expect(broken(writing)).toMatch(/leaves the arguments otherwise/);
    const keeping = (x: number[], k: number, s?: number[]) => ({ ...vjpScale(x, k, s), grad: { x, k } });
    expect(broken(keeping)).toMatch(/shares memory with an argument/);
    const rounding = (x: number[], k: number, s?: number[]) => ({ ...vjpScale(x, k, s), value: [1, 2, 3] });
    expect(broken(rounding)).toMatch(/value is not the source's/);
    const throwing = () => {
      throw new RangeError("no");
    };
    expect(broken(throwing)).toMatch(/throws RangeError: no/);
  });

  it("verifies a function that returns nothing and writes its argument", () => {
    const double = (x: number[], k: number): void => x.forEach((v, i) => (x[i] = v * v * k));
    const vjpDouble = (x: number[], k: number, seed?: { x: number[] }) => {
      const before = [...x];
      double(x, k);
      const s = seed?.x ?? before.map(() => 1);
      const grad = {
        x: before.map((v, i) => 2 * v * k * s[i]!),
        k: before.reduce((sum, v, i) => sum + v * v * s[i]!, 0),
      };
      return { value: { x: [...x] }, grad };
    };
    const report = verifyDerivative(task({ ...vector, mode: "vjp", primal: double, derivative: vjpDouble }));
    expect(report.complaints).toEqual([]);
    expect(report.components.map((c) => c.verdict)).toEqual(["ok", "ok", "ok", "ok"]);
  });

  it("says where the reference is not to be trusted", () => {
    const relu = (x: number): number => Math.max(0, x);
    const report = verifyDerivative(
      task({ primal: relu, derivative: () => ({ x: 0 }), parameterNames: ["x"], args: [0] }),
    );
    expect(report.components[0]).toMatchObject({ verdict: "undecided" });
    expect(renderReport(report)).toMatch(/reference not trusted: a kink/);
  });
});

describe("the report", () => {
  it("shows every component of a small gradient and the verdict last", () => {
    const text = renderReport(verifyDerivative(task({})));
    const lines = text.trimEnd().split("\n");
    expect(lines[0]).toBe('gradModel at w = {"a":[1,-2,0.5],"b":0.7}, x = [0.1,2,-1]');
    expect(lines[1]).toMatch(/^ {2}component +generated +reference +difference +allowed +verdict$/);
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toBe("  passed: gradModel, 7 ok, 0 wrong, 0 undecided");
  });

  it("shows the worst first and counts the rest", () => {
    const text = renderReport(
      verifyDerivative(
        task({ derivative: (...a: Parameters<typeof model>) => ({ ...gradModel(...a), x: [1, NaN, 3] }) }),
      ),
      2,
    );
    expect(text).toMatch(/x\[1\] +NaN/);
    expect(text).toMatch(/… and 5 more, 4 ok, 1 wrong, 0 undecided/);
    expect(text).toMatch(/FAILED: gradModel, 4 ok, 3 wrong, 0 undecided/);
  });
});

describe("made-up arguments and whole modules", () => {
  const number: Type = { kind: "number" };
  const vectorType: Type = { kind: "array", container: "Float32Array", element: number };
  const matrix: Type = {
    kind: "array",
    container: "Array",
    element: { kind: "array", container: "Array", element: number },
  };

  it("fits lengths together, and is the same every time", () => {
    const wanted = [
      { name: "A", type: matrix },
      { name: "v", type: vectorType },
      { name: "n", type: number, whole: true },
    ];
    const first = sampleArguments(wanted, 0);
    expect(sampleArguments(wanted, 0)).toEqual(first);
    const [A, v, n] = (first as { args: [number[][], Float32Array, number] }).args;
    expect([A.length, A[0]!.length, v.length, n]).toEqual([3, 3, 3, 3]);
    expect(v).toBeInstanceOf(Float32Array);
  });

  it("says what it cannot make up", () => {
    const made = sampleArguments([{ name: "f", type: { kind: "other", text: "() => number" } }], 0);
    expect(made).toEqual({ reason: "`f` holds a value of type () => number, which cannot be made up" });
  });

  const signature = (name: string, exportName: string, parameters: Record<string, Type>): Signature => ({
    name,
    exportName,
    typeParameters: "",
    parameters: Object.entries(parameters).map(([pattern, type]) => ({
      text: pattern,
      pattern,
      typeText: "",
      optional: false,
      rest: false,
      bindings: [{ name: pattern, type }],
    })),
    returnType: number,
    returnTypeText: "number",
    references: [],
    file: "",
    start: 0,
  });

  it("verifies the functions of a module, with inputs or without, and says what it skipped", () => {
    const area = (a: number, b: number): number => Math.log(a - 1) * b;
    const gradArea = (a: number, b: number) => ({ a: b / (a - 1), b: Math.log(a - 1) });
    const of = signature("area", "Area", { a: number, b: number });
    const wrt = [["a"], ["b"]];
    const common = { sourceModule: { area }, gradModule: { gradArea } };
    const sampled = verifyModule({ ...common, derivatives: [{ mode: "grad", signature: of, wrt }] });
    expect(sampled.passed).toBe(true);
    const given = verifyModule({
      ...common,
      derivatives: [
        { mode: "grad", signature: of, wrt },
        { mode: "grad", signature: signature("hidden", "Hidden", {}), wrt: [] },
      ],
      inputs: {
        area: [
          [2.5, 3],
          [9, -1],
        ],
      },
    });
    expect(given.reports).toHaveLength(2);
    expect(given.skipped).toEqual([
      { name: "gradHidden", reason: "`hidden` is not exported, so it cannot be called" },
    ]);
  });
});
