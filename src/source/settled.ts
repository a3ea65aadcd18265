/** Names that stand for one thing for good: constants, and variables of a module that nobody assigns to. */
import { ts } from "ts-morph";

const answers = new WeakMap<ts.Declaration, boolean>();

/** `const a = …`, and at the top of a module `var a = …` or `let a = …` that stays what it is. */
export function isSettled(declaration: ts.Declaration, checker: ts.TypeChecker): boolean {
  if (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) return true;
  const known = answers.get(declaration);
  if (known !== undefined) return known;
  const answer = isOfModule(declaration) && isNeverAssigned(declaration, checker);
  answers.set(declaration, answer);
  return answer;
}

/** Only the file itself can assign to what a module declares. */
function isOfModule(declaration: ts.Declaration): declaration is ts.VariableDeclaration | ts.BindingElement {
  if (!ts.isVariableDeclaration(declaration) && !ts.isBindingElement(declaration)) return false;
  const root = ts.isVariableDeclaration(declaration)
    ? declaration
    : ts.findAncestor(declaration, ts.isVariableDeclaration);
  const statement = root?.parent.parent;
  return (
    root?.initializer !== undefined &&
    statement !== undefined &&
    ts.isVariableStatement(statement) &&
    ts.isSourceFile(statement.parent) &&
    ts.isExternalModule(statement.parent)
  );
}

function isNeverAssigned(
  declaration: ts.VariableDeclaration | ts.BindingElement,
  checker: ts.TypeChecker,
): boolean {
  const { name } = declaration;
  const symbol = ts.isIdentifier(name) ? checker.getSymbolAtLocation(name) : undefined;
  if (!symbol || symbol.declarations?.length !== 1) return false;
  const isIt = (use: ts.Identifier): boolean => {
    const used = ts.isShorthandPropertyAssignment(use.parent)
      ? checker.getShorthandAssignmentValueSymbol(use.parent)
      : checker.getSymbolAtLocation(use);
    return used === symbol || (used !== undefined && checker.getExportSymbolOfSymbol(used) === symbol);
  };
  const assigns = (node: ts.Node): boolean =>
    (ts.isIdentifier(node) && node.text === symbol.name && node !== name && isTarget(node) && isIt(node)) ||
    ts.forEachChild(node, (child) => assigns(child) || undefined) === true;
  return !assigns(declaration.getSourceFile());
}

export const isAssignment = (node: ts.BinaryExpression): boolean =>
  node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
  node.operatorToken.kind <= ts.SyntaxKind.LastAssignment;

/** What is assigned to, deleted, or counted up or down. */
export function isTarget(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent)) {
    // `[a = 1] = …` assigns to `a` on either reading
    return parent.left === node && isAssignment(parent);
  }
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) {
    return (
      parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken
    );
  }
  if (
    ts.isParenthesizedExpression(parent) ||
    ts.isNonNullExpression(parent) ||
    ts.isAsExpression(parent) ||
    ts.isSatisfiesExpression(parent) ||
    ts.isSpreadElement(parent)
  )
    return isTarget(parent);
  // destructuring into it: `[table[0]] = …`, `({ a: table[0] } = …)`, `for (table[0] of …)`
  return (
    ts.isDeleteExpression(parent) ||
    ((ts.isForOfStatement(parent) || ts.isForInStatement(parent)) && parent.initializer === node) ||
    ((ts.isArrayLiteralExpression(parent) || ts.isObjectLiteralExpression(parent)) && isTarget(parent)) ||
    ((ts.isPropertyAssignment(parent) ||
      ts.isShorthandPropertyAssignment(parent) ||
      ts.isSpreadAssignment(parent)) &&
      isTarget(parent.parent))
  );
}
