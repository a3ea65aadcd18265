/** What each instruction does to alias classes: what it makes, what it joins, and what it reads and writes there. */
import type { Instruction, Operand, Value } from "../ir/types.ts";
import { isReference, keyName, keySlot, type newClasses, type Node } from "./unify.ts";

/** The slots of the memory; elements are one, whether it was asked for or not. */
export const keysIn = (root: Node): Iterable<string> => new Set([...root.slots.keys(), "[]"]);

type Steps = Readonly<{
  step(i: Instruction): void;
  /** Notes a write to everything that the memory reaches. */
  noteDeep(memory: Node, by: Instruction): void;
  /** What reads a whole structure: noted when all classes are known. */
  readers: readonly { from: Value; by: Instruction }[];
}>;

/** `enter` joins what a call hands to a callee whose body is looked at, and what comes back. */
export const classSteps = (
  classes: ReturnType<typeof newClasses>,
  enter: (call: Extract<Instruction, { kind: "call" }>) => boolean,
): Steps => {
  const { below, unify, nodeOf, slotNode, note, noteRead, join, fill } = classes;
  const readers: { from: Value; by: Instruction }[] = [];
  const noteDeep = (memory: Node, by: Instruction): void =>
    below(memory, (root) => {
      for (const key of keysIn(root)) note(root, key, by);
    });
  const readDeep = (from: Operand, by: Instruction): void => {
    if (from.kind === "value" && isReference(from.type)) readers.push({ from, by });
  };
  const step = (i: Instruction): void => {
    switch (i.kind) {
      case "op":
        if (i.op === "select" && isReference(i.result.type)) {
          join(i.result, i.args[1]!);
          join(i.result, i.args[2]!);
          nodeOf(i.result).stored = true;
        }
        return;
      case "make":
        nodeOf(i.result).makers.push(i);
        for (const item of i.items)
          fill(i.result, typeof item.key === "number" ? "[]" : item.key, item.value);
        return;
      case "alloc":
        nodeOf(i.result).makers.push(i);
        if (i.fill) fill(i.result, "[]", i.fill);
        return;
      case "zeros":
      case "seeded":
      case "convert":
        nodeOf(i.result).makers.push(i);
        readDeep(i.kind === "convert" ? i.from : i.like, i);
        return;
      case "cell":
        nodeOf(i.result).makers.push(i);
        if (i.initial) fill(i.result, "", i.initial);
        return;
      case "load":
        if (isReference(i.result.type)) unify(nodeOf(i.result), slotNode(nodeOf(i.from), keyName(i.key)));
        else slotNode(nodeOf(i.from), keyName(i.key));
        noteRead(nodeOf(i.from), keyName(i.key), i);
        return;
      case "store":
        fill(i.to, keyName(i.key), i.value);
        note(nodeOf(i.to), keyName(i.key), i);
        return;
      case "accumulate":
        slotNode(nodeOf(i.to), keyName(i.key));
        note(nodeOf(i.to), keyName(i.key), i);
        return;
      case "addInto":
        noteDeep(nodeOf(i.to), i);
        readDeep(i.value, i);
        return;
      case "push":
        fill(i.to, "[]", i.value);
        nodeOf(i.to).resized.push(i);
        note(nodeOf(i.to), "[]", i);
        return;
      case "pop":
        if (isReference(i.result.type)) unify(nodeOf(i.result), slotNode(nodeOf(i.from), "[]"));
        nodeOf(i.from).resized.push(i);
        noteRead(nodeOf(i.from), "[]", i);
        return;
      case "setLength":
        nodeOf(i.of).resized.push(i);
        note(nodeOf(i.of), "[]", i);
        return;
      case "view":
        join(i.result, i.of);
        nodeOf(i.of).viewed = true;
        return;
      case "get":
        if (isReference(i.result.type)) unify(nodeOf(i.result), slotNode(nodeOf(i.from), "[]"));
        else slotNode(nodeOf(i.from), "[]");
        if (i.missing) join(i.result, i.missing);
        noteRead(nodeOf(i.from), "[]", i);
        return;
      case "put":
        fill(i.to, "[]", i.value);
        fill(i.to, keySlot, i.key);
        nodeOf(i.to).resized.push(i);
        for (const key of ["[]", keySlot]) note(nodeOf(i.to), key, i);
        return;
      case "remove":
        nodeOf(i.from).resized.push(i);
        for (const key of ["[]", keySlot]) note(nodeOf(i.from), key, i);
        return;
      case "keys":
        nodeOf(i.result).makers.push(i);
        unify(slotNode(nodeOf(i.result), "[]"), slotNode(nodeOf(i.of), keySlot));
        noteRead(nodeOf(i.of), keySlot, i);
        return;
      case "has":
        noteRead(nodeOf(i.of), keySlot, i);
        return;
      case "call":
      case "opaque": {
        if (i.kind === "call" && enter(i)) return;
        const written = i.kind === "call" ? i.args : i.writes;
        const read = i.kind === "call" ? i.args : i.reads;
        for (const o of written)
          if (o.kind === "value" && isReference(o.type)) {
            nodeOf(o).resized.push(i);
            noteDeep(nodeOf(o), i);
          }
        for (const o of read) readDeep(o, i);
        // what comes back may be anything that went in, or memory that others hold
        for (const result of i.results)
          if (i.kind === "opaque" && i.fresh) nodeOf(result).makers.push(i);
          else if (isReference(result.type)) {
            nodeOf(result).external = true;
            for (const o of read) join(result, o);
          }
        return;
      }
      case "length":
      case "if":
      case "loop":
      case "block":
        return;
      default:
        return i satisfies never;
    }
  };
  return { step, noteDeep, readers };
};
