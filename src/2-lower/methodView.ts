/** `subarray`: a view of the same memory. */
import { ts } from "ts-morph";
import type { Operand } from "../ir/types.ts";
import { type Place, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { opaque, refusal } from "./fragment.ts";
import { isNumber } from "./operator.ts";
import { type MethodCall, typeName } from "./methodWalk.ts";
import { bare, isAssignment, isStep, symbolOf } from "./scan.ts";
import { slice } from "./slice.ts";

/**
 * A view that is only read, of an array that nobody writes to, is as good as a copy. All others are refused where a
 * derivative flows through them: their shadows would have to share memory in the same way.
 */
export function lowerSubarray({ node, array, args, here }: MethodCall): Operand | undefined {
  const type = typeAt(here, node);
  const isRange = args.length <= 2 && args.every((a) => !ts.isSpreadElement(a) && isNumber(a, here));
  if (type.kind !== "array" || !isRange || !isOnlyRead(node, here)) {
    return opaque(here, node, {
      refusal: refusal("sharedView", node, { name: array.getText(), type: typeName(array, here) }),
    });
  }
  const from = lowerExpression(array, here);
  const given = args.map((a) => lowerExpression(a, here));
  return slice(here, node, type, from, given, args);
}

/** Nothing in the function writes to any array but those that it makes for itself, and the view goes nowhere else. */
function isOnlyRead(view: ts.CallExpression, here: Place): boolean {
  const { checker } = here.session;
  const outermost = outermostFunction(view);
  if (!outermost || !isUsedInPlace(view, checker)) return false;
  return !writesElsewhere(outermost, checker);
}

function outermostFunction(node: ts.Node): ts.Node | undefined {
  let found: ts.Node | undefined;
  for (let n: ts.Node | undefined = node; n; n = n.parent) if (ts.isFunctionLike(n)) found = n;
  return found;
}

/** `v[i]`, `v.length`, `for (… of v)` and methods that only read. */
function isUsedInPlace(view: ts.Expression, checker: ts.TypeChecker): boolean {
  if (isRead(view)) return true;
  const { parent } = view;
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return false;
  if (!(ts.getCombinedNodeFlags(parent) & ts.NodeFlags.Const)) return false;
  const symbol = checker.getSymbolAtLocation(parent.name);
  const holder = outermostFunction(parent);
  if (!symbol || !holder) return false;
  const visit = (node: ts.Node): boolean => {
    if (ts.isIdentifier(node) && node !== parent.name && symbolOf(node, checker) === symbol)
      return isRead(node);
    return ts.forEachChild(node, (child) => (visit(child) ? undefined : true)) !== true;
  };
  return visit(holder);
}

const reading = new Set(
  "reduce reduceRight forEach map filter some every find findIndex slice join indexOf includes at".split(" "),
);

function isRead(view: ts.Expression): boolean {
  const { parent } = view;
  if (ts.isForOfStatement(parent)) return parent.expression === view;
  if (ts.isSpreadElement(parent)) return true;
  if (ts.isElementAccessExpression(parent)) return parent.expression === view && !isTarget(parent);
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== view) return false;
  if (parent.name.text === "length") return true;
  const call = parent.parent;
  // a callback that takes the array itself could do anything with it
  const isCall = ts.isCallExpression(call) && call.expression === parent && reading.has(parent.name.text);
  return isCall && call.arguments.every((a) => (ts.isArrowFunction(a) ? a.parameters.length < 3 : true));
}

const isTarget = (node: ts.Expression): boolean => {
  const { parent } = node;
  return (
    (isAssignment(parent) && parent.left === node) || isStep(parent) || ts.isArrayLiteralExpression(parent)
  );
};

const writing = new Set("fill set sort reverse copyWithin push pop shift unshift splice".split(" "));

/** A store to an array that is not made in the function, or code that could do one. */
function writesElsewhere(holder: ts.Node, checker: ts.TypeChecker): boolean {
  const isOwn = (array: ts.Expression): boolean => {
    const node = bare(array);
    const symbol = ts.isIdentifier(node) ? symbolOf(node, checker) : undefined;
    const declaration = symbol?.valueDeclaration;
    if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return false;
    if (!(ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const)) return false;
    const made = bare(declaration.initializer);
    return ts.isNewExpression(made) || ts.isArrayLiteralExpression(made);
  };
  const stored = (target: ts.Expression): boolean => {
    const node = bare(target);
    if (ts.isIdentifier(node)) return false;
    return !ts.isElementAccessExpression(node) || !isOwn(node.expression);
  };
  const called = (node: ts.CallExpression): boolean => {
    const callee = bare(node.expression);
    if (!ts.isPropertyAccessExpression(callee)) return true;
    if (ts.isIdentifier(callee.expression) && callee.expression.text === "Math") return false;
    const type = checker.getTypeAtLocation(callee.expression).getSymbol()?.name ?? "";
    if (!type.endsWith("Array")) return true;
    const isHanded = (a: ts.Expression): boolean =>
      !ts.isArrowFunction(a) && checker.getTypeAtLocation(a).getCallSignatures().length > 0;
    return node.arguments.some(isHanded) || (writing.has(callee.name.text) && !isOwn(callee.expression));
  };
  const visit = (node: ts.Node): boolean => {
    if (isAssignment(node) && stored(node.left)) return true;
    if (isStep(node) && stored(node.operand)) return true;
    if (ts.isCallExpression(node) && called(node)) return true;
    if (ts.isNewExpression(node) && !/^(?:Array|Float\d+Array|\w*Error)$/.test(node.expression.getText()))
      return true;
    return ts.forEachChild(node, (child) => visit(child) || undefined) === true;
  };
  return visit(holder);
}
