/** Statements about objects: literals, nested ones, lists of them, instances of classes, unions of shapes. */
import { indexBelow, names, type Fields, type Scope } from "./scope.ts";
import type { Choice, Statements } from "./statements.ts";
import { vector } from "./wide.ts";

const literal = ({ make }: Statements, scope: Scope, reals: readonly string[]): string => {
  const { chance } = make;
  const known = scope.contents.reals.map((r) => r.name);
  const part = (f: string): string =>
    known.includes(f) && chance.happens(0.5) ? f : `${f}: ${make.real(scope, 1)}`;
  return `{ ${reals.map(part).join(", ")} }`;
};

const uw = ["u", "w"];

const declareObject = (s: Statements, scope: Scope): string => {
  const { chance, wide } = s.make;
  const init = literal(s, scope, uw);
  const others = scope.contents.fields.filter((f) => f.shape === "uw" || f.shape === "State");
  const name = scope.fresh(chance, names.fields);
  const mutable = wide && chance.happens(0.3);
  const other = s.make.real(scope, 1);
  scope.contents.fields.push({ text: name, reals: uw, shape: "uw", replaceable: mutable });
  if (wide && others.length > 0 && chance.happens(0.3))
    return `${mutable ? "let" : "const"} ${name} = { ...${chance.of(others).text}, u: ${other} };`;
  return `${mutable ? "let" : "const"} ${name} = ${init};`;
};

/** An object in an object, and an array in it. */
const declareNested = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const items = [0, 1].map(() => s.make.real(scope, 1));
  const name = scope.fresh(chance, names.fields);
  const deeper = chance.happens(0.4);
  const inner = literal(s, scope, uw);
  const at = deeper ? `${name}.core.at` : `${name}.at`;
  scope.contents.fields.push({ text: at, reals: uw, shape: "uw", replaceable: true });
  scope.contents.arrays.push({ text: `${name}.list`, length: 2, kind: "number[]" });
  return `const ${name} = { ${deeper ? `core: { at: ${inner} }` : `at: ${inner}`}, list: [${items.join(", ")}] };`;
};

const declareList = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const name = scope.fresh(chance, names.list);
  const known = scope.contents.fields.filter((f) => f.shape === "uw");
  const one = (): string =>
    known.length > 0 && chance.happens(0.3) ? chance.of(known).text : literal(s, scope, uw);
  const plain = scope.plain.filter((a) => a.length > 0);
  if (plain.length > 0 && chance.happens(0.3)) {
    const { text, length } = chance.of(plain);
    const inner = scope.inner();
    inner.hides = false;
    const item = inner.fresh(chance, names.real);
    inner.contents.reals.push({ name: item, mutable: false });
    const init = literal(s, inner, uw);
    scope.contents.lists.push({ text: name, length, reals: uw, shape: "uw" });
    return `const ${name} = ${text}.map((${item}) => (${init}));`;
  }
  const both = [one(), one()];
  scope.contents.lists.push({ text: name, length: 2, reals: uw, shape: "uw" });
  return `const ${name} = [${both.join(", ")}];`;
};

const aliasOf = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const { fields, lists } = scope.contents;
  const name = scope.fresh(chance, names.fields);
  const fromList = lists.length > 0 && (fields.length === 0 || chance.happens(0.6));
  const list = fromList ? chance.of(lists) : undefined;
  const like: Fields = list
    ? {
        text: `${list.text}[${indexBelow(list.length, list.text, scope, chance)}]`,
        reals: list.reals,
        shape: list.shape,
      }
    : chance.of(fields);
  const mutable = chance.happens(0.35);
  const others = fields.filter((f) => f.shape === like.shape && f.text !== like.text);
  const test = s.make.bool(scope, 1);
  scope.contents.fields.push({ ...like, text: name, replaceable: mutable && like.shape === "uw" });
  if (others.length > 0 && chance.happens(0.35))
    return `${mutable ? "let" : "const"} ${name} = ${test} ? ${like.text} : ${chance.of(others).text};`;
  return `${mutable ? "let" : "const"} ${name} = ${like.text};`;
};

/** Another object in the place of one. */
const replace = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const one = chance.of(scope.contents.fields.filter((f) => f.replaceable));
  const others = scope.contents.fields.filter((f) => f.shape === one.shape && f !== one);
  if (others.length > 0 && chance.happens(0.5)) return `${one.text} = ${chance.of(others).text};`;
  return `${one.text} = ${literal(s, scope, one.reals)};`;
};

/** Objects in a list change places, are replaced, or stand in two. */
const changeList = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const list = chance.of(scope.contents.lists);
  const [a, b] = [0, 1].map(() => `${list.text}[${indexBelow(list.length, list.text, scope, chance)}]`);
  const others = scope.contents.fields.filter((f) => f.shape === list.shape);
  return chance.weighted<string>([
    [1, () => `[${a}, ${b}] = [${b}, ${a}];`],
    [0.6, () => `${a} = ${b};`],
    [others.length > 0 ? 1 : 0, () => `${a} = ${chance.of(others).text};`],
    [list.shape === "uw" ? 1 : 0, () => `${a} = ${literal(s, scope, uw)};`],
    [list.shape === "uw" ? 0.6 : 0, () => `${a} = { ...${b}, w: ${s.make.real(scope, 1)} };`],
    [0.4, () => `${list.text}.sort((p, q) => p.${list.reals[0]} - q.${list.reals[0]});`],
  ]);
};

const unpackObject = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const { text, reals } = chance.of(scope.contents.fields);
  const parts = reals.slice(0, 2).map((field) => {
    const name = scope.fresh(chance, [field, ...names.real]);
    scope.contents.reals.push({ name, mutable: false });
    return name === field ? field : `${field}: ${name}`;
  });
  return `const { ${parts.join(", ")} } = ${text};`;
};

const storeField = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const lists = scope.contents.lists.length > 0;
  const place = lists && chance.happens(0.5) ? s.make.listField(scope) : s.make.field(scope, true);
  return `${place} ${s.change(scope)};`;
};

const declareVector = (s: Statements, scope: Scope): string => {
  const value = vector(s.make, scope, 2);
  const name = scope.fresh(s.make.chance, names.vector);
  const mutable = s.make.chance.happens(0.5);
  scope.contents.vectors.push({ name, mutable });
  return `${mutable ? "let" : "const"} ${name} = ${value};`;
};

const changeVector = (s: Statements, scope: Scope): string => {
  const { name } = s.make.chance.of(scope.contents.vectors.filter((v) => v.mutable));
  return `${name} = ${vector(s.make, scope, 2)};`;
};

const mover = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const name = scope.fresh(chance, ["mover", "ship", "agent"]);
  const kind = chance.of(["Mover", "Mover", "Damped"]);
  const extra = kind === "Damped" ? `, ${s.make.real(scope, 1)}` : "";
  const at = [0, 1].map(() => s.make.real(scope, 1)).join(", ");
  scope.contents.fields.push({ text: name, reals: ["x", "v"], shape: "Mover" });
  return `const ${name}: Mover = new ${kind}(${at}${extra});`;
};

const move = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const one = chance.of(scope.contents.fields.filter((f) => f.shape === "Mover")).text;
  return chance.weighted<string>([
    [2, () => `${one}.step(${s.make.damped(scope)});`],
    [1, () => `${one}.kick(${s.make.real(scope, 1)}).step(0.5);`],
    [scope.mutable.length > 0 ? 1 : 0, () => `${chance.of(scope.mutable)} += ${one}.energy;`],
  ]);
};

const declareShape = (s: Statements, scope: Scope): string => {
  const { chance } = s.make;
  const name = scope.fresh(chance, names.shape);
  const circle = `{ kind: "circle", r: ${s.make.real(scope, 1)} }`;
  const box = `{ kind: "box", a: ${s.make.real(scope, 1)}, b: ${s.make.leaf(scope)} }`;
  const init = chance.of([circle, box, `${s.make.bool(scope, 1)} ? ${circle} : ${box}`]);
  scope.contents.shapes.push(name);
  return `const ${name}: Shape = ${init};`;
};

export const objectStatements = (s: Statements, scope: Scope, declaring: number): Choice[] => {
  const { fields, lists } = scope.contents;
  return [
    [declaring * 0.5, () => declareObject(s, scope)],
    [declaring * 0.6, () => declareNested(s, scope)],
    [declaring * 0.5, () => declareList(s, scope)],
    [fields.length + lists.length > 0 ? declaring * 0.8 : 0, () => aliasOf(s, scope)],
    [fields.some((f) => f.replaceable) ? 1.2 : 0, () => replace(s, scope)],
    [lists.length > 0 ? 0.8 : 0, () => changeList(s, scope)],
    [fields.length > 0 ? declaring * 0.5 : 0, () => unpackObject(s, scope)],
    [fields.some((f) => !f.readonly) ? 2.5 : 0, () => storeField(s, scope)],
    [declaring * 0.6, () => declareVector(s, scope)],
    [scope.contents.vectors.some((v) => v.mutable) ? 1.2 : 0, () => changeVector(s, scope)],
    [declaring * 0.4, () => mover(s, scope)],
    [fields.some((f) => f.shape === "Mover") ? 1.2 : 0, () => move(s, scope)],
    [declaring * 0.3, () => declareShape(s, scope)],
  ];
};

/** What such programs declare, if they use it. */
export const declarations: Readonly<Record<string, string>> = {
  Vec: `export class Vec {
  static readonly unit = new Vec(1, 0);
  constructor(readonly x: number, readonly y: number) {}
  static between(p: Vec, q: Vec, t: number): Vec { return p.times(1 - t).plus(q.times(t)); }
  get size(): number { return Math.sqrt(1 + this.dot(this)); }
  plus(o: Vec): Vec { return new Vec(this.x + o.x, this.y + o.y); }
  times(k: number): Vec { return new Vec(k * this.x, k * this.y); }
  dot(o: Vec): number { return this.x * o.x + this.y * o.y; }
}`,
  Mover: `export class Mover {
  steps = 0;
  constructor(public x: number, public v: number) {}
  get energy(): number { return 0.5 * this.v ** 2 + this.x; }
  protected force(): number { return -Math.sin(this.x); }
  kick(by: number): this { this.v += by; return this; }
  step(dt: number): void { this.steps++; this.v += dt * this.force(); this.x += dt * this.v; }
}
export class Damped extends Mover {
  constructor(x: number, v: number, private c: number) { super(x, v); }
  protected override force(): number { return super.force() - this.c * this.v; }
}`,
  Shape: `export type Shape = { kind: "circle"; r: number } | { kind: "box"; a: number; b: number };
function area(s: Shape): number {
  switch (s.kind) {
    case "circle": return Math.PI * s.r * s.r;
    case "box": return s.a * s.b;
  }
}`,
};
