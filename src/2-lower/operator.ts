/** Operators on numbers and booleans; what they mean on anything else stays as it is written. */
import { ts } from "ts-morph";
import { constant, numberType, typeOf, value } from "../ir/build.ts";
import type { Op, Operand, Type } from "../ir/types.ts";
import { lowerCondition, lowerLogical } from "./branch.ts";
import { classOf, lineOf } from "./class.ts";
import { instanceTest } from "./dispatch.ts";
import { type Place, at, learn, originOf, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { opaque, refusalFor } from "./fragment.ts";
import { lowerAssignment, lowerStep } from "./assignment.ts";
import { isCounting } from "./object.ts";
import { lowerIn } from "./record.ts";
import { bare, isAssignment, isStep } from "./scan.ts";

const numeric: Readonly<Partial<Record<ts.SyntaxKind, Op>>> = {
  [ts.SyntaxKind.PlusToken]: "add",
  [ts.SyntaxKind.MinusToken]: "sub",
  [ts.SyntaxKind.AsteriskToken]: "mul",
  [ts.SyntaxKind.SlashToken]: "div",
  [ts.SyntaxKind.PercentToken]: "rem",
  [ts.SyntaxKind.AsteriskAsteriskToken]: "power",
  [ts.SyntaxKind.AmpersandToken]: "bitAnd",
  [ts.SyntaxKind.BarToken]: "bitOr",
  [ts.SyntaxKind.CaretToken]: "bitXor",
  [ts.SyntaxKind.LessThanLessThanToken]: "shiftLeft",
  [ts.SyntaxKind.GreaterThanGreaterThanToken]: "shiftRight",
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken]: "shiftRightUnsigned",
  [ts.SyntaxKind.LessThanToken]: "lt",
  [ts.SyntaxKind.LessThanEqualsToken]: "le",
  [ts.SyntaxKind.GreaterThanToken]: "gt",
  [ts.SyntaxKind.GreaterThanEqualsToken]: "ge",
};

const equality: Readonly<Partial<Record<ts.SyntaxKind, Op>>> = {
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: "eq",
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: "ne",
  [ts.SyntaxKind.EqualsEqualsToken]: "eq",
  [ts.SyntaxKind.ExclamationEqualsToken]: "ne",
};

const isNumberType = (type: ts.Type): boolean =>
  (type.isUnion() ? type.types : [type]).every((t) => (t.flags & ts.TypeFlags.NumberLike) !== 0);

/** Whether an expression is a number, by its type where it stands. */
export function isNumber(node: ts.Expression, here: Place): boolean {
  const { checker } = here.session;
  const type = checker.getTypeAtLocation(node);
  return (
    isNumberType(type) ||
    isNumberType(checker.getBaseConstraintOfType(type) ?? type) ||
    typeAt(here, node).kind === "number"
  );
}

/** A number, also where the type says that it may be missing: TypeScript has seen to it that it is not. */
const isNumeric = (operand: Operand): boolean => {
  const type = typeOf(operand);
  return type.kind === "number" || (type.kind === "optional" && type.of.kind === "number");
};

const mayBeNumber = (node: ts.Expression, here: Place): boolean =>
  isNumber(node, here) || (here.session.checker.getTypeAtLocation(node).flags & ts.TypeFlags.Any) !== 0;

export function lowerBinary(node: ts.BinaryExpression, here: Place): Operand {
  const { left, right, operatorToken } = node;
  const operator = operatorToken.kind;
  if (isAssignment(node)) return lowerAssignment(node, here, true);
  switch (operator) {
    case ts.SyntaxKind.AmpersandAmpersandToken:
    case ts.SyntaxKind.BarBarToken:
    case ts.SyntaxKind.QuestionQuestionToken:
      return lowerLogical(node, here);
    case ts.SyntaxKind.CommaToken:
      lowerExpression(left, here);
      return lowerExpression(right, here);
    default:
  }
  const children = [left, right];
  const op = equality[operator];
  if (op) {
    const loose =
      operator === ts.SyntaxKind.EqualsEqualsToken || operator === ts.SyntaxKind.ExclamationEqualsToken;
    const present = loose ? (isNothing(right) ? left : isNothing(left) ? right : undefined) : undefined;
    if (present) {
      const of = lowerExpression(present, here);
      const test = (nothing: undefined | null): Operand => at(here, node).op(op, [of, constant(nothing)]);
      return at(here, node).op(op === "eq" ? "or" : "and", [test(undefined), test(null)]);
    }
    if (loose && !isLikeStrict(node, here)) return opaque(here, node, { children, repeatable: true });
    const a = lowerExpression(left, here);
    const b = lowerExpression(right, here);
    if (a.kind === "constant" && b.kind === "constant")
      return constant((a.value === b.value) === (op === "eq"));
    return at(here, node).op(op, [a, b]);
  }
  if (numeric[operator] && mayBeNumber(left, here) && mayBeNumber(right, here)) {
    const a = lowerExpression(left, here);
    return binaryOperation(operator, a, lowerExpression(right, here), node, here);
  }
  if (operator === ts.SyntaxKind.InstanceOfKeyword) {
    const of = classOf(right, here.session.checker);
    if (of) {
      const operand = lowerExpression(left, here);
      // an array is no instance of a class that extends none
      const isNone = isNoInstance(typeOf(operand)) && lineOf(of, here.session.checker) !== undefined;
      return isNone ? constant(false) : instanceTest(node, operand, of, here);
    }
  }
  if (operator === ts.SyntaxKind.InKeyword) {
    const found = lowerIn(node, here);
    if (found) return found;
  }
  const repeatable = ![ts.SyntaxKind.InKeyword, ts.SyntaxKind.InstanceOfKeyword].includes(operator);
  return opaque(here, node, { children, repeatable, writes: false, refusal: refusalFor(node, here) });
}

const isNoInstance = ({ kind }: Type): boolean =>
  ["number", "boolean", "array", "tuple", "map"].includes(kind);

const isOrder = (operator: ts.SyntaxKind): boolean =>
  operator >= ts.SyntaxKind.LessThanToken && operator <= ts.SyntaxKind.GreaterThanEqualsToken;

/** An arithmetic operation; on strings, what `+` means for them. */
export function binaryOperation(
  operator: ts.SyntaxKind,
  left: Operand,
  right: Operand,
  node: ts.BinaryExpression,
  here: Place,
): Operand {
  const op = numeric[operator];
  const type = typeAt(here, node);
  if (operator !== ts.SyntaxKind.PlusToken && op && !isOrder(operator)) {
    // whatever they are, these operators make numbers of them
    learn(left, numberType);
    learn(right, numberType);
  }
  const areNumbers =
    (isNumeric(left) || isNumber(node.left, here)) && (isNumeric(right) || isNumber(node.right, here));
  if (op && areNumbers) return at(here, node).op(op, [left, right]);
  const result = value(type);
  here.block.add({
    kind: "opaque",
    results: [result],
    reads: [left, right],
    writes: [],
    repeatable: true,
    code: {
      form: "expression",
      parts: [{ read: 0 }, ` ${ts.tokenToString(operator)} `, { read: 1 }],
      references: [],
    },
    refusal: refusalFor(node, here),
    at: originOf(node, here),
  });
  return result;
}

/** `null` or `undefined`, which `==` takes for the same. */
const isNothing = (node: ts.Expression): boolean => {
  const inner = bare(node);
  return inner.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(inner) && inner.text === "undefined");
};

/** `==` means `===` between operands of one primitive type, and with one of `undefined` and `null` where the other cannot be. */
function isLikeStrict(node: ts.BinaryExpression, here: Place): boolean {
  const kind = typeAt(here, node.left).kind;
  return kind === typeAt(here, node.right).kind && (kind === "number" || kind === "boolean");
}

export function lowerUnary(node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression, here: Place): Operand {
  if (isStep(node)) return lowerStep(node, here, true);
  const { operand } = node;
  const children = [operand];
  switch (node.operator) {
    case ts.SyntaxKind.ExclamationToken: {
      const test = lowerCondition(operand, here);
      return test.kind === "constant" ? constant(!test.value) : at(here, node).op("not", [test]);
    }
    case ts.SyntaxKind.PlusToken:
    case ts.SyntaxKind.MinusToken:
    case ts.SyntaxKind.TildeToken: {
      if (!mayBeNumber(operand, here) && !isCounting(operand, here))
        return opaque(here, node, { children, repeatable: true, refusal: refusalFor(node, here) });
      const a = lowerExpression(operand, here);
      if (!isNumeric(a) && !isNumber(operand, here)) return opaqueUnary(node, a, here);
      if (node.operator === ts.SyntaxKind.PlusToken) return a;
      if (node.operator === ts.SyntaxKind.TildeToken) return at(here, node).op("bitNot", [a]);
      if (a.kind === "constant" && typeof a.value === "number") return constant(-a.value);
      return at(here, node).op("neg", [a]);
    }
    default:
      throw new Error("an operator that is not one");
  }
}

function opaqueUnary(
  node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression,
  operand: Operand,
  here: Place,
): Operand {
  const result = value(typeAt(here, node));
  here.block.add({
    kind: "opaque",
    results: [result],
    reads: [operand],
    writes: [],
    repeatable: true,
    code: { form: "expression", parts: [ts.tokenToString(node.operator) ?? "", { read: 0 }], references: [] },
    refusal: refusalFor(node, here),
    at: originOf(node, here),
  });
  return result;
}
