/**
 * What nobody reads any more is not written.
 *
 * Needs memory made here that is only held by other memory made here. Leaves no store into it behind the last place
 * where an element of any such memory that may be the same is read.
 */
import type { Func, Instruction, Operand, Region, Value } from "../ir/types.ts";
import { rebuild } from "../ir/rebuild.ts";
import { operandsOf, operandsOfEnd, regionsOf, resultsOf } from "../ir/walk.ts";
import { isAllocation, isMemory } from "./facts.ts";

type Store = Extract<Instruction, { kind: "store" }>;

/** References that may be the same, and what they hold. */
type Class = { parent?: Class; held?: Class; known: boolean };

export function unread(func: Func): Func {
  const classes = new Classes();
  for (const p of func.params) classes.escape(p);
  const stores: { store: Store; at: number; from: number }[] = [];
  const reads: { of: Operand; at: number }[] = [];
  let at = 0;

  const walk = (r: Region, loopStart: number | undefined): void => {
    for (const i of r.body) {
      at++;
      for (const v of resultsOf(i))
        if (!isMemory(v.type) || isAllocation(i) || i.kind === "load") continue;
        else if (i.kind === "opaque" && i.fresh) classes.escapeHeld(v);
        else classes.escape(v);
      switch (i.kind) {
        case "store":
        case "push":
          classes.hold(i.to, i.value);
          if (i.kind === "push") reads.push({ of: i.to, at });
          else if (i.to.kind === "value" && i.to.type.kind === "array")
            stores.push({ store: i, at, from: loopStart ?? at });
          break;
        case "make":
          for (const item of i.items) classes.hold(i.result, item.value);
          break;
        case "alloc":
          if (i.fill) classes.hold(i.result, i.fill);
          break;
        case "load":
          if (isMemory(i.result.type)) classes.same(i.result, classes.heldBy(i.from));
          reads.push({ of: i.from, at });
          break;
        case "accumulate":
          reads.push({ of: i.to, at });
          break;
        case "length":
          reads.push({ of: i.of, at });
          break;
        case "op":
          if (i.op === "select") i.args.forEach((o) => classes.escape(o));
          break;
        default:
          operandsOf(i).forEach((o) => classes.escape(o));
      }
      const start = at;
      for (const inner of regionsOf(i)) walk(inner, i.kind === "loop" ? (loopStart ?? start) : loopStart);
    }
    at++;
    operandsOfEnd(r.end).forEach((o) => classes.escape(o));
  };
  walk(func.body, undefined);

  const lastRead = new Map<Class, number>();
  for (const read of reads) {
    const c = classes.of(read.of);
    lastRead.set(c, Math.max(lastRead.get(c) ?? 0, read.at));
  }
  const dead = new Set<Instruction>();
  for (const { store, from } of stores) {
    const c = classes.of(store.to);
    if (c.known && (lastRead.get(c) ?? 0) < from) dead.add(store);
  }
  if (dead.size === 0) return func;
  const region = (r: Region): Region => ({
    body: r.body.filter((i) => !dead.has(i)).map((i) => rebuild(i, { region })),
    end: r.end,
  });
  return { ...func, body: region(func.body) };
}

class Classes {
  readonly #classes = new Map<Value, Class>();

  of(o: Operand): Class {
    if (o.kind === "constant") return { known: true };
    let c = this.#classes.get(o);
    if (!c) this.#classes.set(o, (c = { known: true }));
    return root(c);
  }

  heldBy(o: Operand): Class {
    const c = this.of(o);
    c.held ??= { known: c.known };
    return root(c.held);
  }

  same(v: Value, c: Class): void {
    merge(this.of(v), c);
  }

  hold(container: Operand, o: Operand): void {
    if (o.kind === "value" && isMemory(o.type)) merge(this.heldBy(container), this.of(o));
  }

  /** Others may hold it, and all that it holds. */
  escape(o: Operand): void {
    if (o.kind === "value" && isMemory(o.type)) escape(this.of(o));
  }

  /** It is memory of its own, but what it holds may be anybody's. */
  escapeHeld(v: Value): void {
    escape(this.heldBy(v));
  }
}

const root = (c: Class): Class => {
  let r = c;
  while (r.parent) r = r.parent;
  return r;
};

const escape = (c: Class): void => {
  if (!c.known) return;
  c.known = false;
  if (c.held) escape(root(c.held));
};

const merge = (x: Class, y: Class): void => {
  const [a, b] = [root(x), root(y)];
  if (a === b) return;
  b.parent = a;
  if (!a.known || !b.known) {
    escape(a);
    if (b.held) escape(root(b.held));
  }
  if (b.held) {
    if (a.held) merge(a.held, b.held);
    else a.held = b.held;
  }
  if (!a.known && a.held) escape(root(a.held));
};
