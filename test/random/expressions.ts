/** Makes expressions whose values stay moderate and away from singularities. */
import type { Chance } from "./chance.ts";
import { indexBelow, type KnownArray, realNames, type Scope } from "./scope.ts";
import { int as intText } from "./source.ts";
import { ofVectors } from "./wider.ts";
import type { Arg, Bool, Fn, Int, Real } from "./tree.ts";

/** A helper that can be called, and whether it writes to what it is given. */
export type Helper = { fn: Fn; writes: boolean };

export class Expressions {
  readonly chance: Chance;
  readonly helpers: readonly Helper[];
  /** Calls still allowed in this function: a bound on the work of nested loops over helpers. */
  calls = 4;
  /** Also callbacks, closures, arrays of objects, switches. */
  readonly wide: boolean;
  constructor(chance: Chance, helpers: readonly Helper[], wide: boolean) {
    this.chance = chance;
    this.helpers = helpers;
    this.wide = wide;
  }

  number(): Real {
    return { k: "number", value: this.chance.happens(0.3) ? this.chance.int(-2, 3) : this.chance.real() };
  }

  /** A field of an object in an array of objects. */
  bodyField(scope: Scope): Extract<Real, { k: "member" }> {
    const { name, length } = this.chance.of(scope.bodies);
    const index = indexBelow(length, { k: "array", name }, scope, this.chance);
    return { k: "member", of: `${name}[${intText(index)}]`, field: this.chance.of(["u", "w"]) };
  }

  /** x.reduce((sum, item) => …, start) */
  reduction(scope: Scope): Real {
    const { chance } = this;
    const inner = scope.inner();
    const [sum, item] = [0, 1].map(() => inner.fresh(chance, realNames)) as [string, string];
    inner.reals.push({ name: sum, mutable: false }, { name: item, mutable: false });
    const value: Real = { k: "binary", op: "+", a: { k: "real", name: sum }, b: this.real(inner, 2) };
    return {
      k: "reduce",
      of: chance.of([...scope.arrays, ...scope.loose]).of,
      sum,
      item,
      value,
      start: this.leaf(scope),
    };
  }

  elementOf(array: KnownArray, scope: Scope): Real {
    return { k: "element", of: array.of, index: indexBelow(array.length, array.of, scope, this.chance) };
  }

  leaf(scope: Scope): Real {
    const { chance } = this;
    const arrays = scope.arrays.filter((a) => a.length > 0);
    const recent = scope.reals.slice(-3);
    return chance.weighted<Real>([
      [1, () => this.number()],
      [
        scope.reals.length > 0 ? 5 : 0,
        () => ({ k: "real", name: chance.of(chance.happens(0.6) ? recent : scope.reals).name }),
      ],
      [arrays.length > 0 ? 5 : 0, () => this.elementOf(chance.of(arrays), scope)],
      [
        scope.matrices.length > 0 ? 3 : 0,
        () => {
          const m = chance.of(scope.matrices);
          const index = indexBelow(m.rows, { k: "array", name: m.name }, scope, chance);
          const row: KnownArray["of"] = { k: "row", of: m.name, index, single: m.single };
          return { k: "element", of: row, index: indexBelow(m.columns, row, scope, chance) };
        },
      ],
      [
        scope.objects.length > 0 ? 3 : 0,
        () => {
          const o = chance.of(scope.objects);
          return { k: "member", of: o.name, field: chance.of(o.fields) };
        },
      ],
      [scope.bodies.length > 0 ? 3 : 0, () => this.bodyField(scope)],
      [scope.elements.length > 0 ? 5 : 0, () => chance.of(scope.elements).place],
      [
        scope.ints.length > 0 ? 0.7 : 0,
        () => ({ k: "ofInt", of: { k: "int", name: chance.of(scope.ints).name } }),
      ],
    ]);
  }

  real(scope: Scope, depth: number): Real {
    const { chance } = this;
    if (depth <= 0) return this.leaf(scope);
    const sub = (): Real => this.real(scope, depth - 1 - chance.int(0, 1));
    return chance.weighted<Real>([
      [2, () => this.leaf(scope)],
      [6, () => ({ k: "binary", op: chance.of(["+", "-", "*", "*"] as const), a: sub(), b: sub() })],
      [1, () => ({ k: "binary", op: "/", a: sub(), b: this.positive(scope, depth - 1) })],
      [0.5, () => ({ k: "negative", a: sub() })],
      [0.7, () => ({ k: "power", a: sub(), n: chance.of([2, 2, 3, 1, 0, 4]) })],
      [3, () => this.math(scope, depth)],
      [scope.vectors.length > 0 ? 3 : 0, () => ofVectors(this, scope)],
      [
        this.wide && scope.arrays.some((a) => a.length > 0) ? 0.4 : 0,
        () => {
          const { of, length } = chance.of(scope.arrays.filter((a) => a.length > 0));
          return { k: "at", of, index: chance.int(-length, length - 1) };
        },
      ],
      [this.wide && scope.arrays.length + scope.loose.length > 0 ? 0.5 : 0, () => this.reduction(scope)],
      [
        scope.closures.length > 0 && this.calls > 0 ? 4 : 0,
        () => {
          this.calls--;
          const { name, params } = chance.of(scope.closures);
          return { k: "call", name, args: Array.from({ length: params }, sub) };
        },
      ],
      [1.2, () => ({ k: "choice", test: this.bool(scope, 1), a: sub(), b: sub() })],
      [
        this.callable("number").length > 0 && this.calls > 0 ? 2 : 0,
        () => this.call(scope) ?? this.leaf(scope),
      ],
    ]);
  }

  /** At least 1: a + x². */
  positive(scope: Scope, depth: number): Real {
    const { chance } = this;
    const a = this.real(scope, depth - 1);
    const square: Real = chance.happens(0.5) ? { k: "power", a, n: 2 } : { k: "binary", op: "*", a, b: a };
    const base: Real = { k: "number", value: chance.of([1, 1.5, 2]) };
    return chance.weighted<Real>([
      [3, () => ({ k: "binary", op: "+", a: base, b: square })],
      [1, () => ({ k: "binary", op: "+", a: base, b: { k: "math", name: "abs", args: [a] } })],
      [1, () => ({ k: "number", value: chance.of([2, 3, 1.7]) })],
    ]);
  }

  math(scope: Scope, depth: number): Real {
    const { chance } = this;
    const sub = (): Real => this.real(scope, depth - 1);
    const small = (): Real => ({ k: "math", name: chance.of(["sin", "tanh", "atan"]), args: [sub()] });
    return chance.weighted<Real>([
      [4, () => ({ k: "math", name: chance.of(["sin", "cos", "tanh", "atan", "asinh"]), args: [sub()] })],
      [1.5, () => ({ k: "math", name: chance.of(["exp", "sinh", "cosh", "expm1", "tan"]), args: [small()] })],
      [
        2,
        () => ({
          k: "math",
          name: chance.of(["sqrt", "log", "log1p", "log2", "cbrt", "log10"]),
          args: [this.positive(scope, depth)],
        }),
      ],
      [
        2,
        () => ({
          k: "math",
          name: chance.of(["max", "min"]),
          args: Array.from({ length: chance.int(2, 3) }, sub),
        }),
      ],
      [1, () => ({ k: "math", name: "abs", args: [sub()] })],
      [0.6, () => ({ k: "math", name: "hypot", args: [sub(), sub()] })],
      [0.4, () => ({ k: "math", name: "atan2", args: [sub(), this.positive(scope, depth)] })],
      [0.4, () => ({ k: "math", name: chance.of(["floor", "round", "sign"]), args: [sub()] })],
    ]);
  }

  bool(scope: Scope, depth: number): Bool {
    const { chance } = this;
    const pairs = scope.arrays.filter((a) => a.kind === "number[]");
    return chance.weighted<Bool>([
      [
        5,
        () => ({
          k: "compare",
          op: chance.of(["<", ">", "<=", ">="] as const),
          // the compound operand stands left: `a < (b > (c))` would be read as a call with type arguments
          a: this.real(scope, depth),
          b: this.leaf(scope),
        }),
      ],
      [scope.ints.length > 0 ? 2 : 0, () => this.intBool(scope)],
      [pairs.length > 1 ? 0.4 : 0, () => ({ k: "same", a: chance.of(pairs).of, b: chance.of(pairs).of })],
      [
        depth > 0 ? 1 : 0,
        () => ({
          k: "logic",
          op: chance.of(["&&", "||"] as const),
          a: this.bool(scope, 0),
          b: this.bool(scope, 0),
        }),
      ],
      [
        this.wide && depth > 0 && scope.arrays.length > 0 ? 0.4 : 0,
        () => {
          const inner = scope.inner();
          const item = inner.fresh(chance, realNames);
          inner.reals.push({ name: item, mutable: false });
          const how = chance.of(["some", "every"] as const);
          return { k: "every", of: chance.of(scope.arrays).of, how, item, test: this.bool(inner, 0) };
        },
      ],
      [depth > 0 ? 0.5 : 0, () => ({ k: "not", a: this.bool(scope, 0) })],
    ]);
  }

  /** Equality is asked of remainders only: the compiler would narrow a variable to the literal. */
  intBool(scope: Scope): Bool {
    const { chance } = this;
    const v: Int = { k: "int", name: chance.of(scope.ints).name };
    if (chance.happens(0.6)) {
      const by = chance.int(2, 3);
      const rest: Int = { k: "intBinary", op: "%", a: v, b: { k: "integer", value: by } };
      const value = chance.int(0, by - 1);
      return { k: "intCompare", op: chance.of(["===", "!=="] as const), a: rest, b: { k: "integer", value } };
    }
    const op = chance.of(["<", ">", "<=", ">="] as const);
    return { k: "intCompare", op, a: v, b: { k: "integer", value: chance.int(0, 3) } };
  }

  callable(result: "number" | "void"): Helper[] {
    return this.helpers.filter((h) => h.fn.result === result);
  }

  /** A call with arguments of the shapes that the helper wants, or nothing if they are not in sight. */
  call(scope: Scope, result: "number" = "number"): Real | undefined {
    const helper = this.chance.of(this.callable(result));
    const args = this.args(helper, scope);
    return args && { k: "call", name: helper.fn.name, args };
  }

  args(helper: Helper, scope: Scope): Arg[] | undefined {
    this.calls--;
    const args: Arg[] = [];
    for (const { ty } of helper.fn.params) {
      const arg = this.argOf(ty, helper.writes, scope);
      if (arg === undefined) return undefined;
      args.push(arg);
    }
    return args;
  }

  private argOf(ty: Fn["params"][number]["ty"], writes: boolean, scope: Scope): Arg | undefined {
    const { chance } = this;
    switch (ty.t) {
      case "real":
        return this.real(scope, chance.int(0, 2));
      case "int":
        return { k: "integer", value: chance.int(0, ty.max) };
      case "array": {
        const fits = scope.arrays.filter(
          (a) => a.length === ty.length && a.kind === "number[]" && (a.writable || !writes) && a.fixed,
        );
        return fits.length > 0 ? { k: "pass", of: chance.of(fits).of } : undefined;
      }
      case "object": {
        const fits = scope.objects.filter((o) =>
          ty.fields.every((f) => f.ty.t === "real" && o.fields.includes(f.name)),
        );
        return fits.length > 0 ? { k: "passObject", name: chance.of(fits).name } : undefined;
      }
      case "matrix":
      case "objects":
      case "tuple":
        return undefined;
      default:
        return ty satisfies never;
    }
  }

  operator(): "" | "+" | "-" | "*" | "/" {
    return this.chance.of(["", "", "", "+", "+", "+", "-", "*"] as const);
  }

  /** What is assigned is often bounded, so that loops over it do not explode. */
  damped(scope: Scope): Real {
    const { chance } = this;
    const value = this.real(scope, chance.int(1, 3));
    if (chance.happens(0.35)) return { k: "math", name: chance.of(["sin", "tanh", "cos"]), args: [value] };
    if (chance.happens(0.2)) return { k: "binary", op: "*", a: { k: "number", value: 0.5 }, b: value };
    return value;
  }
}
