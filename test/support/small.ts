/** Small functions for the tests of single passes. */
import { expect } from "vitest";
import type { Pass } from "../../src/5-simplify/simplify.ts";
import { Block, constant, label, nowhere, numberType, one, value, zero } from "../../src/ir/build.ts";
import { check } from "../../src/ir/check.ts";
import type { Container, Func, Instruction, Operand, Type, Value } from "../../src/ir/types.ts";
import { visit } from "../../src/ir/walk.ts";
import { interpret } from "./interpret.ts";

export const arrayOf = (container: Container): Type => ({ kind: "array", container, element: numberType });
export const x = value(numberType, "x");
export const xs = value(arrayOf("Array"), "xs");
export const pair: Type = {
  kind: "object",
  fields: [
    { name: "p", type: numberType },
    { name: "q", type: numberType },
  ],
};

export const func = (write: (b: Block) => Operand, returns: Type = numberType): Func => {
  const b = new Block();
  const result = write(b);
  return { name: "f", label: label(), params: [x, xs], body: b.yield(result), returns, at: nowhere };
};

/** The function after the pass; its meaning is compared for a few arguments. */
export const after = (pass: Pass, f: Func): Func => {
  check(f);
  const result = pass(f);
  check(result);
  for (const given of [0.1, -3, 2.5]) {
    const [mine, yours] = [
      [1, 2, 3],
      [1, 2, 3],
    ];
    expect(interpret(result, [given, mine])).toStrictEqual(interpret(f, [given, yours]));
    expect(mine).toStrictEqual(yours);
  }
  return result;
};

export const count = (f: Func, kind: Instruction["kind"]): number => {
  let n = 0;
  visit(f.body, (i) => (n += i.kind === kind ? 1 : 0));
  return n;
};

export const alloc = (b: Block, container: Container): Value => {
  const result = value(arrayOf(container), "memory");
  b.add({ kind: "alloc", result, length: constant(3), fill: zero, at: nowhere });
  return result;
};

export const adjoint = (hint: string): Value => ({ ...value(numberType, hint), adjoint: true });

/** for (i = 0; i < 3; i++): one carried value. */
export const loop = (
  b: Block,
  initial: Operand,
  body: (b: Block, carried: Value, i: Value) => Operand,
  bound = 3,
): Value => {
  const [param, result, variable] = [adjoint("d"), adjoint("sum"), value(numberType, "i")];
  const inner = new Block();
  b.add({
    kind: "loop",
    label: label(),
    params: [param],
    initial: [initial],
    results: [result],
    shape: { kind: "range", variable, start: zero, bound: constant(bound), step: one, compare: "lt" },
    body: inner.yield(body(inner, param, variable)),
    at: nowhere,
  });
  return result;
};

export const adjointOp = (b: Block, op: "add" | "mul" | "sub" | "neg", ...args: Operand[]): Value => {
  const result = adjoint(op);
  b.add({ kind: "op", result, op, args, at: nowhere });
  return result;
};
