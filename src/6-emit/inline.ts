/**
 * Which instructions become part of the expression that uses them: what is pure, used once, and gives the same
 * where it is used as where it stands.
 */
import { opInfo } from "../ir/ops.ts";
import type { Instruction, Operand, Region, Value } from "../ir/types.ts";
import { resultsOf } from "../ir/walk.ts";
import { Aliases, readsOf, writesOf } from "./effect.ts";
import { constantName } from "../ir/constantName.ts";
import { type Needed, isMovable } from "./needed.ts";
import { type Facts, type Frame, type Node, type Use, operandUses } from "./facts.ts";

export type Inlining = Readonly<{
  /** Instructions that are written where their result is used. */
  inlined: ReadonlySet<Instruction>;
  /** Instructions that nothing needs. */
  dead: ReadonlySet<Instruction>;
  /** `if`s that are written as `c ? a : b`. */
  ternaries: ReadonlySet<Instruction>;
  /** Test regions of `while` loops that are one expression. */
  tests: ReadonlySet<Region>;
}>;

/** Operators in one expression; more than that is easier to read in parts. */
const longest = 24;

/** An `if` whose branches are single expressions. */
export function fitsTernary(needed: Needed, i: Instruction): boolean {
  if (i.kind !== "if" || i.results.length !== 1) return false;
  return [i.then, i.else].every(
    (r) => r.end.kind === "yield" && r.body.length <= 6 && isExpression(needed, r),
  );
}

/** A region whose instructions all melt into the one expression that it yields. */
function isExpression(needed: Needed, region: Region): boolean {
  return region.body.every((i) => {
    if (needed.dead.has(i)) return true;
    if (!isMovable(i) && !fitsTernary(needed, i)) return false;
    const [result] = resultsOf(i);
    const uses = needed.usesOf(result!);
    return uses.length === 1 && uses[0]!.kind !== "atom" && !result!.declared;
  });
}

/**
 * Decides for a function. `ternaries` are the `if`s to be written as expressions; `handed` the values that may
 * melt into the hand-over to a variable (`x = …` at the end of a branch or an iteration).
 */
export function chooseInlined(
  facts: Facts,
  needed: Needed,
  ternaries: ReadonlySet<Instruction>,
  handed: (use: Use, value: Value) => boolean,
): Inlining {
  const { dead } = needed;
  const inlined = new Set<Instruction>();
  const tests = new Set<Region>();
  const aliases = new Aliases(facts);
  const writers = facts.order.filter((i) => !dead.has(i) && writesOf(i).length > 0);
  for (const i of facts.order)
    if (i.kind === "loop" && i.shape.kind === "while" && isExpression(needed, i.shape.test))
      tests.add(i.shape.test);

  /** Regions that are written as expressions are part of the frame around them. */
  const dissolved = (frame: Frame): Frame =>
    frame.owner && frame.parent && ternaries.has(frame.owner) ? dissolved(frame.parent) : frame;
  const within = new Map<Node, number>();

  /** The node that is written as a statement with this use in it. */
  const rootOf = (user: Node): Node => {
    const frame = facts.frameOf.get(user)!;
    if (frame.owner && ternaries.has(frame.owner)) return rootOf(frame.owner);
    if (!("body" in user) && inlined.has(user as Instruction)) {
      const result = resultsOf(user as Instruction)[0]!;
      const use = liveUses(result)[0]!;
      return rootOf(use.user);
    }
    return user;
  };
  const liveUses = needed.usesOf;

  const named = (v: Value): boolean => v.declared === true || liveUses(v).length > 1;

  const crossesLoop = (from: Frame, to: Frame): boolean => {
    for (let f = from; f !== to; f = f.parent!) {
      if (f.role === "body" || f.role === "test") return true;
      if (!f.parent) return true;
    }
    return false;
  };

  /** Where a chain of inlined uses ends in the head of a range loop, the whole loop lies in between. */
  const headOf = (use: Use): Instruction | undefined => {
    if (use.kind === "header") return use.user as Instruction;
    const user = use.user as Instruction;
    return inlined.has(user) ? headOf(liveUses(resultsOf(user)[0]!)[0]!) : undefined;
  };

  const undisturbed = (i: Instruction, use: Use): boolean => {
    const reads = readsOf(i);
    if (reads.length === 0) return true;
    const root = rootOf(use.user);
    const head = headOf(use);
    const [from, to] = [facts.position.get(i)!, head ? facts.end.get(head)! : facts.position.get(root)!];
    // a fragment with effects may have them before it comes to a later hole
    if ("kind" in root && root.kind === "opaque" && !root.repeatable && root !== i) return false;
    return !writers.some((w) => {
      const at = facts.position.get(w)!;
      return at > from && at < to && aliases.disturbs(w, reads);
    });
  };

  /** Whether the operand could still read a param of the loop once everything used once has melted into it. */
  const reachesParams = (o: Operand, params: readonly Value[]): boolean => {
    if (o.kind !== "value") return false;
    if (params.includes(o)) return true;
    const made = facts.definition.get(o);
    if (!made || liveUses(o).length !== 1 || o.declared || !isMovable(made)) return false;
    return operandUses(made).some(([inner]) => reachesParams(inner, params));
  };

  const fits = (i: Instruction, use: Use): boolean => {
    const result = resultsOf(i)[0]!;
    const frame = dissolved(facts.frameOf.get(i)!);
    const forced = frame !== facts.frameOf.get(i)! || tests.has(frame.region);
    if (forced) return true;
    if (result.declared && i.kind !== "make") return false;
    if (result.declared && use.user.kind !== "yield") return false;
    const root = rootOf(use.user);
    switch (use.kind) {
      case "atom":
        return false;
      case "header":
        if (i.kind !== "length" && !(i.kind === "op" && opInfo(i.op).cost <= 1 && i.op !== "select"))
          return false;
        break;
      case "flag": {
        const loop = use.frame.owner;
        if (loop?.kind === "loop" && operandUses(i).some(([o]) => reachesParams(o, loop.params)))
          return false;
        break;
      }
      case "phi":
        if (!handed(use, result)) return false;
        break;
      case "operand":
        break;
      default:
        return use.kind satisfies never;
    }
    if (headOf(use) && use.kind !== "header" && i.kind !== "length") return false;
    const rootFrame = dissolved(facts.frameOf.get(root)!);
    if (crossesLoop(rootFrame, frame)) return false;
    if (i.kind === "op" && (within.get(root) ?? 0) >= longest) return false;
    return undisturbed(i, use);
  };

  // what a cell holds for good is called like the cell
  for (const i of facts.order) if (!dead.has(i) && isSettled(facts, i, writers)) inlined.add(i);
  // constants have names already
  for (const i of facts.order) if (!dead.has(i) && constantName(i) !== undefined) inlined.add(i);
  // `way === 1` says more than a name for it
  for (const i of facts.order) {
    if (dead.has(i) || i.kind !== "op" || (i.op !== "eq" && i.op !== "ne") || i.result.hint) continue;
    const [a, b] = i.args as [Operand, Operand];
    const by = facts.definition.get(a as Value);
    if (b.kind !== "constant" || a.kind !== "value" || (by && isMovable(by) && !inlined.has(by) && !named(a)))
      continue;
    inlined.add(i);
  }

  for (const i of [...facts.order].reverse()) {
    if (inlined.has(i) || dead.has(i) || !(isMovable(i) || ternaries.has(i))) continue;
    const uses = liveUses(resultsOf(i)[0]!);
    const [use] = uses;
    if (!use || uses.length !== 1) continue;
    if (!fits(i, use)) continue;
    inlined.add(i);
    const root = rootOf(use.user);
    if (i.kind === "op") within.set(root, (within.get(root) ?? 0) + 1);
  }
  return { inlined, dead, ternaries, tests };
}

/** Whether an instruction reads a cell that nobody sets afterwards. */
function isSettled(facts: Facts, i: Instruction, writers: readonly Instruction[]): boolean {
  if (i.kind !== "load" || i.key || i.from.kind !== "value" || i.from.type.kind !== "cell") return false;
  const cell = i.from;
  const loops = (n: Instruction): readonly Instruction[] => {
    const found: Instruction[] = [];
    for (let f = facts.frameOf.get(n); f?.owner; f = f.parent)
      if (f.owner.kind === "loop") found.push(f.owner);
    return found;
  };
  const made = facts.definition.get(cell);
  if (!made) return false;
  const around = new Set(loops(made));
  return writers.every((w) => {
    if (!((w.kind === "store" || w.kind === "accumulate") && w.to === cell)) return true;
    if (facts.position.get(w)! > facts.position.get(i)!) return false;
    const shared = new Set(loops(w));
    return loops(i).every((l) => around.has(l) || !shared.has(l));
  });
}

/** The values that have names of their own in what is written for an operand. */
export function leavesOf(facts: Facts, inlining: Inlining, operand: Operand): readonly Value[] {
  if (operand.kind === "constant") return [];
  const made = facts.definition.get(operand);
  return made && inlining.inlined.has(made) ? expressionLeaves(facts, inlining, made) : [operand];
}

/** The values that have names of their own in what is written for an instruction. */
export function expressionLeaves(facts: Facts, inlining: Inlining, i: Instruction): readonly Value[] {
  const own = operandUses(i).flatMap(([o]) => leavesOf(facts, inlining, o));
  if (i.kind !== "if" || !inlining.ternaries.has(i)) return own;
  const branches = [i.then, i.else].flatMap((r) =>
    r.end.kind === "yield" ? r.end.values.flatMap((o) => leavesOf(facts, inlining, o)) : [],
  );
  return [...own, ...branches];
}
