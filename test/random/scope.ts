/** What a statement under construction can name. */
import type { Chance } from "./chance.ts";
import type { Arr, Int, Place } from "./tree.ts";

/** An integer variable; its value is known to lie between low and high. */
export type KnownInt = { name: string; low: number; high: number; counter: boolean };
export type KnownArray = {
  of: Arr;
  length: number;
  writable: boolean;
  fixed: boolean;
  kind: "number[]" | "other";
  /** A Float64Array. */
  typed?: boolean;
};
export type KnownMatrix = {
  name: string;
  rows: number;
  columns: number;
  swappable: boolean;
  single: boolean;
};
export type KnownObject = { name: string; fields: string[]; type: string };
/** An array of any length: its elements are in sight only in loops over it. */
export type LooseArray = { of: Arr; writable: boolean; plain: boolean };
export type KnownElement = { place: Extract<Place, { k: "element" }>; writable: boolean };
/** A name that may be bound to another array again. */
export type KnownAlias = { name: string; length: number; like: KnownArray };

export class Scope {
  reals: { name: string; mutable: boolean }[] = [];
  ints: KnownInt[] = [];
  arrays: KnownArray[] = [];
  matrices: KnownMatrix[] = [];
  objects: KnownObject[] = [];
  aliases: KnownAlias[] = [];
  closures: { name: string; params: number }[] = [];
  /** Arrays of objects with the fields u and w. */
  bodies: { name: string; length: number }[] = [];
  stacks: { name: string; least: number }[] = [];
  vectors: string[] = [];
  /** Objects in a field of another, which may be replaced by others. */
  replaceable: string[] = [];
  loose: LooseArray[] = [];
  elements: KnownElement[] = [];
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
    made.reals = [...this.reals];
    made.ints = [...this.ints];
    made.arrays = [...this.arrays];
    made.matrices = [...this.matrices];
    made.objects = [...this.objects];
    made.aliases = [...this.aliases];
    made.closures = [...this.closures];
    made.bodies = [...this.bodies];
    made.vectors = [...this.vectors];
    made.replaceable = [...this.replaceable];
    made.loose = [...this.loose];
    made.elements = [...this.elements];
    made.stacks = this.stacks.map((s) => ({ ...s, least: 0 }));
    return made;
  }

  /** Takes a name out of sight: another variable is about to have it. */
  hide(name: string): void {
    this.reals = this.reals.filter((r) => r.name !== name);
    this.ints = this.ints.filter((x) => x.name !== name);
    this.elements = this.elements.filter((e) => !JSON.stringify(e.place).includes(`"${name}"`));
    const shows = (of: Arr): boolean => !JSON.stringify(of).includes(`"${name}"`);
    this.arrays = this.arrays.filter((a) => shows(a.of));
  }

  /** A name that nothing in sight has; siblings may use it again. */
  fresh(chance: Chance, pool: readonly string[]): string {
    const free = pool.filter((n) => !this.names.has(n));
    let name = free.length > 0 ? chance.of(free) : "";
    for (let i = 2; name === ""; i++) {
      const tried = `${pool[0]}${i}`;
      if (!this.names.has(tried)) name = tried;
    }
    this.names.add(name);
    return name;
  }
}

/** Names as people and this tool use them, so that collisions are tried as well. */
export const realNames = [
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
];
export const arrayNames = ["x", "y", "z", "p", "q", "r", "h", "xs", "dX", "tape", "buffer"];
export const matrixNames = ["M", "A", "B", "W"];
export const objectNames = ["o", "state", "body", "point"];
export const vectorNames = ["force", "drift", "velocity"];
export const intNames = ["k", "m", "count", "steps", "trips", "index"];
export const loopNames = ["i", "j", "l", "n2"];
export const rowNames = ["row", "line", "dRow"];

/** An integer expression that is a valid index below `length`. */
export const indexBelow = (length: number, of: Arr, scope: Scope, chance: Chance): Int => {
  const fitting: Int[] = [];
  for (const { name, low, high } of scope.ints) {
    const plain: Int = { k: "int", name };
    if (low >= 0 && high < length) fitting.push(plain, plain, plain);
    if (low >= 1 && high - 1 < length) {
      const before: Int = { k: "intBinary", op: "-", a: plain, b: { k: "integer", value: 1 } };
      fitting.push(before, before);
    }
    if (low >= -1 && high + 1 < length) {
      fitting.push({ k: "intBinary", op: "+", a: plain, b: { k: "integer", value: 1 } });
    }
    if (low >= 0) {
      const by: Int = chance.happens(0.5) ? { k: "length", of } : { k: "integer", value: length };
      const sum: Int = { k: "intBinary", op: "+", a: plain, b: { k: "integer", value: chance.int(1, 3) } };
      fitting.push({ k: "intBinary", op: "%", a: chance.happens(0.5) ? plain : sum, b: by });
    }
    if (high - low < length && low >= 0 && high < length) {
      const end: Int = { k: "intBinary", op: "-", a: { k: "length", of }, b: { k: "integer", value: 1 } };
      if (high <= length - 1) fitting.push({ k: "intBinary", op: "-", a: end, b: plain });
    }
  }
  if (fitting.length > 0 && chance.happens(0.8)) return chance.of(fitting);
  return { k: "integer", value: chance.int(0, length - 1) };
};
