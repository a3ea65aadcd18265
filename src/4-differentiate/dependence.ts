/** Which element a key means, where that can be told: keys that are a loop's variable plus a constant, or constants. */
import { isConstant } from "../ir/build.ts";
import type { Memory, Program } from "../ir/facts.ts";
import type { Func, Instruction, Operand, Region, Value } from "../ir/types.ts";

/** variable + offset; without a variable, the element `offset`. */
type Subscript = Readonly<{ variable: Value | undefined; offset: number }>;

const subscriptOf = (program: Program, key: Operand): Subscript | undefined => {
  if (isConstant(key))
    return typeof key.value === "number" ? { variable: undefined, offset: key.value } : undefined;
  if (!program.knows(key)) return undefined;
  const definition = program.definitionOf(key);
  if (!definition) return { variable: key, offset: 0 };
  if (definition.kind !== "op" || (definition.op !== "add" && definition.op !== "sub")) return undefined;
  const [a, b] = definition.args as readonly [Operand, Operand];
  const sign = definition.op === "sub" ? -1 : 1;
  const left = subscriptOf(program, a);
  const right = subscriptOf(program, b);
  if (!left || !right || right.variable) {
    return left && right && sign > 0 && !left.variable && right.variable
      ? { variable: right.variable, offset: right.offset + left.offset }
      : undefined;
  }
  return { variable: left.variable, offset: left.offset + sign * right.offset };
};

/**
 * Can the element that was read at `read` be written at `write` afterwards? `loops`: the loops that both stand in
 * and in which the memory lives on; `later`: the write stands after the reading in the program.
 */
export const isWrittenLater = (
  program: Program,
  read: Operand,
  write: Operand,
  loops: readonly Region[],
  later: boolean,
): boolean => {
  const [r, w] = [subscriptOf(program, read), subscriptOf(program, write)];
  if (!r || !w) return true;
  if (!r.variable && !w.variable) return r.offset === w.offset;
  const [body, ...outer] = loops;
  const owner = body && program.ownerOf(body);
  if (!body || outer.length > 0 || r.variable !== w.variable || owner?.kind !== "loop") return true;
  if (owner.shape.kind !== "range" || owner.shape.variable !== r.variable || !isConstant(owner.shape.step))
    return true;
  // i + m · step + offset of the write = i + offset of the reading, in the same iteration (m = 0) or a later one
  const m = (r.offset - w.offset) / Number(owner.shape.step.value);
  return m > 0 || (m === 0 && later) || Number.isNaN(m);
};

/**
 * May memory be changed by another function than the reading's own, or by another execution of it, before the reverse
 * of the reading? A callee's reverse runs when all else has run; only what the program wrote before it first called
 * the callee, and not in a loop with the call, is sure to be over. What a callee writes is written by its calls.
 */
export const mayChangeOutside = (
  program: Program,
  memory: Memory,
  reading: Instruction,
  writes: readonly Instruction[],
): boolean => {
  const functionOf = (i: Instruction): Func => program.functionAt(program.siteOf(i).region);
  const reader = functionOf(reading);
  const mayFollow = (write: Instruction, read: Instruction): boolean => {
    const [w, r] = [program.siteOf(write), program.siteOf(read)];
    return w.start > r.start || shareLoop(program, w.region, r.region);
  };
  if (reader === program.func)
    return writes.some((write) => {
      const writer = functionOf(write);
      return writer !== reader && callsReaching(program, writer).some((call) => mayFollow(call, reading));
    });
  // what a function makes and nobody else sees is another piece of memory each time
  if (!memory.passed && !memory.external && writes.every((w) => functionOf(w) === reader)) return false;
  const calls = callsReaching(program, reader);
  return writes.some(
    (write) => functionOf(write) !== program.func || calls.some((call) => mayFollow(write, call)),
  );
};

/** The calls in the program's own function that may run the callee. */
const callsReaching = (program: Program, callee: Func): readonly Instruction[] => {
  const found: Instruction[] = [];
  const seen = new Set<Func>();
  const visit = (func: Func): void => {
    if (seen.has(func)) return;
    seen.add(func);
    for (const [called, body] of program.callees) {
      if (body !== func) continue;
      for (const call of program.callsOf(called)) {
        const caller = program.functionAt(program.siteOf(call).region);
        if (caller === program.func) found.push(call);
        else visit(caller);
      }
    }
  };
  visit(callee);
  return found;
};

const shareLoop = (program: Program, a: Region, b: Region): boolean => {
  for (let r: Region | undefined = a; r; r = program.parentOf(r))
    if (program.ownerOf(r)?.kind === "loop" && program.contains(r, b)) return true;
  return false;
};
