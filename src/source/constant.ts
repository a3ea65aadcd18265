/** Constants of module level that may be copied: nobody can tell the copy from the original. */
import { ts } from "ts-morph";
import { aliasOf, globalName } from "./globalName.ts";
import { isAssignment, isSettled, isTarget } from "./settled.ts";

/**
 * A `const` whose initialiser always gives the same value, and, if that value is an array or object, one that no
 * code of the file can change or hand out.
 */
export function isConstantTable(
  declaration: ts.VariableDeclaration,
  symbol: ts.Symbol,
  checker: ts.TypeChecker,
): boolean {
  if (!declaration.initializer || !isPure(declaration.initializer, checker)) return false;
  return isPrimitive(checker.getTypeAtLocation(declaration.name)) || isOnlyRead(declaration, symbol, checker);
}

/** Evaluating it again gives the same, and does nothing. */
export function isPure(node: ts.Expression, checker: ts.TypeChecker): boolean {
  const pure = (child: ts.Expression): boolean => isPure(child, checker);
  if (ts.isNumericLiteral(node) || ts.isStringLiteralLike(node) || ts.isOmittedExpression(node)) return true;
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) {
    return pure(node.expression);
  }
  if (ts.isPrefixUnaryExpression(node)) {
    return (
      node.operator !== ts.SyntaxKind.PlusPlusToken &&
      node.operator !== ts.SyntaxKind.MinusMinusToken &&
      pure(node.operand)
    );
  }
  if (ts.isBinaryExpression(node)) return !isAssignment(node) && pure(node.left) && pure(node.right);
  if (ts.isConditionalExpression(node))
    return pure(node.condition) && pure(node.whenTrue) && pure(node.whenFalse);
  if (ts.isArrayLiteralExpression(node)) return node.elements.every(pure);
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.every(
      (p) => ts.isPropertyAssignment(p) && !ts.isComputedPropertyName(p.name) && pure(p.initializer),
    );
  }
  if (ts.isIdentifier(node)) return isConstant(node, checker);
  if (ts.isPropertyAccessExpression(node)) {
    return (
      ts.isIdentifier(node.expression) &&
      ["Math", "Number"].includes(node.expression.text) &&
      !node.questionDotToken
    );
  }
  if (ts.isCallExpression(node))
    return isMathCall(node, checker) ? node.arguments.every(pure) : isPureMaker(node, checker);
  if (ts.isNewExpression(node)) {
    const typed =
      ts.isIdentifier(node.expression) &&
      /^(?:Float|Int|Uint)\d+(?:Clamped)?Array$/.test(node.expression.text);
    return typed && (node.arguments ?? []).every(pure);
  }
  return isKeywordLiteral(node);
}

/** `Object.freeze({ … })`, and `Array.from({ length: 4 }, (_, i) => 1 / (i + 1))`. */
function isPureMaker({ expression, arguments: args }: ts.CallExpression, checker: ts.TypeChecker): boolean {
  if (!ts.isPropertyAccessExpression(expression)) return false;
  const owner = globalName(expression.expression, checker);
  const [first, second] = args;
  if (!first || !isPure(first, checker)) return false;
  if (owner === "Object" && expression.name.text === "freeze") return args.length === 1;
  if (owner !== "Array" || expression.name.text !== "from" || args.length > 2) return false;
  if (!second) return true;
  return (
    ts.isArrowFunction(second) &&
    !ts.isBlock(second.body) &&
    second.parameters.every((p) => ts.isIdentifier(p.name) && !p.initializer) &&
    isPure(second.body, checker)
  );
}

const isKeywordLiteral = (node: ts.Expression): boolean =>
  node.kind === ts.SyntaxKind.TrueKeyword ||
  node.kind === ts.SyntaxKind.FalseKeyword ||
  node.kind === ts.SyntaxKind.NullKeyword;

/** `Infinity`, `undefined`, or another `const`: whether that one can be had is asked of it on its own. */
function isConstant(name: ts.Identifier, checker: ts.TypeChecker): boolean {
  if (["undefined", "NaN", "Infinity"].includes(name.text)) return true;
  const declaration = checker.getSymbolAtLocation(name)?.declarations?.[0];
  if (!declaration || !isPrimitive(checker.getTypeAtLocation(name))) return false;
  // the only parameters in sight are those of functions inside the initialiser
  if (ts.isImportSpecifier(declaration) || ts.isParameter(declaration)) return true;
  return (
    aliasOf(checker.getSymbolAtLocation(name)!, checker) !== undefined ||
    (ts.isVariableDeclaration(declaration) && isSettled(declaration, checker))
  );
}

function isMathCall(call: ts.CallExpression, checker: ts.TypeChecker): boolean {
  const name = globalName(call.expression, checker);
  return name !== undefined && /^Math\.(?!random$)/.test(name);
}

const isPrimitive = (type: ts.Type): boolean =>
  (type.isUnion() ? type.types : [type]).every(
    (t) => (t.flags & (ts.TypeFlags.Object | ts.TypeFlags.Any | ts.TypeFlags.Unknown)) === 0,
  );

/** Every use in the file reads a primitive out of it. */
function isOnlyRead(
  declaration: ts.VariableDeclaration,
  symbol: ts.Symbol,
  checker: ts.TypeChecker,
): boolean {
  let only = true;
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node !== declaration.name && node.text === symbol.name) {
      const used = ts.isShorthandPropertyAssignment(node.parent)
        ? checker.getShorthandAssignmentValueSymbol(node.parent)
        : checker.getSymbolAtLocation(node);
      if (used === symbol && !isRead(node, checker)) only = false;
    }
    ts.forEachChild(node, visit);
  };
  visit(declaration.getSourceFile());
  return only;
}

function isRead(use: ts.Expression, checker: ts.TypeChecker): boolean {
  const { parent } = use;
  if (ts.isTypeQueryNode(parent)) return true;
  if (ts.isForOfStatement(parent)) return parent.expression === use && holdsPrimitives(use, checker);
  if (ts.isSpreadElement(parent)) return holdsPrimitives(use, checker);
  const access = ts.isElementAccessExpression(parent) || ts.isPropertyAccessExpression(parent);
  if (ts.isNonNullExpression(parent) || (access && !isPrimitive(checker.getTypeAtLocation(parent)))) {
    return parent.expression === use && !isCalled(parent) && isRead(parent, checker);
  }
  return access && parent.expression === use && !isTarget(parent);
}

const isCalled = (node: ts.Expression): boolean =>
  ts.isCallExpression(node.parent) && node.parent.expression === node;

function holdsPrimitives(array: ts.Expression, checker: ts.TypeChecker): boolean {
  const element = checker.getIndexTypeOfType(checker.getTypeAtLocation(array), ts.IndexKind.Number);
  return element !== undefined && isPrimitive(element);
}
