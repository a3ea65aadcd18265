/**
 * Rewrites TypeScript so that its arithmetic goes through a runtime `$`: what the program says stays, numbers may
 * carry derivatives. Comparisons, indices, bit operations and strings see the plain number by themselves.
 */
import { ts } from "ts-morph";
import { replaced } from "./runtime.ts";

const f = ts.factory;
const K = ts.SyntaxKind;

const arithmetic: Partial<Record<ts.SyntaxKind, string>> = {
  [K.PlusToken]: "add",
  [K.MinusToken]: "sub",
  [K.AsteriskToken]: "mul",
  [K.SlashToken]: "div",
  [K.PercentToken]: "rem",
  [K.AsteriskAsteriskToken]: "power",
  [K.PlusEqualsToken]: "add",
  [K.MinusEqualsToken]: "sub",
  [K.AsteriskEqualsToken]: "mul",
  [K.SlashEqualsToken]: "div",
  [K.PercentEqualsToken]: "rem",
  [K.AsteriskAsteriskEqualsToken]: "power",
};

const equalities: Partial<Record<ts.SyntaxKind, readonly [name: string, negated: boolean]>> = {
  [K.EqualsEqualsEqualsToken]: ["same", false],
  [K.ExclamationEqualsEqualsToken]: ["same", true],
  [K.EqualsEqualsToken]: ["like", false],
  [K.ExclamationEqualsToken]: ["like", true],
};

/** Assignments that look at what is there before they read what is on the right. */
const conditional: Partial<Record<ts.SyntaxKind, "and" | "or" | "nullish">> = {
  [K.AmpersandAmpersandEqualsToken]: "and",
  [K.BarBarEqualsToken]: "or",
  [K.QuestionQuestionEqualsToken]: "nullish",
};

const runtime = (name: string): ts.Expression =>
  f.createPropertyAccessExpression(f.createIdentifier("$"), name);
const call = (name: string, ...args: ts.Expression[]): ts.Expression =>
  f.createCallExpression(runtime(name), undefined, args);
const later = (e: ts.Expression): ts.Expression =>
  f.createArrowFunction(undefined, undefined, [], undefined, undefined, f.createParenthesizedExpression(e));
const ofOld = (body: (old: ts.Expression) => ts.Expression): ts.Expression => {
  const parameter = f.createParameterDeclaration(undefined, undefined, "$old");
  const made = f.createParenthesizedExpression(body(f.createIdentifier("$old")));
  return f.createArrowFunction(undefined, undefined, [parameter], undefined, undefined, made);
};

const bare = (e: ts.Expression): ts.Expression =>
  ts.isParenthesizedExpression(e) ||
  ts.isAsExpression(e) ||
  ts.isNonNullExpression(e) ||
  ts.isSatisfiesExpression(e)
    ? bare(e.expression)
    : e;

/** Is it a boolean by its form, and no number that would have to be asked? */
const isBoolean = (node: ts.Expression): boolean => {
  const e = bare(node);
  if (e.kind === K.TrueKeyword || e.kind === K.FalseKeyword) return true;
  if (ts.isPrefixUnaryExpression(e)) return e.operator === K.ExclamationToken;
  if (!ts.isBinaryExpression(e)) return false;
  const kind = e.operatorToken.kind;
  return (
    kind in equalities ||
    [
      K.LessThanToken,
      K.GreaterThanToken,
      K.LessThanEqualsToken,
      K.GreaterThanEqualsToken,
      K.InstanceOfKeyword,
      K.InKeyword,
    ].includes(kind)
  );
};

/** Compared with one of these, no number is the same. */
const isNoNumber = (node: ts.Expression): boolean => {
  const e = bare(node);
  return (
    ts.isStringLiteralLike(e) ||
    e.kind === K.NullKeyword ||
    e.kind === K.TrueKeyword ||
    e.kind === K.FalseKeyword ||
    (ts.isIdentifier(e) && e.text === "undefined")
  );
};

/** Where a value is stored: a variable, or a place that is evaluated once. */
const split = (
  target: ts.Expression,
  visit: (e: ts.Expression) => ts.Expression,
): readonly [ts.Expression, ts.Expression] | undefined => {
  if (
    ts.isPropertyAccessExpression(target) &&
    !ts.isPrivateIdentifier(target.name) &&
    target.expression.kind !== K.SuperKeyword
  )
    return [visit(target.expression), f.createStringLiteral(target.name.text)];
  if (ts.isElementAccessExpression(target))
    return [visit(target.expression), visit(target.argumentExpression)];
  return undefined;
};

/** Does the identifier stand for a value, and not for a name of something? */
const isReference = (node: ts.Identifier): boolean => {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent) || ts.isVariableDeclaration(parent) || ts.isParameter(parent))
    return parent.initializer === node;
  if (
    ts.isImportSpecifier(parent) ||
    ts.isExportSpecifier(parent) ||
    ts.isShorthandPropertyAssignment(parent)
  )
    return false;
  return (parent as { name?: ts.Node }).name !== node;
};

/** Names that the file declares itself, at any depth: they are left alone. */
const declaredIn = (file: ts.SourceFile): ReadonlySet<string> => {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    const { name } = node as { name?: ts.Node };
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isImportSpecifier(node) ||
      ts.isBindingElement(node);
    if (declares && name && ts.isIdentifier(name)) found.add(name.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
};

/** For `transpileModule`: before types are taken away. */
export const instrument: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const own = declaredIn(file);
  const expression = (e: ts.Expression): ts.Expression => ts.visitNode(e, visit) as ts.Expression;
  const condition = (e: ts.Expression): ts.Expression =>
    isBoolean(e) ? expression(e) : call("truthy", expression(e));

  const assigned = (node: ts.BinaryExpression): ts.Expression | undefined => {
    const { left, operatorToken, right } = node;
    const target = bare(left);
    const place = (): ReturnType<typeof split> => split(target, expression);
    const how = conditional[operatorToken.kind];
    if (how) {
      const at = place();
      const nullish = (old: ts.Expression): ts.Expression =>
        f.createBinaryExpression(old, K.EqualsEqualsToken, f.createNull());
      const test = (old: ts.Expression): ts.Expression =>
        how === "nullish"
          ? nullish(old)
          : how === "and"
            ? call("truthy", old)
            : f.createLogicalNot(call("truthy", old));
      if (at) return call("updateIf", at[0], at[1], ofOld(test), later(expression(right)));
      const variable = expression(target);
      const stored = f.createParenthesizedExpression(f.createAssignment(variable, expression(right)));
      return f.createParenthesizedExpression(
        f.createConditionalExpression(test(variable), undefined, stored, undefined, variable),
      );
    }
    const name = arithmetic[operatorToken.kind];
    const bits = bitwise[operatorToken.kind];
    if (!name && !bits) return undefined;
    const change = (old: ts.Expression): ts.Expression =>
      name
        ? call(name, old, expression(right))
        : f.createBinaryExpression(old, bits!, f.createParenthesizedExpression(expression(right)));
    const at = place();
    if (at) return call("update", at[0], at[1], ofOld(change));
    const variable = expression(target);
    return f.createParenthesizedExpression(f.createAssignment(variable, change(variable)));
  };

  const binary = (node: ts.BinaryExpression): ts.Expression | undefined => {
    const { left, operatorToken, right } = node;
    const { kind } = operatorToken;
    if (kind >= K.FirstCompoundAssignment && kind <= K.LastCompoundAssignment) return assigned(node);
    const name = arithmetic[kind];
    if (name) return call(name, expression(left), expression(right));
    const equality = equalities[kind];
    if (equality && !isNoNumber(left) && !isNoNumber(right)) {
      const test = call(equality[0], expression(left), expression(right));
      return equality[1] ? f.createLogicalNot(test) : test;
    }
    if (kind === K.AmpersandAmpersandToken || kind === K.BarBarToken) {
      if (isBoolean(left)) return undefined;
      return call(kind === K.BarBarToken ? "or" : "and", expression(left), later(expression(right)));
    }
    return undefined;
  };

  const step = (node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): ts.Expression => {
    const name = node.operator === K.PlusPlusToken ? "inc" : "dec";
    const target = bare(node.operand);
    const at = split(target, expression);
    const post = ts.isPostfixUnaryExpression(node);
    if (at) return call("update", at[0], at[1], runtime(name), ...(post ? [f.createTrue()] : []));
    const variable = expression(target);
    const next = f.createAssignment(variable, call(name, variable));
    return post && !ts.isExpressionStatement(node.parent) && !ts.isForStatement(node.parent)
      ? call("after", variable, next)
      : f.createParenthesizedExpression(next);
  };

  const rewritten = (node: ts.Node): ts.Node | undefined => {
    if (ts.isBinaryExpression(node)) return binary(node);
    if (ts.isPostfixUnaryExpression(node)) return step(node);
    if (ts.isPrefixUnaryExpression(node)) {
      switch (node.operator) {
        case K.PlusPlusToken:
        case K.MinusMinusToken:
          return step(node);
        case K.MinusToken:
          return ts.isNumericLiteral(node.operand) ? node : call("neg", expression(node.operand));
        case K.PlusToken:
          return call("pos", expression(node.operand));
        case K.ExclamationToken:
          return f.createLogicalNot(f.createParenthesizedExpression(condition(node.operand)));
        default:
          return undefined;
      }
    }
    if (ts.isTypeOfExpression(node)) return call("typeOf", expression(node.expression));
    if (ts.isConditionalExpression(node))
      return f.createConditionalExpression(
        condition(node.condition),
        undefined,
        expression(node.whenTrue),
        undefined,
        expression(node.whenFalse),
      );
    if (ts.isIfStatement(node))
      return f.createIfStatement(
        condition(node.expression),
        ts.visitNode(node.thenStatement, visit) as ts.Statement,
        ts.visitNode(node.elseStatement, visit) as ts.Statement | undefined,
      );
    if (ts.isWhileStatement(node))
      return f.createWhileStatement(
        condition(node.expression),
        ts.visitNode(node.statement, visit) as ts.Statement,
      );
    if (ts.isDoStatement(node))
      return f.createDoStatement(
        ts.visitNode(node.statement, visit) as ts.Statement,
        condition(node.expression),
      );
    if (ts.isForStatement(node))
      return f.createForStatement(
        ts.visitNode(node.initializer, visit) as ts.ForInitializer | undefined,
        node.condition && condition(node.condition),
        node.incrementor && expression(node.incrementor),
        ts.visitNode(node.statement, visit) as ts.Statement,
      );
    if (ts.isSwitchStatement(node))
      return f.createSwitchStatement(
        call("plain", expression(node.expression)),
        ts.visitNode(node.caseBlock, visit) as ts.CaseBlock,
      );
    if (ts.isCaseClause(node) && !ts.isLiteralExpression(node.expression))
      return f.createCaseClause(
        call("plain", expression(node.expression)),
        ts.visitNodes(node.statements, visit) as ts.NodeArray<ts.Statement>,
      );
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { expression: of, name, questionDotToken } = node.expression;
      if (
        /^(includes|indexOf|lastIndexOf)$/.test(name.text) &&
        !questionDotToken &&
        !ts.isOptionalChain(node)
      )
        return call(
          "find",
          f.createStringLiteral(name.text),
          expression(of),
          f.createArrayLiteralExpression(node.arguments.map(expression)),
        );
      if (name.text === "is" && ts.isIdentifier(of) && of.text === "Object")
        return call("is", ...node.arguments.map(expression));
    }
    if (ts.isIdentifier(node) && replaced.has(node.text) && !own.has(node.text) && isReference(node))
      return runtime(node.text);
    return undefined;
  };

  const visit = (node: ts.Node): ts.Node => {
    const typeOnly =
      (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isEnumDeclaration(node);
    return typeOnly ? node : (rewritten(node) ?? ts.visitEachChild(node, visit, context));
  };
  return ts.visitEachChild(file, visit, context);
};

const bitwise: Partial<Record<ts.SyntaxKind, ts.BinaryOperator>> = {
  [K.AmpersandEqualsToken]: K.AmpersandToken,
  [K.BarEqualsToken]: K.BarToken,
  [K.CaretEqualsToken]: K.CaretToken,
  [K.LessThanLessThanEqualsToken]: K.LessThanLessThanToken,
  [K.GreaterThanGreaterThanEqualsToken]: K.GreaterThanGreaterThanToken,
  [K.GreaterThanGreaterThanGreaterThanEqualsToken]: K.GreaterThanGreaterThanGreaterThanToken,
};
