/** Constructs of the language, one by one: lowering keeps what they mean. */
import { describe, expect, it } from "vitest";
import { refusals, same } from "./support/lowering.ts";

/** Lowered without anything that a derivative could not flow through. */
function understood(source: string, ...runs: readonly unknown[][]): void {
  same(source, ...runs);
  expect(refusals(source), source).toEqual([]);
}

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
    understood(
      "function f(p: { a: number; b?: number }) { const { a, ...rest } = p; return a + (rest.b ?? 0); }",
      [{ a: 1, b: 2 }],
      [{ a: 1 }],
    );
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
    same("function f(xs: number[]) { let t = ''; for (const i in xs) t += i; return t.length + xs[0]!; }", [
      [1, 2],
    ]);
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

const vector = `
export class Vec {
  constructor(readonly x: number, readonly y: number) {}
  add(o: Vec): Vec { return new Vec(this.x + o.x, this.y + o.y); }
  scale(k: number) { return new Vec(this.x * k, this.y * k); }
  dot(o: Vec): number { return this.x * o.x + this.y * o.y; }
  get norm(): number { return Math.sqrt(this.dot(this)); }
  static of(x: number, y = 1): Vec { return new Vec(x, y); }
}
`;

describe("classes", () => {
  it("are made, asked and combined", () => {
    understood(
      `${vector}function f(a: number, b: number) { const v = new Vec(a, b).add(Vec.of(b)).scale(2); return v.norm + v.dot(Vec.of(a, b)); }`,
      [2, 3],
      [-1, NaN],
    );
    understood(
      `${vector}function f(a: number) { let v = new Vec(a, 1); for (let i = 0; i < 3; i++) { if (v.x > 2) v = v.scale(0.5); else v = v.add(v); } return v.norm; }`,
      [0.5],
      [3],
    );
    understood(`${vector}function f(a: number) { return [new Vec(a, 2), Vec.of(a)]; }`, [3]);
    understood(
      `${vector}function f(p: { x: number; y: number }[]) { return p.map((q) => new Vec(q.x, q.y).norm).reduce((a, b) => a + b, 0); }`,
      [
        [
          { x: 1, y: 2 },
          { x: 3, y: 4 },
        ],
      ],
    );
  });
  it("have fields, set in many ways", () => {
    understood(
      `export class Tally { n = 0; sum: number; private readonly data: number[] = []; low?: number;
        constructor(start: number, public scale = this.twice(start)) { this.sum = start * 2; if (start < 0) throw new RangeError("negative"); this.n = this.sum + this.n; for (let i = 0; i < 2; i++) this.push(i * start); if (start > 5) return; this.low = start; }
        twice(x: number) { return 2 * x; }
        push(x: number): this { this.data.push(x); this.n++; this.sum += x; return this; }
        get mean() { return this.sum / this.n; }
        at(i: number) { return this.data[i] ?? -1; } }
       function f(x: number) { const t = new Tally(x); t.push(x).push(2 * x); t.scale *= 3; return [t.mean, t.at(0), t.at(3), t.at(9), t.scale, t.low ?? 0]; }`.replace(
        "= this.twice(start)",
        "= 2",
      ),
      [2],
      [7],
      [-1],
    );
  });
  it("inherit", () => {
    understood(
      `export class Base { k = 1; constructor(protected a: number) { this.k += a; } area() { return this.a * this.factor(); } factor() { return this.k; } get twice() { return 2 * this.area(); } }
       export class Child extends Base { b: number; constructor(a: number, b: number) { const c = a + b; super(c); this.b = b * this.k; } override factor() { return super.factor() * this.b; } override get twice() { return super.twice + 1; } }
       export class Third extends Child { c = this.b + 1; override area() { return super.area() + this.c; } }
       function f(x: number, y: number) { const p = new Child(x, y), q = new Third(y, x); return p.area() + p.twice * q.area() - q.twice + new Base(x).area(); }`,
      [2, 3],
    );
  });
  it("wrap arrays", () => {
    understood(
      `export class Matrix { private readonly data: Float64Array; constructor(readonly rows: number, readonly cols: number) { this.data = new Float64Array(rows * cols); }
        get(i: number, j: number) { return this.data[i * this.cols + j]!; }
        set(i: number, j: number, v: number) { this.data[i * this.cols + j] = v; }
        mul(o: Matrix) { const m = new Matrix(this.rows, o.cols); for (let i = 0; i < this.rows; i++) for (let j = 0; j < o.cols; j++) { let s = 0; for (let k = 0; k < this.cols; k++) s += this.get(i, k) * o.get(k, j); m.set(i, j, s); } return m; }
        map(g: (x: number) => number) { this.data.forEach((x, i) => { this.data[i] = g(x) * this.rows; }); return this; } }
       function f(x: number) { const m = new Matrix(2, 2); m.set(0, 0, x); m.set(0, 1, 2); m.set(1, 0, x * x); const p = m.mul(m).map((y) => y + x); return p.get(0, 0) + p.get(1, 1) * p.get(0, 1); }`,
      [3],
    );
  });
  it("that cannot be seen through are refused", () => {
    expect(
      refusals(
        "class A { g() { return 1; } } class B extends A { override g() { return 2; } }\nfunction f(a: A, x: number) { return a.g() * x; }",
      ),
    ).toEqual(["nameNotReachable"]);
    expect(
      refusals(
        "abstract class A { abstract g(x: number): number; }\nfunction f(a: A, x: number) { return a.g(x); }",
      ),
    ).toEqual(["methodCall"]);
    expect(
      refusals(
        "function f(x: number) { class A { k = 2; g(y: number) { return this.k * y; } } return new A().g(x); }",
      ),
    ).toContain("classInstance");
  });
});
