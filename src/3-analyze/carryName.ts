/** What carried shadows are called: after what they belong to, which the source may have named only by where it is. */
import { functionsOf } from "../ir/callee.ts";
import { adjointName } from "../ir/shadow.ts";
import { elementName, singular } from "../ir/spoken.ts";
import type { Instruction, Operand, Type, Unit, Value } from "../ir/types.ts";
import { visit } from "../ir/walk.ts";

type Names = Readonly<{
  shadowName(v: Value): string | undefined;
  /** The element that is read is called after where it is read. */
  nameElement(load: Extract<Instruction, { kind: "load" }>): void;
}>;

export const shadowNames = (unit: Unit): Names => {
  /** Rows and elements that the source did not name. */
  const called = new Map<Operand, string>();
  const spoken = (o: Operand): string | undefined =>
    o.kind === "value" ? (o.hint ?? called.get(o)) : undefined;
  const unnamed = (type: Type): string | undefined =>
    type.kind === "array" && type.element.kind === "number" ? "values" : undefined;
  const name = (v: Value, as: string | undefined): void => {
    if (v.hint === undefined && as !== undefined) called.set(v, as);
  };
  // what is put into `particles` is a particle
  for (const func of functionsOf(unit))
    visit(func.body, (i) => {
      if (i.kind !== "push" || i.value.kind !== "value" || i.to.kind !== "value") return;
      const one = i.to.hint === undefined ? undefined : singular(i.to.hint);
      if (one !== i.to.hint) name(i.value, one);
    });
  return {
    shadowName: (v) => adjointName(spoken(v) ?? unnamed(v.type)),
    nameElement: (i) => name(i.result, elementName(spoken(i.from), i.key, i.key && spoken(i.key))),
  };
};
