/** Which function a call calls. */
import { ts } from "ts-morph";
import { holderOfThis, isStatic, originalOf, receiverOf } from "./class.ts";
import type { Closure, Place } from "./environment.ts";
import { type WithBody, hasBody } from "./function.ts";
import { bare, functionConstant, isAssignment, localFunction } from "./scan.ts";

/** The declaration with the body that runs, if that can be told from the source. */
export const resolveFunction = (callee: ts.Expression, here: Place): WithBody | undefined =>
  resolveClosure(callee, here)?.body;

/** The same, with what it took along. */
export function resolveClosure(callee: ts.Expression, here: Place): Closure | undefined {
  const node = bare(callee);
  const symbol = ts.isIdentifier(node) ? here.session.checker.getSymbolAtLocation(node) : undefined;
  const closure = symbol && here.callbacks.get(symbol);
  if (closure) return closure;
  const body = declared(node, here);
  return body && { body };
}

function declared(callee: ts.Expression, here: Place): WithBody | undefined {
  const node = bare(callee);
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return node;
  const { checker } = here.session;
  const name = ts.isPropertyAccessExpression(node) ? node.name : node;
  if (!ts.isIdentifier(name)) return undefined;
  const symbol = checker.getSymbolAtLocation(name);
  if (!symbol) return undefined;
  const callback = localFunction(symbol);
  if (callback && hasBody(callback)) return callback;
  const original = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  for (const declaration of original.declarations ?? []) {
    if (ts.isFunctionDeclaration(declaration) && declaration.body) return declaration as WithBody;
    const constant = functionConstant(declaration);
    if (constant && hasBody(constant)) return constant;
    if (ts.isMethodDeclaration(declaration) && isStatic(declaration) && declaration.body)
      return declaration as WithBody;
    const property = propertyFunction(declaration, node, here);
    if (property) return property;
    if (ts.isExportAssignment(declaration)) return declared(declaration.expression, here);
  }
  return undefined;
}

/** Declared inside another function: its body may use what is around it. */
export const isLocalFunction = (declaration: ts.Node): boolean =>
  ts.findAncestor(declaration.parent, ts.isFunctionLike) !== undefined;

/** What an argument is, if it is a function. */
export function functionArgument(argument: ts.Expression, here: Place): Closure | undefined {
  const type = here.session.checker.getTypeAtLocation(argument);
  return type.getCallSignatures().length > 0 ? resolveClosure(argument, here) : undefined;
}

/** `kernels.gauss` of `const kernels = { gauss: (r: number) => … }`, which nobody assigns to. */
function propertyFunction(declaration: ts.Declaration, access: ts.Node, here: Place): WithBody | undefined {
  if (!ts.isPropertyAssignment(declaration) || !ts.isPropertyAccessExpression(access)) return undefined;
  const written = bare(declaration.initializer);
  if (!ts.isArrowFunction(written) && !ts.isFunctionExpression(written)) return undefined;
  const { checker } = here.session;
  const owner = originalOf(bare(access.expression), checker)?.valueDeclaration;
  const isOwn =
    owner !== undefined &&
    ts.isVariableDeclaration(owner) &&
    (ts.getCombinedNodeFlags(owner) & ts.NodeFlags.Const) !== 0 &&
    owner.initializer !== undefined &&
    bare(owner.initializer) === declaration.parent;
  if (!isOwn) return undefined;
  const name = declaration.name.getText();
  const changes = (n: ts.Node): boolean =>
    (isAssignment(n) && ts.isPropertyAccessExpression(n.left) && n.left.name.text === name) ||
    ts.forEachChild(n, (c) => changes(c) || undefined) === true;
  return changes(owner.getSourceFile()) ? undefined : written;
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
