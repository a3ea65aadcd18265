/**
 * What generated code could not do as the source does it: make instances of a class that it cannot name, ask whether
 * something is one, and read the private members of objects that the caller made.
 */
import type { Report } from "../diagnostics/diagnostic.ts";
import type { Memory } from "../ir/facts.ts";
import type { Func, Instance, Instruction, Operand, Origin, Unit } from "../ir/types.ts";
import { functionsOf } from "../ir/callee.ts";
import { operandsOf, operandsOfEnd, visit, visitRegions } from "../ir/walk.ts";
import { type Aliases, aliases } from "./alias.ts";
import { isReference } from "./unify.ts";

export const refuseEscaping = (unit: Unit, report: Report): void => {
  const alias = aliases(unit);
  const unnamed = (operands: readonly Operand[]): readonly Instance[] => instancesIn(operands, alias);
  const complain = (found: readonly Instance[], { file, start, end }: Origin): void => {
    for (const name of new Set(found.map((i) => i.name)))
      report({ name: "instanceEscapes", values: { name }, at: { file, start, end } });
  };
  functionsOf(unit).forEach(lookInto);

  function lookInto(func: Func): void {
    visit(func.body, (i) => {
      if (i.kind === "opaque" && i.tests) {
        if (i.refusal) report(i.refusal);
        complain(unnamed(i.reads), i.at);
      } else if ((i.kind === "call" && !unit.callees.has(i.callee)) || (i.kind === "opaque" && mayCall(i)))
        complain(unnamed(operandsOf(i)), i.at);
      const touched =
        i.kind === "load" ? i.from : i.kind === "store" || i.kind === "accumulate" ? i.to : undefined;
      const key = "key" in i && i.key?.kind === "constant" ? String(i.key.value) : "";
      if (touched && key.startsWith("#") && alias.memoryOf(touched).external) {
        const { file, start, end } = i.at;
        report({ name: "hiddenField", values: { name: key }, at: { file, start, end } });
      }
    });
    visitRegions(func.body, (r) => {
      const returns = (r.end.kind === "exit" && r.end.to === func.label) || r === func.body;
      if (returns && func === unit.func && r.end.kind !== "throw")
        complain(unnamed(operandsOfEnd(r.end)), func.at);
      if (r.end.kind === "throw") complain(unnamed(operandsOfEnd(r.end)), r.end.at);
    });
  }
};

/** The fragment is more than names, fields and operators: something that it reads may have its methods run. */
const mayCall = ({ code }: Extract<Instruction, { kind: "opaque" }>): boolean => {
  const text = code.parts.map((p) => (typeof p === "string" ? p : "_")).join("");
  return /[(`]/.test(text.replace(/^Boolean\(/, ""));
};

/** The instances among what the operands reach that generated code has no class for. */
const instancesIn = (operands: readonly Operand[], alias: Aliases): readonly Instance[] => {
  const found: Instance[] = [];
  const seen = new Set<Memory>();
  const look = (memory: Memory): void => {
    if (seen.has(memory)) return;
    seen.add(memory);
    for (const i of memory.makers)
      if (i.kind === "make" && i.instance && !i.instance.of && i.instance.hasCode) found.push(i.instance);
    for (const key of alias.keysOf(memory)) look(alias.held({ memory, key }));
  };
  for (const o of operands) if (o.kind === "value" && isReference(o.type)) look(alias.memoryOf(o));
  return found;
};
