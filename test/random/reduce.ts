/** Cuts a failing program down: statements go, constructs become their bodies, expressions become their parts. */
import { ts } from "ts-morph";
import type { Case } from "./campaign.ts";

/** A piece of the text, what stands for it instead, and the argument that goes with it. */
type Edit = Readonly<{ start: number; end: number; text: string; argument?: number }>;

const isPlace = (node: ts.Node): boolean => {
  const { parent } = node;
  if (ts.isBinaryExpression(parent))
    return (
      parent.left === node &&
      parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment
    );
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent))
    return (
      parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken
    );
  return (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression === node;
};

/** Nodes that are expressions with a value of their own. */
const isValue = (node: ts.Node): node is ts.Expression =>
  ts.isExpression(node) &&
  !isPlace(node) &&
  !ts.isOmittedExpression(node) &&
  node.kind !== ts.SyntaxKind.SuperKeyword;

const isDeclarationName = (node: ts.Node): boolean =>
  (node.parent as { name?: ts.Node } | undefined)?.name === node;

const editsOf = (source: string): Edit[] => {
  const file = ts.createSourceFile("f.ts", source, ts.ScriptTarget.ES2023, true);
  const edits: Edit[] = [];
  const edit = (node: ts.Node, text: string, argument?: number): void =>
    void edits.push({
      start: node.getStart(),
      end: node.getEnd(),
      text,
      ...(argument === undefined ? {} : { argument }),
    });
  const inner = (node: ts.Node): string => node.getText().replace(/^\{|\}$/g, "");

  const ofStatement = (node: ts.Statement): void => {
    edit(node, "");
    if (ts.isIfStatement(node)) {
      edit(node, inner(node.thenStatement));
      if (node.elseStatement) {
        edit(node, inner(node.elseStatement));
        edits.push({ start: node.thenStatement.getEnd(), end: node.getEnd(), text: "" });
      }
    } else if (ts.isIterationStatement(node, false)) edit(node, inner(node.statement));
    else if (ts.isLabeledStatement(node)) edit(node, node.statement.getText());
    else if (ts.isBlock(node)) edit(node, inner(node));
    else if (ts.isTryStatement(node)) edit(node, inner(node.tryBlock));
    else if (ts.isVariableStatement(node) && node.declarationList.declarations.length > 1)
      node.declarationList.declarations.forEach((d) => edit(node, `let ${d.getText()};`));
  };

  const ofExpression = (node: ts.Expression): void => {
    const children: ts.Expression[] = [];
    node.forEachChild((child) => {
      if (isValue(child)) children.push(child);
    });
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      children.push(node.expression.expression);
      edit(node, node.expression.expression.getText());
    }
    for (const child of children) edit(node, child.getText());
    const isLiteral =
      ts.isNumericLiteral(node) || (ts.isPrefixUnaryExpression(node) && ts.isNumericLiteral(node.operand));
    if (!isLiteral) for (const text of ["2", "0", "true", "[]"]) edit(node, text);
    else if (!Number.isInteger(Number(node.getText()))) edit(node, "2");
    if (ts.isArrowFunction(node) && ts.isBlock(node.body) && node.body.statements.length === 1) {
      const [only] = node.body.statements;
      if (ts.isReturnStatement(only!) && only.expression) edit(node.body, only.expression.getText());
    }
  };

  const list = (nodes: readonly ts.Node[], separator: string, argumentsToo: boolean): void => {
    nodes.forEach((node, i) => {
      const [start, end] =
        i < nodes.length - 1
          ? [node.getStart(), nodes[i + 1]!.getStart()]
          : [i > 0 ? nodes[i - 1]!.getEnd() : node.getStart(), node.getEnd()];
      edits.push({ start, end, text: separator, ...(argumentsToo ? { argument: i } : {}) });
    });
  };

  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (ts.isStatement(node) && !ts.isBlock(node.parent?.parent ?? node)) ofStatement(node);
    else if (ts.isStatement(node)) ofStatement(node);
    if (ts.isClassElement(node) || ts.isTypeElement(node)) edit(node, "");
    if (ts.isCaseOrDefaultClause(node)) edit(node, "");
    if (ts.isFunctionDeclaration(node)) list(node.parameters, "", node.name?.text === "f");
    if (ts.isArrayLiteralExpression(node)) list(node.elements, "", false);
    if (ts.isObjectLiteralExpression(node)) list(node.properties, "", false);
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && node.arguments)
      list(node.arguments, "", false);
    if (ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node)) list(node.elements, "", false);
    if (ts.isArrowFunction(node)) list(node.parameters, "", false);
    if ((ts.isBreakStatement(node) || ts.isContinueStatement(node)) && node.label) edit(node.label, "");
    if (isValue(node) && !isDeclarationName(node)) ofExpression(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return edits
    .filter((e) => e.end - e.start > e.text.length)
    .sort((a, b) => b.end - b.start - b.text.length - (a.end - a.start - a.text.length));
};

const applied = ({ program, args }: Case, edit: Edit): Case => {
  const source = program.source.slice(0, edit.start) + edit.text + program.source.slice(edit.end);
  if (edit.argument === undefined) return { program: { ...program, source }, args };
  const without = <T>(list: readonly T[]): T[] => list.filter((_, i) => i !== edit.argument);
  return { program: { ...program, source, params: without(program.params) }, args: without(args) };
};

/**
 * Greedy, largest cuts first. `still` is given several candidates and says which is the first that fails in the
 * same way, or -1.
 */
export const reduce = async (
  failing: Case,
  still: (candidates: readonly Case[]) => Promise<number>,
  milliseconds: number,
): Promise<Case> => {
  const end = performance.now() + milliseconds;
  const together = 12;
  let best = failing;
  for (let cut = true; cut;) {
    cut = false;
    const all = editsOf(best.program.source);
    for (let i = 0; i < all.length && performance.now() < end; i += together) {
      const candidates = all.slice(i, i + together).map((edit) => applied(best, edit));
      const found = await still(candidates);
      if (found < 0) continue;
      best = candidates[found]!;
      cut = true;
      break;
    }
  }
  return best;
};
