/** Constructs of the language, one by one: lowering keeps what they mean. */
import { describe, expect, it } from "vitest";
import { lowered, same } from "./support/lowering.ts";

/** Lowered without anything that a derivative could not flow through. */
function understood(source: string, ...runs: readonly unknown[][]): void {
  const func = same(source, ...runs);
  expect(JSON.stringify(func), source).not.toContain('"refusal"');
}

const reported = (source: string): readonly string[] => lowered(source).reported.map((d) => d.name);

describe("patterns", () => {
  it("take the rest of an array", () => {
    understood(
      "function f(xs: number[]) { const [a, b = 3, ...rest] = xs; let s = a * b; for (const r of rest) s += r * r; return s + rest.length; }",
      [[1]],
      [[1, 2]],
      [[1, 2, 3, 4]],
    );
    understood(
      "function f(xs: number[]) { let head = 0; let tail: number[] = []; [head, ...tail] = xs; tail.push(head); return tail; }",
      [[1, 2, 3]],
      [[5]],
    );
    understood("function f(t: [number, number, number]) { const [a, ...rest] = t; return [rest, a]; }", [
      [1, 2, 3],
    ]);
    understood(
      "function f(x: number) { const [a, ...rest] = [x, 2 * x, 3 * x]; return rest[0]! * a + rest.length; }",
      [4],
    );
    understood("function f(xs: Float64Array) { const [a, , ...rest] = xs; return [a, rest]; }", [
      new Float64Array([1, 2, 3]),
    ]);
  });
  it("take the rest of an object", () => {
    understood(
      "function f(p: { a: number; b: number; c: number[] }) { const { a, ...rest } = p; rest.b += a; rest.c[0] = 7; return rest; }",
      [{ a: 1, b: 2, c: [3] }],
    );
    understood(
      "function f(p: { a: number; b: number; c: number }) { let b = 0; let rest: { a: number; c: number }; ({ b, ...rest } = p); return [b, rest]; }",
      [{ a: 1, b: 2, c: 3 }],
    );
    expect(
      reported(
        "function f(p: { a: number; b?: number }) { const { a, ...rest } = p; return a + (rest.b ?? 0); }",
      ),
    ).toEqual(["notUnderstood"]);
  });
  it("are nested, with defaults", () => {
    understood(
      "function f(p: { v: { x: number; y?: number }; w?: [number, number] }) { const { v: { x, y = x * 2 }, w: [a, b] = [x, y] } = p; return a * b + y; }",
      [{ v: { x: 2 } }],
      [{ v: { x: 2, y: 5 }, w: [1, 4] }],
    );
    understood(
      "function g({ a, b: [c, d = 4] }: { a: number; b: number[] }, [e = a]: number[] = []) { return a * c! + d * e; }\nfunction f(x: number) { return g({ a: x, b: [x] }) + g({ a: x, b: [1, x] }, [3 * x]); }",
      [2],
    );
    understood(
      "function f(x: number) { let a = 0, b = 0; const p = { v: [x, 1] }; [a, { v: [b = 2] }] = [x, p] as [number, { v: number[] }]; return a * b; }",
      [3],
    );
  });
});

describe("loops over keys", () => {
  it("go over keys, values and entries", () => {
    understood(
      "function f(xs: number[]) { let s = 0; for (const i of xs.keys()) s += i * xs[i]!; for (const x of xs.values()) s += x; for (const [i, x] of xs.entries()) s += i * x * x; return s; }",
      [[1, 2, 3]],
      [[]],
    );
    understood(
      "function f(xs: number[]) { let s = 0; for (const [, x] of xs.entries()) s += x; for (const e of xs.entries()) s += e[0] * e[1]; return s; }",
      [[1, 2, 3]],
    );
    understood(
      "function f(ps: [number, number][]) { let s = 0; for (const [i, [a, b]] of ps.entries()) s += i * a * b; return s; }",
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    );
  });
  it("go over indices that are strings", () => {
    understood(
      "function f(xs: number[]) { let s = 0; for (const i in xs) { if (xs[i]! > 2) continue; s += xs[i]! * (+i + Number(i)); xs[i]! += 1; } return s; }",
      [[1, 2, 3]],
    );
    expect(
      reported(
        "function f(xs: number[]) { let t = ''; for (const i in xs) t += i; return t.length + xs[0]!; }",
      ),
    ).toEqual([]);
  });
});

describe("optional chains", () => {
  it("go as deep as there is something", () => {
    understood(
      "function f(p: { q?: { r: { s: number } }; v?: number[] }) { return (p.q?.r.s ?? 1) + (p.v?.[1] ?? 2) + (p?.q?.r?.s ?? 3); }",
      [{}],
      [{ q: { r: { s: 5 } } }],
      [{ q: { r: { s: 5 } }, v: [1, 2] }],
    );
  });
});
