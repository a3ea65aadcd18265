/**
 * Exact forward-mode arithmetic, written apart from the tool: a number carries its derivatives in every direction
 * and, beside each, the sum of the magnitudes that it was added up from, so that cancellation can be judged. Numbers
 * that nothing differentiated leads to stay plain numbers.
 */

export class Dual {
  readonly v: number;
  readonly d: Float64Array;
  readonly size: Float64Array;
  constructor(v: number, d: Float64Array, size: Float64Array) {
    this.v = v;
    this.d = d;
    this.size = size;
  }
  /** Whatever wants a plain number (an index, a comparison, a bit operation, a string) gets one. */
  [Symbol.toPrimitive](hint: string): number | string {
    return hint === "string" ? String(this.v) : this.v;
  }
  valueOf(): number {
    return this.v;
  }
  toJSON(): number {
    return this.v;
  }
  toString(radix?: number): string {
    return this.v.toString(radix);
  }
  toFixed(digits?: number): string {
    return this.v.toFixed(digits);
  }
  toPrecision(digits?: number): string {
    return this.v.toPrecision(digits);
  }
  toExponential(digits?: number): string {
    return this.v.toExponential(digits);
  }
  toLocaleString(): string {
    return this.v.toLocaleString();
  }
}

/** How far a gradient may be from the reference, as a share of the magnitudes that it was added up from. */
export const tolerance = 1e-11;

/** That rounding, in units of the tolerance: some ulps, so that a partial of 1e-12 still has three digits. */
const roundingOfTerms = (16 * Number.EPSILON) / tolerance;

/** A partial that is a difference has the rounding of its terms: `extent` is their magnitude, as in 1 - y² of tanh. */
export type Term = readonly [partial: number, of: unknown, extent?: number];

/** What happened in a run that bears on how its derivatives may be judged. */
export const log = { notFinite: false };

/** The result of an operation: its value, and Σ partial · derivative. A number that does not depend adds nothing, whatever the partial. */
export const combine = (v: number, ...terms: readonly Term[]): number | Dual => {
  const first = terms.find(([, of]) => of instanceof Dual)?.[1] as Dual | undefined;
  if (!first) return v;
  const { length } = first.d;
  const [d, size] = [new Float64Array(length), new Float64Array(length)];
  if (!Number.isFinite(v)) log.notFinite = true;
  for (const [partial, of, extent = 0] of terms) {
    if (!(of instanceof Dual)) continue;
    if (!Number.isFinite(partial)) log.notFinite = true;
    const magnitude = Math.abs(partial) + roundingOfTerms * extent;
    for (let i = 0; i < length; i++) {
      if (of.size[i] === 0) continue;
      d[i]! += partial * of.d[i]!;
      size[i]! += magnitude * of.size[i]!;
    }
  }
  return new Dual(v, d, size);
};

/** A differentiated number: of one direction each, or of several where memory is shared. */
export const input = (v: number, direction: number, directions: number): Dual => {
  const [d, size] = [new Float64Array(directions), new Float64Array(directions)];
  d[direction] = size[direction] = 1;
  return new Dual(v, d, size);
};

/** The plain value of a number; anything else as it is. */
export const plain = (x: unknown): unknown => (x instanceof Dual ? x.v : x);

/** As arithmetic reads it: `undefined` is NaN, `true` is 1. */
export const num = (x: unknown): number => Number(x instanceof Dual ? x.v : x);
