/** What is where in a function: the frame of every node, positions in program order, definitions and uses. */
import type { Func, Instruction, Label, Operand, Region, Terminator, Type, Value } from "../ir/types.ts";
import { resultsOf } from "../ir/walk.ts";

export type Node = Instruction | Terminator;

/** A region in its place. */
export type Frame = Readonly<{
  region: Region;
  role: "function" | "then" | "else" | "block" | "body" | "test";
  owner?: Instruction;
  parent?: Frame;
}>;

/**
 * How a use takes its operand. `atom`: must be a name or a constant, because it is written more than once.
 * `header`: written into the head of a range loop, evaluated before every iteration. `flag`: the condition of a
 * `do … while`, evaluated after the carried values were handed on. `phi`: handed to the variable of `target`.
 */
export type UseKind = "operand" | "atom" | "header" | "flag" | "phi";

export type Use = Readonly<{ user: Node; kind: UseKind; frame: Frame; target?: Value }>;

export type Facts = Readonly<{
  func: Func;
  frameOf: ReadonlyMap<Node, Frame>;
  frames: ReadonlyMap<Region, Frame>;
  /** Program order; a construct's `end` lies behind everything in it. */
  position: ReadonlyMap<Node, number>;
  end: ReadonlyMap<Node, number>;
  order: readonly Instruction[];
  definition: ReadonlyMap<Value, Instruction>;
  uses: ReadonlyMap<Value, readonly Use[]>;
  /** The results that an exit to a label hands on. */
  results: ReadonlyMap<Label, readonly Value[]>;
  exits: ReadonlyMap<Label, readonly Terminator[]>;
}>;

export const usesOf = (facts: Facts, value: Value): readonly Use[] => facts.uses.get(value) ?? [];

/** Objects and tuples of numbers and such: the type says it all. */
export const hasLayout = (type: Type): boolean => {
  switch (type.kind) {
    case "number":
      return true;
    case "tuple":
      return type.elements.every(hasLayout);
    case "object":
      return type.fields.every((f) => !f.optional && hasLayout(f.type));
    default:
      return false;
  }
};

/** The operands an instruction itself reads, without those of the regions in it. */
export function operandUses(i: Instruction): readonly (readonly [Operand, UseKind, Value?])[] {
  const plain = (...os: (Operand | undefined)[]): (readonly [Operand, UseKind])[] =>
    os.flatMap((o) => (o ? [[o, "operand"] as const] : []));
  switch (i.kind) {
    case "op":
    case "call":
      return plain(...i.args);
    case "make":
      return plain(...i.items.map((item) => item.value));
    case "alloc":
      return plain(i.length, i.fill);
    case "zeros":
      return [[i.like, "atom"]];
    case "seeded":
      return [
        // ones in a structure of known layout are written without looking at another one
        ...(hasLayout(i.result.type) ? [] : [[i.like, "atom"] as const]),
        [i.seed, "atom"],
      ];
    case "addInto":
      return [
        [i.to, "atom"],
        [i.value, "atom"],
      ];
    case "convert":
      return [[i.from, "atom"]];
    case "cell":
      return plain(i.initial);
    case "load":
      return plain(i.from, i.key);
    case "store":
    case "accumulate":
      return plain(i.to, i.key, i.value);
    case "length":
      return plain(i.of);
    case "view":
      return plain(i.of, i.start, i.end);
    case "get":
      return plain(i.from, i.key, i.missing);
    case "put":
      return plain(i.to, i.key, i.value);
    case "has":
      return plain(i.of, i.key);
    case "remove":
      return plain(i.from, i.key);
    case "keys":
      return plain(i.of);
    case "push":
      return plain(i.to, i.value);
    case "pop":
      return plain(i.from);
    case "setLength":
      return plain(i.of, i.length);
    case "if":
      return plain(i.test);
    case "loop": {
      const head: (readonly [Operand, UseKind])[] =
        i.shape.kind === "range"
          ? [
              [i.shape.start, "operand"],
              [i.shape.bound, "header"],
              [i.shape.step, "header"],
            ]
          : [];
      return [...i.initial.map((o, k) => [o, "phi", i.params[k]!] as const), ...head];
    }
    case "block":
      return [];
    case "opaque":
      return i.code.parts.flatMap((part) =>
        typeof part === "object" && "read" in part ? [[i.reads[part.read]!, "operand"] as const] : [],
      );
    default:
      return i satisfies never;
  }
}

/** The regions of an instruction with their roles, in program order. */
export function regionRoles(i: Instruction): readonly (readonly [Region, Frame["role"]])[] {
  switch (i.kind) {
    case "if":
      return [
        [i.then, "then"],
        [i.else, "else"],
      ];
    case "block":
      return [[i.body, "block"]];
    case "loop":
      return i.shape.kind === "while"
        ? [
            [i.shape.test, "test"],
            [i.body, "body"],
          ]
        : [[i.body, "body"]];
    default:
      return [];
  }
}

/** The values that a region's natural end hands its values to (a `doWhile` hands on its flag first). */
export function targetsOf(frame: Frame): readonly Value[] {
  const owner = frame.owner;
  if (owner?.kind === "if" || owner?.kind === "block") return owner.results;
  return owner?.kind === "loop" && frame.role === "body" ? owner.params : [];
}

/** Whether a body hands on a flag before its carried values. */
export const handsOnFlag = (frame: Frame): boolean =>
  frame.role === "body" && frame.owner?.kind === "loop" && frame.owner.shape.kind === "doWhile";

export function gather(func: Func): Facts {
  const frameOf = new Map<Node, Frame>();
  const frames = new Map<Region, Frame>();
  const position = new Map<Node, number>();
  const end = new Map<Node, number>();
  const order: Instruction[] = [];
  const definition = new Map<Value, Instruction>();
  const uses = new Map<Value, Use[]>();
  const results = new Map<Label, readonly Value[]>([[func.label, []]]);
  const exits = new Map<Label, Terminator[]>();
  let at = 0;

  const use = (operand: Operand, user: Node, kind: UseKind, frame: Frame, target?: Value): void => {
    if (operand.kind === "constant") return;
    const list = uses.get(operand);
    const made: Use = target ? { user, kind, frame, target } : { user, kind, frame };
    if (list) list.push(made);
    else uses.set(operand, [made]);
  };

  const terminator = (t: Terminator, frame: Frame): void => {
    position.set(t, ++at);
    end.set(t, at);
    frameOf.set(t, frame);
    switch (t.kind) {
      case "yield": {
        const flag = handsOnFlag(frame) ? 1 : 0;
        if (flag) use(t.values[0]!, t, "flag", frame);
        const targets = targetsOf(frame);
        t.values.slice(flag).forEach((o, k) => {
          const target = targets[k];
          use(o, t, target ? "phi" : "operand", frame, target);
        });
        return;
      }
      case "exit": {
        const targets = results.get(t.to);
        if (!targets) throw new Error(`an exit to a label that does not enclose it: ${t.to.hint ?? "?"}`);
        exits.set(t.to, [...(exits.get(t.to) ?? []), t]);
        t.values.forEach((o, k) => use(o, t, targets[k] ? "phi" : "operand", frame, targets[k]));
        return;
      }
      case "throw":
        for (const part of t.code.parts)
          if (typeof part === "object" && "read" in part) use(t.reads[part.read]!, t, "operand", frame);
        return;
      default:
        t satisfies never;
    }
  };

  const region = (r: Region, role: Frame["role"], owner?: Instruction, parent?: Frame): void => {
    const frame: Frame = { region: r, role, ...(owner ? { owner } : {}), ...(parent ? { parent } : {}) };
    frames.set(r, frame);
    for (const i of r.body) {
      order.push(i);
      position.set(i, ++at);
      frameOf.set(i, frame);
      for (const v of resultsOf(i)) definition.set(v, i);
      for (const [operand, kind, target] of operandUses(i)) use(operand, i, kind, frame, target);
      if (i.kind === "loop" || i.kind === "block") results.set(i.label, i.results);
      for (const [inner, innerRole] of regionRoles(i)) region(inner, innerRole, i, frame);
      end.set(i, ++at);
    }
    terminator(r.end, frame);
  };
  region(func.body, "function");
  return { func, frameOf, frames, position, end, order, definition, uses, results, exits };
}

/** Whether nothing but elements is ever read of a structure: it need not be a copy of its own. */
export const isOnlyRead = (facts: Facts, v: Value): boolean =>
  usesOf(facts, v).every(
    ({ user }) => user.kind === "load" && user.from === v && user.key !== v && isOnlyRead(facts, user.result),
  ) || v.type.kind === "number";
