/** Expressions: what each kind is lowered by. */
import { ts } from "ts-morph";
import { constant } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import { isModuleLevel } from "../source/reference.ts";
import { isSettled } from "../source/settled.ts";
import { lowerArrayLiteral, lowerNew } from "./array.ts";
import { lowerAssignment, lowerStep } from "./assignment.ts";
import { branch, lowerCondition, lowerConditional } from "./branch.ts";
import { lowerCall } from "./call.ts";
import { peek } from "./callee.ts";
import { thisAt } from "./class.ts";
import { lowerConstruction } from "./construct.ts";
import { type Flow, type Place, heldBy, originOf, retype } from "./environment.ts";
import { lowerFixed } from "./fixed.ts";
import { opaque, refusal, refusalFor } from "./fragment.ts";
import { lowerFunctionValue } from "./functionValue.ts";
import { lowerTypeOf } from "./kind.ts";
import { lowerAccess } from "./object.ts";
import { lowerObjectLiteral } from "./literal.ts";
import { lowerNewMap } from "./map.ts";
import { lowerBinary, lowerUnary } from "./operator.ts";
import { lowerDelete } from "./record.ts";
import { bare, isAssignment, isStep, localFunction, symbolOf } from "./scan.ts";

export function lowerExpression(expression: ts.Expression, here: Place): Operand {
  if (ts.isNonNullExpression(expression)) return lowerSure(expression, here);
  const node = bare(expression);
  if (ts.isNumericLiteral(node)) return constant(Number(node.text));
  if (ts.isStringLiteralLike(node)) return constant(node.text);
  if (ts.isIdentifier(node)) return lowerName(node, here);
  if (ts.isBinaryExpression(node)) return lowerBinary(node, here);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) return lowerUnary(node, here);
  if (ts.isConditionalExpression(node)) return lowerConditional(node, here);
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))
    return lowerAccess(node, here);
  if (ts.isCallExpression(node)) return lowerCall(node, here, true);
  if (ts.isNewExpression(node))
    return lowerConstruction(node, here) ?? lowerNewMap(node, here) ?? lowerNew(node, here);
  if (ts.isArrayLiteralExpression(node)) return lowerArrayLiteral(node, here);
  if (ts.isObjectLiteralExpression(node)) return lowerObjectLiteral(node, here);
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return lowerFunctionValue(node, here);
  if (ts.isTemplateExpression(node)) {
    const children = node.templateSpans.map((s) => s.expression);
    return opaque(here, node, { children, repeatable: true, refusal: refusalFor(node, here) });
  }
  if (ts.isDeleteExpression(node)) {
    const removed = lowerDelete(node, here);
    if (removed) return removed;
  }
  if (ts.isVoidExpression(node)) {
    lowerExpression(node.expression, here);
    return constant(undefined);
  }
  switch (node.kind) {
    case ts.SyntaxKind.TrueKeyword:
      return constant(true);
    case ts.SyntaxKind.FalseKeyword:
      return constant(false);
    case ts.SyntaxKind.ThisKeyword:
      return thisAt(node, here) ?? opaque(here, node, { refusal: refusalFor(node, here) });
    case ts.SyntaxKind.NullKeyword:
      return constant(null);
    case ts.SyntaxKind.TypeOfExpression:
      return lowerTypeOf(node as ts.TypeOfExpression, here);
    default:
      return opaque(here, node, { refusal: refusalFor(node, here) });
  }
}

/** `x!`: what was just read is there. */
function lowerSure(node: ts.NonNullExpression, here: Place): Operand {
  const operand = lowerExpression(node.expression, here);
  const last = here.block.body.at(-1);
  if (
    (last?.kind === "load" || last?.kind === "get") &&
    last.result === operand &&
    operand.type.kind === "optional"
  )
    retype(last.result, operand.type.of);
  return operand;
}

const named: Readonly<Record<string, number | undefined>> = { undefined, NaN, Infinity };

function lowerName(node: ts.Identifier, here: Place): Operand {
  const { checker } = here.session;
  const symbol = symbolOf(node, checker);
  const held = heldBy(symbol, here);
  if (held) return held;
  if (localFunction(symbol, here.session.checker)) return lowerFunctionValue(node, here);
  if (!symbol || !isModuleLevel(symbol)) {
    if (node.text in named && !isDeclaredByUser(symbol)) return constant(named[node.text]);
    return opaque(here, node, { repeatable: true, refusal: refusalFor(node, here) });
  }
  const fixed = lowerFixed(node, symbol, here);
  if (fixed) return fixed;
  const known = peek(node, here);
  const refused = known && { refusal: refusal("escapingClosure", node) };
  const operand = opaque(here, node, { repeatable: isConstant(symbol, checker), writes: false, ...refused });
  if (known) here.session.knowledge.set(operand, known);
  return operand;
}

const isDeclaredByUser = (symbol: ts.Symbol | undefined): boolean =>
  (symbol?.declarations ?? []).some((d) => !d.getSourceFile().isDeclarationFile);

/** Bound once: a `const`, a function, a class, an enum. */
function isConstant(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const { valueDeclaration } = target;
  if (!valueDeclaration || !ts.isVariableDeclaration(valueDeclaration)) return true;
  return isSettled(valueDeclaration, checker);
}

/** An expression whose value nobody asks for. */
export function lowerForEffect(expression: ts.Expression, here: Place): Flow {
  const node = bare(expression);
  if (isAssignment(node)) lowerAssignment(node, here, false);
  else if (isStep(node)) lowerStep(node, here, false);
  else if (ts.isCallExpression(node)) lowerCall(node, here, false);
  else if (ts.isConditionalExpression(node)) {
    const test = lowerCondition(node.condition, here);
    return branch(
      here,
      test,
      originOf(node, here),
      (inside) => lowerForEffect(node.whenTrue, inside),
      (inside) => lowerForEffect(node.whenFalse, inside),
    );
  } else if (ts.isBinaryExpression(node)) return lowerPair(node, here);
  else lowerExpression(node, here);
  return undefined;
}

/** `a, b` and `a && b` as statements. */
function lowerPair(node: ts.BinaryExpression, here: Place): Flow {
  const right = (inside: Place): Flow => lowerForEffect(node.right, inside);
  const nothing = (): Flow => undefined;
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.CommaToken:
      lowerForEffect(node.left, here);
      return right(here);
    case ts.SyntaxKind.AmpersandAmpersandToken:
    case ts.SyntaxKind.BarBarToken: {
      const test = lowerCondition(node.left, here);
      const isAnd = node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken;
      return branch(here, test, originOf(node, here), isAnd ? right : nothing, isAnd ? nothing : right);
    }
    default:
      lowerExpression(node, here);
      return undefined;
  }
}
