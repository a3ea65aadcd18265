/** Which function a call calls. */
import { ts } from "ts-morph";
import { holderOfThis, isStatic, receiverOf } from "./class.ts";
import type { Place } from "./environment.ts";
import { type WithBody, hasBody } from "./function.ts";
import { bare, functionConstant, localFunction } from "./scan.ts";

/** The declaration with the body that runs, if that can be told from the source. */
export function resolveFunction(callee: ts.Expression, here: Place): WithBody | undefined {
  const node = bare(callee);
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return node;
  const { checker } = here.session;
  const name = ts.isPropertyAccessExpression(node) ? node.name : node;
  if (!ts.isIdentifier(name)) return undefined;
  const symbol = checker.getSymbolAtLocation(name);
  if (!symbol) return undefined;
  const callback = here.callbacks.get(symbol) ?? localFunction(symbol);
  if (callback && hasBody(callback)) return callback;
  const original = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  for (const declaration of original.declarations ?? []) {
    if (ts.isFunctionDeclaration(declaration) && declaration.body) return declaration as WithBody;
    const constant = functionConstant(declaration);
    if (constant && hasBody(constant)) return constant;
    if (ts.isMethodDeclaration(declaration) && isStatic(declaration) && declaration.body)
      return declaration as WithBody;
    if (ts.isExportAssignment(declaration)) return resolveFunction(declaration.expression, here);
  }
  return undefined;
}

/** Declared inside another function: its body may use what is around it. */
export const isLocalFunction = (declaration: ts.Node): boolean =>
  ts.findAncestor(declaration.parent, ts.isFunctionLike) !== undefined;

/** What an argument is, if it is a function. */
export function functionArgument(argument: ts.Expression, here: Place): WithBody | undefined {
  const type = here.session.checker.getTypeAtLocation(argument);
  return type.getCallSignatures().length > 0 ? resolveFunction(argument, here) : undefined;
}

/** A function of an object: those who run its body bind `this`. */
const isMember = (declaration: WithBody): boolean =>
  (ts.isMethodDeclaration(declaration) || ts.isGetAccessor(declaration)) && !isStatic(declaration);

/** Functions whose calls are more than running a body once. */
export function isOrdinary(declaration: WithBody, here: Place): boolean {
  const flags = ts.getCombinedModifierFlags(declaration);
  if (flags & ts.ModifierFlags.Async || declaration.asteriskToken) return false;
  let ordinary = true;
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.ThisKeyword || node.kind === ts.SyntaxKind.SuperKeyword) {
      const holder = holderOfThis(node);
      const isKnown = holder && here.environment.has(receiverOf(holder, here.session));
      if (!isKnown && !(holder === declaration && isMember(declaration))) ordinary = false;
    }
    if (ts.isIdentifier(node) && node.text === "arguments" && !ts.isPropertyAccessExpression(node.parent))
      ordinary = false;
    if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isClassLike(node)) return;
    ts.forEachChild(node, visit);
  };
  visit(declaration.body);
  return ordinary;
}
