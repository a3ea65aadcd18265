/** Makes expressions whose values stay moderate and away from singularities. */
import type { Chance } from "./chance.ts";
import { fromArrays, fromMaybes, fromObjects } from "./wide.ts";
import { indexBelow, names, type Numbers, type Callee, type Scope } from "./scope.ts";

export type Choice = readonly [weight: number, make: () => string];

/** A number as a literal. */
export const literal = (n: number): string => (n < 0 || Object.is(n, -0) ? `(${n})` : String(n));

export class Expressions {
  readonly chance: Chance;
  /** Calls still allowed in this function: a bound on the work of nested loops over helpers. */
  calls = 4;
  /** Also callbacks, closures, classes, and the rest of the language. */
  readonly wide: boolean;
  /** The length of the arrays that helpers are given. */
  readonly size: number;
  constructor(chance: Chance, size: number, wide: boolean) {
    this.chance = chance;
    this.size = size;
    this.wide = wide;
  }

  number(): string {
    return literal(this.chance.happens(0.3) ? this.chance.int(-2, 3) : this.chance.real());
  }

  element(array: Numbers, scope: Scope): string {
    return `${array.text}[${indexBelow(array.length, array.text, scope, this.chance)}]`;
  }

  leaf(scope: Scope): string {
    const { chance } = this;
    const { reals, arrays, rows, fields, lists, places, ints } = scope.contents;
    const filled = arrays.filter((a) => a.length > 0);
    const recent = reals.slice(-3);
    return chance.weighted<string>([
      [1, () => this.number()],
      [reals.length > 0 ? 5 : 0, () => chance.of(chance.happens(0.6) ? recent : reals).name],
      [filled.length > 0 ? 5 : 0, () => this.element(chance.of(filled), scope)],
      [rows.length > 0 ? 3 : 0, () => this.entry(scope)],
      [fields.length > 0 ? 3 : 0, () => this.field(scope)],
      [lists.length > 0 ? 3 : 0, () => this.listField(scope)],
      [places.length > 0 ? 5 : 0, () => chance.of(places).text],
      [ints.length > 0 ? 0.7 : 0, () => chance.of(ints).text],
    ]);
  }

  /** M[i][j] */
  entry(scope: Scope): string {
    const m = this.chance.of(scope.contents.rows);
    const row = `${m.text}[${indexBelow(m.rows, m.text, scope, this.chance)}]`;
    return `${row}[${indexBelow(m.columns, row, scope, this.chance)}]`;
  }

  field(scope: Scope, writable = false): string {
    const { text, reals } = this.chance.of(scope.contents.fields.filter((f) => !writable || !f.readonly));
    return `${text}.${this.chance.of(reals)}`;
  }

  listField(scope: Scope): string {
    const { text, length, reals } = this.chance.of(scope.contents.lists);
    return `${text}[${indexBelow(length, text, scope, this.chance)}].${this.chance.of(reals)}`;
  }

  real(scope: Scope, depth: number): string {
    const { chance } = this;
    if (depth <= 0) return this.leaf(scope);
    const sub = (): string => this.real(scope, depth - 1 - chance.int(0, 1));
    const callable = scope.contents.callees.filter((c) => c.result === "number");
    const choices: Choice[] = [
      [2, () => this.leaf(scope)],
      [6, () => `(${sub()} ${chance.of(["+", "-", "*", "*"])} ${sub()})`],
      [1, () => `(${sub()} / ${this.positive(scope, depth - 1)})`],
      [0.5, () => `(-${sub()})`],
      [0.7, () => `((${sub()}) ** ${chance.of([2, 2, 3, 1, 0, 4])})`],
      [3, () => this.math(scope, depth)],
      [1.2, () => `(${this.bool(scope, 1)} ? ${sub()} : ${sub()})`],
      [
        callable.length > 0 && this.calls > 0 ? 3 : 0,
        () => this.call(chance.of(callable), scope) ?? this.leaf(scope),
      ],
    ];
    if (this.wide) {
      choices.push(...fromArrays(this, scope), ...fromObjects(this, scope), ...fromMaybes(this, scope));
      const mutable = scope.mutable;
      if (mutable.length > 0) {
        choices.push([0.15, () => `(${chance.of(mutable)} ${this.operator()} ${this.damped(scope)})`]);
        choices.push([0.1, () => `(${chance.of(mutable)}${chance.of(["++", "--"])})`]);
      }
    }
    return chance.weighted(choices);
  }

  /** At least 1: a + x². */
  positive(scope: Scope, depth: number): string {
    const { chance } = this;
    const a = this.pure(scope, depth - 1);
    const base = chance.of(["1", "1.5", "2"]);
    return chance.weighted<string>([
      [3, () => (chance.happens(0.5) ? `(${base} + (${a}) ** 2)` : `(${base} + ${a} * ${a})`)],
      [1, () => `(${base} + Math.abs(${a}))`],
      [1, () => chance.of(["2", "3", "1.7"])],
    ]);
  }

  /** An expression that may be evaluated twice. */
  pure(scope: Scope, depth: number): string {
    const made = this.real(scope, depth);
    return /\+\+|--|[^=<>!]=[^=>]|\w\(/.test(made.replaceAll(/Math\.\w+\(/g, "(")) ? this.leaf(scope) : made;
  }

  math(scope: Scope, depth: number): string {
    const { chance } = this;
    const sub = (): string => this.real(scope, depth - 1);
    const small = (): string => `Math.${chance.of(["sin", "tanh", "atan"])}(${sub()})`;
    return chance.weighted<string>([
      [4, () => `Math.${chance.of(["sin", "cos", "tanh", "atan", "asinh"])}(${sub()})`],
      [1.5, () => `Math.${chance.of(["exp", "sinh", "cosh", "expm1", "tan"])}(${small()})`],
      [
        2,
        () =>
          `Math.${chance.of(["sqrt", "log", "log1p", "log2", "cbrt", "log10"])}(${this.positive(scope, depth)})`,
      ],
      [
        2,
        () =>
          `Math.${chance.of(["max", "min"])}(${Array.from({ length: chance.int(2, 3) }, sub).join(", ")})`,
      ],
      [1, () => `Math.abs(${sub()})`],
      [0.6, () => `Math.hypot(${sub()}, ${sub()})`],
      [0.4, () => `Math.atan2(${sub()}, ${this.positive(scope, depth)})`],
      [0.4, () => `Math.pow(${this.positive(scope, depth)}, ${sub()})`],
      [0.4, () => `Math.${chance.of(["floor", "round", "sign", "trunc", "ceil"])}(${sub()})`],
      [0.2, () => `Math.fround(${sub()})`],
      [0.3, () => `(${sub()} % ${this.positive(scope, depth - 1)})`],
    ]);
  }

  bool(scope: Scope, depth: number): string {
    const { chance } = this;
    const pairs = scope.plain;
    const { ints, fields } = scope.contents;
    const alike = fields.filter((f) => fields.some((g) => g !== f && g.shape === f.shape));
    const choices: Choice[] = [
      // the compound operand stands left: `a < (b > (c))` would be read as a call with type arguments
      [5, () => `(${this.real(scope, depth)} ${chance.of(["<", ">", "<=", ">="])} ${this.leaf(scope)})`],
      [ints.length > 0 ? 2 : 0, () => this.intBool(scope)],
      [pairs.length > 1 ? 0.4 : 0, () => `(${chance.of(pairs).text} === ${chance.of(pairs).text})`],
      [depth > 0 ? 1 : 0, () => `(${this.bool(scope, 0)} ${chance.of(["&&", "||"])} ${this.bool(scope, 0)})`],
      [depth > 0 ? 0.5 : 0, () => `!${this.bool(scope, 0)}`],
    ];
    if (this.wide) {
      const { arrays, loose, maybes } = scope.contents;
      const all = [...arrays, ...loose];
      choices.push(
        [
          depth > 0 && all.length > 0 ? 0.4 : 0,
          () => {
            const inner = scope.inner();
            const item = inner.fresh(chance, names.real);
            inner.contents.reals.push({ name: item, mutable: false });
            return `${chance.of(all).text}.${chance.of(["some", "every"])}((${item}) => ${this.bool(inner, 0)})`;
          },
        ],
        [
          alike.length > 0 ? 0.5 : 0,
          () => {
            const one = chance.of(alike);
            return `(${one.text} ${chance.of(["===", "!=="])} ${chance.of(fields.filter((f) => f.shape === one.shape)).text})`;
          },
        ],
        [
          maybes.length > 0 ? 1 : 0,
          () => `(${chance.of(maybes).name} ${chance.of(["===", "!=="])} undefined)`,
        ],
        [all.length > 0 ? 0.3 : 0, () => `(${chance.of(all).text}.length > ${chance.int(0, 3)})`],
      );
    }
    return chance.weighted(choices);
  }

  /** Equality is asked of remainders only: the compiler would narrow a variable to the literal. */
  intBool(scope: Scope): string {
    const { chance } = this;
    const { text } = chance.of(scope.contents.ints);
    const by = chance.int(2, 3);
    if (chance.happens(0.6)) return `(${text} % ${by} ${chance.of(["===", "!=="])} ${chance.int(0, by - 1)})`;
    return `(${text} ${chance.of(["<", ">", "<=", ">="])} ${chance.int(0, 3)})`;
  }

  /** A call with arguments of the shapes that the callee wants, or nothing if they are not in sight. */
  call(callee: Callee, scope: Scope): string | undefined {
    const { chance } = this;
    this.calls--;
    const args = callee.params.map((param): string | undefined => {
      switch (param) {
        case "real":
          return this.real(scope, chance.int(0, 2));
        case "int":
          return String(chance.int(0, 3));
        case "numbers": {
          const fits = scope.plain.filter((a) => a.length === this.size);
          return fits.length > 0 ? chance.of(fits).text : undefined;
        }
        case "fields": {
          const fits = scope.contents.fields.filter((f) => f.reals.includes("u") && f.reals.includes("w"));
          return fits.length > 0 ? chance.of(fits).text : undefined;
        }
        case "function": {
          const known = scope.contents.callees.filter(
            (c) => c.result === "number" && c.params.length === 1 && c.params[0] === "real",
          );
          if (known.length > 0 && chance.happens(0.4)) return chance.of(known).name;
          const inner = scope.inner();
          const item = inner.fresh(chance, names.real);
          inner.contents.reals.push({ name: item, mutable: false });
          return `(${item}) => ${this.real(inner, 1)}`;
        }
        default:
          return param satisfies never;
      }
    });
    return args.includes(undefined) ? undefined : `${callee.name}(${args.join(", ")})`;
  }

  operator(): string {
    return this.chance.of(["=", "=", "=", "+=", "+=", "+=", "-=", "*="]);
  }

  /** What is assigned is often bounded, so that loops over it do not explode. */
  damped(scope: Scope): string {
    const { chance } = this;
    const value = this.real(scope, chance.int(1, 3));
    if (chance.happens(0.35)) return `Math.${chance.of(["sin", "tanh", "cos"])}(${value})`;
    return chance.happens(0.2) ? `(0.5 * ${value})` : value;
  }
}
