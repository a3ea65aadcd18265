/** The operators and `Math` over numbers that may carry derivatives; conventions where there is none as documented. */
import { combine, Dual, num, type Term } from "./number.ts";

/** Does `+` read it as a number? */
const isAdded = (x: unknown): boolean =>
  typeof x === "number" || x instanceof Dual || x === undefined || x === null || typeof x === "boolean";

type Operation = (a: unknown, b: unknown) => unknown;

const power = (x: unknown, y: unknown, v: number): number | Dual => {
  const [a, b] = [num(x), num(y)];
  const inBase = b === 0 ? 0 : b * a ** (b - 1);
  return combine(v, [inBase, x], [a === 0 ? 0 : v * Math.log(a), y]);
};

export const operations = {
  add: (a, b) => {
    if (isAdded(a) && isAdded(b)) return combine(num(a) + num(b), [1, a], [1, b]);
    // strings, and objects that turn into them, are added as JavaScript adds them
    return (a as string) + (b as string);
  },
  sub: (a, b) => combine(num(a) - num(b), [1, a], [-1, b]),
  mul: (a, b) => combine(num(a) * num(b), [num(b), a], [num(a), b]),
  div: (a, b) => combine(num(a) / num(b), [1 / num(b), a], [-(num(a) / num(b)) / num(b), b]),
  rem: (a, b) => {
    const [x, y] = [num(a), num(b)];
    return combine(x % y, [1, a], [-Math.round((x - (x % y)) / y), b]);
  },
  power: (a, b) => power(a, b, num(a) ** num(b)),
} as const satisfies Record<string, Operation>;

export const neg = (a: unknown): unknown => combine(-num(a), [-1, a]);

type Slope = (x: number, y: number) => number;

const smooth =
  (f: (x: number) => number, slope: Slope, extent: Slope = () => 0) =>
  (a: unknown): unknown => {
    const x = num(a);
    const y = f(x);
    return combine(y, [slope(x, y), a, extent(x, y)]);
  };

/** The value is one of the arguments, the first of the equal ones, or the first NaN. */
const chosen =
  (f: (...xs: number[]) => number) =>
  (...args: unknown[]): unknown => {
    const values = args.map(num);
    const v = f(...values);
    const winner = values.findIndex((x) => x === v || (Number.isNaN(v) && Number.isNaN(x)));
    return winner < 0 ? v : combine(v, [1, args[winner]]);
  };

const flat =
  (f: (...xs: number[]) => number) =>
  (...args: unknown[]): unknown =>
    f(...args.map(num));

export const math = {
  ...Object.fromEntries(
    ["E", "LN10", "LN2", "LOG10E", "LOG2E", "PI", "SQRT1_2", "SQRT2"].map((name) => [
      name,
      Math[name as "PI"],
    ]),
  ),
  random: Math.random,
  sin: smooth(Math.sin, (x) => Math.cos(x)),
  cos: smooth(Math.cos, (x) => -Math.sin(x)),
  tan: smooth(Math.tan, (x) => 1 / Math.cos(x) ** 2),
  asin: smooth(Math.asin, (x) => 1 / Math.sqrt((1 - x) * (1 + x))),
  acos: smooth(Math.acos, (x) => -1 / Math.sqrt((1 - x) * (1 + x))),
  atan: smooth(Math.atan, (x) => 1 / (1 + x * x)),
  sinh: smooth(Math.sinh, (x) => Math.cosh(x)),
  cosh: smooth(Math.cosh, (x) => Math.sinh(x)),
  tanh: smooth(
    Math.tanh,
    (x) => 1 / Math.cosh(x) ** 2,
    (_, y) => 1 + y * y,
  ),
  asinh: smooth(Math.asinh, (x) => 1 / Math.hypot(x, 1)),
  acosh: smooth(Math.acosh, (x) => 1 / Math.sqrt((x - 1) * (x + 1))),
  atanh: smooth(Math.atanh, (x) => 1 / ((1 - x) * (1 + x))),
  exp: smooth(Math.exp, (_, y) => y),
  expm1: smooth(
    Math.expm1,
    (x) => Math.exp(x),
    (_, y) => 1 + Math.abs(y),
  ),
  log: smooth(Math.log, (x) => 1 / x),
  log1p: smooth(Math.log1p, (x) => 1 / (1 + x)),
  log2: smooth(Math.log2, (x) => 1 / x / Math.LN2),
  log10: smooth(Math.log10, (x) => 1 / x / Math.LN10),
  sqrt: smooth(Math.sqrt, (_, y) => 0.5 / y),
  cbrt: smooth(Math.cbrt, (_, y) => 1 / (3 * y * y)),
  abs: smooth(Math.abs, (x) => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : NaN)),
  fround: smooth(Math.fround, () => 1),
  sign: flat(Math.sign),
  floor: flat(Math.floor),
  ceil: flat(Math.ceil),
  round: flat(Math.round),
  trunc: flat(Math.trunc),
  clz32: flat(Math.clz32),
  imul: flat(Math.imul),
  max: chosen(Math.max),
  min: chosen(Math.min),
  pow: (a: unknown, b: unknown) => power(a, b, Math.pow(num(a), num(b))),
  hypot: (...args: unknown[]) => {
    const values = args.map(num);
    const h = Math.hypot(...values);
    return combine(h, ...args.map((a, i): Term => [h === 0 ? 0 : values[i]! / h, a]));
  },
  atan2: (a: unknown, b: unknown) => {
    const [y, x] = [num(a), num(b)];
    const h = Math.hypot(x, y);
    const v = Math.atan2(y, x);
    return h === 0 ? v : combine(v, [x / h / h, a], [-y / h / h, b]);
  },
};
