/** What a piece of source assigns, seen before it is lowered. */
import { ts } from "ts-morph";
import { isSettled } from "../source/settled.ts";
import type { Place } from "./environment.ts";
import { closuresIn } from "./known.ts";
import { type Scope, type Variable, isReturned, scopeAround, variableIn } from "./variable.ts";

export const isAssignment = (node: ts.Node): node is ts.AssignmentExpression<ts.AssignmentOperatorToken> =>
  ts.isBinaryExpression(node) &&
  node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
  node.operatorToken.kind <= ts.SyntaxKind.LastAssignment;

type Step = (ts.PrefixUnaryExpression | ts.PostfixUnaryExpression) & {
  readonly operator: ts.SyntaxKind.PlusPlusToken | ts.SyntaxKind.MinusMinusToken;
};

/** `i++`, `--i` */
export const isStep = (node: ts.Node): node is Step =>
  (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
  (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken);

/** Without the parentheses and assertions that mean nothing when the program runs. */
export function bare(node: ts.Expression): ts.Expression {
  let inner = node;
  while (
    ts.isParenthesizedExpression(inner) ||
    ts.isAsExpression(inner) ||
    ts.isSatisfiesExpression(inner) ||
    ts.isNonNullExpression(inner) ||
    ts.isTypeAssertionExpression(inner)
  ) {
    inner = inner.expression;
  }
  return inner;
}

/** The variable that an identifier reads or writes. */
export function symbolOf(name: ts.Identifier, checker: ts.TypeChecker): ts.Symbol | undefined {
  if (ts.isShorthandPropertyAssignment(name.parent) && name.parent.name === name)
    return checker.getShorthandAssignmentValueSymbol(name.parent);
  return checker.getSymbolAtLocation(name);
}

/** The variable that a parameter is: one that declares a field as well is two things. */
export function parameterSymbol(p: ts.ParameterDeclaration, checker: ts.TypeChecker): ts.Symbol | undefined {
  if (!ts.isIdentifier(p.name)) return undefined;
  return ts.isParameterPropertyDeclaration(p, p.parent)
    ? checker.getSymbolsOfParameterPropertyDeclaration(p, p.name.text)[0]
    : checker.getSymbolAtLocation(p.name);
}

/** The function that a local name stands for, if it can stand for nothing else. */
export function localFunction(
  symbol: ts.Symbol | undefined,
  checker: ts.TypeChecker,
): ts.FunctionLikeDeclaration | undefined {
  const declaration = symbol?.valueDeclaration;
  if (!declaration || !ts.findAncestor(declaration.parent, ts.isFunctionLike)) return undefined;
  if (ts.isFunctionDeclaration(declaration)) return declaration.body ? declaration : undefined;
  return functionConstant(declaration, checker);
}

/** `const f = (x) => …` */
export function functionConstant(
  declaration: ts.Declaration,
  checker: ts.TypeChecker,
): ts.FunctionLikeDeclaration | undefined {
  if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
  if (!isSettled(declaration, checker)) return undefined;
  const initializer = bare(declaration.initializer);
  return ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer) ? initializer : undefined;
}

/** The variables that a target of an assignment names (not the arrays or objects whose parts it names). */
function namesIn(target: ts.Expression, see: (name: ts.Identifier) => void): void {
  const node = bare(target);
  if (ts.isIdentifier(node)) see(node);
  else if (ts.isArrayLiteralExpression(node)) {
    for (const e of node.elements) namesIn(ts.isSpreadElement(e) ? e.expression : e, see);
  } else if (ts.isObjectLiteralExpression(node)) {
    for (const p of node.properties) {
      if (ts.isShorthandPropertyAssignment(p)) see(p.name);
      else if (ts.isPropertyAssignment(p)) namesIn(p.initializer, see);
      else if (ts.isSpreadAssignment(p)) namesIn(p.expression, see);
    }
  } else if (isAssignment(node)) namesIn(node.left, see);
}

function bindingNames(name: ts.BindingName, see: (name: ts.Identifier) => void): void {
  if (ts.isIdentifier(name)) see(name);
  else for (const e of name.elements) if (ts.isBindingElement(e)) bindingNames(e.name, see);
}

/** Every variable that running the nodes may assign, in functions that they can get hold of as well. */
export function assignedIn(nodes: readonly (ts.Node | undefined)[], here: Place): Set<Variable> {
  const { checker, knowledge } = here.session;
  const assigned = new Set<Variable>();
  const seen = new Map<ts.Node, Set<Scope | undefined>>();
  const visitIn = (node: ts.Node, scope: Scope | undefined): void => {
    const scopes = seen.get(node) ?? new Set();
    if (scopes.has(scope)) return;
    seen.set(node, scopes.add(scope));
    look(node, scope);
  };
  const look = (root: ts.Node, scope: Scope | undefined): void => {
    const add = (name: ts.Identifier): void => {
      const symbol = symbolOf(name, checker);
      if (symbol) assigned.add(variableIn(symbol, scope));
    };
    const visit = (node: ts.Node): void => {
      if (isAssignment(node)) namesIn(node.left, add);
      else if (isStep(node)) namesIn(node.operand, add);
      else if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
        if (!ts.isVariableDeclarationList(node.initializer)) namesIn(node.initializer, add);
      } else if (ts.isVariableDeclaration(node)) {
        if (!(ts.getCombinedNodeFlags(node) & ts.NodeFlags.BlockScoped)) bindingNames(node.name, add);
      } else if (ts.isIdentifier(node)) {
        const symbol = symbolOf(node, checker);
        const held = symbol && here.environment.get(variableIn(symbol, scope));
        for (const closure of closuresIn(knowledge.of(held))) visitIn(closure.body, closure.scope);
        const body = held ? undefined : localFunction(symbol, checker);
        if (body) visitIn(body, scopeAround(body, scope));
      }
      ts.forEachChild(node, visit);
    };
    visit(root);
  };
  for (const node of nodes) if (node) look(node, here.scope);
  return assigned;
}

/** The variables of outside that the nodes may assign, in the order of their declaration. */
export function carriedBy(nodes: readonly (ts.Node | undefined)[], here: Place): Variable[] {
  const assigned = assignedIn(nodes, here);
  return [...here.environment.keys()].filter((v) => !isReturned(v) && assigned.has(v));
}

/** All `var` names of a function, which live as long as it runs. */
export function hoistedIn(body: ts.Node, checker: ts.TypeChecker): ts.Symbol[] {
  const hoisted = new Set<ts.Symbol>();
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isVariableDeclaration(node) && !(ts.getCombinedNodeFlags(node) & ts.NodeFlags.BlockScoped))
      bindingNames(node.name, (name) => {
        const symbol = checker.getSymbolAtLocation(name);
        if (symbol) hoisted.add(symbol);
      });
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(body, visit);
  return [...hoisted];
}
