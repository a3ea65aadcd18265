/** Arguments made up from the types of a signature, for functions that nobody gave inputs for. */
import type { Field, Type } from "../ir/types.ts";
import { generator } from "./random.ts";

export type Wanted = Readonly<{
  name: string;
  type: Type;
  /** A number that is no real: a count, an index, a number of steps. */
  whole?: boolean;
}>;

/** How arguments are drawn: every array has `length` elements; reals lie between `low` and `high`. */
type Attempt = Readonly<{ length: number; low: number; high: number }>;

/** From the tamest to the wildest; n × n matrices and vectors of the same n fit together. */
const attempts: readonly Attempt[] = [
  { length: 3, low: 0.3, high: 1.7 },
  { length: 3, low: -1.5, high: 1.5 },
  { length: 4, low: 0.3, high: 1.7 },
  { length: 2, low: 0.1, high: 0.9 },
  { length: 6, low: 1.1, high: 3 },
  { length: 1, low: 0.3, high: 1.7 },
];

export type Sampled = Readonly<{ args: unknown[] } | { reason: string }>;

/** One argument list, the same for the same seed; seeds count up through the attempts. */
export function sampleArguments(wanted: readonly Wanted[], seed: number): Sampled {
  const attempt = attempts[seed % attempts.length]!;
  const draw = generator(seed + 1);
  const unknown: string[] = [];
  const args = wanted.map(({ name, type, whole }) => {
    if (type.kind === "number" && whole) return attempt.length;
    return sampleOf(type, attempt, draw, (what) => unknown.push(`\`${name}\` holds ${what}`));
  });
  return unknown.length > 0 ? { reason: unknown.join(", ") } : { args };
}

/** The first argument lists that `accept` takes, at most `count` of them. */
export function sampleAccepted(
  wanted: readonly Wanted[],
  accept: (args: unknown[]) => boolean,
  count = 1,
): Readonly<{ lists: unknown[][]; reason?: string }> {
  const lists: unknown[][] = [];
  for (let seed = 0; seed < 4 * attempts.length && lists.length < count; seed++) {
    const sampled = sampleArguments(wanted, seed);
    if ("reason" in sampled) return { lists, reason: sampled.reason };
    if (accept(sampled.args)) lists.push(sampled.args);
  }
  return lists.length > 0 ? { lists } : { lists, reason: "no sampled arguments give a finite value" };
}

function sampleOf(type: Type, attempt: Attempt, draw: () => number, refuse: (what: string) => void): unknown {
  const inside = (of: Type): unknown => sampleOf(of, attempt, draw, refuse);
  switch (type.kind) {
    case "number":
      // three decimals read well in a report
      return Math.round((attempt.low + (attempt.high - attempt.low) * draw()) * 1000) / 1000;
    case "boolean":
      return draw() < 0.5;
    case "undefined":
      return undefined;
    case "array":
      return arrayOf(
        type.container,
        Array.from({ length: attempt.length }, () => inside(type.element)),
      );
    case "tuple":
      return type.elements.map(inside);
    case "object":
      return Object.fromEntries(type.fields.map((field: Field) => [field.name, inside(field.type)]));
    case "map":
      if (type.record) return { a: inside(type.value), b: inside(type.value) };
      return type.set ? new Set([inside(type.key)]) : new Map([[inside(type.key), inside(type.value)]]);
    case "optional":
    case "cell":
      return inside(type.of);
    case "other":
      return sampleOther(type.text, refuse);
    default:
      return type satisfies never;
  }
}

function arrayOf(container: (Type & { kind: "array" })["container"], elements: unknown[]): unknown {
  if (container === "Array") return elements;
  const numbers = elements.map(Number);
  switch (container) {
    case "Float64Array":
      return Float64Array.from(numbers);
    case "Float32Array":
      return Float32Array.from(numbers);
    case "Int8Array":
      return Int8Array.from(numbers);
    case "Uint8Array":
      return Uint8Array.from(numbers);
    case "Uint8ClampedArray":
      return Uint8ClampedArray.from(numbers);
    case "Int16Array":
      return Int16Array.from(numbers);
    case "Uint16Array":
      return Uint16Array.from(numbers);
    case "Int32Array":
      return Int32Array.from(numbers);
    case "Uint32Array":
      return Uint32Array.from(numbers);
    default:
      return container satisfies never;
  }
}

/** Strings and unions of literals; everything else has to come from the user. */
function sampleOther(text: string, refuse: (what: string) => void): unknown {
  const first = text.split("|")[0]!.trim();
  if (first === "string") return "a";
  if (first === "null") return null;
  const literal = /^"([^"\\]*)"$/.exec(first);
  if (literal) return literal[1];
  refuse(`a value of type ${text}, which cannot be made up`);
  return undefined;
}
