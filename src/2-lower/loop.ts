/** Loops: `while`, `do … while`, `for`; the variables that they assign are handed from one iteration to the next. */
import { ts } from "ts-morph";
import { constant, label } from "../ir/build.ts";
import type { Instruction, Operand, Origin, Region, Shape, Value } from "../ir/types.ts";
import { lowerCondition } from "./branch.ts";
import {
  type Environment,
  type Flow,
  type Place,
  type Target,
  type Variable,
  adopt,
  at,
  bind,
  closeBlock,
  endOf,
  exitTo,
  fork,
  heldBy,
  holding,
  isReturned,
  merged,
  nameOfVariable,
  originOf,
  sameOperand,
  unreachable,
  variableOf,
} from "./environment.ts";
import { lowerExpression, lowerForEffect } from "./expression.ts";
import { foresee } from "./effects.ts";
import { countedBy } from "./range.ts";
import { carriedBy } from "./scan.ts";
import { lowerDeclarations, lowerStatement } from "./statement.ts";

type Running = Readonly<{ shape: Shape; body: Region }>;

/** A loop under construction: `run` makes its shape and body in a place where the carried variables are its params. */
export function loop(
  here: Place,
  node: ts.Node,
  origin: Origin,
  names: readonly string[],
  carried: readonly Variable[],
  run: (inside: Place, target: Target) => Running,
): Flow {
  const before = here.environment;
  const target: Target = { label: label(names[0]), kind: "loop", names, exits: [] };
  foresee([node], here);
  const initial = holding(before, carried);
  const params = carried.map((v, i) => merged(here, v, [initial[i]!]));
  const inside = fork(here, { targets: [...here.targets, target], tail: [] });
  carried.forEach((v, i) => inside.environment.set(v, params[i]!));
  const { shape, body } = run(inside, target);
  for (const exit of target.exits) {
    exit.values.push(...holding(exit.environment, carried));
    holdsOnly(carried, before, exit.environment);
  }
  const results = params.map((p): Value => ({ ...p }));
  here.block.add({ kind: "loop", label: target.label, params, initial, results, shape, body, at: origin });
  carried.forEach((v, i) => before.set(v, results[i]!));
  return shape.kind === "forever" && target.exits.length === 0 ? unreachable(node) : undefined;
}

/** A loop that assigned what it does not carry would lose it. */
function holdsOnly(carried: readonly Variable[], before: Environment, after: Environment): void {
  for (const [v, operand] of before) {
    if (!carried.includes(v) && !isReturned(v) && !sameOperand(operand, after.get(v)))
      throw new Error(`the loop assigns ${nameOfVariable(v)} unseen`);
  }
}

/** The body of a loop, which `continue` leaves. */
export function lowerBody(
  inside: Place,
  node: ts.Node,
  names: readonly string[],
  lower: (within: Place) => Flow,
): Flow {
  const target: Target = { label: label("continue"), kind: "body", names, exits: [] };
  const within = fork(inside, { targets: [...inside.targets, target], tail: [target] });
  return closeBlock(inside, within, target, lower(within), originOf(node));
}

const isTrue = (node: ts.Expression): boolean => node.kind === ts.SyntaxKind.TrueKeyword;

export function lowerWhile(node: ts.WhileStatement, here: Place, names: readonly string[]): Flow {
  const carried = carriedBy([node.expression, node.statement], here);
  return loop(here, node, originOf(node, here), names, carried, (inside, target) =>
    tested(inside, target, isTrue(node.expression) ? undefined : node.expression, carried, () =>
      lowerBody(inside, node.statement, names, (within) => lowerStatement(node.statement, within)),
    ),
  );
}

/** A test before each iteration, in front of the body if it changes anything. */
function tested(
  inside: Place,
  target: Target,
  test: ts.Expression | undefined,
  carried: readonly Variable[],
  lower: () => Flow,
): Running {
  const end = (flow: Flow): Region => endOf(inside, flow, holding(inside.environment, carried));
  if (!test) return { body: end(lower()), shape: { kind: "forever" } };
  const testing = fork(inside);
  const goesOn = lowerCondition(test, testing);
  const changes = carried.some((v) => !sameOperand(testing.environment.get(v), inside.environment.get(v)));
  if (!changes && testing.block.body.every(isHarmless)) {
    const body = end(lower());
    return { shape: { kind: "while", test: testing.block.yield(goesOn) }, body };
  }
  inside.block.body.push(...testing.block.body);
  adopt(inside, testing.environment);
  leaveUnless(goesOn, inside, target, test);
  return { body: end(lower()), shape: { kind: "forever" } };
}

function leaveUnless(goesOn: Operand, inside: Place, target: Target, test: ts.Expression): void {
  const ends = at(inside, test).op("not", [goesOn]);
  const leaving = fork(inside);
  const flow = exitTo(leaving, target, test);
  const empty = fork(inside).block.yield();
  inside.block.add({
    kind: "if",
    results: [],
    test: ends,
    then: endOf(leaving, flow, []),
    else: empty,
    at: originOf(test),
  });
}

const isHarmless = (i: Instruction): boolean => {
  switch (i.kind) {
    case "op":
    case "load":
    case "length":
    case "call":
      return true;
    case "opaque":
      return i.writes.length === 0;
    case "if":
      return [...i.then.body, ...i.else.body].every(isHarmless);
    default:
      return false;
  }
};

export function lowerDoWhile(node: ts.DoStatement, here: Place, names: readonly string[]): Flow {
  const carried = carriedBy([node.statement, node.expression], here);
  return loop(here, node, originOf(node, here), names, carried, (inside) => {
    const flow = lowerBody(inside, node.statement, names, (within) => lowerStatement(node.statement, within));
    const goesOn = flow ? constant(false) : lowerCondition(node.expression, inside);
    const values = [goesOn, ...holding(inside.environment, carried)];
    return { shape: { kind: "doWhile" }, body: endOf(inside, flow, values) };
  });
}

export function lowerFor(node: ts.ForStatement, here: Place, names: readonly string[]): Flow {
  const counted = countedBy(node, here);
  const { initializer, condition, incrementor, statement } = node;
  const comment = here.comment;
  const before = counted && heldBy(counted.variable, here);
  if (initializer) {
    delete here.comment;
    if (ts.isVariableDeclarationList(initializer)) lowerDeclarations(initializer, here);
    else lowerForEffect(initializer, here);
    if (comment !== undefined) here.comment = comment;
  }
  if (!counted) {
    const carried = carriedBy([condition, statement, incrementor], here);
    return loop(here, node, originOf(node, here), names, carried, (inside, target) =>
      tested(inside, target, condition && !isTrue(condition) ? condition : undefined, carried, () => {
        const flow = lowerBody(inside, statement, names, (within) => lowerStatement(statement, within));
        if (!flow && incrementor) lowerForEffect(incrementor, inside);
        return flow;
      }),
    );
  }
  const { variable, compare } = counted;
  const start = heldBy(variable, here)!;
  here.environment.delete(variableOf(variable, here));
  const bound = lowerExpression(counted.bound, here);
  const step =
    typeof counted.step === "number" ? constant(counted.step) : lowerExpression(counted.step, here);
  const flow = rangeLoop(
    here,
    node,
    names,
    [statement],
    { start, bound, step, compare, hint: variable.name },
    (within, index) => {
      bind(variable, index, within);
      return lowerStatement(statement, within);
    },
  );
  // a variable of the function is there again, and nobody reads it before it is given a value
  if (before) bind(variable, before, here);
  return flow;
}

type Range = Readonly<{
  start: Operand;
  bound: Operand;
  step?: Operand;
  compare?: "lt" | "le" | "gt" | "ge";
  hint: string;
  declared?: boolean;
}>;

/** A loop that counts; `extra` variables are carried beside those that the nodes assign. */
export function rangeLoop(
  here: Place,
  node: ts.Node,
  names: readonly string[],
  assigning: readonly ts.Node[],
  range: Range,
  lower: (within: Place, index: Value) => Flow,
  extra: readonly Variable[] = [],
): Flow {
  const carried = [...carriedBy(assigning, here), ...extra];
  const { start, bound, step = constant(1), compare = "lt", hint, declared = true } = range;
  const variable: Value = {
    kind: "value",
    type: { kind: "number" },
    hint,
    ...(declared ? { declared } : {}),
  };
  return loop(here, node, originOf(node, here), names, carried, (inside) => {
    const flow = lowerBody(inside, node, names, (within) => lower(within, variable));
    const body = endOf(inside, flow, holding(inside.environment, carried));
    return { shape: { kind: "range", variable, start, bound, step, compare }, body };
  });
}
