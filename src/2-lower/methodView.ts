/** `subarray`: a view of the same memory. */
import { ts } from "ts-morph";
import { value, zero } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import { type Place, at, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { isNumber } from "./operator.ts";
import type { MethodCall } from "./methodWalk.ts";
import { bare, symbolOf } from "./scan.ts";

export function lowerSubarray({ node, array, args, here }: MethodCall): Operand | undefined {
  const type = typeAt(here, array);
  const isRange = args.length <= 2 && args.every((a) => !ts.isSpreadElement(a) && isNumber(a, here));
  if (type.kind !== "array" || type.container === "Array" || !isRange) return undefined;
  const of = lowerExpression(array, here);
  const [start = zero, end] = args.map((a) => lowerExpression(a, here));
  const result = value(type);
  const block = at(here, node);
  block.add({ kind: "view", result, of, start, ...(end ? { end } : {}), at: block.at });
  return result;
}

const plain = new Set("length set slice at indexOf includes join".split(" "));
const walking = new Set("map forEach reduce reduceRight filter some every find findIndex".split(" "));

/** A local typed array, made for its variable, that nothing is a view of and that has no other name. */
export function hasNoViews(array: ts.Expression, { session: { checker } }: Place): boolean {
  const node = bare(array);
  const symbol = ts.isIdentifier(node) ? symbolOf(node, checker) : undefined;
  const declaration = symbol?.valueDeclaration;
  if (!symbol || !declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer)
    return false;
  const holder = ts.findAncestor(declaration, ts.isFunctionLike);
  if (!holder || !ts.isNewExpression(bare(declaration.initializer))) return false;
  const visit = (n: ts.Node): boolean => {
    if (ts.isIdentifier(n) && symbolOf(n, checker) === symbol && n.parent !== declaration && !isPlainUse(n))
      return false;
    return ts.forEachChild(n, (c) => (visit(c) ? undefined : true)) !== true;
  };
  return visit(holder);
}

/** Its elements and its length are asked for, or it is returned, spread or copied from. */
function isPlainUse(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isReturnStatement(parent) || ts.isSpreadElement(parent)) return true;
  if (ts.isElementAccessExpression(parent)) return parent.expression === name;
  if (ts.isCallExpression(parent))
    return ts.isPropertyAccessExpression(parent.expression) && parent.expression.name.text === "set";
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== name) return false;
  const method = parent.name.text;
  if (plain.has(method)) return true;
  // a callback that takes the array itself could do anything with it
  const call = parent.parent;
  const most = method.startsWith("reduce") ? 3 : 2;
  return (
    walking.has(method) &&
    ts.isCallExpression(call) &&
    call.arguments.every((a, n) => n > 0 || (ts.isArrowFunction(a) && a.parameters.length <= most))
  );
}
