/** Which function an expression is, seen before it is lowered. */
import { ts } from "ts-morph";
import { constant } from "../ir/build.ts";
import { globalName } from "../source/globalName.ts";
import { isSettled } from "../source/settled.ts";
import { isStatic, originalOf } from "./class.ts";
import { type Place, heldBy } from "./environment.ts";
import { type WithBody, hasBody } from "./function.ts";
import { type Closure, type Known, type Parts, getterKey, isMathName, partOfKnown } from "./known.ts";
import { bare, functionConstant, isAssignment, localFunction, symbolOf } from "./scan.ts";
import { scopeAround } from "./variable.ts";

/** The declaration with the body that runs, if that can be told from the source. */
export const resolveFunction = (callee: ts.Expression, here: Place): WithBody | undefined =>
  resolveClosure(callee, here)?.body;

/** The same, with the run that it was made in. */
export function resolveClosure(callee: ts.Expression, here: Place): Closure | undefined {
  const known = peek(callee, here);
  return known?.kind === "closure" ? known : undefined;
}

const closure = (body: WithBody, here: Place): Closure => ({
  kind: "closure",
  body,
  scope: scopeAround(body, here.scope),
});

/** What is known of an expression's value; nothing is lowered to find out. */
export function peek(expression: ts.Expression, here: Place): Known | undefined {
  const node = bare(expression);
  const { checker, knowledge } = here.session;
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return closure(node, here);
  const [owner, called] = globalName(node, checker)?.split(".") ?? [];
  if (owner === "Math" && called !== undefined)
    return isMathName(called) ? { kind: "builtin", name: called } : undefined;
  if (ts.isIdentifier(node)) {
    const symbol = symbolOf(node, checker);
    const held = heldBy(symbol, here);
    if (held) return knowledge.of(held);
    return symbol && named(symbol, node, here);
  }
  if (ts.isPropertyAccessExpression(node) && !ts.isOptionalChain(node)) {
    const { name, expression: holder } = node;
    const part = partOfKnown(peek(holder, here), constant(name.text));
    if (part || !ts.isIdentifier(name)) return part;
    const symbol = checker.getSymbolAtLocation(name);
    return symbol && named(symbol, node, here);
  }
  if (ts.isElementAccessExpression(node) && !ts.isOptionalChain(node)) {
    const key = bare(node.argumentExpression);
    const isKey = ts.isStringLiteralLike(key) || ts.isNumericLiteral(key);
    return isKey
      ? partOfKnown(
          peek(node.expression, here),
          constant(ts.isNumericLiteral(key) ? Number(key.text) : key.text),
        )
      : undefined;
  }
  if (ts.isObjectLiteralExpression(node)) return partsOfObject(node, here);
  if (ts.isArrayLiteralExpression(node)) return partsOfArray(node, here);
  if (ts.isCallExpression(node) && node.expression.getText() === "Object.freeze" && node.arguments[0])
    return peek(node.arguments[0], here);
  return undefined;
}

/** What a declared name stands for, if it can stand for nothing else. */
function named(symbol: ts.Symbol, use: ts.Node, here: Place): Known | undefined {
  const local = localFunction(symbol, here.session.checker);
  if (local && hasBody(local)) return closure(local, here);
  const original =
    symbol.flags & ts.SymbolFlags.Alias ? here.session.checker.getAliasedSymbol(symbol) : symbol;
  for (const declaration of original.declarations ?? []) {
    const known = byDeclaration(declaration, use, here);
    if (known) return known;
  }
  return undefined;
}

function byDeclaration(declaration: ts.Declaration, use: ts.Node, here: Place): Known | undefined {
  if (ts.isFunctionDeclaration(declaration))
    return declaration.body ? closure(declaration as WithBody, here) : undefined;
  const constant = functionConstant(declaration, here.session.checker);
  if (constant && hasBody(constant)) return closure(constant, here);
  if (ts.isMethodDeclaration(declaration) && isStatic(declaration) && declaration.body)
    return closure(declaration as WithBody, here);
  if (ts.isExportAssignment(declaration)) return peek(declaration.expression, here);
  if (ts.isVariableDeclaration(declaration)) return inTable(declaration, use, here);
  return ts.isPropertyAssignment(declaration) ? propertyFunction(declaration, use, here) : undefined;
}

/** `const kernels = { gauss: (r: number) => … }` of a module, whose parts nobody assigns to. */
function inTable(declaration: ts.VariableDeclaration, use: ts.Node, here: Place): Known | undefined {
  const { initializer, name } = declaration;
  const isConstant = isSettled(declaration, here.session.checker);
  const isLocal = ts.findAncestor(declaration, ts.isFunctionLike) !== undefined;
  if (!initializer || !ts.isIdentifier(name) || !isConstant || isLocal) return undefined;
  const known = peek(initializer, here);
  if (known?.kind !== "parts") return known;
  const files = new Set([declaration.getSourceFile(), use.getSourceFile()]);
  return [...files].some((f) => isChanged(known, name.text, f)) ? undefined : known;
}

/** Some part is assigned to, in the file. */
function isChanged({ parts, isList }: Parts, table: string, file: ts.SourceFile): boolean {
  const isTable = (node: ts.Expression): boolean => {
    const inner = bare(node);
    return ts.isPropertyAccessExpression(inner) || ts.isElementAccessExpression(inner)
      ? isTable(inner.expression)
      : ts.isIdentifier(inner) && inner.text === table;
  };
  const isPart = (target: ts.Node): boolean =>
    (ts.isPropertyAccessExpression(target) &&
      ((parts.has(target.name.text) && !isList) || isTable(target.expression))) ||
    (ts.isElementAccessExpression(target) && isTable(target.expression));
  const visit = (n: ts.Node): boolean =>
    (isAssignment(n) && isPart(bare(n.left))) ||
    (ts.isDeleteExpression(n) && isPart(bare(n.expression))) ||
    (isList && ts.isCallExpression(n) && ts.isPropertyAccessExpression(n.expression)
      ? isTable(n.expression.expression) && changing.has(n.expression.name.text)
      : false) ||
    ts.forEachChild(n, (c) => visit(c) || undefined) === true;
  return visit(file);
}

const changing = new Set("push pop shift unshift splice sort reverse fill copyWithin".split(" "));

function partsOfObject(node: ts.ObjectLiteralExpression, here: Place): Known | undefined {
  const parts = new Map<string | number, Known>();
  let size = 0;
  for (const p of node.properties) {
    if (ts.isSpreadAssignment(p)) {
      const from = peek(p.expression, here);
      if (from?.kind !== "parts") return undefined;
      from.parts.forEach((known, key) => parts.set(key, known));
      size += from.size;
      continue;
    }
    if (ts.isComputedPropertyName(p.name)) return undefined;
    size++;
    const key = ts.isGetAccessor(p) ? getterKey(p.name.text) : p.name.text;
    const known = ts.isPropertyAssignment(p)
      ? peek(p.initializer, here)
      : ts.isShorthandPropertyAssignment(p)
        ? peek(p.name, here)
        : (ts.isMethodDeclaration(p) || ts.isGetAccessor(p)) && hasBody(p)
          ? closure(p, here)
          : undefined;
    if (known) parts.set(key, known);
    else parts.delete(key);
  }
  return parts.size === 0 ? undefined : { kind: "parts", parts, size, isList: false };
}

function partsOfArray(node: ts.ArrayLiteralExpression, here: Place): Known | undefined {
  if (node.elements.some(ts.isSpreadElement)) return undefined;
  const parts = new Map<string | number, Known>();
  for (const [i, element] of node.elements.entries()) {
    const known = peek(element, here);
    if (known) parts.set(i, known);
  }
  return parts.size === 0 ? undefined : { kind: "parts", parts, size: node.elements.length, isList: true };
}

/** A property of a local `const kernels = { gauss: (r: number) => … }`, which nobody assigns to. */
function propertyFunction(
  declaration: ts.PropertyAssignment,
  access: ts.Node,
  here: Place,
): Known | undefined {
  if (!ts.isPropertyAccessExpression(access)) return undefined;
  const written = bare(declaration.initializer);
  if (!ts.isArrowFunction(written) && !ts.isFunctionExpression(written)) return undefined;
  const owner = originalOf(bare(access.expression), here.session.checker)?.valueDeclaration;
  const isOwn =
    owner !== undefined &&
    ts.isVariableDeclaration(owner) &&
    isSettled(owner, here.session.checker) &&
    owner.initializer !== undefined &&
    bare(owner.initializer) === declaration.parent;
  if (!isOwn) return undefined;
  const name = declaration.name.getText();
  const changes = (n: ts.Node): boolean =>
    (isAssignment(n) && ts.isPropertyAccessExpression(n.left) && n.left.name.text === name) ||
    ts.forEachChild(n, (c) => changes(c) || undefined) === true;
  return changes(owner.getSourceFile()) ? undefined : closure(written, here);
}
