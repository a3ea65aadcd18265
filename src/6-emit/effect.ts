/** What instructions read and change in memory, and whether two operands may be the same memory. */
import { typeOf } from "../ir/build.ts";
import { mayChangeOutside, modules, outsideOf } from "../ir/outside.ts";
import type { Func, Instruction, Operand, Type, Value } from "../ir/types.ts";
import { calledBy, functionOf } from "../ir/callee.ts";
import { visit } from "../ir/walk.ts";
import type { Facts } from "./facts.ts";

/** What of a memory is touched: its own elements or fields, its length, or everything that can be reached from it. */
type Part = "own" | "length" | "deep";
type Touch = Readonly<{ memory: Operand; part: Part }> | "anything";

const isReference = (type: Type): boolean =>
  type.kind !== "number" && type.kind !== "boolean" && type.kind !== "undefined";

export function readsOf(i: Instruction): readonly Touch[] {
  switch (i.kind) {
    case "load":
      return [{ memory: i.from, part: "own" }];
    case "length":
    case "has":
    case "keys":
      return [{ memory: i.of, part: "length" }];
    case "get":
      return [{ memory: i.from, part: "own" }];
    case "zeros":
      return [{ memory: i.like, part: "deep" }];
    case "seeded":
      return [
        { memory: i.like, part: "deep" },
        { memory: i.seed, part: "deep" },
      ];
    case "convert":
      return [{ memory: i.from, part: "deep" }];
    case "opaque":
      return i.reads.map((memory) => ({ memory, part: "deep" }) as const);
    case "call": {
      const beyond = outsideOf(functionOf(i.callee), new Map()).reads ? [modules] : [];
      return [...i.args, ...beyond].map((memory) => ({ memory, part: "deep" }) as const);
    }
    case "if":
      return [...i.then.body, ...i.else.body].flatMap(readsOf);
    default:
      return [];
  }
}

export function writesOf(i: Instruction): readonly Touch[] {
  switch (i.kind) {
    case "store":
    case "accumulate":
      return [
        { memory: i.to, part: "own" },
        // a store behind the end of an array makes it longer
        ...(i.kind === "store" && growing(typeOf(i.to)) ? [{ memory: i.to, part: "length" } as const] : []),
      ];
    case "addInto":
      return [{ memory: i.to, part: "deep" }];
    case "push":
      return [
        { memory: i.to, part: "own" },
        { memory: i.to, part: "length" },
      ];
    case "put":
      return [
        { memory: i.to, part: "own" },
        { memory: i.to, part: "length" },
      ];
    case "remove":
    case "pop":
      return [
        { memory: i.from, part: "own" },
        { memory: i.from, part: "length" },
      ];
    case "setLength":
      return [
        { memory: i.of, part: "own" },
        { memory: i.of, part: "length" },
      ];
    case "opaque":
      return [...i.writes, ...(mayChangeOutside(i) ? [modules] : [])].map(
        (memory) => ({ memory, part: "deep" }) as const,
      );
    case "call":
      return isPure(functionOf(i.callee)) ? [] : ["anything"];
    default:
      return [];
  }
}

/** Whether a call of the function changes nothing and gives the same when asked again. */
export function isPure(func: Func): boolean {
  let pure = true;
  for (const f of calledBy(func))
    visit(f.body, (i) => {
      if (i.kind === "call") return;
      if (writesOf(i).length > 0 || (i.kind === "opaque" && !i.repeatable)) pure = false;
    });
  return pure;
}

const growing = (type: Type): boolean =>
  type.kind === "optional" ? growing(type.of) : type.kind === "array" && type.container === "Array";

const layout = (type: Type): string => {
  switch (type.kind) {
    case "optional":
      return layout(type.of);
    case "array":
      return `${type.container}:${type.element.kind === "optional" ? type.element.of.kind : type.element.kind}`;
    case "tuple":
      return "Array";
    default:
      return type.kind;
  }
};

const sameLayout = (a: Type, b: Type): boolean => {
  const [x, y] = [layout(a), layout(b)];
  if (x === "other" || y === "other") return true;
  return x === y || (x === "Array" && y.startsWith("Array")) || (y === "Array" && x.startsWith("Array"));
};

/** Answers "may the writer change what the reader reads?", by types and by where references come from. */
export class Aliases {
  readonly #facts: Facts;
  /** Whether references are put into memory anywhere: then what a fresh structure reaches is unknown. */
  readonly #stores: boolean;
  readonly #params: ReadonlySet<Value>;

  constructor(facts: Facts) {
    this.#facts = facts;
    this.#params = new Set(facts.func.params);
    this.#stores = facts.order.some((i) => {
      if (i.kind === "store" || i.kind === "push" || i.kind === "put") return isReference(typeOf(i.value));
      if (i.kind === "alloc") return i.fill !== undefined && isReference(typeOf(i.fill));
      return i.kind === "opaque" && i.writes.length > 0;
    });
  }

  disturbs(writer: Instruction, reads: readonly Touch[]): boolean {
    if (reads.length === 0) return false;
    return writesOf(writer).some((w) => reads.some((r) => this.#overlap(w, r)));
  }

  #overlap(write: Touch, read: Touch): boolean {
    if (write === "anything" || read === "anything") return true;
    if (!isReference(typeOf(read.memory)) || !isReference(typeOf(write.memory))) return false;
    const cell = typeOf(read.memory).kind === "cell" || typeOf(write.memory).kind === "cell";
    if (cell) return read.memory === write.memory;
    if (write.part !== "deep" && read.part !== "deep") {
      if ((write.part === "length") !== (read.part === "length")) return false;
      if (!sameLayout(typeOf(write.memory), typeOf(read.memory))) return false;
    }
    // what is reached from one may be the other, once references have been put into memory
    else if (this.#stores) return true;
    return this.#mayMeet(write.memory, read.memory);
  }

  #mayMeet(a: Operand, b: Operand): boolean {
    if (a === b) return true;
    const [x, y] = [this.#root(a), this.#root(b)];
    if (!x || !y) return true;
    if (x === y) return true;
    // two arguments may be the same array
    if (this.#params.has(x) && this.#params.has(y)) return true;
    return this.#stores && (x !== a || y !== b);
  }

  /** The argument or the making that a reference was reached from; unknown if it was chosen or put together. */
  #root(o: Operand): Value | undefined {
    if (o.kind !== "value") return undefined;
    if (this.#params.has(o)) return o;
    const made = this.#facts.definition.get(o);
    switch (made?.kind) {
      case "load":
        return this.#root(made.from);
      case "view":
        return this.#root(made.of);
      case "alloc":
      case "zeros":
      case "seeded":
      case "convert":
        return o;
      case "make":
        return made.items.every((item) => !isReference(typeOf(item.value))) ? o : undefined;
      default:
        return undefined;
    }
  }
}
