/**
 * Memory that neither comes in as an argument nor is made by the program: what a module holds. A call has no operand
 * for it, so that what it does to it has to be found in its body.
 */
import { value } from "./build.ts";
import { calledBy, functionOf } from "./callee.ts";
import type { Func, Instruction, Label, Operand, Region, Type, Value } from "./types.ts";
import { operandsOf, operandsOfEnd, regionsOf, resultsOf } from "./walk.ts";

/** What a call does to memory of modules. */
export type Outside = Readonly<{ reads: boolean; writes: boolean }>;

type Opaque = Extract<Instruction, { kind: "opaque" }>;

/** May the fragment change what modules hold? What names nothing of theirs and calls nothing unknown cannot. */
export const mayChangeOutside = (i: Opaque): boolean =>
  !i.repeatable &&
  (i.code.references.length > 0 || i.reads.some((o) => o.kind === "value" && o.type.kind === "other"));

const isMemory = (type: Type): boolean =>
  type.kind === "optional" ? isMemory(type.of) : !["number", "boolean", "undefined"].includes(type.kind);

/** A reference to memory of a module; what generated code has a copy of is constant. */
export const isOutside = (i: Instruction): i is Opaque =>
  i.kind === "opaque" &&
  !i.fresh &&
  i.reads.length === 0 &&
  i.results.some((r) => isMemory(r.type)) &&
  (i.code.references.length === 0 || i.code.references.some((r) => r.from.kind === "import"));

/** Stands for whatever modules hold, where effects are compared. */
export const modules = value({ kind: "other", text: "modules" }, "modules");

/** What a call of the function does to memory of modules, as far as can be seen; remembered in `known`. */
export const outsideOf = (func: Func, known: Map<Func, Outside>): Outside => {
  const before = known.get(func);
  if (before) return before;
  // functions that call each other do what all of them do
  const together = calledBy(func).filter((f) => !known.has(f));
  for (const f of together) known.set(f, { reads: false, writes: false });
  for (let isNew = true; isNew;) {
    isNew = false;
    for (const f of together) {
      const [last, found] = [known.get(f)!, ownEffects(f, known)];
      if (found.reads === last.reads && found.writes === last.writes) continue;
      known.set(f, found);
      isNew = true;
    }
  }
  return known.get(func)!;
};

/** What its own code does, its calls as far as they are known. */
const ownEffects = (func: Func, known: Map<Func, Outside>): Outside => {
  const foreign = new Set<Operand>();
  const results = new Map<Label, readonly Value[]>();
  let [reads, writes] = [false, false];
  for (let size = -1; size < foreign.size;) {
    size = foreign.size;
    visit(func.body, undefined);
  }
  return { reads, writes };

  function mark(values: readonly Value[]): void {
    for (const v of values) if (isMemory(v.type)) foreign.add(v);
  }

  function visit(region: Region, receivers: readonly Value[] | undefined): void {
    for (const i of region.body) {
      step(i);
      if (i.kind === "loop" || i.kind === "block") results.set(i.label, i.results);
      const own = i.kind === "loop" ? [...i.params, ...i.results] : i.kind === "call" ? [] : resultsOf(i);
      for (const inner of regionsOf(i)) visit(inner, own);
    }
    if (!operandsOfEnd(region.end).some((o) => foreign.has(o))) return;
    if (region.end.kind === "exit") mark(results.get(region.end.to) ?? []);
    else if (receivers) mark(receivers);
  }

  function step(i: Instruction): void {
    const touched = operandsOf(i).some((o) => foreign.has(o));
    switch (i.kind) {
      case "opaque":
        if (isOutside(i)) mark(i.results);
        if (mayChangeOutside(i)) writes = reads = true;
        break;
      case "call": {
        const callee = functionOf(i.callee);
        const inner = outsideOf(callee, known);
        reads ||= inner.reads;
        writes ||= inner.writes || (touched && changesArguments(callee));
        break;
      }
      case "store":
      case "accumulate":
      case "push":
      case "put":
      case "addInto":
        if (foreign.has(i.to)) writes = reads = true;
        break;
      case "pop":
      case "remove":
        if (foreign.has(i.from)) writes = reads = true;
        break;
      case "setLength":
        if (foreign.has(i.of)) writes = reads = true;
        break;
      default:
        break;
    }
    if (!touched) return;
    reads = true;
    if (i.kind === "loop") mark([...i.params, ...i.results]);
    else mark(resultsOf(i));
  }
};

const changing = new Set<Instruction["kind"]>([
  "store",
  "accumulate",
  "push",
  "pop",
  "setLength",
  "put",
  "remove",
  "addInto",
  "call",
]);

/** Does the function write to any memory that it did not make? Taken to do so if it writes at all. */
const changesArguments = (func: Func): boolean => {
  const writesIn = (region: Region): boolean =>
    region.body.some(
      (i) =>
        changing.has(i.kind) || (i.kind === "opaque" && i.writes.length > 0) || regionsOf(i).some(writesIn),
    );
  return writesIn(func.body);
};
