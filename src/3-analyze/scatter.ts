/**
 * Objects of a web become their parts: loops carry numbers in place of vectors, branches give numbers. Where the
 * object itself is wanted at last, it is made there.
 */
import { Block, constant } from "../ir/build.ts";
import { alone } from "../ir/callee.ts";
import type { Func, Instruction, Item, Operand, Region, Terminator, Value } from "../ir/types.ts";
import { rebuild, rebuildEnd } from "../ir/rebuild.ts";
import { operandsOf } from "../ir/walk.ts";
import { aliases } from "./alias.ts";
import { seenByOthers } from "./seen.ts";
import { type Web, websOf } from "./web.ts";

/** Every round takes the objects of one web apart, and their parts may be objects themselves. */
const mostRounds = 100;

export const scatter = (func: Func): Func => {
  let current = func;
  for (let round = 0; round < mostRounds; round++) {
    const alias = aliases(alone(current));
    const [web] = websOf(current, alias, seenByOthers(alone(current), alias));
    if (!web) return current;
    current = new Scattering(current, web).func();
  }
  return current;
};

class Scattering {
  readonly #func: Func;
  readonly #web: Web;
  readonly #replaced = new Map<Value, Operand>();
  /** What stands for the parts of an object. */
  readonly #parts = new Map<Value, readonly Operand[]>();
  /** Results that are joined, by what an exit names. */
  readonly #targets = new Map<unknown, readonly boolean[]>();

  constructor(func: Func, web: Web) {
    this.#func = func;
    this.#web = web;
  }

  func(): Func {
    return { ...this.#func, body: this.#region(this.#func.body, undefined) };
  }

  readonly #use = (o: Operand): Operand => {
    let current = o;
    for (let next; current.kind === "value" && (next = this.#replaced.get(current));) current = next;
    return current;
  };

  #isJoin(v: Value | undefined): boolean {
    return v !== undefined && this.#web.joins.has(v);
  }

  /** A value for each part of what was one. */
  #split(v: Value): readonly Value[] {
    const whole = v.hint ?? this.#web.name;
    const parts = this.#web.parts.map(({ key, type }): Value => {
      const own = String(key);
      const hint =
        whole === undefined
          ? typeof key === "string"
            ? own
            : undefined
          : `${whole}${own[0]!.toUpperCase()}${own.slice(1)}`;
      return {
        kind: "value",
        type,
        ...(hint === undefined ? {} : { hint }),
        ...(v.adjoint ? { adjoint: true } : {}),
      };
    });
    this.#parts.set(v, parts);
    return parts;
  }

  #partsOf(o: Operand, block: Block): readonly Operand[] {
    if (o.kind === "constant") throw new Error("a constant has no parts");
    const known = this.#parts.get(o);
    if (known) return known.map(this.#use);
    const from = this.#use(o);
    return this.#web.parts.map(({ key, type }) => block.load(from, constant(key), String(key), type));
  }

  /** Operands of an edge, joined ones part by part. */
  #spread(values: readonly Operand[], joined: readonly boolean[], block: Block): readonly Operand[] {
    return values.flatMap((o, n) => (joined[n] ? this.#partsOf(o, block) : [this.#whole(o, block)]));
  }

  /** The object itself. */
  #whole(o: Operand, block: Block): Operand {
    if (o.kind !== "value" || !this.#isJoin(o)) return this.#use(o);
    const [made] = this.#web.makes.values();
    const result: Value = { ...o };
    const parts = this.#partsOf(o, block);
    const items = this.#web.parts.map(({ key }, n): Item => ({ key, value: parts[n]! }));
    const instance = made?.instance ? { instance: made.instance } : {};
    block.add({ kind: "make", result, items, ...instance, at: block.at });
    return result;
  }

  #region(r: Region, natural: readonly boolean[] | undefined): Region {
    const block = new Block();
    for (const i of r.body) this.#step(i, block);
    return { body: block.body, end: this.#end(r.end, natural, block) };
  }

  #end(end: Terminator, natural: readonly boolean[] | undefined, block: Block): Terminator {
    if (end.kind === "throw") return rebuildEnd(end, (o) => this.#whole(o, block));
    const joined = end.kind === "exit" ? this.#targets.get(end.to) : natural;
    return { ...end, values: this.#spread(end.values, joined ?? [], block) };
  }

  #results(results: readonly Value[]): readonly Value[] {
    return results.flatMap((v) => (this.#isJoin(v) ? this.#split(v) : [v]));
  }

  #step(i: Instruction, block: Block): void {
    block.at = i.at;
    const joined = (values: readonly Value[]): readonly boolean[] => values.map((v) => this.#isJoin(v));
    switch (i.kind) {
      case "if": {
        const own = joined(i.results);
        const test = this.#use(i.test);
        const [then, otherwise] = [this.#region(i.then, own), this.#region(i.else, own)];
        block.add({ ...i, test, then, else: otherwise, results: this.#results(i.results) });
        return;
      }
      case "block": {
        const own = joined(i.results);
        this.#targets.set(i.label, own);
        const body = this.#region(i.body, own);
        block.add({ ...i, body, results: this.#results(i.results) });
        return;
      }
      case "loop":
        this.#loop(i, joined(i.params), block);
        return;
      case "make": {
        const made = rebuild(i, { use: (o) => this.#whole(o, block) });
        block.add(made);
        if (this.#web.makes.has(i.result)) this.#take(made as typeof i);
        return;
      }
      case "load":
        if (i.from.kind === "value" && this.#parts.has(i.from)) {
          const key = String((i.key as { value: unknown }).value);
          const at = this.#web.parts.findIndex((p) => String(p.key) === key);
          this.#replaced.set(i.result, this.#parts.get(i.from)![at]!);
          return;
        }
        break;
      case "op":
        if (this.#isJoin(i.result)) {
          const [test, a, b] = i.args as [Operand, Operand, Operand];
          const [x, y] = [this.#partsOf(a, block), this.#partsOf(b, block)];
          this.#split(i.result).forEach((result, n) =>
            block.add({ ...i, result, args: [this.#use(test), x[n]!, y[n]!] }),
          );
          return;
        }
        break;
      default:
        break;
    }
    const wholes = new Map(operandsOf(i).map((o) => [o, this.#whole(o, block)]));
    block.add(rebuild(i, { use: (o) => wholes.get(o) ?? o }));
  }

  /** The parts of what was just made. */
  #take(made: Extract<Instruction, { kind: "make" }>): void {
    const parts = this.#web.parts.map(({ key, missing }): Operand => {
      const item = made.items.find((x) => String(x.key) === String(key));
      return item?.value ?? missing ?? constant(undefined);
    });
    this.#parts.set(made.result, parts);
  }

  #loop(i: Extract<Instruction, { kind: "loop" }>, joined: readonly boolean[], block: Block): void {
    const initial = this.#spread(i.initial, joined, block);
    const { shape } = i;
    const bounds =
      shape.kind === "range"
        ? {
            ...shape,
            start: this.#use(shape.start),
            bound: this.#use(shape.bound),
            step: this.#use(shape.step),
          }
        : shape;
    this.#targets.set(i.label, joined);
    const params = this.#results(i.params);
    const tested =
      bounds.kind === "while" ? { ...bounds, test: this.#region(bounds.test, undefined) } : bounds;
    const body = this.#region(i.body, shape.kind === "doWhile" ? [false, ...joined] : joined);
    block.add({ ...i, initial, params, shape: tested, body, results: this.#results(i.results) });
  }
}
