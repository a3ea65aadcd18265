/** IR → the same program in the form that derivatives are taken of, and the facts about it. */
import type { Report } from "../diagnostics/diagnostic.ts";
import { elementType, zero } from "../ir/build.ts";
import type { Path } from "../ir/entry.ts";
import type { Facts, Memory, Slot } from "../ir/facts.ts";
import { functionsOf, mapUnit } from "../ir/callee.ts";
import type { Func, Operand, Region, Unit, Value } from "../ir/types.ts";
import { canShare } from "../ir/entryShadow.ts";
import { canRemember } from "../ir/remember.ts";
import { shadowType } from "../ir/shadow.ts";
import { boundBy, operandsOf, regionsOf, resultsOf } from "../ir/walk.ts";
import { holdsReal, isReference } from "./unify.ts";
import { activity } from "./activity.ts";
import { aliases } from "./alias.ts";
import { appended } from "./append.ts";
import { bounds } from "./bounds.ts";
import { carryShadows } from "./carry.ts";
import { settleClasses } from "./classes.ts";
import { settleFields } from "./still.ts";
import { descend } from "./descend.ts";
import { crossingExits, exitsIn, neverEnds, neverFalls } from "./ends.ts";
import { refuseEscaping } from "./escape.ts";
import { inlineActive } from "./inline.ts";
import { integers } from "./integer.ts";
import { missing } from "./missing.ts";
import { nest } from "./nest.ts";
import { survey } from "./program.ts";
import { carryVariables, rangeVariables } from "./stepped.ts";

export type Output = "result" | "arguments";

/** Inlines what a derivative flows through; the result may be simplified before it goes to {@link analyze}. */
export const prepare = (func: Func, wrt: readonly Path[], output: Output, report: Report): Unit => {
  const prepared = settleClasses(mapUnit(inlineActive(func, wrt, output), appended));
  refuseEscaping(prepared, report);
  return prepared;
};

/** Brings the program into nested form and finds out about it; `facts.program.func` is what is differentiated. */
export const analyze = (source: Unit, wrt: readonly Path[], output: Output): Facts => {
  const factsAbout = (u: Unit): Facts => factsOf(u, wrt, output);
  const { unit, facts: plain } = settled(steady(source, nest, factsAbout), factsAbout);
  const { func } = unit;
  const shared = writesArguments(plain) ? entryMemory(plain, wrt) : [];
  const carries = carriedMemory(plain, shared);
  if (!carries) return plain;
  const reorders = (o: Operand): boolean => changesReferences(plain, o);
  const isWritten = (param: Value): boolean =>
    deepSome(plain, param, (memory) => isWrittenArgument(plain, memory));
  const unshareable = func.params.filter(
    (p) => holdsReal(p.type) && isReference(p.type) && isWritten(p) && !canShare(p.type),
  );
  const shares = (param: Value): boolean => shared.includes(plain.memoryOf(param)) && canShare(param.type);
  const carried = carryShadows(
    unit,
    carries,
    reorders,
    shares,
    (i) => (i.kind === "store" ? plain.resizesOf(plain.memoryOf(i.to)).includes(i) : false),
    plain.isActiveMemory,
  );
  return {
    ...factsOf(carried.unit, wrt, output),
    twins: plain.twins,
    shadows: carried.shadows,
    entryShadows: carried.atEntry,
    unshareable,
    unremembered: func.params.filter(
      (p) => carried.shadows.has(p) && reorders(p) && !canRemember(shadowType(p.type)),
    ),
  };
};

/** The facts of a program as it stands: forward mode needs neither nested form nor carried shadows. */
export const analyzeForward = (unit: Unit, wrt: readonly Path[], output: Output): Facts =>
  steady(
    unit,
    (f) => f,
    (u) => factsOf(u, wrt, output, true),
  ).facts;

type Known = Readonly<{ unit: Unit; facts: Facts }>;

/** Arithmetic stands in the branches that differentiate it. */
const settled = (source: Known, factsAbout: (unit: Unit) => Facts): Known => {
  const twins = new Map<Value, Value>();
  for (let known = source; ;) {
    let isSettled = true;
    const unit = mapUnit(known.unit, (func) => {
      const next = descend(func, known.facts);
      if (!next) return func;
      isSettled = false;
      for (const [twin, original] of next.twins) twins.set(twin, twins.get(original) ?? original);
      return next.func;
    });
    if (isSettled) return { unit: known.unit, facts: { ...known.facts, twins } };
    known = { unit, facts: factsAbout(unit) };
  }
};

/** Where a derivative flows through the variable of a loop that counts, it is carried like any other number. */
const steady = (source: Unit, bring: (func: Func) => Func, factsAbout: (unit: Unit) => Facts): Known => {
  const unit = mapUnit(source, bring);
  const facts = factsAbout(unit);
  const variables = new Set(functionsOf(unit).flatMap((f) => [...rangeVariables(f, facts.isActive)]));
  if (variables.size > 0)
    return steady(
      mapUnit(source, (f) => carryVariables(f, variables)),
      bring,
      factsAbout,
    );
  const settled = settleFields(unit, facts);
  return settled === unit ? { unit, facts } : { unit: settled, facts: factsAbout(settled) };
};

/** The active memory whose references do not stay where they are made, and all that holds it or is held by it. */
const carriedMemory = (facts: Facts, shared: readonly Memory[]): ((o: Operand) => boolean) | undefined => {
  const references: Value[] = [];
  const note = (o: Operand): void => {
    if (o.kind === "value" && facts.isActiveMemory(o)) references.push(o);
  };
  const visit = (region: Region): void => {
    for (const i of region.body) {
      [...operandsOf(i), ...resultsOf(i), ...boundBy(i)].forEach(note);
      regionsOf(i).forEach(visit);
    }
  };
  for (const func of functionsOf(facts.program)) {
    func.params.forEach(note);
    visit(func.body);
  }
  const carried = new Set([
    ...shared,
    ...references
      .map((r) => facts.memoryOf(r))
      .filter((m) => m.stored && m.makers.every((i) => i.kind !== "cell")),
  ]);
  if (carried.size === 0) return undefined;
  // memory that holds carried references, and what carried memory holds, is carried too
  for (let grown = true; grown;) {
    grown = false;
    for (const memory of [...shared, ...references.map((r) => facts.memoryOf(r))]) {
      const related = facts.heldBy(memory);
      const linked = carried.has(memory)
        ? related
        : related.some((m) => carried.has(m))
          ? [memory, ...related]
          : [];
      for (const m of linked)
        if (!carried.has(m)) {
          carried.add(m);
          grown = true;
        }
    }
  }
  return (o) => carried.has(facts.memoryOf(o));
};

/** Is the memory, or any that it holds at any depth, so? */
const deepSome = (facts: Facts, o: Operand, test: (memory: Memory) => boolean): boolean => {
  const seen = new Set<Memory>();
  const visit = (memory: Memory): boolean => {
    if (seen.has(memory)) return false;
    seen.add(memory);
    return test(memory) || facts.heldBy(memory).some(visit);
  };
  return visit(facts.memoryOf(o));
};

const slotsOf = (facts: Facts, memory: Memory): readonly Slot[] =>
  facts.keysOf(memory).map((key) => ({ memory, key }));

/** Does the caller hold it, and does the function change what it holds? */
const isWrittenArgument = (facts: Facts, memory: Memory): boolean =>
  memory.external &&
  (slotsOf(facts, memory).some((slot) => facts.writesTo(slot).length > 0) ||
    facts.resizesOf(memory).length > 0);

/** Does the function change any memory of numbers that the caller holds? Then sharing among arguments shows (rule R6). */
const writesArguments = (facts: Facts): boolean =>
  facts.program.func.params.some(
    (param) =>
      holdsReal(param.type) &&
      isReference(param.type) &&
      deepSome(facts, param, (memory) => isWrittenArgument(facts, memory)),
  );

/** The memory of the parameters that gradients are asked of. */
const entryMemory = (facts: Facts, wrt: readonly Path[]): readonly Memory[] =>
  facts.program.func.params
    .filter((param) => isReference(param.type) && wrt.some((path) => path[0] === param.hint))
    .map((param) => facts.memoryOf(param));

/** Are references stored into the structure or taken out of it, at any depth? */
const changesReferences = (facts: Facts, o: Operand): boolean =>
  deepSome(facts, o, (memory) => {
    const writes = [...slotsOf(facts, memory).flatMap(facts.writesTo), ...facts.resizesOf(memory)];
    return writes.some((w) => {
      switch (w.kind) {
        case "store":
        case "push":
          return w.value.kind === "value" && isReference(w.value.type);
        case "pop":
          return isReference(w.result.type);
        case "setLength":
          return w.of.kind === "value" && isReference(elementType(w.of.type, zero));
        default:
          return false;
      }
    });
  });

const factsOf = (unit: Unit, wrt: readonly Path[], output: Output, sharing = false): Facts => {
  const program = survey(unit);
  const alias = aliases(unit);
  const numbers = integers(program);
  const act = activity(program, alias, wrt, output, sharing);
  const asked = missing(program);
  return {
    program,
    wrt,
    twins: new Map(),
    shadows: new Map(),
    entryShadows: new Map(),
    unshareable: [],
    unremembered: [],
    written: alias.written,
    keysOf: alias.keysOf,
    heldAt: alias.held,
    heldBy: (memory) => alias.keysOf(memory).map((key) => alias.held({ memory, key })),
    isActive: (o) => act.isVaried(o) && act.isUseful(o),
    isActiveMemory: (o) =>
      o.kind === "value" &&
      isReference(o.type) &&
      (holdsReal(o.type) || o.type.kind === "other") &&
      act.somewhere(alias.memoryOf(o), (slot) => act.isVariedSlot(slot) && act.isUsefulSlot(slot)),
    isActiveSlot: (slot) => act.isVariedSlot(slot) && act.isUsefulSlot(slot),
    memoryOf: alias.memoryOf,
    slotOf: alias.slotOf,
    writesTo: alias.writesTo,
    usesOf: alias.usesOf,
    resizesOf: alias.resizesOf,
    mayBeMissing: (v) => v.type.kind === "optional" || asked.has(v),
    ...numbers,
    isInside: bounds(program, alias, numbers, asked),
    neverEnds,
    neverFalls,
    crossingExits,
    exitsTo: (construct) => exitsIn(construct.body).filter((exit) => exit.to === construct.label),
  };
};
