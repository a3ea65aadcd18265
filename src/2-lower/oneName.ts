/** Arrays that nothing but one variable names. */
import { ts } from "ts-morph";
import { bare, symbolOf } from "./scan.ts";

/** A local array that is made for its variable and only ever used through it, until it is returned. */
export function goesByOneName(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  const declaration = symbol.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return false;
  const made = bare(declaration.initializer);
  const isFresh =
    ts.isArrayLiteralExpression(made) || ts.isNewExpression(made) || ts.isObjectLiteralExpression(made);
  const holder = ts.findAncestor(declaration, ts.isFunctionLike);
  if (!isFresh || !holder) return false;
  const isInPlace = (name: ts.Identifier): boolean => {
    const { parent } = name;
    if (parent === declaration || ts.isReturnStatement(parent) || ts.isSpreadElement(parent)) return true;
    if (ts.isForOfStatement(parent)) return parent.expression === name;
    if (ts.isElementAccessExpression(parent)) return parent.expression === name;
    if (ts.isPropertyAccessExpression(parent))
      return parent.expression === name && !returnsItself.has(parent.name.text);
    if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InKeyword) return true;
    if (ts.isCallExpression(parent) && /^Object\.(?:keys|values|entries)$/.test(parent.expression.getText()))
      return true;
    if (ts.isForInStatement(parent)) return parent.expression === name;
    const literal =
      ts.isShorthandPropertyAssignment(parent) || ts.isPropertyAssignment(parent) ? parent.parent : undefined;
    return literal !== undefined && ts.isReturnStatement(literal.parent);
  };
  const visit = (node: ts.Node): boolean => {
    if (
      ts.isIdentifier(node) &&
      node.text === symbol.name &&
      symbolOf(node, checker) === symbol &&
      !isInPlace(node)
    )
      return false;
    return ts.forEachChild(node, (c) => (visit(c) ? undefined : true)) !== true;
  };
  return visit(holder);
}

const returnsItself = new Set(["fill", "sort", "reverse", "copyWithin", "forEach", "map", "reduce"]);
