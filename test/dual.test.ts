/** The exact reference itself: instrumented programs are the programs, and what is wrong is seen. */
import { describe, expect, it } from "vitest";
import { firstDifference } from "../src/verify/structure.ts";
import { complaintOf } from "./dual/judge.ts";
import { createReference, type Exact } from "./dual/reference.ts";

const file = "/virtual/source.ts";

const exactly = (text: string, args: readonly unknown[]): Exact => {
  const exact = createReference({ file, texts: new Map([[file, text]]), name: "f" })(args);
  if ("doubt" in exact) throw new Error(exact.doubt);
  return exact;
};

/** The gradient of a number. */
const gradient = (text: string, ...args: unknown[]): number[] =>
  exactly(text, args)
    .followed[0]!.gradient([{ path: [], weight: 1 }])
    .map((share) => share.d);

describe("instrumented programs", () => {
  it("follow assignments of every form, once and in order", () => {
    const text = `export function f(x: number[]): number {
      let calls = 0;
      const at = (i: number): number => (calls++, i);
      const o = { a: x[0], b: { c: x[1] } };
      x[at(0)] *= x[at(1)];
      x[at(1)] -= (o.b.c += o.a);
      o.a **= 2;
      const before = x[2]++;
      const after = ++o.a;
      [x[0], x[1]] = [x[1], x[0]];
      let n: number | undefined;
      n ??= before;
      n ||= 100;
      n &&= n * after;
      return x[0] + 10 * x[1] + 100 * n + x[2] + calls;
    }`;
    // x0 → x1 - (x1 + x0), x1 → x0 x1, n = x2 (x0² + 1), x2 + 1, 3 calls
    expect(gradient(text, [2, 3, 5])).toEqual([-1 + 10 * 3 + 100 * 5 * 4, 10 * 2, 100 * 5 + 1]);
  });

  it("compare, branch, index and print plain numbers", () => {
    const text = `export function f(x: number, n: number, m: number[]): number {
      const memo = new Map<number, number>([[n, x]]);
      const seen = new Set([x]);
      const name = \`\${n}\` + n.toFixed(1) + JSON.stringify({ n });
      let s = typeof x === "number" && Number.isFinite(x) && name === '22.0{"n":2}' ? x : 0;
      switch (n) { case 2: s *= memo.get(2)!; }
      s += m[n | 0] * m[m.indexOf(3)] + (m.includes(4) && seen.has(x) ? x : 0) + new Array(n).length;
      return x && !Object.is(x, n) && m.length > n ? s : -1;
    }`;
    // x² + m2 · m1 + x
    expect(gradient(text, 7, 2, [1, 3, 4])).toEqual([15, 0, 0, 4, 3]);
  });

  it("keep typed arrays as they are: rounded, of fixed length, in shared buffers", () => {
    const text = `export function f(x: number[]): unknown[] {
      const a = new Float32Array([...x, 0.1]);
      a[9] = 1; a[-1] = 2; a[1.5] = 3; a["2"] += 1;
      const b = a.subarray(1, -1);
      b[0] += 0.7;
      b.set([x[0] / 3], 1);
      const c = Float64Array.from(a, (v, i) => v * i).map((v) => v / 3);
      const keys: string[] = [];
      for (const k in a) keys.push(k);
      const d = c.slice().sort().reverse();
      d.fill(x[1], 1, 3);
      return [a, b, c, d, keys, c.length, [...c.entries()], c.reduce((s, v) => s + v), c.at(-1), c[7],
        a.findLastIndex((v) => v > 1), new Float64Array(2), a instanceof Float32Array, Array.isArray(a), a.join()];
    }`;
    const run = exactly(text, [[1.1, 2.2, 3.3]]);
    const value = run.value as unknown[];
    expect(value[0]).toEqual(new Float32Array([1.1, 2.9, 1.1 / 3, 0.1]));
    expect(value[9]).toBe(undefined);
    expect(value.slice(12, 14)).toEqual([true, false]);
  });

  it("know classes, getters, static members and private fields", () => {
    const text = `export class P { static scale = 2; #n = 0;
      constructor(readonly x: number, protected y = 1) {}
      get size(): number { return Math.hypot(this.x, this.y); }
      add(o: P): P { this.#n += o.x; return new P(this.x + o.x, this.y * P.scale + this.#n); }
    }
    export class Q extends P { override get size(): number { return super.size * 2; } }
    export function f(p: P, x: number): number { return p.add(new Q(x)).size + new Q(x).size; }`;
    const loaded = exactly(
      text
        .replace("export function f(p: P, x", "export function f(q: number, x")
        .replace("p.add", "new P(q).add"),
      [3, 1],
    );
    const [dq, dx] = loaded.followed[0]!.gradient([{ path: [], weight: 1 }]).map((s) => s.d);
    // hypot(q + x, 2 + x) + 2 hypot(x, 1) at 3, 1
    expect(dq).toBeCloseTo(4 / 5, 12);
    expect(dx).toBeCloseTo(4 / 5 + 3 / 5 + 2 / Math.SQRT2, 12);
  });
});

describe("the judge", () => {
  const text = "export function f(x: number, y: number): number { return x * y; }";
  const claim = (derivative: (...args: unknown[]) => unknown) =>
    ({ mode: "grad", derivative, parameterNames: ["x", "y"], wrt: [["x"], ["y"]] }) as const;

  it("sees what is wrong, missing or NaN", () => {
    const exact = exactly(text, [2, 3]);
    const judged = (grad: unknown) =>
      complaintOf(
        claim(() => grad),
        [2, 3],
        exact,
      )?.text;
    expect(judged({ x: 3, y: 2 })).toBe(undefined);
    expect(judged({ x: 3, y: 2 + 1e-9 })).toMatch("the gradient in y is 2.000000001, expected 2");
    expect(judged({ x: 3 })).toMatch("the gradient in y is undefined, expected 2");
    expect(judged({ x: NaN, y: 2 })).toMatch("the gradient in x is NaN, expected 3");
  });

  it("lets shared memory be told apart where nothing is written, and not where it is", () => {
    const sum = (body: string) =>
      `export function f(a: number[], b: number[]): number { ${body} return a[0] * b[0]; }`;
    const shared = [4];
    const grad = (text: string) =>
      exactly(text, [shared, shared]).followed.map((way) =>
        way.gradient([{ path: [], weight: 1 }]).map((s) => s.d),
      );
    expect(grad(sum(""))).toEqual([
      [8, 8],
      [4, 4],
      [4, 4],
    ]);
    expect(grad(sum("a[0] *= 2;"))).toEqual([
      [32, 32],
      [32, 32],
    ]);
    expect(firstDifference(exactly(sum("a[0] *= 2;"), [shared, shared]).after, [[8], [8]])).not.toBe(
      undefined,
    );
  });
});
