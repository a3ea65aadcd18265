/** Names that stand for members of the language's own namespaces: `const { sin, PI } = Math`, `const abs = Math.abs`. */
import { ts } from "ts-morph";
import { isModuleLevel } from "./reference.ts";
import { isSettled } from "./settled.ts";

/** `Math.sin` for what is that, by that name or by a constant's; `undefined` for everything else. */
export function globalName(node: ts.Expression, checker: ts.TypeChecker): string | undefined {
  if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node))
    return globalName(node.expression, checker);
  if (ts.isPropertyAccessExpression(node)) {
    const owner = globalName(node.expression, checker);
    return owner !== undefined && !node.questionDotToken ? `${owner}.${node.name.text}` : undefined;
  }
  if (!ts.isIdentifier(node)) return undefined;
  const symbol = checker.getSymbolAtLocation(node);
  return symbol && (isOwn(symbol) ? node.text : aliasOf(symbol, checker));
}

/** What a constant stands for that is another name of a member: `Math.sin` for the `sin` of `const { sin } = Math`. */
export function aliasOf(symbol: ts.Symbol, checker: ts.TypeChecker): string | undefined {
  const declaration = symbol.valueDeclaration;
  if (!declaration || !isSettled(declaration, checker)) return undefined;
  if (ts.isVariableDeclaration(declaration)) {
    const { initializer } = declaration;
    return initializer && ts.isIdentifier(declaration.name) && ts.isPropertyAccessExpression(initializer)
      ? globalName(initializer, checker)
      : undefined;
  }
  if (!ts.isBindingElement(declaration) || declaration.initializer || declaration.dotDotDotToken)
    return undefined;
  const pattern = declaration.parent;
  const holder = pattern.parent;
  const member = declaration.propertyName ?? declaration.name;
  if (!ts.isObjectBindingPattern(pattern) || !ts.isVariableDeclaration(holder) || !holder.initializer)
    return undefined;
  const owner = ts.isIdentifier(holder.initializer) ? globalName(holder.initializer, checker) : undefined;
  return owner !== undefined && ts.isIdentifier(member) ? `${owner}.${member.text}` : undefined;
}

/** Declared by the language or its surroundings. */
function isOwn(symbol: ts.Symbol): boolean {
  const declaration = symbol.declarations?.[0];
  return declaration !== undefined && !isModuleLevel(symbol) && declaration.getSourceFile().isDeclarationFile;
}
