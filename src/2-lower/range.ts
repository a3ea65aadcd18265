/** Recognises loops that count: `for (let i = start; i < bound; i += step)` with nothing that changes while it runs. */
import { ts } from "ts-morph";
import { type Effects, effectsOf, isInvariant } from "./effects.ts";
import { type Place, typeOfSymbol, variableOf } from "./environment.ts";
import { assignedIn, bare } from "./scan.ts";

export type Counted = Readonly<{
  variable: ts.Symbol;
  bound: ts.Expression;
  step: number | ts.Expression;
  compare: "lt" | "le" | "gt" | "ge";
}>;

const comparisons: Readonly<Partial<Record<ts.SyntaxKind, Counted["compare"]>>> = {
  [ts.SyntaxKind.LessThanToken]: "lt",
  [ts.SyntaxKind.LessThanEqualsToken]: "le",
  [ts.SyntaxKind.GreaterThanToken]: "gt",
  [ts.SyntaxKind.GreaterThanEqualsToken]: "ge",
};
const turned = { lt: "gt", le: "ge", gt: "lt", ge: "le" } as const;

/** `undefined` if the loop has to test and step as it is written. */
export function countedBy(node: ts.ForStatement, here: Place): Counted | undefined {
  const { checker } = here.session;
  const { initializer, condition, incrementor, statement } = node;
  if (!initializer || !condition || !incrementor) return undefined;
  const test = bare(condition);
  if (!ts.isBinaryExpression(test)) return undefined;
  const written = comparisons[test.operatorToken.kind];
  if (!written) return undefined;
  const isVariable = (e: ts.Expression, variable: ts.Symbol): boolean => {
    const inner = bare(e);
    return ts.isIdentifier(inner) && checker.getSymbolAtLocation(inner) === variable;
  };
  for (const name of startedBy(initializer)) {
    const variable = checker.getSymbolAtLocation(name);
    if (!variable || typeOfSymbol(here, variable).kind !== "number") continue;
    const isLeft = isVariable(test.left, variable);
    if (!isLeft && !isVariable(test.right, variable)) continue;
    const bound = isLeft ? test.right : test.left;
    const compare = isLeft ? written : turned[written];
    if (!isOwn(node, variable) && !isOnlyCounting(variable, checker)) continue;
    const step = stepOf(incrementor, (e) => isVariable(e, variable));
    if (step === undefined || assignedIn([statement], here).has(variableOf(variable, here))) return undefined;
    const effects: Effects = effectsOf([statement, condition, incrementor], here);
    if (!isInvariant(bound, effects, here) || mayMove(bound, effects, checker)) return undefined;
    if (typeof step !== "number" && !isInvariant(step, effects, here)) return undefined;
    return { variable, bound, step, compare };
  }
  return undefined;
}

/** The variables that the head of a loop gives a value. */
function startedBy(initializer: ts.ForInitializer): readonly ts.Identifier[] {
  if (ts.isVariableDeclarationList(initializer))
    return initializer.declarations.flatMap((d) =>
      ts.isIdentifier(d.name) && d.initializer ? [d.name] : [],
    );
  const node = bare(initializer);
  if (!ts.isBinaryExpression(node)) return [];
  if (node.operatorToken.kind === ts.SyntaxKind.CommaToken)
    return [...startedBy(node.left), ...startedBy(node.right)];
  const isStart = node.operatorToken.kind === ts.SyntaxKind.EqualsToken && ts.isIdentifier(node.left);
  return isStart ? [node.left as ts.Identifier] : [];
}

/** Declared by `let` in the head of the loop: nobody else sees it. */
const isOwn = ({ initializer }: ts.ForStatement, { valueDeclaration }: ts.Symbol): boolean =>
  valueDeclaration !== undefined &&
  valueDeclaration.parent === initializer &&
  (ts.getCombinedNodeFlags(valueDeclaration) & ts.NodeFlags.Let) !== 0;

const counting = new WeakMap<ts.Symbol, boolean>();

/**
 * A variable of the function that is used by nothing but loops which give it a start, not one inside of the other:
 * what it holds behind such a loop, nobody asks.
 */
function isOnlyCounting(variable: ts.Symbol, checker: ts.TypeChecker): boolean {
  const known = counting.get(variable);
  if (known !== undefined) return known;
  const { valueDeclaration } = variable;
  const holder = valueDeclaration && ts.findAncestor(valueDeclaration.parent, ts.isFunctionLike);
  const started = (e: ts.ForInitializer): ts.Identifier | undefined =>
    startedBy(e).find((name) => checker.getSymbolAtLocation(name) === variable);
  /** `inside`: in a loop that starts it. */
  const isFine = (node: ts.Node, inside: boolean): boolean => {
    if (ts.isIdentifier(node) && node.text === variable.name) {
      if (node.parent === valueDeclaration || checker.getSymbolAtLocation(node) !== variable) return true;
      return inside;
    }
    if (ts.isFunctionLike(node) && node !== holder) return isFree(node, undefined);
    const start = ts.isForStatement(node) && node.initializer ? started(node.initializer) : undefined;
    const starts = start !== undefined;
    // it starts with something else than what it held before
    if (starts && (inside || !isFree((node as ts.ForStatement).initializer!, start))) return false;
    return ts.forEachChild(node, (child) => (isFine(child, inside || starts) ? undefined : true)) !== true;
  };
  const isFree = (node: ts.Node, except: ts.Node | undefined): boolean =>
    node === except ||
    (!(
      ts.isIdentifier(node) &&
      node.text === variable.name &&
      checker.getSymbolAtLocation(node) === variable
    ) &&
      ts.forEachChild(node, (child) => (isFree(child, except) ? undefined : true)) !== true);
  const isIt = holder !== undefined && variable.declarations?.length === 1 && isFine(holder, false);
  counting.set(variable, isIt);
  return isIt;
}

/** What is added each time; a number if that is known. */
function stepOf(
  incrementor: ts.Expression,
  isVariable: (e: ts.Expression) => boolean,
): number | ts.Expression | undefined {
  const node = bare(incrementor);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    if (!isVariable(node.operand)) return undefined;
    if (node.operator === ts.SyntaxKind.PlusPlusToken) return 1;
    return node.operator === ts.SyntaxKind.MinusMinusToken ? -1 : undefined;
  }
  if (!ts.isBinaryExpression(node) || !isVariable(node.left)) return undefined;
  const known = (e: ts.Expression, sign: 1 | -1): number | ts.Expression | undefined => {
    const inner = bare(e);
    if (ts.isNumericLiteral(inner)) return sign * Number(inner.text);
    return sign === 1 ? e : undefined;
  };
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.PlusEqualsToken:
      return known(node.right, 1);
    case ts.SyntaxKind.MinusEqualsToken:
      return known(node.right, -1);
    case ts.SyntaxKind.EqualsToken: {
      const sum = bare(node.right);
      if (!ts.isBinaryExpression(sum)) return undefined;
      const { left, right, operatorToken } = sum;
      if (operatorToken.kind === ts.SyntaxKind.PlusToken && isVariable(left)) return known(right, 1);
      if (operatorToken.kind === ts.SyntaxKind.PlusToken && isVariable(right)) return known(left, 1);
      return operatorToken.kind === ts.SyntaxKind.MinusToken && isVariable(left)
        ? known(right, -1)
        : undefined;
    }
    default:
      return undefined;
  }
}

/** `for (…; i < a.length; …) a[i + 1] = …` runs after its own end. */
function mayMove(bound: ts.Expression, effects: Effects, checker: ts.TypeChecker): boolean {
  const node = bare(bound);
  if (!ts.isPropertyAccessExpression(node) || node.name.text !== "length") return false;
  const array = bare(node.expression);
  const symbol = ts.isIdentifier(array) ? checker.getSymbolAtLocation(array) : undefined;
  return symbol !== undefined && effects.growing.has(symbol);
}
