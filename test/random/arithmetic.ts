/**
 * Exact forward-mode arithmetic, written apart from the tool: a number carries its derivatives in every direction
 * and, beside each, the sum of the magnitudes that it was added up from, so that cancellation can be judged.
 */
export type Dual = Readonly<{ v: number; d: Float64Array; size: Float64Array }>;

/** How far a gradient may be from the reference, as a share of the magnitudes that it was added up from. */
export const tolerance = 1e-11;

/** A partial that is a difference has the rounding of its terms: `extent` is their magnitude, as in 1 - y² of tanh. */
type Term = readonly [partial: number, of: Dual, extent?: number];

/** That rounding, in units of the tolerance: some ulps, so that a partial of 1e-12 still has three digits. */
const roundingOfTerms = (16 * Number.EPSILON) / tolerance;

export class Duals {
  readonly directions: number;
  /** What lifted memory was lifted from: the same memory may be lifted apart, and is the same all the same. */
  private readonly origins = new Map<unknown, unknown>();
  constructor(directions: number) {
    this.directions = directions;
  }

  constant = (v: number): Dual => ({
    v,
    d: new Float64Array(this.directions),
    size: new Float64Array(this.directions),
  });

  input = (v: number, direction: number): Dual => {
    const made = this.constant(v);
    made.d[direction] = 1;
    made.size[direction] = 1;
    return made;
  };

  /** Whether a value on the way was not finite: an adjoint of zero times it is NaN, by convention. */
  overflowed = false;

  liftedFrom = (lifted: unknown, origin: unknown): void => void this.origins.set(lifted, origin);
  same = (a: unknown, b: unknown): boolean => (this.origins.get(a) ?? a) === (this.origins.get(b) ?? b);

  private combine(v: number, ...terms: readonly Term[]): Dual {
    const made = this.constant(v);
    if (!Number.isFinite(v) || !terms.every(([partial]) => Number.isFinite(partial))) this.overflowed = true;
    for (const [partial, of, extent = 0] of terms) {
      const magnitude = Math.abs(partial) + roundingOfTerms * extent;
      for (let i = 0; i < this.directions; i++) {
        made.d[i]! += partial * of.d[i]!;
        made.size[i]! += magnitude * of.size[i]!;
      }
    }
    return made;
  }

  add = (a: Dual, b: Dual): Dual => this.combine(a.v + b.v, [1, a], [1, b]);
  sub = (a: Dual, b: Dual): Dual => this.combine(a.v - b.v, [1, a], [-1, b]);
  mul = (a: Dual, b: Dual): Dual => this.combine(a.v * b.v, [b.v, a], [a.v, b]);
  div = (a: Dual, b: Dual): Dual => this.combine(a.v / b.v, [1 / b.v, a], [-a.v / (b.v * b.v), b]);
  neg = (a: Dual): Dual => this.combine(-a.v, [-1, a]);
  power = (a: Dual, n: number): Dual => this.combine(a.v ** n, [n === 0 ? 0 : n * a.v ** (n - 1), a]);
  single = (a: Dual): Dual => this.combine(Math.fround(a.v), [1, a]);

  zeros = (length: number): Dual[] => Array.from({ length }, () => this.constant(0));
  filled = (length: number, value: Dual): Dual[] => Array.from({ length }, () => value);

  private first(values: readonly Dual[], v: number): Dual {
    const winner = values.find((a) => a.v === v || (Number.isNaN(v) && Number.isNaN(a.v)));
    return winner ? this.combine(v, [1, winner]) : this.constant(v);
  }

  private one(
    f: (x: number) => number,
    slope: (x: number) => number,
    extent: (y: number) => number = () => 0,
  ): (a: Dual) => Dual {
    return (a) => this.combine(f(a.v), [slope(a.v), a, extent(f(a.v))]);
  }

  math: Readonly<Record<string, (...args: Dual[]) => Dual>> = {
    sin: this.one(Math.sin, Math.cos),
    cos: this.one(Math.cos, (x) => -Math.sin(x)),
    tan: this.one(Math.tan, (x) => 1 / Math.cos(x) ** 2),
    exp: this.one(Math.exp, Math.exp),
    expm1: this.one(Math.expm1, Math.exp, (y) => 1 + Math.abs(y)),
    log: this.one(Math.log, (x) => 1 / x),
    log1p: this.one(Math.log1p, (x) => 1 / (1 + x)),
    log2: this.one(Math.log2, (x) => 1 / x / Math.log(2)),
    log10: this.one(Math.log10, (x) => 1 / x / Math.log(10)),
    sqrt: this.one(Math.sqrt, (x) => 0.5 / Math.sqrt(x)),
    cbrt: this.one(Math.cbrt, (x) => 1 / (3 * Math.cbrt(x) ** 2)),
    tanh: this.one(
      Math.tanh,
      (x) => 1 / Math.cosh(x) ** 2,
      (y) => 1 + y * y,
    ),
    sinh: this.one(Math.sinh, Math.cosh),
    cosh: this.one(Math.cosh, Math.sinh),
    asinh: this.one(Math.asinh, (x) => 1 / Math.hypot(x, 1)),
    atan: this.one(Math.atan, (x) => 1 / (1 + x * x)),
    abs: this.one(Math.abs, (x) => (x > 0 ? 1 : x < 0 ? -1 : x)),
    floor: this.one(Math.floor, () => 0),
    round: this.one(Math.round, () => 0),
    sign: this.one(Math.sign, () => 0),
    atan2: (y, x) => {
      const square = x.v * x.v + y.v * y.v;
      const v = Math.atan2(y.v, x.v);
      return square === 0 ? this.constant(v) : this.combine(v, [x.v / square, y], [-y.v / square, x]);
    },
    hypot: (...args) => {
      const h = Math.hypot(...args.map((a) => a.v));
      return this.combine(h, ...args.map((a): Term => [h === 0 ? 0 : a.v / h, a]));
    },
    max: (...args) => this.first(args, Math.max(...args.map((a) => a.v))),
    min: (...args) => this.first(args, Math.min(...args.map((a) => a.v))),
  };
}
