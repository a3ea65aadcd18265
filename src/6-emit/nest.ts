/**
 * Blocks that are left early, as branches: `{ if (c) exit a; …; yield b }` is `if (c) a else { …; b }`.
 * Also gives every region and end an identity of its own, which the rooms before need not do.
 */
import { value } from "../ir/build.ts";
import type { Func, Instruction, Label, Operand, Region, Value } from "../ir/types.ts";
import { mapOperands, rebuild, rebuildEnd } from "../ir/rebuild.ts";
import { regionsOf } from "../ir/walk.ts";

type Block = Extract<Instruction, { kind: "block" }>;
type If = Extract<Instruction, { kind: "if" }>;

export function nest(func: Func): Func {
  return { ...func, body: fresh(func.body, false) };
}

/** A copy of the region without shared nodes, blocks nested. A block that is a loop's body stays: its exits are `continue`. */
function fresh(region: Region, isLoopBody: boolean): Region {
  const body = region.body.flatMap((i): readonly Instruction[] => {
    const copy = { ...rebuild(i, { region: (r) => fresh(r, i.kind === "loop") }) };
    if (copy.kind !== "block") return [copy];
    const alone = isLoopBody && region.body.at(-1) === i;
    if (alone && exits(copy.body, copy.label)) return [copy];
    return branches(copy);
  });
  return { body, end: { ...rebuildEnd(region.end, (o) => o) } };
}

const exits = (region: Region, to: Label): boolean =>
  (region.end.kind === "exit" && region.end.to === to) || region.body.some((i) => exitsIn(i, to));

const exitsIn = (i: Instruction, to: Label): boolean => regionsOf(i).some((r) => exits(r, to));

function branches(block: Block): readonly Instruction[] {
  const flat = nested(block.body, block);
  if (flat?.end.kind !== "yield") return [block];
  // the block itself is left naturally only; the layout writes it without braces
  return [{ ...block, body: flat }];
}

/** The region with every exit to the block's label made a natural end; nothing if that would repeat code. */
function nested(region: Region, block: Block): Region | undefined {
  const at = region.body.findIndex((i) => exitsIn(i, block.label));
  if (at < 0) {
    const { end } = region;
    return end.kind === "exit" && end.to === block.label
      ? { body: region.body, end: { kind: "yield", values: end.values } }
      : region;
  }
  const leaving = region.body[at]!;
  if (leaving.kind !== "if") return undefined;
  if (leaving.then.end.kind === "yield" && leaving.else.end.kind === "yield") return undefined;
  const rest: Region = { body: region.body.slice(at + 1), end: region.end };
  const [then, other] = [
    joined(leaving.then, rest, leaving, block),
    joined(leaving.else, rest, leaving, block),
  ];
  if (!then || !other) return undefined;
  const results = block.results.map((r): Value => value(r.type, r.hint));
  const branch: If = { ...leaving, results, then, else: other };
  return { body: [...region.body.slice(0, at), branch], end: { kind: "yield", values: results } };
}

/** A branch with what comes after it. */
function joined(branch: Region, rest: Region, leaving: If, block: Block): Region | undefined {
  const { end } = branch;
  if (end.kind !== "yield") return nested(branch, block);
  const given = new Map<Value, Operand>(leaving.results.map((r, k) => [r, end.values[k]!]));
  const after = mapOperands(rest, (o) => (o.kind === "value" ? (given.get(o) ?? o) : o));
  return nested({ body: [...branch.body, ...after.body], end: after.end }, block);
}
