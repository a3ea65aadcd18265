/** Functions that functions return: `scaled(2)` of `const scaled = (k: number) => (x: number) => k * x`. */
import { ts } from "ts-morph";
import { lowerCallArguments } from "./argument.ts";
import { functionArgument, isOrdinary, resolveClosure } from "./callee.ts";
import { bindParameters } from "./closure.ts";
import { type Closure, type Environment, type Place, isReturned, leaveScope } from "./environment.ts";
import type { WithBody } from "./function.ts";
import { canSpread } from "./spread.ts";
import { bare, isAssignment, isStep, symbolOf } from "./scan.ts";
import { lowerStatements } from "./statement.ts";

/** What a call that returns a function makes; `undefined` if it is none that is understood (nothing is lowered then). */
export function lowerClosure(expression: ts.Expression, here: Place): Closure | undefined {
  const call = bare(expression);
  if (!ts.isCallExpression(call) || ts.isOptionalChain(call)) return undefined;
  const { checker } = here.session;
  if (checker.getTypeAtLocation(call).getCallSignatures().length === 0) return undefined;
  const maker = makerOf(call, here);
  if (!maker) return undefined;
  const { closure, before, made } = maker;
  const args = lowerCallArguments(call, call.arguments, closure.body, here);
  const outer = new Map(here.environment);
  const callbacks = new Map([...here.callbacks, ...(closure.captured?.functions ?? [])]);
  closure.captured?.variables.forEach((operand, variable) => here.environment.set(variable, operand));
  const inside: Place = { ...here, callbacks, inlining: [...here.inlining, closure.body], tail: [] };
  bindParameters(closure.body, args, inside, callbacks);
  lowerStatements(before, inside);
  const inner = functionArgument(made, inside) ?? lowerClosure(made, inside);
  const variables: Environment = new Map(inner?.captured?.variables);
  for (const [variable, operand] of here.environment)
    if (!isReturned(variable) && outer.get(variable) !== operand) variables.set(variable, operand);
  const functions = new Map([...callbacks, ...(inner?.captured?.functions ?? [])]);
  leaveScope(here, outer);
  for (const [variable, operand] of outer) here.environment.set(variable, operand);
  if (!inner) throw new Error("a function that is none");
  return { body: inner.body, captured: { variables, functions } };
}

type Maker = Readonly<{ closure: Closure; before: readonly ts.Statement[]; made: ts.Expression }>;

/** The function that is called, if all that it does is to declare some constants and return a function. */
function makerOf(call: ts.CallExpression, here: Place): Maker | undefined {
  const callee = bare(call.expression);
  const closure = resolveClosure(callee, here);
  if (!closure || here.inlining.includes(closure.body)) return undefined;
  const { body } = closure;
  if (!isOrdinary(body, here) || !canSpread(call.arguments, body, here)) return undefined;
  const statements = ts.isBlock(body.body) ? body.body.statements : [];
  const last = statements.at(-1);
  const returned = ts.isBlock(body.body)
    ? last && ts.isReturnStatement(last)
      ? last.expression
      : undefined
    : body.body;
  const before = statements.slice(0, -1);
  const isPlain = (s: ts.Statement): boolean => ts.isVariableStatement(s) || ts.isFunctionDeclaration(s);
  if (!returned || !before.every(isPlain) || assignsOwn(body, here)) return undefined;
  return isFunction(returned, body, here) ? { closure, before, made: returned } : undefined;
}

/** The expression gives a function whose body can be found when the time comes. */
function isFunction(expression: ts.Expression, within: WithBody, here: Place): boolean {
  const node = bare(expression);
  if (ts.isArrowFunction(node)) return isOrdinary(node, here);
  if (ts.isIdentifier(node)) {
    const declaration = here.session.checker.getSymbolAtLocation(node)?.valueDeclaration;
    if (declaration && ts.isFunctionDeclaration(declaration) && declaration.body) return true;
    const initializer =
      declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
    const isConstant = declaration && (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
    return (
      isConstant === true &&
      initializer !== undefined &&
      ts.isArrowFunction(bare(initializer)) &&
      ts.findAncestor(declaration, (a) => a === within) !== undefined
    );
  }
  return false;
}

/** A variable of the function is assigned after it was declared: who holds it later would have to see that. */
function assignsOwn(body: WithBody, here: Place): boolean {
  const { checker } = here.session;
  const isOwn = (target: ts.Node): boolean => {
    if (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target)) return false;
    if (!ts.isIdentifier(target)) return ts.forEachChild(target, (c) => isOwn(c) || undefined) === true;
    const declaration = symbolOf(target, checker)?.valueDeclaration;
    // what the returned function declares itself is made anew in each call
    const holder = declaration && ts.findAncestor(declaration, ts.isFunctionLike);
    return holder === body;
  };
  const visit = (node: ts.Node): boolean =>
    (isAssignment(node) && isOwn(node.left)) ||
    (isStep(node) && isOwn(node.operand)) ||
    ts.forEachChild(node, (c) => visit(c) || undefined) === true;
  return visit(body.body);
}

/** `const twice = scaled(2)`: the name stands for the function from then on. */
export function keepClosure(name: ts.Identifier, initializer: ts.Expression, here: Place): boolean {
  const closure = lowerClosure(initializer, here);
  const symbol = closure && here.session.checker.getSymbolAtLocation(name);
  if (!symbol) return false;
  (here.callbacks as Map<ts.Symbol, Closure>).set(symbol, closure);
  return true;
}
