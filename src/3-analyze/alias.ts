/**
 * Which references may mean the same memory: classes by unification (Steensgaard 1996), in almost linear time.
 * Everything that is assigned to one another falls into one class; elements of an array are one slot, fields of
 * an object are a slot each. What a slot holds is a node too, so nested structures unify to their depth.
 */
import type { Memory, Slot } from "../ir/facts.ts";
import type { Func, Instruction, Operand, Region, Value } from "../ir/types.ts";
import { isOutside, mayChangeOutside, type Outside, outsideOf } from "../ir/outside.ts";
import { regionsOf, visit as visitAll } from "../ir/walk.ts";
import { classSteps } from "./aliasStep.ts";
import { alike, declareParts, isReference, keyName, mayGrow, newClasses, type Node } from "./unify.ts";

export type Aliases = Readonly<{
  /** The parameters that something is written through, by their own names. */
  written: readonly Value[];
  memoryOf(operand: Operand): Memory;
  slotOf(from: Operand, key: Operand | undefined): Slot;
  /** What the slot holds, if it holds references. */
  held(slot: Slot): Memory;
  keysOf(memory: Memory): readonly string[];
  writesTo(slot: Slot): readonly Instruction[];
  resizesOf(memory: Memory): readonly Instruction[];
  /** One number for all memory of the caller's that may be the same where the slot is written. */
  sharedId(slot: Slot): number;
  /** Everything that may read or change what the slot holds. */
  usesOf(slot: Slot): readonly Instruction[];
}>;

export const aliases = (func: Func): Aliases => {
  const classes = newClasses();
  const { nodes, all, find, unify, nodeOf, slotNode, noteRead, join, move } = classes;
  const { step, noteDeep, readers } = classSteps(classes);
  const visit = (region: Region, results: readonly (Value | undefined)[] | undefined): void => {
    for (const i of region.body) {
      step(i);
      if (i.kind === "if") for (const inner of regionsOf(i)) visit(inner, i.results);
      else if (i.kind === "loop") {
        if (i.shape.kind === "while") visit(i.shape.test, undefined);
        i.params.forEach((param, n) => {
          join(param, i.initial[n]!);
          join(param, i.results[n]!);
          if (isReference(param.type)) nodeOf(param).stored = true;
        });
        visit(i.body, i.shape.kind === "doWhile" ? [undefined, ...i.params] : i.params);
      } else if (i.kind === "block") visit(i.body, i.results);
    }
    if (region.end.kind === "yield" && results)
      region.end.values.forEach((v, n) => {
        const to = results[n];
        if (to) join(to, v);
        if (to) move(v);
      });
  };
  const targets = new Map<unknown, readonly Value[]>();
  const exits = (region: Region): void => {
    for (const i of region.body) {
      if (i.kind === "loop" || i.kind === "block") targets.set(i.label, i.results);
      for (const inner of regionsOf(i)) exits(inner);
    }
    if (region.end.kind === "exit") {
      const to = targets.get(region.end.to);
      region.end.values.forEach((v, n) => {
        const result = to?.[n];
        if (result) {
          join(result, v);
          move(v);
        }
      });
    }
  };
  const markExternal = (memory: Node, seen: Set<Node>): void => {
    const root = find(memory);
    if (seen.has(root)) return;
    seen.add(root);
    root.external = true;
    for (const slot of root.slots.values()) markExternal(slot, seen);
  };

  for (const param of func.params.filter((p) => isReference(p.type))) {
    nodeOf(param).external = true;
    declareParts(slotNode, nodeOf(param), param.type);
  }
  exits(func.body);
  visit(func.body, undefined);
  const callees = new Map<Func, Outside>();
  const modules: Value[] = [];
  visitAll(func.body, (i) => void (isOutside(i) && modules.push(...i.results)));
  // joins above may have come after a write through an opaque was noted: note those again over the final classes
  const again = (region: Region): void => {
    for (const i of region.body) {
      if (i.kind === "opaque")
        for (const o of i.writes) if (o.kind === "value") noteDeep(nodeOf(o), i, new Set());
      if (i.kind === "store") {
        const root = find(nodeOf(i.to));
        if (root.makers.some((maker) => mayGrow(maker, i.key))) root.resized.push(i);
      }
      if (i.kind === "call")
        for (const o of i.args) if (o.kind === "value") noteDeep(nodeOf(o), i, new Set());
      const changesModules =
        i.kind === "call" ? outsideOf(i.callee, callees).writes : i.kind === "opaque" && mayChangeOutside(i);
      if (changesModules)
        for (const v of modules) {
          find(nodeOf(v)).resized.push(i);
          noteDeep(nodeOf(v), i, new Set());
        }
      for (const inner of regionsOf(i)) again(inner);
    }
  };
  again(func.body);
  const noteReads = (memory: Node, by: Instruction, seen: Set<Node>): void => {
    const root = find(memory);
    if (seen.has(root)) return;
    seen.add(root);
    for (const key of new Set([...root.slots.keys(), "[]"])) noteRead(root, key, by);
    for (const slot of root.slots.values()) noteReads(slot, by, seen);
  };
  for (const { from, by } of readers) noteReads(nodeOf(from), by, new Set());
  for (const [value, node] of nodes)
    if (find(node).external && isReference(value.type)) markExternal(node, new Set());

  const writesDeep = (node: Node, seen: Set<Node>): boolean => {
    const root = find(node);
    if (seen.has(root)) return false;
    seen.add(root);
    return (
      root.writes.size > 0 ||
      root.resized.length > 0 ||
      [...root.slots.values()].some((slot) => writesDeep(slot, seen))
    );
  };
  const written = func.params.filter(
    (param) => isReference(param.type) && writesDeep(nodeOf(param), new Set()),
  );

  // what is written through one argument may be read through another: where the caller's memory is changed, all of
  // it that looks alike is one class
  const mayBeOne = (a: Node, b: Node): boolean => {
    if (a === b || !a.external || !b.external || !alike(a.containers, b.containers)) return false;
    const objects = a.containers.has("object") && b.containers.has("object");
    return !objects || [...a.slots.keys()].some((key) => b.slots.has(key));
  };
  const changed = (node: Node): boolean => node.writes.size > 0 || node.resized.length > 0;
  for (let merged = true; merged;) {
    merged = false;
    const roots = all.filter((n) => !n.parent && n.external && n.containers.size > 0);
    const pair = roots
      .filter(changed)
      .flatMap((a) => roots.filter((b) => mayBeOne(a, b)).map((b) => [a, b] as const))
      .at(0);
    if (!pair) break;
    unify(...pair);
    merged = true;
  }

  const views = new Map<Node, Memory>();
  const back = new Map<Memory, Node>();
  const view = (node: Node): Memory => {
    const root = find(node);
    let memory = views.get(root);
    if (!memory) {
      memory = {
        id: root.id,
        external: root.external,
        makers: root.makers,
        stored: root.stored,
        viewed: root.viewed,
        resized: root.resized,
      };
      views.set(root, memory);
      back.set(memory, root);
    }
    return memory;
  };
  const rootOf = (memory: Memory): Node => back.get(memory)!;
  /** Other classes that may be the same memory: external ones seen as the same container. */
  const others = (root: Node): readonly Node[] =>
    !root.external
      ? [root]
      : all.filter((n) => !n.parent && n.external && (n === root || alike(n.containers, root.containers)));
  return {
    written,
    memoryOf: (operand) => view(nodeOf(operand)),
    slotOf: (from, key) => {
      // a slot that is asked for is there: questions about the whole memory must find it
      slotNode(nodeOf(from), keyName(key));
      return { memory: view(nodeOf(from)), key: keyName(key) };
    },
    held: (slot) => view(slotNode(rootOf(slot.memory), slot.key)),
    keysOf: (memory) => [...rootOf(memory).slots.keys()],
    writesTo: (slot) => others(rootOf(slot.memory)).flatMap((n) => n.writes.get(slot.key) ?? []),
    usesOf: (slot) =>
      others(rootOf(slot.memory)).flatMap((n) => [
        ...(n.writes.get(slot.key) ?? []),
        ...(n.reads.get(slot.key) ?? []),
        ...n.resized,
      ]),
    resizesOf: (memory) => others(rootOf(memory)).flatMap((n) => n.resized),
    sharedId: (slot) => {
      const same = others(rootOf(slot.memory));
      const written = same.some((n) => n.resized.length > 0 || (n.writes.get(slot.key)?.length ?? 0) > 0);
      return written ? Math.min(...same.map((n) => n.id)) : slot.memory.id;
    },
  };
};
