/** Changes sources in ways that change nothing: names for subexpressions, loops of one trip. */
import { ts } from "ts-morph";
import type { Chance } from "./chance.ts";

type Edit = Readonly<{ start: number; end: number; text: string }>;

const K = ts.SyntaxKind;

/** Does evaluating it do anything, or may it give something else a moment later? */
const hasEffects = (node: ts.Node): boolean => {
  if (ts.isCallExpression(node))
    return !/^Math\.(?!random)/.test(node.expression.getText()) || node.arguments.some(hasEffects);
  if (
    ts.isNewExpression(node) ||
    ts.isFunctionLike(node) ||
    ts.isAwaitExpression(node) ||
    ts.isYieldExpression(node)
  )
    return true;
  if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind >= K.FirstAssignment &&
    node.operatorToken.kind <= K.LastAssignment
  )
    return true;
  if (ts.isPostfixUnaryExpression(node)) return true;
  if (
    ts.isPrefixUnaryExpression(node) &&
    (node.operator === K.PlusPlusToken || node.operator === K.MinusMinusToken)
  )
    return true;
  if (ts.isDeleteExpression(node) || ts.isTaggedTemplateExpression(node)) return true;
  return ts.forEachChild(node, (child) => hasEffects(child) || undefined) ?? false;
};

/** The parts of an expression that are evaluated whenever it is, before anything else happens. */
const partsOf = (e: ts.Expression): ts.Expression[] => {
  if (ts.isParenthesizedExpression(e)) return partsOf(e.expression);
  if (ts.isBinaryExpression(e)) {
    const arithmetic = [K.PlusToken, K.MinusToken, K.AsteriskToken, K.SlashToken].includes(
      e.operatorToken.kind,
    );
    return arithmetic ? [e, ...partsOf(e.left), ...partsOf(e.right)] : [];
  }
  if (ts.isCallExpression(e) && /^Math\.(?!random)/.test(e.expression.getText()))
    return [e, ...e.arguments.filter((a) => !ts.isSpreadElement(a)).flatMap(partsOf)];
  if (ts.isPrefixUnaryExpression(e) && e.operator === K.MinusToken) return partsOf(e.operand);
  return [];
};

/** The expression that a statement evaluates first. */
const firstExpression = (s: ts.Statement): ts.Expression | undefined => {
  if (ts.isReturnStatement(s)) return s.expression;
  if (ts.isVariableStatement(s)) return s.declarationList.declarations[0]?.initializer;
  if (ts.isExpressionStatement(s) && ts.isBinaryExpression(s.expression)) {
    const { left, operatorToken, right } = s.expression;
    if (operatorToken.kind === K.EqualsToken && ts.isIdentifier(left)) return right;
  }
  return undefined;
};

/** Strings are added as well: only what is known to be a number may be named. */
export type IsNumber = (start: number, end: number) => boolean;

const wrappable = (s: ts.Statement, keepsReturns: boolean): boolean => {
  if (
    !ts.isExpressionStatement(s) &&
    !ts.isIfStatement(s) &&
    !ts.isForStatement(s) &&
    !ts.isForOfStatement(s)
  )
    return false;
  const leaves = (node: ts.Node): boolean => {
    if (ts.isFunctionLike(node)) return false;
    if (ts.isBreakOrContinueStatement(node) || (keepsReturns && ts.isReturnStatement(node))) return true;
    return ts.forEachChild(node, (child) => leaves(child) || undefined) ?? false;
  };
  return !leaves(s) && !/\bsuper\(/.test(s.getText());
};

/** Places where a statement may be preceded by another. */
const statementsIn = (file: ts.SourceFile): ts.Statement[] => {
  const found: ts.Statement[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node) || ts.isCaseOrDefaultClause(node)) found.push(...node.statements);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
};

/**
 * The same program, written in another way: some subexpressions have names, some statements run in a loop once.
 * `keepsReturns`: a statement that returns stays where it is.
 */
export const variant = (
  source: string,
  chance: Chance,
  isNumber: IsNumber = () => true,
  keepsReturns = false,
): string => {
  const file = ts.createSourceFile("f.ts", source, ts.ScriptTarget.ES2023, true);
  const edits: Edit[] = [];
  const all = statementsIn(file);
  for (let i = 0; i < 4 && all.length > 0; i++) {
    const s = chance.of(all);
    const [start, end] = [s.getStart(), s.getEnd()];
    if (edits.some((e) => e.start < end && start < e.end)) continue;
    const text = s.getText();
    const first = firstExpression(s);
    const parts =
      first && !hasEffects(first) ? partsOf(first).filter((p) => isNumber(p.getStart(), p.getEnd())) : [];
    if (parts.length > 0 && chance.happens(0.6)) {
      const part = chance.of(parts);
      const at = part.getStart() - start;
      const name = `part${i}`;
      edits.push({
        start,
        end,
        text: `const ${name} = ${part.getText()};\n${text.slice(0, at)}${name}${text.slice(at + part.getWidth())}`,
      });
    } else if (wrappable(s, keepsReturns))
      edits.push({ start, end, text: `for (let once${i} = 0; once${i} < 1; once${i}++) {\n${text}\n}` });
  }
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce((made, e) => made.slice(0, e.start) + e.text + made.slice(e.end), source);
};
