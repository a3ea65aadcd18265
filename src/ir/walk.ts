/**
 * What the parts of a node are: the one place that knows. Everything that looks through or rebuilds
 * a program (checking, printing, copying, the analyses and passes) does it through these functions.
 */
import { rebuild } from "./rebuild.ts";
import type { Instruction, Operand, Region, Terminator, Value } from "./types.ts";

/** What an instruction itself reads, in order; not what its regions read. */
export const operandsOf = (i: Instruction): readonly Operand[] => {
  switch (i.kind) {
    case "op":
    case "call":
      return i.args;
    case "make":
      return i.items.map((item) => item.value);
    case "alloc":
      return i.fill ? [i.length, i.fill] : [i.length];
    case "zeros":
      return [i.like];
    case "seeded":
      return [i.like, i.seed];
    case "addInto":
    case "push":
      return [i.to, i.value];
    case "convert":
    case "pop":
      return [i.from];
    case "cell":
      return i.initial ? [i.initial] : [];
    case "load":
      return i.key ? [i.from, i.key] : [i.from];
    case "store":
    case "accumulate":
      return i.key ? [i.to, i.key, i.value] : [i.to, i.value];
    case "length":
    case "keys":
      return [i.of];
    case "has":
      return [i.of, i.key];
    case "view":
      return i.end ? [i.of, i.start, i.end] : [i.of, i.start];
    case "get":
      return i.missing ? [i.from, i.key, i.missing] : [i.from, i.key];
    case "put":
      return [i.to, i.key, i.value];
    case "remove":
      return i.key ? [i.from, i.key] : [i.from];
    case "setLength":
      return [i.of, i.length];
    case "if":
      return [i.test];
    case "loop":
      return i.shape.kind === "range"
        ? [...i.initial, i.shape.start, i.shape.bound, i.shape.step]
        : i.initial;
    case "block":
      return [];
    case "opaque":
      return [...i.reads, ...i.writes];
    default:
      return i satisfies never;
  }
};

/** What ends a region reads. */
export const operandsOfEnd = (end: Terminator): readonly Operand[] =>
  end.kind === "throw" ? end.reads : end.values;

/** Regions in the order in which they run: `then`, `else`; a `while`'s test, then the body. */
export const regionsOf = (i: Instruction): readonly Region[] => {
  switch (i.kind) {
    case "if":
      return [i.then, i.else];
    case "loop":
      return i.shape.kind === "while" ? [i.shape.test, i.body] : [i.body];
    case "block":
      return [i.body];
    default:
      return [];
  }
};

/** What is visible after the instruction. */
export const resultsOf = (i: Instruction): readonly Value[] => {
  switch (i.kind) {
    case "op":
    case "make":
    case "alloc":
    case "zeros":
    case "seeded":
    case "convert":
    case "cell":
    case "load":
    case "length":
    case "pop":
    case "view":
    case "get":
    case "has":
    case "keys":
      return [i.result];
    case "remove":
      return i.result ? [i.result] : [];
    case "if":
    case "loop":
    case "block":
    case "call":
    case "opaque":
      return i.results;
    case "store":
    case "accumulate":
    case "addInto":
    case "push":
    case "setLength":
    case "put":
      return [];
    default:
      return i satisfies never;
  }
};

/** What is visible only in the instruction's regions: a loop's params and range variable. */
export const boundBy = (i: Instruction): readonly Value[] =>
  i.kind !== "loop" ? [] : i.shape.kind === "range" ? [i.shape.variable, ...i.params] : i.params;

/** The region with other instructions: `change` gives the replacement of each, one or several or none, inner regions first. */
export const mapInstructions = (
  region: Region,
  change: (i: Instruction) => Instruction | readonly Instruction[],
): Region => {
  const body = region.body.flatMap((i) => change(rebuild(i, { region: (r) => mapInstructions(r, change) })));
  return body.length === region.body.length && body.every((i, n) => i === region.body[n])
    ? region
    : { body, end: region.end };
};

/** Every instruction in program order, outer before inner; `parents` are the constructs around it, outermost first. */
export const visit = (
  region: Region,
  see: (i: Instruction, parents: readonly Instruction[]) => void,
  parents: readonly Instruction[] = [],
): void => {
  for (const i of region.body) {
    see(i, parents);
    const inner = regionsOf(i);
    if (inner.length > 0) for (const r of inner) visit(r, see, [...parents, i]);
  }
};

/** The region and every region in it, outer before inner, in program order. */
export const visitRegions = (region: Region, see: (r: Region) => void): void => {
  see(region);
  for (const i of region.body) for (const r of regionsOf(i)) visitRegions(r, see);
};

/** Every operand that the region reads, however deep, ends of regions included. */
export const visitOperands = (region: Region, see: (o: Operand) => void): void => {
  for (const i of region.body) {
    operandsOf(i).forEach(see);
    for (const r of regionsOf(i)) visitOperands(r, see);
  }
  operandsOfEnd(region.end).forEach(see);
};

/** Every value defined in the region, however deep, in program order: params before what is inside, results after. */
export const visitDefinitions = (region: Region, see: (v: Value) => void): void => {
  for (const i of region.body) {
    boundBy(i).forEach(see);
    for (const r of regionsOf(i)) visitDefinitions(r, see);
    resultsOf(i).forEach(see);
  }
};
