/** Makes statements, with weight on what breaks reverse sweeps: overwriting, aliases, early exits, carried values. */
import type { Expressions } from "./expressions.ts";
import { loops } from "./loops.ts";
import { memoryStatements } from "./memory.ts";
import { objectStatements } from "./objects.ts";
import { passiveStatements } from "./passive.ts";
import { resizingStatements } from "./resizing.ts";
import { type Callee, names, type Scope } from "./scope.ts";
import { wideStatements } from "./wideStatements.ts";

/** Where a statement stands: what it may leave, and how deep it is. */
export type Surroundings = Readonly<{
  /** Labels of the loops around, "" for those without. */
  loops: readonly string[];
  inLoop: boolean;
  depth: number;
  /** How to leave the function early: the text of a return, given a scope; none in callbacks that must give a value. */
  leave: ((scope: Scope) => string) | undefined;
}>;

export type Maker = () => string;
export type Choice = readonly [weight: number, make: Maker];

export class Statements {
  readonly make: Expressions;
  readonly size: number;
  constructor(make: Expressions) {
    this.make = make;
    this.size = make.size;
  }

  /** A list of statements; what it declares is in scope for the rest of it. */
  list(scope: Scope, count: number, at: Surroundings): string {
    const made: string[] = [];
    if (scope.hides && this.make.chance.happens(0.12)) made.push(this.hiding(scope));
    for (let i = 0; i < count; i++) made.push(this.one(scope, at, i === count - 1 && scope.nested));
    return made.join("\n");
  }

  block(scope: Scope, count: number, at: Surroundings): string {
    return `{\n${this.list(scope.inner(), count, at)}\n}`;
  }

  private one(scope: Scope, at: Surroundings, last: boolean): string {
    const { chance } = this.make;
    const deep = at.depth > 0;
    const { writable, mutable } = scope;
    const places = scope.contents.places.filter((p) => p.writable);
    // a declaration at the end of a block would be dead
    const declaring = last && (mutable.length > 0 || writable.length > 0) ? 0 : 1;
    const callable = scope.contents.callees.filter((c) => c.result === "void");
    const choices: Choice[] = [
      [declaring * (at.inLoop ? 1.2 : 2), () => this.declare(scope)],
      [mutable.length > 0 ? 5 : 0, () => this.assign(scope)],
      [writable.length > 0 ? 5 : 0, () => this.store(scope)],
      [places.length > 0 ? 5 : 0, () => `${chance.of(places).text} ${this.change(scope)};`],
      [mutable.length > 1 ? 1 : 0, () => this.exchangeReals(scope)],
      [writable.length > 0 ? 1 : 0, () => this.exchangeElements(scope)],
      [declaring * (at.inLoop ? 0.4 : 0.6), () => this.counter(scope)],
      [callable.length > 0 && this.make.calls > 0 ? 2 : 0, () => this.call(chance.of(callable), scope)],
      [deep ? 2.2 : 0.6, () => this.branch(scope, at)],
      [deep ? 4 : 0, () => loops(this, scope, at)],
      [at.loops.length > 0 ? 2 : 0, () => this.leave(scope, at)],
      [at.leave ? (at.inLoop ? 1 : 0.25) : 0, () => this.earlyReturn(scope, at)],
      ...memoryStatements(this, scope, at, declaring),
      ...resizingStatements(this, scope, at),
    ];
    if (this.make.wide)
      choices.push(
        ...wideStatements(this, scope, at, declaring),
        ...objectStatements(this, scope, declaring),
        ...passiveStatements(this, scope, at, declaring),
      );
    return chance.weighted(choices);
  }

  declare(scope: Scope): string {
    const { chance } = this.make;
    const value = this.make.real(scope, chance.int(1, 3));
    const mutable = chance.happens(0.6);
    const name = scope.fresh(chance, names.real);
    scope.contents.reals.push({ name, mutable });
    return `${mutable ? "let" : "const"} ${name} = ${value};`;
  }

  /** First in a block: a variable with the name of an outer one. */
  private hiding(scope: Scope): string {
    const { chance } = this.make;
    if (scope.contents.reals.length === 0) return "";
    const { name } = chance.of(scope.contents.reals);
    scope.hide(name);
    const value = this.make.real(scope, 2);
    const mutable = chance.happens(0.6);
    scope.contents.reals.push({ name, mutable });
    return `${mutable ? "let" : "const"} ${name} = ${value};`;
  }

  /** `= …`, `+= …` */
  change(scope: Scope): string {
    return `${this.make.operator()} ${this.make.damped(scope)}`;
  }

  private assign(scope: Scope): string {
    const name = this.make.chance.of(scope.mutable);
    if (this.make.chance.happens(0.08)) return `${name} /= ${this.make.positive(scope, 1)};`;
    return `${name} ${this.change(scope)};`;
  }

  private store(scope: Scope): string {
    return `${this.make.element(this.make.chance.of(scope.writable), scope)} ${this.change(scope)};`;
  }

  /** [a, b] = [b, a + b] */
  private exchangeReals(scope: Scope): string {
    const { chance } = this.make;
    const [a, b] = [0, 1].map(() => chance.of(scope.mutable)) as [string, string];
    if (a === b) return this.assign(scope);
    const second = chance.happens(0.5) ? a : `${a} ${chance.of(["+", "*", "-"])} ${this.make.leaf(scope)}`;
    return `[${a}, ${b}] = [${b}, ${second}];`;
  }

  private exchangeElements(scope: Scope): string {
    const { chance } = this.make;
    const array = chance.of(scope.writable);
    const [p, q] = [0, 1].map(() => this.make.element(array, scope));
    return chance.happens(0.8) ? `[${p}, ${q}] = [${q}, ${p}];` : `${p} = ${q} = ${this.make.damped(scope)};`;
  }

  private counter(scope: Scope): string {
    const { chance } = this.make;
    const counters = scope.contents.ints.filter((x) => x.counter);
    if (counters.length === 0 || chance.happens(0.3)) {
      const name = scope.fresh(chance, names.int);
      scope.contents.ints.push({ text: name, low: 0, high: 1000, counter: true });
      return `let ${name} = ${chance.int(0, 2)};`;
    }
    const { text } = chance.of(counters);
    return chance.happens(0.7) ? `${text}++;` : `${text} += ${chance.int(1, 2)};`;
  }

  private call(callee: Callee, scope: Scope): string {
    const made = this.make.call(callee, scope);
    return made ? `${made};` : this.declare(scope);
  }

  /** A statement that changes something in scope. */
  write(scope: Scope): string {
    if (scope.mutable.length > 0) return this.assign(scope);
    return scope.writable.length > 0 ? this.store(scope) : this.declare(scope);
  }

  private branch(scope: Scope, at: Surroundings): string {
    const { chance } = this.make;
    const inside = { ...at, depth: at.depth - 1 };
    const block = (): string => this.block(scope, chance.int(1, 2), inside);
    const test = this.make.bool(scope, 1);
    const otherwise = chance.weighted<string>([
      [5, () => ""],
      [4, () => ` else ${block()}`],
      [1, () => ` else if (${this.make.bool(scope, 1)}) ${block()} else ${block()}`],
    ]);
    return `if (${test}) ${block()}${otherwise}`;
  }

  private leave(scope: Scope, at: Surroundings): string {
    const { chance } = this.make;
    const labels = at.loops.filter((l) => l !== "");
    const label = labels.length > 0 && chance.happens(0.4) ? ` ${chance.of(labels)}` : "";
    const before = chance.happens(0.4) ? this.write(scope.inner()) : "";
    return `if (${this.make.bool(scope, 1)}) {\n${before}\n${chance.of(["break", "continue"])}${label};\n}`;
  }

  private earlyReturn(scope: Scope, at: Surroundings): string {
    const { chance } = this.make;
    const inner = scope.inner();
    const before = chance.happens(0.3) ? this.write(inner) : "";
    return `if (${this.make.bool(scope, 1)}) {\n${before}\n${at.leave!(inner)}\n}`;
  }
}
