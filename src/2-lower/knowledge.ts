/** Keeps what is known of values, by looking at every instruction that is made, in the order of the program. */
import { Block } from "../ir/build.ts";
import type { Instruction, Operand, Type } from "../ir/types.ts";
import { type Known, type Parts, isSame, partOfKnown } from "./known.ts";

export class Knowledge {
  readonly #known = new Map<Operand, Known>();
  readonly #made = new Set<Operand>();
  readonly #structures: Parts[] = [];
  readonly #numbered: Known[] = [];

  of(operand: Operand | undefined): Known | undefined {
    return operand && this.#known.get(operand);
  }

  set(operand: Operand, known: Known): void {
    this.#known.set(operand, known);
    if (known.kind === "parts" && !this.#structures.includes(known)) this.#structures.push(known);
  }

  /** Nothing could be forgotten. */
  get isSettled(): boolean {
    return this.#structures.every((s) => s.parts.size === 0);
  }

  /** A number for a function or structure: its tag where several ways meet. */
  numberOf(known: Known): number {
    const at = this.#numbered.findIndex((k) => isSame(k, known));
    return at < 0 ? this.#numbered.push(known) - 1 : at;
  }

  /** Computed or made: it is there, and what its type says. */
  isMade(operand: Operand): boolean {
    return this.#made.has(operand);
  }

  /** One of several that all are. */
  joins(result: Operand): void {
    this.#made.add(result);
  }

  see(i: Instruction): void {
    switch (i.kind) {
      case "op":
        if (i.op !== "select") this.#made.add(i.result);
        return;
      case "alloc":
      case "length":
        this.#made.add(i.result);
        return;
      case "make": {
        this.#made.add(i.result);
        const parts = new Map<string | number, Known>();
        for (const { key, value } of i.items) {
          const known = this.of(value);
          if (known) parts.set(key, known);
        }
        const isList = i.result.type.kind === "array" || i.result.type.kind === "tuple";
        if (parts.size > 0) this.set(i.result, { kind: "parts", parts, size: i.items.length, isList });
        return;
      }
      case "load": {
        // an element of an array may be missing whatever its type; a field or item that is not optional is there
        const holder = i.from.kind === "value" ? i.from.type.kind : undefined;
        const isNamed = holder === "object" || (holder === "tuple" && i.key?.kind === "constant");
        if (isNamed && i.result.type.kind !== "optional") this.#made.add(i.result);
        const part = i.key && partOfKnown(this.of(i.from), i.key);
        if (part) this.set(i.result, part);
        return;
      }
      case "store":
        if (!isPlain(i.value)) this.forgetPart(i.key?.kind === "constant" ? i.key.value : undefined);
        return;
      case "push":
        if (!isPlain(i.value)) this.forgetLists();
        return;
      case "pop":
      case "setLength": {
        const list = i.kind === "pop" ? i.from : i.of;
        if (list.kind === "value" && !holdsPlain(list.type)) this.forgetLists();
        return;
      }
      case "opaque":
        i.writes.forEach((o) => this.#forget(this.of(o)));
        return;
      case "call":
        i.args.forEach((o) => this.#forget(this.of(o)));
        return;
      default:
    }
  }

  /** Something was stored under this key (`undefined`: under any), whatever holds it. */
  forgetPart(key: unknown): void {
    for (const { parts } of this.#structures) {
      if (typeof key === "string" || typeof key === "number") {
        parts.delete(key);
        parts.delete(String(key));
      } else parts.clear();
    }
  }

  /** Some array holds its elements in other places than before. */
  forgetLists(): void {
    for (const { parts, isList } of this.#structures) if (isList) parts.clear();
  }

  /** It was handed to what may store anything in it. */
  #forget(known: Known | undefined): void {
    if (known?.kind === "choice") known.cases.forEach((c) => this.#forget(c.known));
    if (known?.kind !== "parts") return;
    const parts = [...known.parts.values()];
    known.parts.clear();
    parts.forEach((part) => this.#forget(part));
  }
}

const isPlain = (o: Operand): boolean =>
  o.kind === "constant" || o.type.kind === "number" || o.type.kind === "boolean";

const holdsPlain = (type: Type): boolean =>
  type.kind === "array" && (type.element.kind === "number" || type.element.kind === "boolean");

/** A region under construction, with somebody looking. */
export class WatchedBlock extends Block {
  readonly #knowledge: Knowledge;
  constructor(knowledge: Knowledge) {
    super();
    this.#knowledge = knowledge;
  }
  override add<I extends Instruction>(instruction: I): I {
    this.#knowledge.see(instruction);
    return super.add(instruction);
  }
}
