/** Makes statements about memory: arrays, matrices, objects, stacks, and second names for them. */
import type { Expressions } from "./expressions.ts";
import {
  arrayNames,
  indexBelow,
  type KnownArray,
  loopNames,
  matrixNames,
  objectNames,
  realNames,
  rowNames,
  type Scope,
} from "./scope.ts";
import type { Arr, ArrayInit, Place, Statement } from "./tree.ts";

export class Memory {
  readonly make: Expressions;
  readonly size: number;
  /** A statement that changes something in scope. */
  readonly write: (scope: Scope) => Statement[];
  constructor(make: Expressions, size: number, write: (scope: Scope) => Statement[]) {
    this.make = make;
    this.size = size;
    this.write = write;
  }

  initial(scope: Scope): { init: ArrayInit; kind: KnownArray["kind"]; length: number } {
    const { chance } = this.make;
    const sources = scope.arrays.filter((a) => a.kind === "number[]" && a.length > 0);
    const from = sources.length > 0 ? chance.of(sources) : undefined;
    const length = { k: "integer", value: this.size } as const;
    return chance.weighted<{ init: ArrayInit; kind: KnownArray["kind"]; length: number }>([
      [
        2,
        () => ({
          init: {
            k: "filled",
            length,
            value: chance.happens(0.6) ? { k: "number", value: 0 } : this.make.real(scope, 1),
          },
          kind: "number[]",
          length: this.size,
        }),
      ],
      [2, () => ({ init: { k: "typed", length }, kind: "other", length: this.size })],
      [
        2,
        () => ({
          init: { k: "literal", items: Array.from({ length: this.size }, () => this.make.real(scope, 1)) },
          kind: "number[]",
          length: this.size,
        }),
      ],
      [
        from && this.make.wide ? 2 : 0,
        () => {
          const inner = scope.inner();
          const item = inner.fresh(chance, realNames);
          const index = inner.fresh(chance, loopNames);
          inner.reals.push({ name: item, mutable: false });
          inner.ints.push({ name: index, low: 0, high: from!.length - 1, counter: false });
          const init: ArrayInit = { k: "map", of: from!.of, item, index, value: this.make.real(inner, 2) };
          return { init, kind: "number[]", length: from!.length };
        },
      ],
      [
        from ? 0.6 : 0,
        () => ({
          init: { k: "copy", of: from!.of, how: chance.of(["slice", "spread"] as const) },
          kind: "number[]",
          length: from!.length,
        }),
      ],
    ]);
  }

  declareArray(scope: Scope): Statement[] {
    const { init, kind, length } = this.initial(scope);
    const name = scope.fresh(this.make.chance, arrayNames);
    const typed = init.k === "typed";
    scope.arrays.push({ of: { k: "array", name }, length, writable: true, fixed: true, kind, typed });
    return [{ k: "declareArray", name, init }];
  }

  declareMatrix(scope: Scope): Statement[] {
    const { chance } = this.make;
    const rows = Array.from({ length: 2 }, (): ArrayInit => ({
      k: "literal",
      items: Array.from({ length: this.size }, () => this.make.real(scope, 1)),
    }));
    const name = scope.fresh(chance, matrixNames);
    scope.matrices.push({ name, rows: 2, columns: this.size, swappable: true, single: false });
    return [{ k: "declareMatrix", name, rows }];
  }

  declareObject(scope: Scope): Statement[] {
    const { chance } = this.make;
    const fields = ["u", "w"].map((name) => ({ name, value: this.make.real(scope, 1) }));
    const name = scope.fresh(chance, objectNames);
    scope.objects.push({ name, fields: ["u", "w"], type: "" });
    return [{ k: "declareObject", name, fields }];
  }

  alias(scope: Scope): Statement[] {
    const { chance } = this.make;
    if (scope.matrices.length > 0 && chance.happens(0.6)) {
      const m = chance.of(scope.matrices);
      const of: Arr = {
        k: "row",
        of: m.name,
        index: indexBelow(m.rows, { k: "array", name: m.name }, scope, chance),
        single: m.single,
      };
      const name = scope.fresh(chance, rowNames);
      scope.arrays.push({
        of: { k: "array", name, single: m.single },
        length: m.columns,
        writable: true,
        fixed: true,
        kind: m.swappable ? "number[]" : "other",
      });
      return [{ k: "alias", name, of, mutable: false }];
    }
    const plain = scope.arrays.filter((a) => a.kind === "number[]" && a.writable);
    const list = plain.length > 0 ? plain : scope.arrays;
    if (list.length === 0) return this.declareArray(scope);
    const like = chance.of(list);
    const mutable = chance.happens(0.5) && like.kind === "number[]" && like.writable;
    const name = scope.fresh(chance, arrayNames);
    scope.arrays.push({ ...like, of: { k: "array", name, single: like.of.single } });
    if (mutable) scope.aliases.push({ name, length: like.length, like });
    return [{ k: "alias", name, of: like.of, mutable }];
  }

  realias(scope: Scope): Statement[] {
    const { chance } = this.make;
    const alias = chance.of(scope.aliases);
    const fits = scope.arrays.filter(
      (a) => a.kind === "number[]" && a.writable && a.length === alias.length && a.fixed,
    );
    return [{ k: "realias", name: alias.name, of: chance.of(fits).of }];
  }

  exchangeRows(scope: Scope): Statement[] {
    const { chance } = this.make;
    const m = chance.of(scope.matrices.filter((x) => x.swappable));
    const [a, b] = [0, 1].map(() => indexBelow(m.rows, { k: "array", name: m.name }, scope, chance));
    return [{ k: "exchangeRows", of: m.name, a: a!, b: b! }];
  }

  /** A stack, pushed to in a loop right away. */
  declareStack(scope: Scope): Statement[] {
    const { chance } = this.make;
    const name = scope.fresh(chance, ["stack", "trail", "path"]);
    const inner = scope.inner();
    const index = inner.fresh(chance, loopNames);
    inner.ints.push({ name: index, low: 0, high: this.size - 1, counter: false });
    const skip: Statement = {
      k: "if",
      test: this.make.bool(inner, 1),
      body: [{ k: "continue", label: "" }],
      otherwise: [],
    };
    const push: Statement = { k: "push", to: name, value: this.make.damped(inner) };
    const body: Statement[] = [
      ...(chance.happens(0.4) ? [skip] : []),
      push,
      ...(chance.happens(0.4) ? this.write(inner) : []),
    ];
    const bound = { k: "integer", value: this.size } as const;
    scope.stacks.push({ name, least: 0 });
    return [
      { k: "declareArray", name, init: { k: "literal", items: [] } },
      { k: "for", name: index, label: "", start: { k: "integer", value: 0 }, test: "<", bound, by: 1, body },
    ];
  }

  /** Pushes; pops and reads the last where something must be there. */
  stackStep(scope: Scope): Statement[] {
    const { chance } = this.make;
    const stack = chance.of(scope.stacks);
    const of: Arr = { k: "array", name: stack.name };
    const filled = (body: Statement[]): Statement[] => [
      {
        k: "if",
        test: { k: "intCompare", op: ">", a: { k: "length", of }, b: { k: "integer", value: 0 } },
        body,
        otherwise: [],
      },
    ];
    return chance.weighted<Statement[]>([
      [3, () => [{ k: "push", to: stack.name, value: this.make.damped(scope) }]],
      [
        1,
        () => {
          const inner = scope.inner();
          const name = inner.fresh(chance, realNames);
          inner.reals.push({ name, mutable: false });
          return filled([{ k: "pop", from: stack.name, name }, ...this.write(inner)]);
        },
      ],
      [
        1,
        () => {
          const end: Place = {
            k: "element",
            of,
            index: { k: "intBinary", op: "-", a: { k: "length", of }, b: { k: "integer", value: 1 } },
          };
          return filled([{ k: "assign", to: end, op: this.make.operator(), value: this.make.damped(scope) }]);
        },
      ],
      [
        1.5,
        () => {
          const inner = scope.inner();
          inner.stacks = [];
          const name = inner.fresh(chance, realNames);
          inner.reals.push({ name, mutable: false });
          return [{ k: "forOf", name, label: "", of, body: this.write(inner) }];
        },
      ],
    ]);
  }
}
