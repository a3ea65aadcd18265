/** Makes statements, with weight on what breaks reverse sweeps: overwriting, aliases, early exits, carried values. */
import type { Expressions } from "./expressions.ts";
import { loops } from "./loops.ts";
import { out } from "./out.ts";
import { Memory } from "./memory.ts";
import { indexBelow, intNames, type KnownArray, realNames, type Scope } from "./scope.ts";
import { wideStatements } from "./wide.ts";
import { widerStatements } from "./wider.ts";
import type { Fn, Place, Real, Statement } from "./tree.ts";

/** Where a statement stands: what it may leave, and how deep it is. */
export type Surroundings = Readonly<{
  loops: readonly string[];
  inLoop: boolean;
  depth: number;
  result: Fn["result"];
}>;

export type Maker = () => Statement[];

export class Statements {
  readonly make: Expressions;
  readonly size: number;
  readonly memory: Memory;
  constructor(make: Expressions, size: number) {
    this.make = make;
    this.size = size;
    this.memory = new Memory(make, size, (scope) => this.assignSomething(scope));
  }

  /** A list of statements; what it declares is in scope for the rest of it. */
  list(scope: Scope, count: number, at: Surroundings): Statement[] {
    const made: Statement[] = [];
    if (scope.hides && this.make.chance.happens(0.12)) made.push(...this.hiding(scope));
    for (let i = 0; i < count; i++) made.push(...this.one(scope, at, i === count - 1 && scope.nested));
    return made;
  }

  private one(scope: Scope, at: Surroundings, last: boolean): Statement[] {
    const { chance } = this.make;
    const deep = at.depth > 0;
    const writable = scope.arrays.filter((a) => a.writable && a.length > 0);
    const swappable = scope.matrices.filter((m) => m.swappable);
    const mutable = scope.reals.filter((r) => r.mutable);
    // a declaration at the end of a block would be dead
    const declaring = last && (mutable.length > 0 || writable.length > 0) ? 0 : 1;
    const choices: [number, Maker][] = [
      [declaring * (at.inLoop ? 1.2 : 2), () => this.declare(scope)],
      [mutable.length > 0 ? 5 : 0, () => this.assign(scope)],
      [writable.length > 0 ? 5 : 0, () => this.store(scope, chance.of(writable))],
      [scope.elements.some((e) => e.writable) ? 5 : 0, () => this.storeElement(scope)],
      [mutable.length > 1 ? 1 : 0, () => this.exchangeReals(scope)],
      [writable.length > 0 ? 1 : 0, () => this.exchangeElements(scope, chance.of(writable))],
      [swappable.length > 0 ? 0.6 : 0, () => this.memory.exchangeRows(scope)],
      [scope.objects.length > 0 ? 1.5 : 0, () => this.storeMember(scope)],
      [declaring * 0.9, () => this.memory.declareArray(scope)],
      [at.inLoop ? 0 : declaring * 0.4, () => this.memory.declareMatrix(scope)],
      [declaring * 0.5, () => this.memory.declareObject(scope)],
      [scope.arrays.length + scope.matrices.length > 0 ? declaring * 0.9 : 0, () => this.memory.alias(scope)],
      [scope.aliases.length > 0 ? 1.2 : 0, () => this.memory.realias(scope)],
      [declaring * (at.inLoop ? 0.4 : 0.6), () => this.counter(scope)],
      [this.make.callable("void").length > 0 && this.make.calls > 0 ? 2 : 0, () => this.callHelper(scope)],
      [scope.stacks.length > 0 ? 3 : 0, () => this.memory.stackStep(scope)],
      [at.inLoop ? 0.15 : 0.6, () => this.memory.declareStack(scope)],
      [deep ? 2.2 : 0.6, () => this.branch(scope, at)],
      [deep ? 4 : 0, () => loops(this, scope, at)],
      [at.loops.length > 0 ? 2 : 0, () => this.leave(scope, at)],
      [at.inLoop ? 1 : 0.25, () => this.earlyReturn(scope, at)],
    ];
    if (this.make.wide) {
      choices.push(...wideStatements(this, scope, at, declaring));
      choices.push(...widerStatements(this, scope, declaring));
    }
    return chance.weighted(choices);
  }

  private declare(scope: Scope): Statement[] {
    const { chance } = this.make;
    const value = this.make.real(scope, chance.int(1, 3));
    const mutable = chance.happens(0.6);
    const name = scope.fresh(chance, realNames);
    scope.reals.push({ name, mutable });
    return [{ k: "declare", name, mutable, value }];
  }

  /** First in a block: a variable with the name of an outer one. */
  private hiding(scope: Scope): Statement[] {
    if (scope.reals.length === 0) return [];
    const { name } = this.make.chance.of(scope.reals);
    scope.hide(name);
    const value = this.make.real(scope, 2);
    const mutable = this.make.chance.happens(0.6);
    scope.reals.push({ name, mutable });
    return [{ k: "declare", name, mutable, value }];
  }

  private assign(scope: Scope): Statement[] {
    const { chance } = this.make;
    const { name } = chance.of(scope.reals.filter((r) => r.mutable));
    if (chance.happens(0.08)) {
      return [{ k: "assign", to: { k: "real", name }, op: "/", value: this.make.positive(scope, 1) }];
    }
    return [
      { k: "assign", to: { k: "real", name }, op: this.make.operator(), value: this.make.damped(scope) },
    ];
  }

  element(scope: Scope, array: KnownArray): Extract<Place, { k: "element" }> {
    return { k: "element", of: array.of, index: indexBelow(array.length, array.of, scope, this.make.chance) };
  }

  private store(scope: Scope, array: KnownArray): Statement[] {
    return [
      {
        k: "assign",
        to: this.element(scope, array),
        op: this.make.operator(),
        value: this.make.damped(scope),
      },
    ];
  }

  private storeElement(scope: Scope): Statement[] {
    const { place } = this.make.chance.of(scope.elements.filter((e) => e.writable));
    return [{ k: "assign", to: place, op: this.make.operator(), value: this.make.damped(scope) }];
  }

  private storeMember(scope: Scope): Statement[] {
    const { chance } = this.make;
    const o = chance.of(scope.objects);
    const to: Place = { k: "member", of: o.name, field: chance.of(o.fields) };
    return [{ k: "assign", to, op: this.make.operator(), value: this.make.damped(scope) }];
  }

  /** [a, b] = [b, a + b] */
  private exchangeReals(scope: Scope): Statement[] {
    const { chance } = this.make;
    const [a, b] = [0, 1].map(() => chance.of(scope.reals.filter((r) => r.mutable)).name) as [string, string];
    if (a === b) return this.assign(scope);
    const second: Real = chance.happens(0.5)
      ? { k: "real", name: a }
      : {
          k: "binary",
          op: chance.of(["+", "*", "-"] as const),
          a: { k: "real", name: a },
          b: this.make.leaf(scope),
        };
    return [
      {
        k: "exchange",
        places: [
          { k: "real", name: a },
          { k: "real", name: b },
        ],
        values: [{ k: "real", name: b }, second],
      },
    ];
  }

  private exchangeElements(scope: Scope, array: KnownArray): Statement[] {
    const [p, q] = [this.element(scope, array), this.element(scope, array)];
    return [{ k: "exchange", places: [p, q], values: [q, p] }];
  }

  private counter(scope: Scope): Statement[] {
    const { chance } = this.make;
    const counters = scope.ints.filter((x) => x.counter);
    if (counters.length === 0 || chance.happens(0.3)) {
      const name = scope.fresh(chance, intNames);
      const value = chance.int(0, 2);
      scope.ints.push({ name, low: 0, high: 1000, counter: true });
      return [{ k: "declareInt", name, value: { k: "integer", value } }];
    }
    const { name } = chance.of(counters);
    if (chance.happens(0.7)) return [{ k: "step", name, by: "++" }];
    return [{ k: "assignInt", name, op: "+", value: { k: "integer", value: chance.int(1, 2) } }];
  }

  private callHelper(scope: Scope): Statement[] {
    const helper = this.make.chance.of(this.make.callable("void"));
    const args = this.make.args(helper, scope);
    return args ? [{ k: "callHelper", name: helper.fn.name, args }] : this.memory.declareArray(scope);
  }

  assignSomething(scope: Scope): Statement[] {
    const writable = scope.arrays.filter((a) => a.writable && a.length > 0);
    if (scope.reals.some((r) => r.mutable)) return this.assign(scope);
    return writable.length > 0 ? this.store(scope, this.make.chance.of(writable)) : this.declare(scope);
  }

  private branch(scope: Scope, at: Surroundings): Statement[] {
    const { chance } = this.make;
    const inside = { ...at, depth: at.depth - 1 };
    const test = this.make.bool(scope, 1);
    const body = this.list(scope.inner(), chance.int(1, 2), inside);
    const otherwise = chance.happens(0.5) ? this.list(scope.inner(), chance.int(1, 2), inside) : [];
    return [{ k: "if", test, body, otherwise }];
  }

  returned(scope: Scope, result: Fn["result"]): Statement {
    if (result === "void") return { k: "return" };
    if (result === "number") return { k: "return", value: this.make.real(scope, 2) };
    return { k: "return", out: out(this.make, scope, result) };
  }

  private leave(scope: Scope, at: Surroundings): Statement[] {
    const { chance } = this.make;
    const labels = at.loops.filter((l) => l !== "");
    const label = labels.length > 0 && chance.happens(0.4) ? chance.of(labels) : "";
    const jump: Statement = { k: chance.of(["break", "continue"] as const), label };
    const inner = scope.inner();
    const before = chance.happens(0.4) ? this.assignSomething(inner) : [];
    return [{ k: "if", test: this.make.bool(scope, 1), body: [...before, jump], otherwise: [] }];
  }

  private earlyReturn(scope: Scope, at: Surroundings): Statement[] {
    const { chance } = this.make;
    const value = this.returned(scope, at.result);
    const before = chance.happens(0.3) ? this.assignSomething(scope.inner()) : [];
    return [
      {
        k: "if",
        test: this.make.bool(scope, 1),
        body: [...before, value],
        otherwise: [],
      },
    ];
  }
}
