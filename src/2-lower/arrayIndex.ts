/** What the source tells of an index: that it is an integer, that it is not negative. */
import { ts } from "ts-morph";
import { isSettled } from "../source/settled.ts";
import { bare, isAssignment, isStep, symbolOf } from "./scan.ts";

/** An expression that gives finite integers only. */
export const isWhole = (expression: ts.Expression, checker: ts.TypeChecker): boolean =>
  holds(expression, { checker, isCount: false, seen: [] });

/** Moreover, none below zero. */
export const isCount = (expression: ts.Expression, checker: ts.TypeChecker): boolean =>
  holds(expression, { checker, isCount: true, seen: [] });

type Question = Readonly<{ checker: ts.TypeChecker; isCount: boolean; seen: readonly ts.Symbol[] }>;

function holds(expression: ts.Expression, asked: Question): boolean {
  const { checker } = asked;
  const node = bare(expression);
  if (ts.isNumericLiteral(node)) return (Number(node.text) | 0) === Number(node.text);
  if (ts.isPropertyAccessExpression(node))
    return node.name.text === "length" && isList(checker.getTypeAtLocation(node.expression), checker);
  if (ts.isPrefixUnaryExpression(node)) {
    if (node.operator === ts.SyntaxKind.TildeToken) return !asked.isCount;
    return node.operator === ts.SyntaxKind.MinusToken && !asked.isCount && holds(node.operand, asked);
  }
  if (ts.isBinaryExpression(node)) return ofBinary(node, asked);
  if (ts.isCallExpression(node)) return !asked.isCount && isSearch(node, checker);
  return ts.isIdentifier(node) && ofVariable(node, asked);
}

const isList = (type: ts.Type, checker: ts.TypeChecker): boolean =>
  checker.isArrayType(type) || checker.isTupleType(type) || type.getSymbol()?.name.endsWith("Array") === true;

function ofBinary(node: ts.BinaryExpression, asked: Question): boolean {
  const both = (): boolean => holds(node.left, asked) && holds(node.right, asked);
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.PlusToken:
      return both();
    case ts.SyntaxKind.MinusToken:
      return !asked.isCount && both();
    case ts.SyntaxKind.BarToken:
    case ts.SyntaxKind.AmpersandToken:
    case ts.SyntaxKind.GreaterThanGreaterThanToken:
      return !asked.isCount || both();
    case ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken:
      return true;
    default:
      return false;
  }
}

function isSearch(node: ts.CallExpression, checker: ts.TypeChecker): boolean {
  const callee = bare(node.expression);
  if (!ts.isPropertyAccessExpression(callee)) return false;
  const isNamed = /^(?:findIndex|findLastIndex|indexOf|lastIndexOf)$/.test(callee.name.text);
  return isNamed && isList(checker.getTypeAtLocation(callee.expression), checker);
}

/** A constant, or the variable of a loop that counts up or down by whole steps. */
function ofVariable(name: ts.Identifier, asked: Question): boolean {
  const symbol = symbolOf(name, asked.checker);
  const declaration = symbol?.valueDeclaration;
  if (!symbol || !declaration || asked.seen.includes(symbol) || !ts.isVariableDeclaration(declaration))
    return false;
  const inside = { ...asked, seen: [...asked.seen, symbol] };
  if (!declaration.initializer || !holds(declaration.initializer, inside)) return false;
  if (isSettled(declaration, asked.checker)) return true;
  const loop = declaration.parent.parent;
  if (!ts.isForStatement(loop) || !loop.incrementor) return false;
  return (
    isSteppedBy(loop.incrementor, symbol, inside) &&
    !assigns(loop.statement, symbol, asked.checker) &&
    !(loop.condition && assigns(loop.condition, symbol, asked.checker))
  );
}

function isSteppedBy(incrementor: ts.Expression, symbol: ts.Symbol, asked: Question): boolean {
  const node = bare(incrementor);
  const isIt = (e: ts.Expression): boolean => ts.isIdentifier(e) && symbolOf(e, asked.checker) === symbol;
  if (isStep(node))
    return isIt(node.operand) && !(asked.isCount && node.operator === ts.SyntaxKind.MinusMinusToken);
  return (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.PlusEqualsToken &&
    isIt(node.left) &&
    holds(node.right, asked)
  );
}

function assigns(node: ts.Node, symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  const isIt = (e: ts.Node): boolean =>
    (ts.isIdentifier(e) && symbolOf(e, checker) === symbol) ||
    ((ts.isArrayLiteralExpression(e) || ts.isObjectLiteralExpression(e)) &&
      ts.forEachChild(e, (child) => assigns(child, symbol, checker) || isIt(child) || undefined) === true);
  if (isAssignment(node) && isIt(bare(node.left))) return true;
  if (isStep(node) && isIt(bare(node.operand))) return true;
  return ts.forEachChild(node, (child) => assigns(child, symbol, checker) || undefined) === true;
}
