/**
 * Numbers that may be missing although their type does not say so: an element past the end of an array has the type
 * of an element. A program that counts on it asks; what it asks about, and where that came from, may be `undefined`.
 */
import { isConstant } from "../ir/build.ts";
import { functionsOf } from "../ir/callee.ts";
import type { Program } from "../ir/facts.ts";
import type { Label, Operand, Region, Value } from "../ir/types.ts";
import { operandsOfEnd, regionsOf } from "../ir/walk.ts";

const isNothing = (o: Operand): boolean => isConstant(o) && (o.value === undefined || o.value === null);

/** The values of which the program asks whether they are there, and those that they may have been handed on from. */
export const missing = (program: Program): ReadonlySet<Value> => {
  const found = new Set<Value>();
  /** What each value may have been handed on from. */
  const sources = new Map<Value, Operand[]>();
  const asked: Value[] = [];
  const from = (to: Value | undefined, source: Operand | undefined): void => {
    if (to && source) sources.set(to, [...(sources.get(to) ?? []), source]);
  };
  /** For each callee, what each of its calls gets. */
  const handedBack = new Map<Label, readonly (readonly Value[])[]>();
  for (const [callee, func] of program.callees) {
    const calls = program.callsOf(callee);
    func.params.forEach((p, n) => calls.forEach((call) => from(p, call.args[n])));
    handedBack.set(
      func.label,
      calls.map((call) => call.results),
    );
  }
  const hand = (results: readonly Value[], region: Region): void => {
    const shift = results.length - operandsOfEnd(region.end).length;
    if (region.end.kind === "yield")
      results.forEach((r, n) => from(r, operandsOfEnd(region.end)[shift < 0 ? n - shift : n]));
  };
  const visit = (region: Region): void => {
    for (const i of region.body) {
      if (i.kind === "op" && (i.op === "eq" || i.op === "ne") && i.args.some(isNothing))
        asked.push(...i.args.filter((a): a is Value => a.kind === "value"));
      if (i.kind === "op" && i.op === "select") for (const arg of i.args.slice(1)) from(i.result, arg);
      if (i.kind === "if") for (const r of [i.then, i.else]) hand(i.results, r);
      if (i.kind === "block") hand(i.results, i.body);
      if (i.kind === "loop") {
        i.params.forEach((p, n) => {
          from(p, i.initial[n]);
          from(i.results[n], p);
          from(i.results[n], i.initial[n]);
        });
        hand(i.params, i.body);
        hand(i.results, i.body);
      }
      regionsOf(i).forEach(visit);
    }
    const { end } = region;
    const target = end.kind === "exit" ? program.constructOf(end.to) : undefined;
    if (end.kind === "exit" && (target?.kind === "loop" || target?.kind === "block"))
      target.results.forEach((r, n) => from(r, end.values[n]));
    const calls = end.kind === "exit" ? handedBack.get(end.to) : undefined;
    if (end.kind === "exit") calls?.forEach((results) => results.forEach((r, n) => from(r, end.values[n])));
  };
  for (const func of functionsOf(program)) {
    visit(func.body);
    handedBack.get(func.label)?.forEach((results) => hand(results, func.body));
  }
  for (let v = asked.pop(); v; v = asked.pop()) {
    if (found.has(v)) continue;
    found.add(v);
    // what may be missing by its type says where it is: the values that it is made of are there
    if (v.type.kind === "optional") continue;
    asked.push(...(sources.get(v) ?? []).filter((o): o is Value => o.kind === "value"));
  }
  return found;
};
