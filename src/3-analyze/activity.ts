/**
 * Activity: what depends on a differentiated input (varied) and reaches the output (useful), each through real
 * arithmetic. Both are fixed points over values and memory slots; an alias class is active as a whole.
 */
import { typeOf } from "../ir/build.ts";
import type { Path } from "../ir/entry.ts";
import type { Memory, Program, Slot } from "../ir/facts.ts";
import { holdsNumbers } from "../ir/shadow.ts";
import type { Callee, Label, Operand, Region, Type, Value } from "../ir/types.ts";
import { regionsOf } from "../ir/walk.ts";
import type { Aliases } from "./alias.ts";
import { flows, isHidden, steps } from "./flow.ts";
import { numberSlots } from "./numberSlots.ts";
import { reachOf } from "./reach.ts";
import { copiedBy, putBy, readBy } from "./traffic.ts";
import { isReference } from "./unify.ts";

export type Activity = Readonly<{
  isVaried(operand: Operand): boolean;
  isUseful(operand: Operand): boolean;
  isVariedSlot(slot: Slot): boolean;
  isUsefulSlot(slot: Slot): boolean;
  /** Does any number in the memory, at any depth, satisfy it? */
  somewhere(memory: Memory, test: (slot: Slot) => boolean): boolean;
}>;

const isReal = (o: Operand): boolean => {
  const type = typeOf(o);
  return type.kind === "number" || (type.kind === "optional" && type.of.kind === "number");
};

export const activity = (
  program: Program,
  alias: Aliases,
  wrt: readonly Path[],
  output: "result" | "arguments",
  sharing = false,
): Activity => {
  const varied = new Set<Value>();
  const useful = new Set<Value>();
  const variedSlots = new Set<string>();
  const usefulSlots = new Set<string>();
  let changed = false;
  const put = <T>(set: Set<T>, item: T): void => {
    if (!set.has(item)) {
      set.add(item);
      changed = true;
    }
  };
  const id = (slot: Slot): string => `${sharing ? alias.sharedId(slot) : slot.memory.id} ${slot.key}`;

  const below = (memory: Memory, type: Type, path: readonly string[], visit: (slot: Slot) => void): void =>
    numberSlots(alias, memory, type, path, visit);

  for (const [name, ...path] of wrt) {
    const param = program.func.params.find((p) => p.hint === name);
    if (!param) throw new Error(`no parameter ${String(name)}`);
    if (isReal(param)) varied.add(param);
    else below(alias.memoryOf(param), param.type, path, (slot) => variedSlots.add(id(slot)));
  }

  const functions = [program.func, ...program.callees.values()];
  const returning = new Map<Region | Label, Callee>(
    [...program.callees].flatMap(([callee, f]) => [
      [f.body, callee],
      [f.label, callee],
    ]),
  );
  const isVaried = (o: Operand): boolean => o.kind === "value" && varied.has(o);
  const { touches, everything, somewhere } = reachOf(alias, id, put);
  const isTainted = (o: Operand): boolean =>
    isVaried(o) || (isHidden(o) && touches(alias.memoryOf(o), variedSlots));
  const pass = (from: Operand, to: Value | undefined): void => {
    if (!to || !isTainted(from)) return;
    if (isReal(to)) put(varied, to);
    else if (isHidden(to)) everything(alias.memoryOf(to), variedSlots);
  };
  const isWanted = (v: Value): boolean =>
    useful.has(v) || (isHidden(v) && touches(alias.memoryOf(v), usefulSlots));
  const pull = (from: Value | undefined, to: Operand): void => {
    if (!from || to.kind !== "value" || !isWanted(from)) return;
    if (isReal(to)) put(useful, to);
    else if (isHidden(to)) everything(alias.memoryOf(to), usefulSlots);
  };
  /** What is read where something varied may lie. */
  const give = (slot: Slot, to: Value): void => {
    if (!variedSlots.has(id(slot))) return;
    if (isReal(to)) put(varied, to);
    else if (isHidden(to)) everything(alias.memoryOf(to), variedSlots);
  };
  /** The callee that a region's end returns from. */
  const callee = (region: Region): Callee | undefined =>
    region.end.kind === "exit" ? returning.get(region.end.to) : returning.get(region);
  /** Values handed on: yields and exits to the results (and, of loops, params) that receive them. */
  const receivers = (region: Region): readonly (readonly (Value | undefined)[])[] => {
    const returns = callee(region);
    if (returns) return program.callsOf(returns).map((call) => call.results);
    const owner = region.end.kind === "exit" ? program.constructOf(region.end.to) : program.ownerOf(region);
    if (!owner) return [];
    if (owner.kind === "if" || owner.kind === "block") return [owner.results];
    if (owner.kind !== "loop") return [];
    if (owner.shape.kind === "while" && owner.shape.test === region) return [];
    if (region.end.kind === "exit") return [owner.results];
    const shift = owner.shape.kind === "doWhile" ? [undefined] : [];
    return [
      [...shift, ...owner.params],
      [...shift, ...owner.results],
    ];
  };

  const forward = (region: Region): void => {
    for (const i of region.body) {
      for (const { slot, value } of putBy(i, alias)) if (isTainted(value)) put(variedSlots, id(slot));
      const read = readBy(i, alias);
      if (read) give(read.slot, read.to);
      const copied = copiedBy(i, alias);
      if (copied && variedSlots.has(id(copied.from))) put(variedSlots, id(copied.to));
      switch (i.kind) {
        case "op":
          i.args.forEach((arg, n) => {
            if (flows(i, n)) pass(arg, i.result);
          });
          break;
        case "call":
        case "opaque": {
          const called = i.kind === "call" ? program.callees.get(i.callee) : undefined;
          if (called && i.kind === "call") {
            called.params.forEach((param, n) => pass(i.args[n]!, param));
            break;
          }
          const read = i.kind === "call" ? i.args : i.reads;
          const tainted = read.some(
            (o) =>
              isVaried(o) ||
              (o.kind === "value" && isReference(o.type) && touches(alias.memoryOf(o), variedSlots)),
          );
          if (!tainted) break;
          for (const r of i.results) {
            if (isReal(r)) put(varied, r);
            else if (isReference(r.type)) everything(alias.memoryOf(r), variedSlots);
          }
          for (const o of i.kind === "call" ? i.args : i.writes)
            if (o.kind === "value" && isReference(o.type)) everything(alias.memoryOf(o), variedSlots);
          break;
        }
        case "loop":
          i.params.forEach((param, n) => {
            pass(i.initial[n]!, param);
            pass(i.initial[n]!, i.results[n]);
          });
          for (const [from, to] of steps(i)) pass(from, to);
          break;
        default:
          break;
      }
      for (const inner of regionsOf(i)) forward(inner);
    }
    if (region.end.kind !== "throw")
      for (const to of receivers(region)) region.end.values.forEach((v, n) => pass(v, to[n]));
  };

  const isFunctionEnd = (region: Region): boolean =>
    region.end.kind === "exit"
      ? region.end.to === program.func.label
      : region.end.kind === "yield" && region === program.func.body;
  const backward = (region: Region): void => {
    if (region.end.kind !== "throw") {
      const values = region.end.values;
      if (isFunctionEnd(region)) {
        for (const v of values)
          if (v.kind === "value") {
            if (isReal(v)) put(useful, v);
            else if (isHidden(v) && holdsNumbers(program.func.returns))
              everything(alias.memoryOf(v), usefulSlots);
            else if (isReference(v.type))
              below(alias.memoryOf(v), v.type, [], (slot) => put(usefulSlots, id(slot)));
          }
      } else for (const to of receivers(region)) values.forEach((v, n) => pull(to[n], v));
    }
    for (const i of region.body.toReversed()) {
      for (const inner of regionsOf(i).toReversed()) backward(inner);
      for (const { slot, value } of putBy(i, alias)) flow(slot, value);
      const read = readBy(i, alias);
      if (read && isWanted(read.to)) put(usefulSlots, id(read.slot));
      const copied = copiedBy(i, alias);
      if (copied && usefulSlots.has(id(copied.to))) put(usefulSlots, id(copied.from));
      switch (i.kind) {
        case "op":
          i.args.forEach((arg, n) => {
            if (flows(i, n)) pull(i.result, arg);
          });
          break;
        case "call":
        case "opaque": {
          const called = i.kind === "call" ? program.callees.get(i.callee) : undefined;
          if (called && i.kind === "call") {
            called.params.forEach((param, n) => pull(param, i.args[n]!));
            break;
          }
          const written = i.kind === "call" ? i.args : i.writes;
          const wanted =
            i.results.some(
              (r) => useful.has(r) || (isReference(r.type) && touches(alias.memoryOf(r), usefulSlots)),
            ) ||
            written.some(
              (o) => o.kind === "value" && isReference(o.type) && touches(alias.memoryOf(o), usefulSlots),
            );
          if (!wanted) break;
          for (const o of i.kind === "call" ? i.args : i.reads)
            if (o.kind === "value") {
              if (isReal(o)) put(useful, o);
              else if (isReference(o.type)) everything(alias.memoryOf(o), usefulSlots);
            }
          break;
        }
        case "loop":
          i.params.forEach((param, n) => {
            pull(param, i.initial[n]!);
            pull(i.results[n], i.initial[n]!);
          });
          for (const [from, to] of steps(i)) pull(to, from);
          break;
        default:
          break;
      }
    }
  };
  const flow = (slot: Slot, from: Operand): void => {
    if (from.kind !== "value" || !usefulSlots.has(id(slot))) return;
    if (isReal(from)) put(useful, from);
    else if (isHidden(from)) everything(alias.memoryOf(from), usefulSlots);
  };

  if (output === "arguments")
    for (const param of program.func.params)
      if (isReference(param.type))
        below(alias.memoryOf(param), param.type, [], (slot) => usefulSlots.add(id(slot)));
  do {
    changed = false;
    for (const f of functions) forward(f.body);
  } while (changed);
  do {
    changed = false;
    for (const f of functions) backward(f.body);
  } while (changed);

  return {
    isVaried,
    isUseful: (o) => o.kind === "value" && useful.has(o),
    isVariedSlot: (slot) => variedSlots.has(id(slot)),
    isUsefulSlot: (slot) => usefulSlots.has(id(slot)),
    somewhere,
  };
};
