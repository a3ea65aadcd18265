/**
 * Which references may mean the same memory: classes by unification (Steensgaard 1996), in almost linear time.
 * Everything that is assigned to one another falls into one class; elements of an array are one slot, fields of
 * an object are a slot each. What a slot holds is a node too, so nested structures unify to their depth.
 */
import type { Memory, Slot } from "../ir/facts.ts";
import { value as newValue } from "../ir/build.ts";
import { functionOf, functionsOf, resultTypes } from "../ir/callee.ts";
import { isOutside, mayChangeOutside, type Outside, outsideOf } from "../ir/outside.ts";
import type { Func, Instruction, Operand, Region, Unit, Value } from "../ir/types.ts";
import { regionsOf, visit as visitAll } from "../ir/walk.ts";
import { classSteps, keysIn } from "./aliasStep.ts";
import { othersOf, uniteChanged } from "./caller.ts";
import { declareParts, isMixed, isReference, keyName, mayGrow, newClasses, type Node } from "./unify.ts";

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

export const aliases = (unit: Unit): Aliases => {
  const { func, callees } = unit;
  const classes = newClasses();
  const { below, nodes, all, find, unify, nodeOf, slotNode, noteRead, join, move } = classes;
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
  /** A value for each thing that a callee hands back: what all its calls get. */
  const handedBack = new Map<Func, readonly Value[]>(
    [...callees.values()].map((f) => [f, resultTypes(f).map((type) => newValue(type))]),
  );
  const targets = new Map<unknown, readonly Value[]>(
    [...handedBack].map(([f, results]) => [f.label, results]),
  );
  const enter = (i: Extract<Instruction, { kind: "call" }>): boolean => {
    const called = callees.get(i.callee);
    if (!called) return false;
    called.params.forEach((param, n) => join(param, i.args[n]!));
    handedBack.get(called)!.forEach((result, n) => {
      if (!i.results[n]) return;
      join(result, i.results[n]);
      move(result);
    });
    for (const o of [...i.args, ...i.results])
      if (o.kind === "value" && isReference(o.type)) nodeOf(o).passed = true;
    return true;
  };
  const { step, noteDeep, readers } = classSteps(classes, enter);
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

  for (const param of func.params.filter((p) => isReference(p.type))) {
    nodeOf(param).external = true;
    declareParts(slotNode, nodeOf(param), param.type);
  }
  for (const each of functionsOf(unit)) {
    exits(each.body);
    visit(each.body, handedBack.get(each));
  }
  const outside = new Map<Func, Outside>();
  const modules: Value[] = [];
  for (const each of functionsOf(unit))
    visitAll(each.body, (i) => void (isOutside(i) && modules.push(...i.results)));
  // joins above may have come after a write through an opaque was noted: note those again over the final classes
  const again = (region: Region): void => {
    for (const i of region.body) {
      if (i.kind === "opaque") for (const o of i.writes) if (o.kind === "value") noteDeep(nodeOf(o), i);
      if (i.kind === "store") {
        const root = find(nodeOf(i.to));
        if (root.makers.some((maker) => mayGrow(maker, i.key))) root.resized.push(i);
      }
      if (i.kind === "call" && !callees.has(i.callee))
        for (const o of i.args) if (o.kind === "value") noteDeep(nodeOf(o), i);
      const changesModules =
        i.kind === "call"
          ? !callees.has(i.callee) && outsideOf(functionOf(i.callee), outside).writes
          : i.kind === "opaque" && mayChangeOutside(i);
      if (changesModules)
        for (const v of modules) {
          find(nodeOf(v)).resized.push(i);
          noteDeep(nodeOf(v), i);
        }
      for (const inner of regionsOf(i)) again(inner);
    }
  };
  for (const each of functionsOf(unit)) again(each.body);
  for (const { from, by } of readers)
    below(nodeOf(from), (root) => {
      for (const key of keysIn(root)) noteRead(root, key, by);
    });
  for (const [value, node] of nodes)
    for (const mark of ["external", "passed"] as const)
      if (find(node)[mark] && isReference(value.type)) below(node, (root) => void (root[mark] = true));

  const isWritten = (node: Node): boolean => {
    let found = false;
    below(node, (root) => void (found ||= root.writes.size > 0 || root.resized.length > 0));
    return found;
  };
  const written = func.params.filter((param) => isReference(param.type) && isWritten(nodeOf(param)));

  uniteChanged(all, unify);

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
        passed: root.passed,
        mixed: isMixed(root),
        resized: root.resized,
      };
      views.set(root, memory);
      back.set(memory, root);
    }
    return memory;
  };
  const rootOf = (memory: Memory): Node => back.get(memory)!;
  const others = (root: Node): readonly Node[] => othersOf(all, root);
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
