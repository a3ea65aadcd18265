/** Methods of arrays become the loops that they are: the same bits, the same order, the same effects. */
import { describe, expect, it } from "vitest";
import type { Func } from "../src/ir/types.ts";
import { visit } from "../src/ir/walk.ts";
import { lowered, same } from "./support/lowering.ts";

/** Why parts of a function would be refused if a derivative had to flow through them. */
function refusalsIn(func: Func | undefined): string[] {
  const found: string[] = [];
  visit(func!.body, (i) => {
    if (i.kind === "opaque" && i.refusal) found.push(i.refusal.name);
  });
  return found;
}

/** `body` of a function of `x`, on arrays of several lengths; nothing in it stays unknown. */
function on(body: string, ...more: unknown[][]): void {
  const func = same(
    `function f(x: number[], k: number) { ${body} }`,
    [[3, -1, 2.5, 0, 7, -1], 2],
    [[1], 0],
    [[], 1],
    [[-0, NaN, 0, Infinity], -3],
    ...more,
  );
  expect(refusalsIn(func), body).toEqual([]);
}

/** The same, where something stays as it is written. */
function carried(body: string): void {
  same(`function f(x: number[], k: number) { ${body} }`, [[3, -1, 2.5, 0, 7, -1], 2], [[1], 0], [[], 1]);
}

describe("every element", () => {
  it("maps", () => {
    on("return x.map((v, i, a) => v * i - a.length);");
    on("return x.map(Math.abs).map((v) => ({ v, w: v * k }));");
    on("const double = (v: number) => 2 * v; return x.map(double);");
    on("return x.map(function (v) { if (v > 1) return k; return v; });");
    on("const g = (v: number, i = 3) => v + i; return x.map(g);");
  });
  it("for each", () => {
    on("let s = 0; x.forEach((v, i) => { if (v < 0) return; s = s * 2 + v * i; }); return s;");
    on("const out: number[] = []; x.forEach((v) => out.push(v, v * v)); return out;");
    on("x.forEach((v, i, a) => { a[i] = v + k; });");
  });
  it("reduces", () => {
    on("return x.reduce((s, v) => s + v, 0.1);");
    on("return x.reduce((s, v, i) => s * v - i);");
    on("return x.reduceRight((s, v, i) => s * k + v + i, 1);");
    on("return x.reduceRight((s, v) => s / 3 - v);");
    on("return x.reduce((a, v) => [a[0] + v, a[1] * v] as [number, number], [0, 1] as [number, number]);");
    on("return x.reduce<number[]>((a, v) => { if (v > 0) a.push(v); return a; }, []);");
    on("return x.reduce((best, v) => (v > best ? v : best), -Infinity);");
    on("return x.reduceRight((s, v, i, a) => s + v * a[a.length - 1 - i], 0);");
  });
  it("leaves out what is gone, and does not see what is added", () => {
    on("x.forEach((v) => { if (v > 2) x.pop(); }); return x;");
    on("let s = 0; x.forEach((v) => { s += v; x.push(v); }); return [s, x.length];");
    on("return x.reduce((s, v) => { x.pop(); return s + v; }, 0);");
    on("return x.filter((v) => { if (x.length > 3) x.shift(); return v !== 0; });");
    on("return x.some((v) => { x.pop(); return v === 7; });");
  });
});

describe("looking", () => {
  it("quantifies", () => {
    on("return [x.some((v) => v > k), x.every((v) => v > k)];");
    on("let n = 0; const any = x.some((v) => { n++; return v < 0; }); return [n, any];");
    on("return x.every((v, i, a) => i === 0 || a[i - 1] <= v);");
    on("return x.some(Boolean) && !x.every((v) => Number.isFinite(v));");
    on("return x.some((v) => v) ? 1 : 0;");
  });
  it("finds", () => {
    on(
      "return [x.find((v) => v < 0), x.findIndex((v) => v < 0), x.findLast((v) => v < 0), x.findLastIndex((v) => v < 0)];",
    );
    on("return x.find((v, i) => { x[i] = 5; return v > 1; });");
    on("return x.find((v) => { x.pop(); return v === undefined; });");
    on("return (x.find((v) => v > k) ?? 10) * 2;");
    on("return x.map((v, i) => ({ v, i })).find((p) => p.v > k)?.i;");
    on("const p = x.map((v, i) => ({ v, i })).findLast((q) => q.v > k)!; return p === undefined ? -1 : p.v;");
  });
  it("looks for a value", () => {
    on(
      "return [x.indexOf(-1), x.lastIndexOf(-1), x.indexOf(NaN), x.indexOf(-1, k), x.indexOf(-1, -k), x.indexOf(0)];",
    );
    on("return [x.includes(-1), x.includes(NaN), x.includes(k, 1)];");
    carried("return x.join('|') + x.join();");
  });
});

describe("new arrays", () => {
  it("filters", () => {
    on("return x.filter((v, i) => v > 0 && i !== k);");
    on("return x.filter(Boolean);");
    on("return x.map((v) => [v, k]).filter(([v, w]) => v > w).length;");
  });
  it("flattens", () => {
    on("return x.flatMap((v) => [v, v * v]);");
    on("return x.flatMap((v) => (v > 0 ? [v] : []));");
    on("return x.flatMap((v) => v * k);");
    on("return x.flatMap((v, i) => x.slice(0, i));");
    on("return x.map((v) => [v, k]).flat();");
    on("return x.map((v) => [[v], [k, v]]).flat(2);");
    on("return x.map((v) => [[v], [k, v]]).flat();");
    on("return x.flat();");
  });
  it("concatenates", () => {
    on("return x.concat(x);");
    on("return x.concat(k, [1, 2], x, k * 2);");
    on("return [...x, k, ...x.slice(1)];");
    on("return [k, ...x];");
    on("return [x, [k]].concat([x]);");
    on("return x.concat();");
  });
  it("copies", () => {
    on("return [x.slice(), x.slice(1), x.slice(-2), x.slice(k), x.slice(1, k), x.slice(-k, -1)];");
    on("return [x.at(0), x.at(-1), x.at(k), x.at(k / 2), x.at(NaN), x.at(-7)];");
    on("return x.with(k, 9);");
    on("return x.with(-1, k);");
    on("return x.toReversed();");
    on("return x.toSpliced(1, 2, k, k);");
  });
  it("from other things", () => {
    on("return Array.from(x, (v, i) => v * i);");
    on("return Array.from({ length: 3 }, (_, i) => i * k);");
    on("return Array.of(1, k, x.length);");
    on("return Array.from(x.keys());");
    on("return [...x.keys(), ...x.values()];");
    on("return Array.from(x.entries(), ([i, v]) => i * v);");
    on("return [...x.entries()].map(([i, v]) => i - v);");
  });
});

describe("in place", () => {
  it("fills", () => {
    on("return x.fill(k);");
    on("x.fill(1, k); return x;");
    on("x.fill(k, 1, -1);");
    on("x.fill(k, -2, 9.5);");
  });
  it("reverses", () => {
    on("return x.reverse() === x;");
    on("x.reverse();");
  });
  it("grows and shrinks", () => {
    on("return [x.push(k, k + 1), x.push(...x), x.push()];");
    on("return [x.pop(), x.pop(), x.length];");
    on("x.pop(); x.pop(); return x;");
    on("return [x.shift(), x.shift(), x.length];");
    on("x.shift(); return x;");
    on("return [x.unshift(k, 2), x.unshift()];");
    on("x.unshift(x.length);");
    on("let s = 0; while (x.length > 0) s = s * 2 + x.shift()! - x.pop()!; return s;");
  });
  it("splices", () => {
    on("return x.splice(1, 2);");
    on("return x.splice(k);");
    on("return x.splice(k, 1, 8, 9, 10);");
    on("x.splice(-2, k, 5); return x;");
    on("x.splice(1, 0, k);");
    on("x.splice(k, 1);");
    on("return x.splice(1, -1);");
    on("return x.splice(0, 1.7, k);");
    on("return x.splice(0, NaN);");
  });
});

describe("sorting", () => {
  it("by a comparator, stably", () => {
    carried("return x.sort((a, b) => a - b) === x;");
    carried("return x.toSorted((a, b) => b - a);");
    carried("x.sort((a, b) => Math.abs(a) - Math.abs(b));");
    carried("return x.map((v, i) => ({ v: Math.trunc(v / 2), i })).sort((p, q) => p.v - q.v);");
    carried(
      "return x.map((v, i): [number, number] => [v, i]).sort(([a], [b]) => (a < b ? 1 : a > b ? -1 : 0));",
    );
    carried("const far = (a: number, b: number) => (a - k) ** 2 - (b - k) ** 2; return x.slice().sort(far);");
    carried("return [...x].sort((key, index) => index - key);");
    carried("return x.toSorted((a, b) => { const d = a - b; if (d < 0) return -1; return d > 0 ? 1 : 0; });");
    carried("return x.toSorted(() => 0).concat(x.toSorted((a) => a));");
    carried("x.sort(function (a, b) { return b - a; }); return x;");
  });
  it("by text, or by number in typed arrays", () => {
    carried("return x.sort();");
    same("function f(x: number[]) { return x.sort(); }", [[10, 9, 1, 100, -1, -10]]);
    same("function f(x: Float64Array) { x.sort(); return x.toSorted((a, b) => b - a); }", [
      new Float64Array([3, NaN, -0, 0, -0, -Infinity, Infinity, 1]),
    ]);
    same("function f(x: string[]) { return x.toSorted(); }", [["b", "a", "c"]]);
    same("function f(x: string[]) { return x.sort((a, b) => a.length - b.length); }", [["bbb", "a", "cc"]]);
  });
  it("orders of indices", () => {
    carried("const order = x.map((_, i) => i).sort((i, j) => x[i] - x[j]); return order.map((i) => x[i]);");
    carried("const order = [...x.keys()].sort((i, j) => x[j] - x[i]); return order;");
    carried("const order = Array.from(x, (_, i) => i); order.sort((i, j) => x[i] - x[j]); return order;");
  });
  it("not by methods", () => {
    const { func } = lowered(
      "export class V { constructor(readonly x: number) {} size() { return this.x * this.x; } }\n" +
        "function f(x: number[]) { return x.map((v) => new V(v)).sort((a, b) => a.size() - b.size())[0].x; }",
    );
    expect(refusalsIn(func)).toContain("comparatorEffects");
  });
  it("not with effects", () => {
    const { func } = lowered(
      "function f(x: number[]) { let n = 0; x.sort((a, b) => { n++; return a - b; }); return x[0] * n; }",
    );
    expect(refusalsIn(func)).toEqual(["comparatorEffects"]);
  });
});

describe("typed arrays", () => {
  const typed = (body: string): void => {
    const source = `function f(x: Float64Array, y: Float32Array, k: number) { ${body} }`;
    const func = same(
      source,
      [new Float64Array([1, -2, 3.3, 4]), new Float32Array([0.1, 0.2]), 1],
      [new Float64Array(), new Float32Array([2]), -1],
    );
    expect(refusalsIn(func), body).toEqual([]);
  };
  it("have the same methods", () => {
    typed("return y.map((v) => v / 3);");
    typed("return y.filter((v) => v > 0.15);");
    typed("return [x.slice(1), y.fill(0.1), x.fill(2, 1)];");
    typed("return x.reduce((s, v) => s + v);");
    typed("return [x.find((v) => v < 0), x.at(-1), x.indexOf(4), x.toReversed(), y.reverse()];");
    typed("return y.with(0, 0.7);");
    typed("return Float64Array.from(y, (v, i) => v * i);");
    typed("return Float32Array.of(k, 0.1);");
  });
  it("are set", () => {
    typed("x.set(y); return x;");
    typed("x.set(y, k);");
    typed("x.set([k, 2], 1.5);");
    typed("y.set(x);");
    typed("x.set(x.slice(1)); x.set(x, 0); return x;");
    typed("const z = new Float64Array(9); z.set(x, k + 2); z.set(z.slice(0, 4), 3); return z;");
  });
  it("set into themselves, from the end", () => {
    same("function f(x: Float64Array, y: Float64Array) { const z = x; z.set(y, 0); return z; }", [
      new Float64Array(3),
      new Float64Array([1, 2, 3]),
    ]);
  });
  it("have views that are only read", () => {
    typed("const v = x.subarray(1, 3); let s = 0; for (let i = 0; i < v.length; i++) s += v[i]; return s;");
    typed("return x.subarray(k).reduce((s, v) => s + v, 0);");
  });
  it("have views that share memory", () => {
    typed("const v = x.subarray(1); v[0] = 2 * x[0]; return x[1];");
    typed("const v = x.subarray(1); x[1] *= 2; return v[0];");
    typed("x.set(x.subarray(0, 2), 1); return x;");
    typed("x.subarray(1).set(x.subarray(0, 2)); return x;");
    typed("x.subarray(-2).fill(k); return x;");
  });
});

describe("keys and values", () => {
  it("of objects made here", () => {
    on("const o = { b: k, a: x.length }; return [Object.keys(o), Object.values(o), Object.entries(o)];");
    on("const o = { b: k, a: 2 }; let s = 0; for (const v of Object.values(o)) s = s * 3 + v; return s;");
  });
  it("of objects from outside, whatever their order", () => {
    const source =
      "function f(p: { a: number; b: number }) { return [Object.keys(p), Object.values(p), Object.entries(p)]; }";
    same(source, [{ a: 1, b: 2 }], [{ b: 1, a: 2 }]);
  });
});

describe("what no derivative flows through", () => {
  it("stays", () => {
    carried(
      "const seen = new Set<number>(); for (const v of x) seen.add(v); return [...seen].length + seen.size;",
    );
    carried("const m = new Map<number, number>(); x.forEach((v, i) => m.set(v, i)); return m.get(-1) ?? -5;");
    carried("const names = ['a', 'b'].map((n) => n + k); return names.join();");
  });
});
