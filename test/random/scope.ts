/** What a statement under construction can name. Everything is text: what can be said of it stands beside it. */
import type { Chance } from "./chance.ts";

/** An integer; its value is known to lie between low and high. */
export type Int = Readonly<{ text: string; low: number; high: number; counter?: boolean }>;

export type ArrayKind = "number[]" | "readonly number[]" | "Float64Array" | "Float32Array" | "tuple";

/** An array of numbers that has that many elements for good. */
export type Numbers = Readonly<{ text: string; length: number; kind: ArrayKind }>;

/** An array of numbers of any length. */
export type Loose = Readonly<{ text: string; kind: ArrayKind }>;

/** An array of arrays of numbers; `swappable`: a number[][], of which rows may be replaced. */
export type Rows = Readonly<{ text: string; rows: number; columns: number; swappable: boolean }>;

/** Something with fields that are numbers. `shape`: what it may be exchanged for; `replaceable`: by a literal. */
export type Fields = Readonly<{
  text: string;
  reals: readonly string[];
  shape: string;
  replaceable?: boolean;
  readonly?: boolean;
}>;

/** An array of such. */
export type List = Readonly<{ text: string; length: number; reals: readonly string[]; shape: string }>;

export type Callee = Readonly<{
  name: string;
  params: readonly ("real" | "numbers" | "int" | "fields" | "function")[];
  result: "number" | "void" | "pair";
  /** May it change memory that it is given? */
  writes: boolean;
}>;

type Contents = {
  reals: { name: string; mutable: boolean }[];
  ints: Int[];
  arrays: Numbers[];
  loose: Loose[];
  rows: Rows[];
  fields: Fields[];
  lists: List[];
  callees: Callee[];
  /** Names of arrays that may be bound to another array again. */
  aliases: Numbers[];
  /** Immutable vectors. */
  vectors: { name: string; mutable: boolean }[];
  /** Numbers that may be undefined. */
  maybes: { name: string; mutable: boolean }[];
  /** Records and maps from strings to numbers. */
  records: { name: string; map: boolean }[];
  shapes: string[];
  /** Places of numbers that are valid here: elements at a loop's variable. */
  places: { text: string; writable: boolean }[];
};

const empty = (): Contents => ({
  reals: [],
  ints: [],
  arrays: [],
  loose: [],
  rows: [],
  fields: [],
  lists: [],
  callees: [],
  aliases: [],
  vectors: [],
  maybes: [],
  records: [],
  shapes: [],
  places: [],
});

export const isWritable = (kind: ArrayKind): boolean => kind !== "readonly number[]";

export class Scope {
  contents = empty();
  /** Whether what is declared here ends with a block inside the function. */
  nested = false;
  /** Whether a block of its own starts here, so that it can have names of the outside again. */
  hides = false;
  readonly names: Set<string>;

  constructor(names: Iterable<string> = []) {
    this.names = new Set(names);
  }

  inner(): Scope {
    const made = new Scope(this.names);
    made.nested = true;
    made.hides = true;
    for (const key of Object.keys(this.contents) as (keyof Contents)[])
      made.contents[key] = [...this.contents[key]] as never;
    return made;
  }

  /** Takes a name out of sight: another variable is about to have it. */
  hide(name: string): void {
    const mentions = new RegExp(`\\b${name}\\b`);
    for (const key of Object.keys(this.contents) as (keyof Contents)[])
      this.contents[key] = (this.contents[key] as unknown[]).filter(
        (item) => !mentions.test(typeof item === "string" ? item : textOf(item as Item)),
      ) as never;
  }

  /** A name that nothing in sight has; siblings may use it again. */
  fresh(chance: Chance, pool: readonly string[]): string {
    const free = pool.filter((n) => !this.names.has(n));
    let name = free.length > 0 ? chance.of(free) : "";
    for (let i = 2; name === ""; i++) if (!this.names.has(`${pool[0]}${i}`)) name = `${pool[0]}${i}`;
    this.names.add(name);
    return name;
  }

  get writable(): Numbers[] {
    return this.contents.arrays.filter((a) => isWritable(a.kind) && a.length > 0);
  }
  get plain(): Numbers[] {
    return this.contents.arrays.filter((a) => a.kind === "number[]");
  }
  get mutable(): string[] {
    return this.contents.reals.filter((r) => r.mutable).map((r) => r.name);
  }
  /** Arrays that may be made longer and shorter. */
  get resizable(): Loose[] {
    return this.contents.loose.filter((a) => a.kind === "number[]");
  }
}

type Item = { text?: string; name?: string };
const textOf = (item: Item): string => item.text ?? item.name ?? "";

/** Names as people and this tool use them, so that collisions are tried as well. */
export const names = {
  real: [
    "a",
    "b",
    "u",
    "v",
    "w",
    "s",
    "t",
    "sum",
    "total",
    "value",
    "da",
    "dx",
    "grad",
    "tmp",
    "seed",
    "last",
  ],
  array: ["x", "y", "z", "p", "q", "r", "h", "xs", "dX", "tape", "buffer"],
  stack: ["stack", "trail", "path", "queue"],
  rows: ["M", "A", "B", "W"],
  fields: ["o", "state", "body", "point"],
  list: ["bodies", "points", "parts"],
  vector: ["force", "drift", "velocity", "axis"],
  int: ["k", "m", "count", "steps", "trips", "index"],
  loop: ["i", "j", "l", "n2"],
  row: ["row", "line", "dRow"],
  closure: ["weigh", "bump", "next", "pull"],
  maybe: ["best", "previous", "hit"],
  record: ["memo", "table", "byName"],
  shape: ["shape", "figure", "form"],
} as const satisfies Record<string, readonly string[]>;

/** The text of a valid index below `length` (greater than 0) of the array `of`. */
export const indexBelow = (length: number, of: string, scope: Scope, chance: Chance): string => {
  const fitting: string[] = [];
  for (const { text, low, high } of scope.contents.ints) {
    if (low >= 0 && high < length) fitting.push(text, text, text);
    if (low >= 1 && high - 1 < length) fitting.push(`${text} - 1`, `${text} - 1`);
    if (low >= -1 && high + 1 < length) fitting.push(`${text} + 1`);
    if (low >= 0) {
      const by = chance.happens(0.5) ? `${of}.length` : String(length);
      fitting.push(chance.happens(0.5) ? `${text} % ${by}` : `(${text} + ${chance.int(1, 3)}) % ${by}`);
    }
    if (low >= 0 && high < length) fitting.push(`${of}.length - 1 - ${text}`);
  }
  if (fitting.length > 0 && chance.happens(0.8)) return chance.of(fitting);
  if (chance.happens(0.1)) return `${of}.length - 1`;
  return String(chance.int(0, length - 1));
};
