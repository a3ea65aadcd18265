/** Adjoints of scalars: the sum of the contributions of a value's uses. */
import { adjointName } from "../ir/shadow.ts";
import { elementName } from "../ir/spoken.ts";
import { isScalar, isConstant, typeOf, zero } from "../ir/build.ts";
import type { Facts } from "../ir/facts.ts";
import type { Instruction, Operand, Region, Value } from "../ir/types.ts";
import { operandsOf, operandsOfEnd, regionsOf } from "../ir/walk.ts";
import { add, build, type Expr } from "../rules/expression.ts";
import { fetch, isPrimal } from "./fetch.ts";
import { type Mirror, type Sweep } from "./sweep.ts";

/** The adjoint so far, which is then taken: its value was made here, nothing before can add to it. */
export const takeAdjoint = (mirror: Mirror, of: Value): Operand | undefined => {
  const d = mirror.adjoints.get(of);
  mirror.adjoints.delete(of);
  return d;
};

export const adjointOf = (mirror: Mirror, of: Operand): Operand =>
  (of.kind === "value" ? mirror.adjoints.get(of) : undefined) ?? zero;

/** Builds an expression over primal values (fetched) and reverse ones (as they are) at the end of the mirror's block. */
export const emitExpression = (sweep: Sweep, mirror: Mirror, expr: Expr, hint?: string): Operand => {
  const known = new Set<unknown>([...mirror.built.values()].flat().map((b) => b.result));
  const result = build(
    expr,
    mirror.block,
    (o) => (isPrimal(sweep, o) ? fetch(sweep, o) : o),
    mirror.built,
    hint,
  );
  for (const entry of [...mirror.built.values()].flat())
    if (!known.has(entry.result)) Object.assign(entry.result, { adjoint: true });
  return result;
};

/** Adds to the adjoint of `to`, if it is active. */
export const contribute = (
  sweep: Sweep,
  mirror: Mirror,
  to: Operand,
  contribution: Expr | undefined,
): void => {
  if (contribution === undefined || to.kind !== "value" || !sweep.facts.isActive(to)) return;
  if (contribution.kind === "constant" && isConstant(contribution) && contribution.value === 0) return;
  const before = mirror.adjoints.get(to);
  const hint = adjointName(nameOf(sweep, to));
  mirror.adjoints.set(
    to,
    emitExpression(sweep, mirror, before ? add(before, contribution) : contribution, hint),
  );
};

const hintOf = (o: Operand | undefined): string | undefined => (o?.kind === "value" ? o.hint : undefined);

/** The name of a value, or what it is. */
export const nameOf = (sweep: Pick<Sweep, "facts">, v: Value): string | undefined => {
  if (v.hint !== undefined) return v.hint;
  const definition = sweep.facts.program.definitionOf(v);
  if (definition?.kind === "load") {
    const { from, key } = definition;
    return elementName(from.kind === "value" ? nameOf(sweep, from) : undefined, key, hintOf(key));
  }
  if (definition?.kind === "call") return definition.callee.name;
  if (definition?.kind !== "op") return undefined;
  const names: Readonly<Partial<Record<typeof definition.op, string>>> = {
    add: "sum",
    sub: "diff",
    mul: "product",
    div: "quotient",
    power: "power",
    neg: "opposite",
    select: "chosen",
    sqrt: "root",
    rem: "remainder",
  };
  return names[definition.op] ?? definition.op;
};

/** Active numbers from outside that something inside of the regions uses: their adjoints go through the reverse of it. */
export const outerActive = (facts: Facts, regions: readonly Region[]): readonly Value[] => {
  const found = new Set<Value>();
  const inside = (v: Value): boolean =>
    regions.some((r) => facts.program.contains(r, facts.program.homeOf(v)));
  const use = (o: Operand): void => {
    if (o.kind === "value" && isScalar(typeOf(o)) && facts.isActive(o) && !inside(o)) found.add(o);
  };
  const visit = (region: Region): void => {
    for (const i of region.body) {
      uses(i).forEach(use);
      for (const inner of regionsOf(i)) visit(inner);
    }
    operandsOfEnd(region.end).forEach(use);
  };
  const uses = (i: Instruction): readonly Operand[] => operandsOf(i);
  regions.forEach(visit);
  return [...found];
};
