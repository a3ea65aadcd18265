/**
 * `a[a.length] = v` is `a.push(v)`: said so, the analyses see that the array grows, and its shadow grows and shrinks
 * with it as it does for a push.
 */
import type { Func, Instruction, Operand, Region } from "../ir/types.ts";
import { rebuild } from "../ir/rebuild.ts";
import { regionsOf } from "../ir/walk.ts";

/** May the instruction, or any in its regions, change the length of some array? */
const mayResize = (i: Instruction): boolean => {
  switch (i.kind) {
    case "push":
    case "pop":
    case "setLength":
    case "store":
    case "call":
      return true;
    case "opaque":
      return i.writes.length > 0;
    default:
      return regionsOf(i).some((r) => r.body.some(mayResize));
  }
};

const isPlainArray = (o: Operand): boolean =>
  o.kind === "value" && o.type.kind === "array" && o.type.container === "Array";

const region = (given: Region): Region => {
  /** Of references that are read from one place, with nothing stored since, the first stands for all. */
  const first = new Map<Operand, Operand>();
  const reads: { from: Operand; key: unknown; result: Operand }[] = [];
  const whose = (o: Operand): Operand => first.get(o) ?? o;
  /** Lengths that are still those of their arrays. */
  const lengths = new Map<Operand, Operand>();
  const body = given.body.map((i): Instruction => {
    const { kind } = i;
    const appends = kind === "store" && i.key && isPlainArray(i.to) && lengths.get(i.key) === whose(i.to);
    if (mayResize(i)) {
      lengths.clear();
      reads.length = 0;
    }
    if (kind === "length") lengths.set(i.result, whose(i.of));
    if (kind === "load" && i.key?.kind === "constant") {
      const [from, { value: key }] = [whose(i.from), i.key];
      const known = reads.find((r) => r.from === from && r.key === key);
      if (known) first.set(i.result, known.result);
      else reads.push({ from, key, result: i.result });
    }
    return appends ? { kind: "push", to: i.to, value: i.value, at: i.at } : rebuild(i, { region });
  });
  return { ...given, body };
};

/** The same function, in which what is stored behind the end of an array is pushed. */
export const appended = (func: Func): Func => ({ ...func, body: region(func.body) });
