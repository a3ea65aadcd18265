/** The output of a function that returns nothing: the arguments that it writes. */
import type { Facts, Memory } from "../ir/facts.ts";
import { gradientType } from "../ir/shadow.ts";
import type { Instruction, Operand, Value } from "../ir/types.ts";

/** Parameters of which the function changes numbers or a length through their own name or what is reached from it. */
export const writtenParams = (facts: Facts): readonly Value[] =>
  facts.program.func.params.filter((p) => {
    if (p.type.kind === "number" || gradientType(p.type) === undefined) return false;
    return [...reached(facts, facts.memoryOf(p))].some((memory) =>
      [
        ...facts.resizesOf(memory),
        ...facts.keysOf(memory).flatMap((key) => facts.writesTo({ memory, key })),
      ].some((write) => targets(facts, write).has(memory)),
    );
  });

const reached = (facts: Facts, from: Memory, found: Set<Memory> = new Set()): Set<Memory> => {
  if (found.has(from)) return found;
  found.add(from);
  for (const held of facts.heldBy(from)) reached(facts, held, found);
  return found;
};

/** What the instruction itself names as written; other arguments may be the same memory, but are not the output. */
const targets = (facts: Facts, write: Instruction): ReadonlySet<Memory> => {
  const whole = (written: readonly Operand[]): Set<Memory> => {
    const found = new Set<Memory>();
    for (const o of written) reached(facts, facts.memoryOf(o), found);
    return found;
  };
  switch (write.kind) {
    case "store":
    case "accumulate":
    case "push":
      return new Set([facts.memoryOf(write.to)]);
    case "pop":
      return new Set([facts.memoryOf(write.from)]);
    case "setLength":
      return new Set([facts.memoryOf(write.of)]);
    case "addInto":
      return whole([write.to]);
    case "opaque":
      return whole(write.writes);
    case "call":
      return whole(write.args);
    default:
      return new Set();
  }
};
