/** Which element a key means, where that can be told: keys that are a loop's variable plus a constant, or constants. */
import { isConstant } from "../ir/build.ts";
import type { Program } from "../ir/facts.ts";
import type { Operand, Region, Value } from "../ir/types.ts";

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
