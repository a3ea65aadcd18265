/** The derivatives of the four standard examples, built by hand as they come out of simplification. */
import { Block, constant, label, nowhere, numberType, one, value, zero } from "../../src/ir/build.ts";
import type { Func, Label, Operand, Region, Type, Value } from "../../src/ir/types.ts";

export const numbers: Type = { kind: "array", container: "Array", element: numberType };
export const readonlyNumbers: Type = { ...numbers, readonly: true };
export const floats: Type = { kind: "array", container: "Float64Array", element: numberType };
export const object = (...fields: [string, Type][]): Type => ({
  kind: "object",
  fields: fields.map(([name, type]) => ({ name, type })),
});

/** A literal with the given items. */
export const make = (b: Block, type: Type, ...items: [string | number, Operand][]): Value => {
  const result = value(type);
  b.add({ kind: "make", result, items: items.map(([key, v]) => ({ key, value: v })), at: b.at });
  return result;
};

export const alloc = (b: Block, type: Type, length: Operand, hint: string, fill?: Operand): Value => {
  const result = value(type, hint);
  b.add({ kind: "alloc", result, length, ...(fill ? { fill } : {}), at: b.at });
  return result;
};

type RangeLimits = { start: Operand; bound: Operand; step?: Operand; compare?: "lt" | "le" | "gt" | "ge" };

/** A counted loop whose carried values have the given names and initial values. */
export const range = (
  b: Block,
  { start, bound, step = one, compare = "lt" }: RangeLimits,
  carried: readonly (readonly [string, Operand])[],
  body: (inner: Block, i: Value, params: readonly Value[], loop: Label) => Region,
  name = "i",
): readonly Value[] => {
  const params = carried.map(([hint]) => value(numberType, hint));
  const results = carried.map(([hint]) => value(numberType, hint));
  const variable = value(numberType, name, true);
  const loop = label();
  const region = body(new Block(), variable, params, loop);
  b.add({
    kind: "loop",
    label: loop,
    params,
    initial: carried.map(([, o]) => o),
    results,
    shape: { kind: "range", variable, start, bound, step, compare },
    body: region,
    at: nowhere,
  });
  return results;
};

export const func = (
  name: string,
  params: readonly Value[],
  body: Region,
  returns: Type,
  own = label("return"),
): Func => ({
  name,
  label: own,
  params,
  body,
  returns,
  at: nowhere,
});

export function cost(withValue: boolean): Func {
  const W = value(numberType, "W", true);
  const b = value(numberType, "b", true);
  const X = value(readonlyNumbers, "X", true);
  const Y = value(readonlyNumbers, "Y", true);
  const top = new Block();
  const carried = [
    ...(withValue ? [["sum", zero] as const] : []),
    ["dW", zero] as const,
    ["db", zero] as const,
  ];
  const n = top.length(X);
  const done = range(top, { start: zero, bound: n }, carried, (body, i, params) => {
    const [sum, dW, db] = withValue ? params : [undefined, ...params];
    const product = body.op("mul", [W, body.load(X, i)]);
    const shifted = body.op("add", [product, b]);
    const residual = value(numberType, "residual", true);
    body.add({ kind: "op", result: residual, op: "sub", args: [shifted, body.load(Y, i)], at: nowhere });
    const sum2 = sum && body.op("add", [sum, body.op("mul", [residual, residual])], "sum");
    const dW2 = body.op("add", [dW!, body.op("mul", [residual, body.load(X, i)])]);
    const db2 = body.op("add", [db!, residual]);
    return body.yield(...(sum2 ? [sum2] : []), dW2, db2);
  });
  const [sum, dW, db] = withValue ? done : [undefined, ...done];
  const gradType = object(["W", numberType], ["b", numberType]);
  const params = [W, b, X, Y];
  if (!sum) return func("gradCost", params, top.yield(make(top, gradType, ["W", dW!], ["b", db!])), gradType);
  const result = top.op("mul", [constant(0.5), sum]);
  const grad = make(top, gradType, ["W", dW!], ["b", db!]);
  const type = object(["value", numberType], ["grad", gradType]);
  return func(
    "valueAndGradCost",
    params,
    top.yield(make(top, type, ["value", result], ["grad", grad])),
    type,
  );
}

export function pendulum(): Func {
  const state = { ...object(["angle", numberType], ["velocity", numberType]), name: "State" };
  const start = value(state, "start", true);
  const damping = value(numberType, "damping", true);
  const steps = value(numberType, "steps", true);
  const h = value(numberType, "h", true);
  const top = new Block({ ...nowhere, comment: "// forward sweep: keeps the state each step started from" });
  const angle0 = top.load(start, constant("angle"), "angle");
  top.at = nowhere;
  const velocity0 = top.load(start, constant("velocity"), "velocity");
  const trips = top.op("max", [zero, top.op("ceil", [steps])], "trips");
  const angles = alloc(top, floats, trips, "angles");
  const velocities = alloc(top, floats, trips, "velocities");
  const [angle, velocity] = range(
    top,
    { start: zero, bound: steps },
    [
      ["angle", angle0],
      ["velocity", velocity0],
    ],
    (body, i, [a, v]) => {
      body.store(angles, i, a!);
      body.store(velocities, i, v!);
      const pull = body.op("neg", [body.op("sin", [a!])]);
      const force = body.op("sub", [pull, body.op("mul", [damping, v!])]);
      const v2 = body.op("add", [v!, body.op("mul", [h, force])], "velocity");
      const a2 = body.op("add", [a!, body.op("mul", [h, v2])], "angle");
      return body.yield(a2, v2);
    },
  );
  const square = top.op("power", [velocity!, constant(2)]);
  const energy = top.op("add", [top.op("mul", [constant(0.5), square]), one]);
  const total = top.op("sub", [energy, top.op("cos", [angle!])]);
  top.at = { ...nowhere, comment: "\n// reverse sweep" };
  const dAngle0 = top.op("sin", [angle!], "dAngle");
  top.at = nowhere;
  const last = top.op("sub", [trips, one]);
  const [dVelocity, dAngle, dDamping] = range(
    top,
    { start: last, bound: zero, step: constant(-1), compare: "ge" },
    [
      ["dVelocity", velocity!],
      ["dAngle", dAngle0],
      ["dDamping", zero],
    ],
    (body, i, [dv, da, dd]) => {
      const dv1 = body.op("add", [dv!, body.op("mul", [h, da!])], "dVelocity");
      const dForce = body.op("mul", [h, dv1], "dForce");
      const dd1 = body.op(
        "add",
        [dd!, body.op("neg", [body.op("mul", [dForce, body.load(velocities, i)])])],
        "dDamping",
      );
      const dv2 = body.op("sub", [dv1, body.op("mul", [dForce, damping])], "dVelocity");
      const slope = body.op("cos", [body.load(angles, i)]);
      const da1 = body.op("sub", [da!, body.op("mul", [dForce, slope])], "dAngle");
      return body.yield(dv2, da1, dd1);
    },
  );
  const startType = object(["angle", numberType], ["velocity", numberType]);
  const gradType = object(["start", startType], ["damping", numberType]);
  const dStart = make(top, startType, ["angle", dAngle!], ["velocity", dVelocity!]);
  const grad = make(top, gradType, ["start", dStart], ["damping", dDamping!]);
  const type = object(["value", numberType], ["grad", gradType]);
  const all = make(top, type, ["value", total], ["grad", grad]);
  return func("valueAndGradEnergyAfter", [start, damping, steps, h], top.yield(all), type);
}

export function logSumExp(): Func {
  const x = value(floats, "x", true);
  const top = new Block();
  const n = top.length(x, "n");
  const [max, argMax] = range(
    top,
    { start: zero, bound: n },
    [
      ["max", constant(-Infinity)],
      ["argMax", constant(-1)],
    ],
    (body, i, [m, a]) => {
      const v = value(numberType, "v", true);
      body.add({ kind: "load", result: v, from: x, key: i, at: nowhere });
      const test = body.op("gt", [v, m!]);
      const results = [value(numberType, "max"), value(numberType, "argMax")];
      body.add({
        kind: "if",
        results,
        test,
        then: new Block().yield(v, i),
        else: new Block().yield(m!, a!),
        at: nowhere,
      });
      return body.yield(...results);
    },
  );
  const exps = alloc(top, floats, n, "exps");
  const [sum] = range(top, { start: zero, bound: n }, [["sum", zero]], (body, i, [s]) => {
    const e = body.op("exp", [body.op("sub", [body.load(x, i), max!])], "e");
    body.store(exps, i, e);
    return body.yield(body.op("add", [s!, e], "sum"));
  });
  const total = top.op("add", [max!, top.op("log", [sum!])]);
  top.at = { ...nowhere, comment: "\n// reverse sweep" };
  const dx = alloc(top, floats, n, "dx");
  top.at = nowhere;
  const dSum = top.op("div", [one, sum!], "dSum");
  const last = top.op("sub", [n, one]);
  const [dMax] = range(
    top,
    { start: last, bound: zero, step: constant(-1), compare: "ge" },
    [["dMax", one]],
    (body, i, [d]) => {
      const dShifted = body.op("mul", [dSum, body.load(exps, i)], "dShifted");
      body.accumulate(dx, i, dShifted);
      return body.yield(body.op("sub", [d!, dShifted]));
    },
  );
  const then = new Block();
  then.accumulate(dx, argMax, dMax!);
  const found = top.op("ge", [argMax!, zero]);
  top.add({
    kind: "if",
    results: [],
    test: found,
    then: then.yield(),
    else: new Block().yield(),
    at: nowhere,
  });
  const gradType = object(["x", floats]);
  const type = object(["value", numberType], ["grad", gradType]);
  const grad = make(top, gradType, ["x", dx]);
  return func(
    "valueAndGradLogSumExp",
    [x],
    top.yield(make(top, type, ["value", total], ["grad", grad])),
    type,
  );
}

export function newtonSqrt(): Func {
  const a = value(numberType, "a", true);
  const tolerance = value(numberType, "tolerance", true);
  const top = new Block({
    ...nowhere,
    comment: "// forward sweep: the number of iterations is known only once they are done",
  });
  const positive = top.op("gt", [a, zero]);
  const finite = top.op("lt", [a, constant(Infinity)]);
  const invalid = top.op("not", [top.op("and", [positive, finite])]);
  const thrown: Region = {
    body: [],
    end: {
      kind: "throw",
      code: {
        form: "statement",
        parts: ['throw new RangeError("newtonSqrt: a must be positive and finite");'],
        references: [],
      },
      reads: [],
      at: nowhere,
    },
  };
  top.add({ kind: "if", results: [], test: invalid, then: thrown, else: new Block().yield(), at: top.at });
  top.at = nowhere;
  const startsAtA = top.op("gt", [a, one], "startsAtA");
  const x0 = top.op("select", [startsAtA, a, one], "x");
  const xs = alloc(top, numbers, zero, "xs");
  const done = label("done");
  const next = value(numberType, "next");
  const outer = new Block();
  const x = value(numberType, "x");
  const body = new Block();
  const better = value(numberType, "next", true);
  const sum = body.op("add", [x, body.op("div", [a, x])]);
  body.add({ kind: "op", result: better, op: "mul", args: [constant(0.5), sum], at: nowhere });
  body.add({ kind: "push", to: xs, value: x, at: nowhere });
  const change = body.op("abs", [body.op("sub", [better, x])]);
  const close = body.op("le", [change, body.op("mul", [tolerance, x])]);
  body.add({
    kind: "if",
    results: [],
    test: close,
    then: { body: [], end: { kind: "exit", to: done, values: [better], at: nowhere } },
    else: new Block().yield(),
    at: nowhere,
  });
  outer.add({
    kind: "loop",
    label: label("newton"),
    params: [x],
    initial: [x0],
    results: [value(numberType, "x")],
    shape: { kind: "forever" },
    body: body.yield(better),
    at: nowhere,
  });
  top.add({ kind: "block", label: done, results: [next], body: outer.yield(zero), at: nowhere });
  top.at = { ...nowhere, comment: "\n// reverse sweep" };
  const count = top.length(xs);
  const last = top.op("sub", [count, one]);
  const [da, dNext] = range(
    top,
    { start: last, bound: zero, step: constant(-1), compare: "ge" },
    [
      ["da", zero],
      ["dNext", one],
    ],
    (inner, i, [d, dn]) => {
      const kept = inner.load(xs, i, "x");
      const dSum = inner.op("mul", [constant(0.5), dn!], "dSum");
      const dQuotient = inner.op("div", [dSum, kept], "dQuotient");
      const d2 = inner.op("add", [d!, dQuotient], "da");
      const quotient = inner.op("div", [a, kept]);
      const dn2 = inner.op("sub", [dSum, inner.op("mul", [dQuotient, quotient])], "dNext");
      return inner.yield(d2, dn2);
    },
  );
  const then = new Block();
  const added = then.op("add", [da!, dNext!], "da");
  const dA = value(numberType, "da");
  top.at = nowhere;
  top.add({
    kind: "if",
    results: [dA],
    test: startsAtA,
    then: then.yield(added),
    else: new Block().yield(da!),
    at: nowhere,
  });
  const gradType = object(["a", numberType]);
  const type = object(["value", numberType], ["grad", gradType]);
  const grad = make(top, gradType, ["a", dA]);
  return func(
    "valueAndGradNewtonSqrt",
    [a, tolerance],
    top.yield(make(top, type, ["value", next], ["grad", grad])),
    type,
  );
}
