/**
 * What the parts of a node are: the one place that knows. Everything that looks through or rebuilds
 * a program (checking, printing, copying, the analyses and passes) does it through these functions.
 */
import type { Func, Instruction, Label, Operand, Region, Shape, Terminator, Value } from "./types.ts";

/** What an instruction itself reads, in order; not what its regions read. */
export const operandsOf = (i: Instruction): readonly Operand[] => {
  const used: Operand[] = [];
  // regions are left as they are, so this sees the instruction's own operands only
  rebuild(i, {
    use: (o) => {
      used.push(o);
      return o;
    },
  });
  return used;
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

/** How each part of a node is replaced; what is left out stays. */
export type Rebuild = Readonly<{
  use?: (o: Operand) => Operand;
  /** A value where it is defined. Params come before the regions that see them, results after. */
  define?: (v: Value) => Value;
  region?: (r: Region) => Region;
  /** A label where its construct stands, before the body (exits are rebuilt by {@link rebuildEnd}). */
  label?: (l: Label) => Label;
}>;

const same = <T>(x: T): T => x;

/** The list itself if nothing changed, so that unchanged nodes keep their identity. */
const mapped = <T>(list: readonly T[], f: (x: T) => T): readonly T[] => {
  const next = list.map((x) => f(x));
  return next.every((x, i) => x === list[i]) ? list : next;
};

/** `node` with `parts` in place, or `node` itself if they are what it has. */
const put = <N extends object>(node: N, parts: Partial<N>): N => {
  const keys = Object.keys(parts) as (keyof N)[];
  return keys.every((k) => parts[k] === node[k]) ? node : { ...node, ...parts };
};

/** A node with its parts replaced; the same object if nothing changed. */
export const rebuild = (i: Instruction, by: Rebuild): Instruction => {
  const use = by.use ?? same;
  const define = by.define ?? same;
  const region = by.region ?? same;
  const label = by.label ?? same;
  const key = (o: Operand | undefined): { key?: Operand } => (o ? { key: use(o) } : {});
  switch (i.kind) {
    case "op":
      return put(i, { args: mapped(i.args, use), result: define(i.result) });
    case "make":
      return put(i, {
        items: mapped(i.items, (item) => put(item, { value: use(item.value) })),
        result: define(i.result),
      });
    case "alloc":
      return put(i, {
        length: use(i.length),
        ...(i.fill ? { fill: use(i.fill) } : {}),
        result: define(i.result),
      });
    case "zeros":
      return put(i, { like: use(i.like), result: define(i.result) });
    case "seeded":
      return put(i, { like: use(i.like), seed: use(i.seed), result: define(i.result) });
    case "addInto":
      return put(i, { to: use(i.to), value: use(i.value) });
    case "convert":
      return put(i, { from: use(i.from), result: define(i.result) });
    case "cell":
      return put(i, { ...(i.initial ? { initial: use(i.initial) } : {}), result: define(i.result) });
    case "load":
      return put(i, { from: use(i.from), ...key(i.key), result: define(i.result) });
    case "store":
    case "accumulate":
      return put(i, { to: use(i.to), ...key(i.key), value: use(i.value) });
    case "length":
      return put(i, { of: use(i.of), result: define(i.result) });
    case "view":
      return put(i, {
        of: use(i.of),
        start: use(i.start),
        ...(i.end ? { end: use(i.end) } : {}),
        result: define(i.result),
      });
    case "get":
      return put(i, {
        from: use(i.from),
        key: use(i.key),
        ...(i.missing ? { missing: use(i.missing) } : {}),
        result: define(i.result),
      });
    case "put":
      return put(i, { to: use(i.to), key: use(i.key), value: use(i.value) });
    case "has":
      return put(i, { of: use(i.of), key: use(i.key), result: define(i.result) });
    case "remove":
      return put(i, { from: use(i.from), ...key(i.key), ...(i.result ? { result: define(i.result) } : {}) });
    case "keys":
      return put(i, { of: use(i.of), result: define(i.result) });
    case "push":
      return put(i, { to: use(i.to), value: use(i.value) });
    case "pop":
      return put(i, { from: use(i.from), result: define(i.result) });
    case "setLength":
      return put(i, { of: use(i.of), length: use(i.length) });
    case "if":
      return put(i, {
        test: use(i.test),
        then: region(i.then),
        else: region(i.else),
        results: mapped(i.results, define),
      });
    case "loop": {
      const initial = mapped(i.initial, use);
      const bounds = i.shape.kind === "range" ? rangeOperands(i.shape, use) : i.shape;
      const ownLabel = label(i.label);
      const params = mapped(i.params, define);
      const shape =
        bounds.kind === "range"
          ? put(bounds, { variable: define(bounds.variable) })
          : bounds.kind === "while"
            ? put(bounds, { test: region(bounds.test) })
            : bounds;
      const body = region(i.body);
      return put(i, { initial, params, shape, label: ownLabel, body, results: mapped(i.results, define) });
    }
    case "block": {
      const ownLabel = label(i.label);
      return put(i, { label: ownLabel, body: region(i.body), results: mapped(i.results, define) });
    }
    case "call":
      return put(i, { args: mapped(i.args, use), results: mapped(i.results, define) });
    case "opaque":
      return put(i, {
        reads: mapped(i.reads, use),
        writes: mapped(i.writes, use),
        results: mapped(i.results, define),
      });
    default:
      return i satisfies never;
  }
};

type Range = Extract<Shape, { kind: "range" }>;
const rangeOperands = (shape: Range, use: (o: Operand) => Operand): Range =>
  put(shape, { start: use(shape.start), bound: use(shape.bound), step: use(shape.step) });

/** A region's end with its operands and the label it exits to replaced. */
export const rebuildEnd = (
  end: Terminator,
  use: (o: Operand) => Operand,
  label: (l: Label) => Label = same,
): Terminator => {
  switch (end.kind) {
    case "yield":
      return put(end, { values: mapped(end.values, use) });
    case "exit":
      return put(end, { values: mapped(end.values, use), to: label(end.to) });
    case "throw":
      return put(end, { reads: mapped(end.reads, use) });
    default:
      return end satisfies never;
  }
};

/** The region with `use` applied to every operand in it, however deep. */
export const mapOperands = (region: Region, use: (o: Operand) => Operand): Region =>
  put(region, {
    body: mapped(region.body, (i) => rebuild(i, { use, region: (r) => mapOperands(r, use) })),
    end: rebuildEnd(region.end, use),
  });

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

/** The functions that a function calls, each once, callees before callers; the function itself is last. */
export const calledBy = (func: Func): readonly Func[] => {
  const seen = new Set<Func>();
  const order: Func[] = [];
  const enter = (f: Func): void => {
    if (seen.has(f)) return;
    seen.add(f);
    visit(f.body, (i) => {
      if (i.kind === "call") enter(i.callee);
    });
    order.push(f);
  };
  enter(func);
  return order;
};
