/** From regions to statements: hand-overs become assignments, exits become the plainest jump that gets there. */
import { reverseSweep } from "../ir/section.ts";
import type { Instruction, Label, Operand, Region, Terminator, Value } from "../ir/types.ts";
import { resultsOf } from "../ir/walk.ts";
import type { Variable, Variables } from "./coalesce.ts";
import { type Facts, type Node, handsOnFlag, operandUses, targetsOf } from "./facts.ts";
import { handOver } from "./handover.ts";
import { type Inlining, leavesOf } from "./inline.ts";
import type { Needed } from "./needed.ts";
import type { Liveness } from "./liveness.ts";
import { type Head, type Layout, type Scope, type Statement, neverCompletes, scope } from "./statement.ts";

type If = Extract<Instruction, { kind: "if" }>;
type Loop = Extract<Instruction, { kind: "loop" }>;
type LoopPlace = Readonly<{
  label: Label;
  /** Where the next iteration begins. */
  next: Label;
  /** The constructs that a `break` of the loop leaves for good. */
  breaks: ReadonlySet<Label>;
}>;

/** What is around a region: what falling out of it arrives at, and the loops that can be jumped out of. */
type Place = Readonly<{ falls: ReadonlySet<Label>; loops: readonly LoopPlace[] }>;

const nowhere: ReadonlySet<Label> = new Set();

/** Whether control can reach what comes after an instruction. */
function completes(facts: Facts, i: Instruction): boolean {
  const reaches = (r: Region): boolean =>
    r.end.kind === "yield" && r.body.every((inner) => completes(facts, inner));
  switch (i.kind) {
    case "if":
      return reaches(i.then) || reaches(i.else);
    case "block":
      return reaches(i.body) || facts.exits.has(i.label);
    case "loop": {
      const { end } = i.body;
      const flag = i.shape.kind === "doWhile" && end.kind === "yield" ? end.values[0] : undefined;
      const endless = i.shape.kind === "forever" || (flag?.kind === "constant" && flag.value === true);
      return !endless || facts.exits.has(i.label);
    }
    default:
      return true;
  }
}

export function layOut(
  facts: Facts,
  needed: Needed,
  inlining: Inlining,
  variables: Variables,
  liveness: Liveness,
): Layout {
  const labelled = new Set<Label>();
  const loopVariables = new Set<Variable>();
  /** For every block: what its end is the same place as. */
  const ends = new Map<Label, ReadonlySet<Label>>();
  const leaves = (o: Operand): readonly Value[] => leavesOf(facts, inlining, o);
  const temporary = (like: Variable): Variable => ({
    values: [],
    type: like.type,
    ...(like.hint ? { hint: `next${like.hint[0]!.toUpperCase()}${like.hint.slice(1)}` } : {}),
    parameter: false,
  });

  const handed = (at: Node, targets: readonly Value[], values: readonly Operand[]): readonly Statement[] => {
    const live = liveness.handed.get(at);
    const pairs = targets.flatMap((t, k) => (live?.has(t) ? [[t, values[k]!] as const] : []));
    return handOver(pairs, variables, leaves, temporary).map((s) =>
      s.kind === "assign" ? { ...s, from: at } : s,
    );
  };

  /** The assignments at the natural end of a region. */
  const atYield = (end: Extract<Terminator, { kind: "yield" }>): readonly Statement[] => {
    const frame = facts.frameOf.get(end)!;
    return handed(end, targetsOf(frame), handsOnFlag(frame) ? end.values.slice(1) : end.values);
  };

  const isWritten = (i: Instruction): boolean => !inlining.dead.has(i) && !inlining.inlined.has(i);

  const sequence = (region: Region, place: Place, out: Scope): void => {
    const { end } = region;
    const ownEnd = facts.frames.get(region)!.role === "function";
    const silent = end.kind === "yield" && atYield(end).length === 0 && !(ownEnd && end.values.length > 0);
    const written = region.body.filter(isWritten);
    for (const i of written) {
      // behind what never ends by itself nothing is written, so that what leaves it arrives where the region ends
      const final = !completes(facts, i);
      const last = final || (silent && i === written.at(-1));
      instruction(i, { ...place, falls: last ? place.falls : nowhere }, out);
      if (final) return;
    }
    terminator(end, place, out);
  };

  const terminator = (end: Terminator, place: Place, out: Scope): void => {
    switch (end.kind) {
      case "yield": {
        const frame = facts.frameOf.get(end)!;
        const [value] = end.values;
        if (frame.role === "function") {
          if (value) out.statements.push({ kind: "return", value, at: end });
        } else out.statements.push(...atYield(end));
        return;
      }
      case "exit":
        if (end.to === facts.func.label) {
          const [value] = end.values;
          out.statements.push({ kind: "return", ...(value ? { value } : {}), at: end });
          return;
        }
        out.statements.push(...handed(end, facts.results.get(end.to)!, end.values));
        jump(end.to, place, out, end);
        return;
      case "throw":
        out.statements.push({ kind: "throw", terminator: end });
        return;
      default:
        end satisfies never;
    }
  };

  const jump = (to: Label, place: Place, out: Scope, at: Terminator): void => {
    if (place.falls.has(to)) return;
    const same = ends.get(to) ?? nowhere;
    for (const loop of [...place.loops].reverse()) {
      const word = loop.breaks.has(to) ? "break" : same.has(loop.next) ? "continue" : undefined;
      if (!word) continue;
      const innermost = loop === place.loops.at(-1);
      if (!innermost) labelled.add(loop.label);
      out.statements.push({ kind: "jump", word, ...(innermost ? {} : { to: loop.label }), at });
      return;
    }
    labelled.add(to);
    out.statements.push({ kind: "jump", word: "break", to, at });
  };

  const instruction = (i: Instruction, place: Place, out: Scope): void => {
    switch (i.kind) {
      case "if":
        if (!inlining.ternaries.has(i)) return branch(i, place, out);
        break;
      case "loop":
        return loop(i, place, out);
      case "block": {
        const falls = new Set([...place.falls, i.label]);
        ends.set(i.label, falls);
        const body = scope();
        sequence(i.body, { ...place, falls }, body);
        if (labelled.has(i.label)) out.statements.push({ kind: "block", label: i.label, body, at: i });
        else out.statements.push(...body.statements);
        return;
      }
      case "cell": {
        const variable = variables.get(i.result)!;
        if (i.initial)
          out.statements.push({
            kind: "assign",
            variable,
            source: { kind: "operand", operand: i.initial },
            at: i,
          });
        else out.statements.push({ kind: "declare", variable, type: i.result.type, trusted: true, at: i });
        return;
      }
      case "store":
        if (i.to.kind === "value" && i.to.type.kind === "cell") {
          const variable = variables.get(i.to)!;
          out.statements.push({
            kind: "assign",
            variable,
            source: { kind: "operand", operand: i.value },
            at: i,
          });
          return;
        }
        break;
      default:
        break;
    }
    const [result] = resultsOf(i);
    const statement = i.kind === "opaque" && i.code.form === "statement";
    const used = result && !statement && needed.usesOf(result).length > 0;
    if (used)
      out.statements.push({
        kind: "assign",
        variable: variables.get(result)!,
        source: { kind: "instruction", instruction: i },
        at: i,
      });
    else out.statements.push({ kind: "run", instruction: i });
  };

  const branch = (i: If, place: Place, out: Scope): void => {
    const then = scope();
    const other = scope();
    sequence(i.then, place, then);
    sequence(i.else, place, other);
    const put = (negated: boolean, first: Scope, second: Scope): void => {
      const test = { kind: "if", test: i.test, negated, at: i } as const;
      // behind a branch that never comes back, the other one needs no `else`
      const flat = neverCompletes(first.statements);
      out.statements.push({ ...test, then: first, else: flat ? scope() : second });
      if (flat) out.statements.push(...second.statements);
    };
    if (then.statements.length === 0 && other.statements.length === 0) return;
    const swap =
      then.statements.length === 0 || (neverCompletes(other.statements) && !neverCompletes(then.statements));
    if (swap) put(true, other, then);
    else put(false, then, other);
  };

  /** What of an instruction and all that melts into it is the first of the second sweep. */
  const beginningOfReverse = (i: Instruction): Instruction | undefined => {
    if (i.at.comment?.startsWith(reverseSweep)) return i;
    for (const [o, kind] of operandUses(i)) {
      const made = o.kind === "value" && kind !== "phi" ? facts.definition.get(o) : undefined;
      const found = made && inlining.inlined.has(made) ? beginningOfReverse(made) : undefined;
      if (found) return found;
    }
    return undefined;
  };

  const loop = (i: Loop, place: Place, out: Scope): void => {
    const { shape } = i;
    // the second sweep begins with what its first loop starts from
    const begins = beginningOfReverse(i);
    const initial = handed(i, i.params, i.initial);
    out.statements.push(...initial.map((s) => (begins && s.kind === "assign" ? { ...s, at: begins } : s)));
    const next: Label = { kind: "label", hint: "next" };
    const here: LoopPlace = { label: i.label, next, breaks: new Set([...place.falls, i.label]) };
    const inside: Place = { falls: new Set([next]), loops: [...place.loops, here] };
    const body = scope();
    let head: Head;
    switch (shape.kind) {
      case "range": {
        const variable = variables.get(shape.variable)!;
        loopVariables.add(variable);
        head = { kind: "for", range: shape, variable };
        break;
      }
      case "while": {
        if (shape.test.end.kind !== "yield") throw new Error("a test yields one boolean");
        const test = shape.test.end.values[0]!;
        if (inlining.tests.has(shape.test)) {
          head = { kind: "while", test };
          break;
        }
        head = { kind: "while", test: undefined };
        for (const t of shape.test.body)
          if (isWritten(t)) instruction(t, { ...inside, falls: nowhere }, body);
        const leave = scope();
        leave.statements.push({ kind: "jump", word: "break" });
        body.statements.push({ kind: "if", test, negated: true, then: leave, else: scope(), at: i });
        break;
      }
      case "doWhile": {
        const { end } = i.body;
        const flag = end.kind === "yield" ? end.values[0]! : undefined;
        const endless = flag === undefined || (flag.kind === "constant" && flag.value === true);
        head = endless ? { kind: "while", test: undefined } : { kind: "do", test: flag };
        break;
      }
      case "forever":
        head = { kind: "while", test: undefined };
        break;
      default:
        return shape satisfies never;
    }
    sequence(i.body, inside, body);
    dropContinue(body);
    out.statements.push({ kind: "loop", head, label: i.label, body, at: i });
  };

  /** Jumps to the end where the end comes anyway are not written, except those that were not needed to begin with. */
  const dropContinue = (body: Scope): void => {
    const last = body.statements.at(-1);
    if (last?.kind === "jump" && last.word === "continue" && last.to === undefined) body.statements.pop();
  };

  const body = scope();
  sequence(facts.func.body, { falls: nowhere, loops: [] }, body);
  return { body, labelled, loopVariables };
}
