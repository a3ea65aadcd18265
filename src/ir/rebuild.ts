/** How a node is made anew with some of its parts replaced: the one place that knows. */
import type { Instruction, Label, Operand, Region, Shape, Terminator, Value } from "./types.ts";

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
