/** Derivatives of the operations with any number of operands: (d, index, args, result) ↦ d · partial in args[index]. */
import { constant, isConstant } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import { div, eq, type Expr, ge, gt, le, lt, mul, ne, num, or, select } from "./expression.ts";

export type VariadicRule = Readonly<{
  each: (d: Expr, index: number, args: readonly Operand[], result: Operand) => Expr;
}>;

const isKnown = (o: Operand): boolean => isConstant(o) && !Number.isNaN(o.value);

type Compare = (a: Expr, b: Expr) => Expr;

/**
 * The adjoint of an extremum goes to the first operand that attains it; a NaN beats every number, the first NaN
 * the others. `reaches` is >= for max, `misses` its negation between numbers.
 */
const extremum = (reaches: Compare, misses: Compare): VariadicRule => ({
  each: (d, index, args, result) => {
    const [a, b] = args;
    if (args.length === 1) return d;
    if (args.length === 2) {
      const [first, second] = index === 0 ? [d, num(0)] : [num(0), d];
      // against a constant one comparison settles NaN as well
      if (isKnown(b!)) return select(misses(a!, b!), second, first);
      if (isKnown(a!)) return select(reaches(a!, b!), first, second);
      return select(or(reaches(a!, b!), ne(a!, a!)), first, second);
    }
    const attains = (o: Operand): Expr => (isKnown(o) ? eq(o, result) : or(eq(o, result), ne(o, o)));
    // no operand before this one attains it, this one does: the last needs no test of its own
    const own = index === args.length - 1 ? d : select(attains(args[index]!), d, num(0));
    return args
      .slice(0, index)
      .reduceRight<Expr>((rest, before) => select(attains(before), num(0), rest), own);
  },
});

export const variadic = {
  max: extremum(ge, lt),
  min: extremum(le, gt),
  // x / h; 0 at the origin
  hypot: { each: (d, index, args, h) => select(eq(h, num(0)), num(0), mul(d, div(args[index]!, h))) },
  /** select(test, a, b): the derivative of the branch taken */
  select: {
    each: (d, index, [test]) => {
      if (index === 0) return num(0);
      return index === 1 ? select(test!, d, num(0)) : select(test!, num(0), d);
    },
  },
  /** orElse(a, b) = a ?? b: the derivative of the one that it is */
  orElse: {
    each: (d, index, [a]) => {
      const isMissing = eq(a!, constant(undefined));
      return index === 0 ? select(isMissing, num(0), d) : select(isMissing, d, num(0));
    },
  },
} as const satisfies Record<string, VariadicRule>;
