/** Recognises loops that count: `for (let i = start; i < bound; i += step)` with nothing that changes while it runs. */
import { ts } from "ts-morph";
import { type Effects, effectsOf, isInvariant } from "./effects.ts";
import { type Place, variableOf } from "./environment.ts";
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
  if (!initializer || !condition || !incrementor || !ts.isVariableDeclarationList(initializer))
    return undefined;
  if (!(initializer.flags & ts.NodeFlags.Let)) return undefined;
  const test = bare(condition);
  if (!ts.isBinaryExpression(test)) return undefined;
  const written = comparisons[test.operatorToken.kind];
  if (!written) return undefined;
  const isVariable = (e: ts.Expression, variable: ts.Symbol): boolean => {
    const inner = bare(e);
    return ts.isIdentifier(inner) && checker.getSymbolAtLocation(inner) === variable;
  };
  for (const declaration of initializer.declarations) {
    if (!ts.isIdentifier(declaration.name) || !declaration.initializer) continue;
    const variable = checker.getSymbolAtLocation(declaration.name);
    if (!variable || !(checker.getTypeAtLocation(declaration.name).flags & ts.TypeFlags.NumberLike)) continue;
    const isLeft = isVariable(test.left, variable);
    if (!isLeft && !isVariable(test.right, variable)) continue;
    const bound = isLeft ? test.right : test.left;
    const compare = isLeft ? written : turned[written];
    const step = stepOf(incrementor, (e) => isVariable(e, variable));
    if (step === undefined || assignedIn([statement], here).has(variableOf(variable, here))) return undefined;
    const effects: Effects = effectsOf([statement, condition, incrementor], here);
    if (!isInvariant(bound, effects, here) || mayMove(bound, effects, checker)) return undefined;
    if (typeof step !== "number" && !isInvariant(step, effects, here)) return undefined;
    return { variable, bound, step, compare };
  }
  return undefined;
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
