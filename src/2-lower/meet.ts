/** Where several ways meet: what each of them hands on, and what the variables hold from there on. */
import { constant, numberType, value } from "../ir/build.ts";
import type { Operand, Type, Value } from "../ir/types.ts";
import { type Environment, type Place, holding, merged, sameOperand, typeOfVariable } from "./environment.ts";
import { type Case, type Known, isSame } from "./known.ts";
import type { Variable } from "./variable.ts";

export type Meeting = Readonly<{
  results: readonly Value[];
  /** For each way, what it hands on for the results. */
  given: readonly (readonly Operand[])[];
  settle(environment: Environment): void;
}>;

/** `variables` differ between the ways; `ends` are what they hold at the end of each. */
export function meet(here: Place, variables: readonly Variable[], ends: readonly Environment[]): Meeting {
  const results: Value[] = [];
  const given: Operand[][] = ends.map(() => []);
  const assigned: (readonly [Variable, Operand])[] = [];
  const hand = (result: Value, operands: readonly Operand[]): Value => {
    results.push(result);
    operands.forEach((operand, i) => given[i]!.push(operand));
    return result;
  };
  const { knowledge, kept } = here.session;
  let anyOf = false;
  for (const variable of variables) {
    const operands = ends.map((end) => holding(end, [variable])[0]!);
    const result = hand(merged(here, variable, operands), operands);
    // an instance of one of their classes
    const classes = operands.map((operand) => here.session.instances.get(operand));
    if (classes.every((c) => c !== undefined))
      here.session.instances.set(result, [...new Set(classes.flat())]);
    assigned.push([variable, result]);
    if (operands.every((operand) => isCertain(operand, here))) knowledge.joins(result);
    const known = operands.map((operand) => knowledge.of(operand));
    if (!known.every((k) => k !== undefined)) continue;
    if (known.every((k) => isSame(k, known[0]!))) {
      knowledge.set(result, known[0]!);
      continue;
    }
    const tags = known.map((k) => tagOf(k, here));
    if (!tags.every((t) => t !== undefined)) continue;
    const tag = hand(value(numberType, "choice"), tags);
    const cases = casesOf(known, here);
    knowledge.set(result, { kind: "choice", tag, cases, isExhaustive: true, isNumbered: true });
    anyOf = true;
  }
  // the functions that come out of one of the ways may use variables of its own
  const own = anyOf ? [...kept].filter((v) => !here.environment.has(v) && ends.some((e) => e.has(v))) : [];
  const outer = new Set(here.environment.values());
  for (const variable of own) {
    const held = ends.flatMap((end) => end.get(variable) ?? []);
    const [first] = held;
    // what was there before the ways parted need not be handed on
    const isOuter = first && (first.kind === "constant" || outer.has(first));
    if (isOuter && held.every((operand) => sameOperand(operand, first))) {
      assigned.push([variable, first]);
      continue;
    }
    const absent = nothing(typeOfVariable(here, variable));
    const operands = ends.map((end) => end.get(variable) ?? absent);
    assigned.push([variable, hand(merged(here, variable, operands), operands)]);
  }
  return {
    results,
    given,
    settle: (environment) => assigned.forEach(([variable, result]) => environment.set(variable, result)),
  };
}

/** It is there, and what its type says. */
export const isCertain = (operand: Operand, { session }: Place): boolean =>
  (operand.kind === "constant" && operand.value !== undefined && operand.value !== null) ||
  session.entry.params.has(operand) ||
  session.knowledge.isMade(operand);

function tagOf(known: Known, here: Place): Operand | undefined {
  if (known.kind !== "choice") return constant(here.session.knowledge.numberOf(known));
  return known.isNumbered ? known.tag : undefined;
}

function casesOf(known: readonly Known[], here: Place): readonly Case[] {
  const all = known.flatMap((k): readonly Case[] =>
    k.kind === "choice" ? k.cases : [{ when: here.session.knowledge.numberOf(k), known: k }],
  );
  return [...new Map(all.map((c) => [c.when, c])).values()];
}

/** What stands for a variable on a way that never had it: nobody reads it there. */
function nothing(type: Type): Operand {
  if (type.kind === "number") return constant(0);
  return constant(type.kind === "boolean" ? false : undefined);
}
