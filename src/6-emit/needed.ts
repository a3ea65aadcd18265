/** What the function's results and effects need; the rest is not written. */
import type { Instruction, Operand, Region, Value } from "../ir/types.ts";
import { functionOf } from "../ir/callee.ts";
import { regionsOf, resultsOf } from "../ir/walk.ts";
import { isPure } from "./effect.ts";
import { type Facts, type Frame, type Use, handsOnFlag, operandUses, usesOf } from "./facts.ts";

/** One result, no effect, and written as an expression. */
export function isMovable(i: Instruction): boolean {
  switch (i.kind) {
    case "op":
    case "make":
    case "alloc":
    case "zeros":
    case "seeded":
    case "convert":
    case "load":
    case "length":
    case "view":
    case "get":
    case "has":
    case "keys":
      return true;
    case "opaque":
      return i.code.form === "expression" && i.repeatable && i.writes.length === 0;
    case "call":
      return i.results.length === 1 && isPure(functionOf(i.callee));
    default:
      return false;
  }
}

/** Branches of pure instructions that only hand on values. */
const isPlain = (i: Instruction): boolean =>
  i.kind === "if" && [i.then, i.else].every((r) => r.end.kind === "yield" && r.body.every(isRemovable));

const isRemovable = (i: Instruction): boolean => isMovable(i) || i.kind === "cell" || isPlain(i);

export type Needed = Readonly<{
  /** Instructions that nothing needs. */
  dead: ReadonlySet<Instruction>;
  /** The uses of a value in what is written. */
  usesOf(value: Value): readonly Use[];
}>;

export function findNeeded(facts: Facts): Needed {
  const needed = new Set<Value>();
  const work: Value[] = [];
  const kept = new Set<Instruction>();
  const need = (o: Operand | undefined): void => {
    if (o?.kind !== "value" || needed.has(o)) return;
    needed.add(o);
    work.push(o);
  };
  /** The k-th value that a region's natural end hands on. */
  const handed = (r: Region, k: number): void => {
    if (r.end.kind === "yield") need(r.end.values[handsOnFlag(facts.frames.get(r)!) ? k + 1 : k]);
  };
  /** An instruction that is written: what it reads whatever becomes of its results. */
  const keep = (i: Instruction): void => {
    if (kept.has(i)) return;
    kept.add(i);
    for (const [o, kind] of operandUses(i)) if (kind !== "phi") need(o);
    if (i.kind === "opaque") i.reads.forEach(need);
    regionsOf(i).forEach(region);
    if (i.kind === "loop") {
      if (i.shape.kind === "while") handed(i.shape.test, 0);
      if (i.shape.kind === "doWhile" && i.body.end.kind === "yield") need(i.body.end.values[0]);
    }
  };
  const region = (r: Region): void => {
    for (const i of r.body) if (!isRemovable(i)) keep(i);
    if (r.end.kind === "throw") r.end.reads.forEach(need);
    if (r.end.kind === "exit" && r.end.to === facts.func.label) r.end.values.forEach(need);
  };

  const loops = new Map<Value, Extract<Instruction, { kind: "loop" }>>();
  for (const i of facts.order) if (i.kind === "loop") for (const p of i.params) loops.set(p, i);
  region(facts.func.body);
  if (facts.func.body.end.kind === "yield") facts.func.body.end.values.forEach(need);

  for (let v = work.pop(); v; v = work.pop()) {
    const loop = loops.get(v);
    if (loop) {
      const k = loop.params.indexOf(v);
      need(loop.initial[k]);
      handed(loop.body, k);
      continue;
    }
    const made = facts.definition.get(v);
    if (!made) continue;
    keep(made);
    const k = resultsOf(made).indexOf(v);
    if (made.kind === "if" || made.kind === "block") regionsOf(made).forEach((r) => handed(r, k));
    if (made.kind === "loop") need(made.params[k]);
    if (made.kind === "loop" || made.kind === "block")
      for (const exit of facts.exits.get(made.label) ?? []) if (exit.kind === "exit") need(exit.values[k]);
  }

  const dead = new Set(facts.order.filter((i) => isRemovable(i) && !kept.has(i)));
  const inDead = (frame: Frame | undefined): boolean =>
    frame !== undefined && ((frame.owner !== undefined && dead.has(frame.owner)) || inDead(frame.parent));
  const isWritten = (u: Use): boolean =>
    !dead.has(u.user as Instruction) && !inDead(u.frame) && (u.target === undefined || needed.has(u.target));
  const uses = new Map<Value, readonly Use[]>();
  return {
    dead,
    usesOf: (value) => {
      let found = uses.get(value);
      if (!found) uses.set(value, (found = usesOf(facts, value).filter(isWritten)));
      return found;
    },
  };
}
