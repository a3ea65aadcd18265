/** Expressions of the wider language: methods of arrays with callbacks, objects and classes, what may be missing. */
import type { Choice, Expressions } from "./expressions.ts";
import { names, type Scope } from "./scope.ts";

/** A scope for a callback with that many numbers for parameters. */
export const callback = (
  make: Expressions,
  scope: Scope,
  count: number,
): [inner: Scope, params: string[]] => {
  const inner = scope.inner();
  inner.hides = false; // a callback's parameters are names of the same block
  const params = Array.from({ length: count }, () => inner.fresh(make.chance, names.real));
  for (const name of params) inner.contents.reals.push({ name, mutable: false });
  return [inner, params];
};

export const fromArrays = (make: Expressions, scope: Scope): Choice[] => {
  const { chance } = make;
  const { arrays, loose } = scope.contents;
  const filled = arrays.filter((a) => a.length > 0);
  const all = [...arrays, ...loose];
  const any = (): string => chance.of(all).text;
  const atEnd = (): string => {
    const { text, length } = chance.of(filled);
    return `${text}.at(${chance.int(-length, length - 1)})!`;
  };
  const reduction = (): string => {
    const [inner, [sum, item]] = callback(make, scope, 2);
    const how = chance.of(["reduce", "reduce", "reduceRight"]);
    const combine = chance.of([
      `${sum} + ${make.real(inner, 2)}`,
      `Math.max(${sum!}, ${make.real(inner, 1)})`,
      make.damped(inner),
    ]);
    return `${any()}.${how}((${sum}, ${item}) => ${combine}, ${make.leaf(scope)})`;
  };
  const found = (): string => {
    const [inner, [item]] = callback(make, scope, 1);
    const how = chance.of(["find", "find", "findLast"]);
    return `(${any()}.${how}((${item}) => ${make.bool(inner, 1)}) ?? ${make.leaf(scope)})`;
  };
  const place = (): string => {
    const [inner, [item]] = callback(make, scope, 1);
    const { text } = chance.of(filled);
    const index = `${text}.findIndex((${item}) => ${make.bool(inner, 0)})`;
    return chance.happens(0.5) ? index : `${text}[Math.max(0, ${index})]`;
  };
  const mapped = (): string => {
    const [inner, [item]] = callback(make, scope, 1);
    const of = any();
    const inside = make.real(inner, 1);
    const kept = chance.happens(0.5) ? `.filter((${item}) => ${make.bool(inner, 0)})` : "";
    const [last, [sum, part]] = callback(make, scope, 2);
    return `${of}${kept}.map((${item}) => ${inside}).reduce((${sum}, ${part}) => ${sum} + ${make.real(last, 1)}, 0)`;
  };
  return [
    [filled.length > 0 ? 0.4 : 0, atEnd],
    [all.length > 0 ? 0.6 : 0, reduction],
    [all.length > 0 ? 0.25 : 0, found],
    [filled.length > 0 ? 0.15 : 0, place],
    [all.length > 0 ? 0.25 : 0, mapped],
    [
      filled.length > 0 ? 0.3 : 0,
      () => `Math.${chance.of(["max", "min", "hypot"])}(...${chance.of(filled).text})`,
    ],
    [all.length > 0 ? 0.1 : 0, () => `${any()}.length`],
    [filled.length > 0 ? 0.08 : 0, () => `${chance.of(filled).text}.indexOf(${make.leaf(scope)})`],
  ];
};

/** An expression whose value is an immutable vector. */
export const vector = (make: Expressions, scope: Scope, depth: number): string => {
  const { chance } = make;
  const { vectors } = scope.contents;
  const inner = (): string => vector(make, scope, depth - 1);
  return chance.weighted<string>([
    [vectors.length > 0 ? 5 : 0, () => chance.of(vectors).name],
    [1, () => `new Vec(${make.real(scope, 1)}, ${make.real(scope, 1)})`],
    [depth > 0 ? 2 : 0, () => `${inner()}.plus(${inner()})`],
    [depth > 0 ? 1 : 0, () => `${inner()}.times(${make.real(scope, 1)})`],
    [depth > 0 ? 0.5 : 0, () => `Vec.between(${inner()}, ${inner()}, ${make.real(scope, 1)})`],
    [0.2, () => "Vec.unit"],
  ]);
};

export const fromObjects = (make: Expressions, scope: Scope): Choice[] => {
  const { chance } = make;
  const { vectors, shapes } = scope.contents;
  return [
    [vectors.length > 0 ? 1 : 0, () => `${chance.of(vectors).name}.${chance.of(["x", "y", "size"])}`],
    [vectors.length > 0 ? 0.7 : 0, () => `${vector(make, scope, 1)}.dot(${vector(make, scope, 1)})`],
    [shapes.length > 0 ? 1.5 : 0, () => `area(${chance.of(shapes)})`],
  ];
};

export const fromMaybes = (make: Expressions, scope: Scope): Choice[] => {
  const { chance } = make;
  const { arrays, loose, ints, maybes, records } = scope.contents;
  const all = [...arrays, ...loose].filter((a) => a.kind !== "tuple");
  /** An element that may not be there. */
  const beyond = (): string => {
    const { text } = chance.of(all);
    const index = chance.weighted<string>([
      [ints.length > 0 ? 2 : 0, () => `${chance.of(ints).text} ${chance.of(["-", "+"])} ${chance.int(1, 2)}`],
      [1, () => `${text}.length - 1`],
      [1, () => String(chance.int(0, 4))],
    ]);
    return chance.happens(0.8)
      ? `(${text}[${index}] ?? ${make.leaf(scope)})`
      : `(${text}.at(${index}) ?? ${make.leaf(scope)})`;
  };
  const key = (): string => chance.of(['"a"', '"b"', "`k${1}`"]);
  const recorded = (): string => {
    const { name, map } = chance.of(records);
    return map
      ? `(${name}.get(${key()}) ?? ${make.leaf(scope)})`
      : `(${name}[${key()}] ?? ${make.leaf(scope)})`;
  };
  return [
    [all.length > 0 ? 0.5 : 0, beyond],
    [maybes.length > 0 ? 1 : 0, () => `(${chance.of(maybes).name} ?? ${make.leaf(scope)})`],
    [records.length > 0 ? 1.2 : 0, recorded],
  ];
};
