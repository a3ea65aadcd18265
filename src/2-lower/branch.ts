/** Branches: `if`, `?:`, `&&`, `||`, `??`. */
import { ts } from "ts-morph";
import { booleanType, constant, elementType, numberType, typeOf, value } from "../ir/build.ts";
import { opInfo } from "../ir/ops.ts";
import type { Instruction, Op, Operand, Origin, Type } from "../ir/types.ts";
import {
  type Flow,
  type Place,
  type Variable,
  at,
  endOf,
  fork,
  holding,
  isReturned,
  leaveScope,
  originOf,
  sameOperand,
  typeAt,
} from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { meet } from "./meet.ts";
import { bare } from "./scan.ts";
import { lowerStatement } from "./statement.ts";

export function lowerIf(node: ts.IfStatement, here: Place): Flow {
  const test = lowerCondition(node.expression, here);
  const { elseStatement, thenStatement } = node;
  return branch(
    here,
    test,
    originOf(node, here),
    (inside) => lowerStatement(thenStatement, inside),
    (inside) => elseStatement && lowerStatement(elseStatement, inside),
  );
}

/**
 * Both ways of a branch, merged where they meet. If the first never gets to the end, the second is what follows: its
 * instructions then stand behind the `if` instead of inside it.
 */
export function branch(
  here: Place,
  test: Operand,
  origin: Origin,
  lowerThen: (inside: Place) => Flow,
  lowerElse: (inside: Place) => Flow,
): Flow {
  if (test.kind === "constant") return (test.value ? lowerThen : lowerElse)(here);
  const before = here.environment;
  const yes = fork(here);
  const thenEnd = lowerThen(yes);
  if (thenEnd) {
    const empty = fork(here).block.yield();
    here.block.add({ kind: "if", results: [], test, then: endOf(yes, thenEnd, []), else: empty, at: origin });
    return lowerElse(here);
  }
  const no = fork(here);
  const elseEnd = lowerElse(no);
  const ends = elseEnd ? [yes.environment] : [yes.environment, no.environment];
  const changed = [...before.keys()].filter(
    (v) => matters(here, v) && ends.some((e) => !sameOperand(e.get(v), before.get(v))),
  );
  // both ways may give a variable the same constant
  const agreed = changed.filter((v) => {
    const [first] = holding(ends[0]!, [v]);
    return first!.kind === "constant" && ends.every((e) => sameOperand(e.get(v), first));
  });
  const differing = changed.filter((v) => !agreed.includes(v));
  const meeting = meet(here, differing, ends);
  here.block.add({
    kind: "if",
    results: meeting.results,
    test,
    then: endOf(yes, thenEnd, meeting.given[0]!),
    else: endOf(no, elseEnd, meeting.given[1] ?? []),
    at: origin,
  });
  agreed.forEach((v) => before.set(v, ends[0]!.get(v)!));
  meeting.settle(before);
  return undefined;
}

/** Where the function ends next, only what it returns and hands back is asked for any more. */
function matters(here: Place, variable: Variable): boolean {
  if (isReturned(variable) || here.inlining.length > 0) return true;
  const ending = here.tail.find((t) => t.kind === "function");
  return !ending || ending.handsBack?.includes(variable) === true;
}

/** A branch that gives a value. */
export function choose(
  here: Place,
  test: Operand,
  type: Type,
  node: ts.Node,
  lowerThen: (inside: Place) => Operand,
  lowerElse: (inside: Place) => Operand,
): Operand {
  const chosen: Variable = { kind: "returned", type };
  here.environment.set(chosen, constant(undefined));
  const origin = originOf(node, here);
  const arm = (lower: (inside: Place) => Operand) => (inside: Place) => {
    inside.environment.set(chosen, lower(inside));
    return undefined;
  };
  const tail = here.tail;
  here.tail = [];
  const marked = here.block.body.length;
  branch(here, test, origin, arm(lowerThen), arm(lowerElse));
  here.tail = tail;
  const result = here.environment.get(chosen)!;
  here.environment.delete(chosen);
  return asSelect(here, marked, result) ?? result;
}

/** `if` with nothing but cheap harmless arms is an operation. */
function asSelect(here: Place, marked: number, result: Operand): Operand | undefined {
  const made = here.block.body[marked];
  if (here.block.body.length !== marked + 1 || made?.kind !== "if") return undefined;
  if (made.results.length !== 1 || made.results[0] !== result) return undefined;
  const [a] = made.then.end.kind === "yield" ? made.then.end.values : [];
  const [b] = made.else.end.kind === "yield" ? made.else.end.values : [];
  if (!a || !b) return undefined;
  const arms = [...made.then.body, ...made.else.body];
  const logical = made.results[0].type.kind === "boolean";
  const isTrue = (o: Operand): boolean => o.kind === "constant" && o.value === true;
  const isFalse = (o: Operand): boolean => o.kind === "constant" && o.value === false;
  const op: Op | undefined = !logical
    ? "select"
    : isFalse(b) && typeOf(a).kind === "boolean"
      ? "and"
      : isTrue(a) && typeOf(b).kind === "boolean"
        ? "or"
        : "select";
  if (!isCheap(arms, logical)) return undefined;
  const args: Operand[] = op === "and" ? [made.test, a] : op === "or" ? [made.test, b] : [made.test, a, b];
  here.block.body.pop();
  here.block.body.push(...arms);
  // the result stays the same value, made in another way
  here.block.add({ kind: "op", result: made.results[0], op, args, at: made.at });
  return result;
}

/**
 * Whether both arms may be evaluated whatever the test says. Arms that give numbers take no operation whose partial
 * derivative could be infinite where the arm is not taken: 0 * Infinity would spoil the sum.
 */
function isCheap(arms: readonly Instruction[], logical: boolean): boolean {
  let cost = 0;
  for (const i of arms) {
    if (i.kind !== "op") return false;
    if (!logical && !["neg", "add", "sub"].includes(i.op) && opInfo(i.op).result !== "boolean") return false;
    cost += opInfo(i.op).cost;
  }
  return cost <= 8;
}

export const lowerConditional = (node: ts.ConditionalExpression, here: Place): Operand => {
  const test = lowerCondition(node.condition, here);
  return choose(
    here,
    test,
    typeAt(here, node),
    node,
    (inside) => lowerExpression(node.whenTrue, inside),
    (inside) => lowerExpression(node.whenFalse, inside),
  );
};

/** `a && b`, `a || b`, `a ?? b`: the right side only where the left does not decide. */
export function lowerLogical(node: ts.BinaryExpression, here: Place): Operand {
  const left = lowerExpression(node.left, here);
  return (
    orConstant(node, left, here) ??
    shortCircuit(here, node.operatorToken.kind, left, node, (inside) => lowerExpression(node.right, inside))
  );
}

/** `m.get(k) ?? 0`: what is got where the key is missing. */
function orConstant(node: ts.BinaryExpression, left: Operand, here: Place): Operand | undefined {
  const last = here.block.body.at(-1);
  if (node.operatorToken.kind !== ts.SyntaxKind.QuestionQuestionToken) return undefined;
  if (last?.kind !== "get" || last.result !== left || last.missing) return undefined;
  if (elementType(typeOf(last.from), last.key).kind !== "number") return undefined;
  const literal = bare(node.right);
  const missing = ts.isNumericLiteral(literal) ? lowerExpression(literal, here) : undefined;
  if (!missing) return undefined;
  const result = value(numberType);
  here.block.body.pop();
  here.block.add({ ...last, result, missing });
  return result;
}

export function shortCircuit(
  here: Place,
  operator: ts.SyntaxKind,
  left: Operand,
  node: ts.BinaryExpression,
  right: (inside: Place) => Operand,
): Operand {
  const type = typeAt(here, node);
  switch (operator) {
    case ts.SyntaxKind.AmpersandAmpersandToken:
    case ts.SyntaxKind.AmpersandAmpersandEqualsToken:
      return choose(here, truth(left, node.left, here), type, node, right, () =>
        typeOf(left).kind === "boolean" ? constant(false) : (absence(left, node.left, here) ?? left),
      );
    case ts.SyntaxKind.BarBarToken:
    case ts.SyntaxKind.BarBarEqualsToken:
      return choose(
        here,
        truth(left, node.left, here),
        type,
        node,
        () => (typeOf(left).kind === "boolean" ? constant(true) : left),
        right,
      );
    default:
      return choose(here, isPresent(left, node.left, here), type, node, () => left, right);
  }
}

/** What an array or object that may be missing is where it counts as false. */
function absence(operand: Operand, node: ts.Expression, here: Place): Operand | undefined {
  if (operand.kind === "constant" || operand.type.kind !== "optional" || !isMemory(operand.type.of))
    return undefined;
  const type = here.session.checker.getTypeAtLocation(node);
  const mayBe = (flag: ts.TypeFlags): boolean =>
    type.isUnion() && type.types.some((t) => (t.flags & flag) !== 0);
  if (mayBe(ts.TypeFlags.Null)) return mayBe(ts.TypeFlags.Undefined) ? undefined : constant(null);
  return constant(undefined);
}

const isMemory = (type: Type): boolean =>
  type.kind === "array" || type.kind === "tuple" || type.kind === "object";

/** `x !== undefined`, `x !== null`, or both, as the type asks for it. */
export function isPresent(operand: Operand, node: ts.Expression, here: Place): Operand {
  const type = here.session.checker.getTypeAtLocation(node);
  const parts = type.isUnion() ? type.types : [type];
  const mayBe = (flag: ts.TypeFlags): boolean => parts.some((t) => (t.flags & flag) !== 0);
  const block = at(here, node);
  const differs = (from: undefined | null): Operand => block.op("ne", [operand, constant(from)]);
  const isNull = mayBe(ts.TypeFlags.Null);
  if (isNull && mayBe(ts.TypeFlags.Undefined)) return block.op("and", [differs(undefined), differs(null)]);
  return differs(isNull ? null : undefined);
}

/** Whether the expression counts as true: of `a && b` and `a || b`, only that is asked of both sides. */
export function lowerCondition(expression: ts.Expression, here: Place): Operand {
  const node = bare(expression);
  const operator = ts.isBinaryExpression(node) ? node.operatorToken.kind : undefined;
  const isAnd = operator === ts.SyntaxKind.AmpersandAmpersandToken;
  if (!ts.isBinaryExpression(node) || (!isAnd && operator !== ts.SyntaxKind.BarBarToken))
    return truth(lowerExpression(node, here), node, here);
  const left = lowerCondition(node.left, here);
  const right = (inside: Place): Operand => lowerCondition(node.right, inside);
  const decided = (): Operand => constant(!isAnd);
  return choose(here, left, booleanType, node, isAnd ? right : decided, isAnd ? decided : right);
}

/** Whether the operand counts as true. */
export function truth(operand: Operand, node: ts.Expression, here: Place): Operand {
  if (operand.kind === "constant") return constant(Boolean(operand.value));
  const { type } = operand;
  if (type.kind === "boolean") return operand;
  if (type.kind === "optional" && isMemory(type.of)) return isPresent(operand, node, here);
  if (type.kind === "other" && isObject(node, here)) return isPresent(operand, node, here);
  if (here.block.body.some((i) => i.kind === "length" && i.result === operand))
    return at(here, node).op("ne", [operand, constant(0)]);
  return at(here, node).op("truthy", [operand]);
}

/** An object, or nothing: no text, number or boolean, which may count as false too. */
function isObject(node: ts.Expression, here: Place): boolean {
  const { checker } = here.session;
  const type = checker.getNonNullableType(checker.getTypeAtLocation(node));
  const primitives = [checker.getStringType(), checker.getNumberType(), checker.getBooleanType()];
  return (type.isUnion() ? type.types : [type]).every(
    (t) => (t.flags & ts.TypeFlags.Object) !== 0 && !primitives.some((p) => checker.isTypeAssignableTo(p, t)),
  );
}

/** Lowers inside a scope of its own: what is declared there is forgotten. */
export function scoped(here: Place, lower: () => Flow): Flow {
  const outer = new Map(here.environment);
  const flow = lower();
  leaveScope(here, outer);
  return flow;
}
