/** What a call calls: the callee evaluated as far as it has to be, and which function it is. */
import { ts } from "ts-morph";
import { constant } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import { peek } from "./callee.ts";
import { holderOfThis } from "./class.ts";
import { type Place, typeAt } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { mentionsLocals, opaque } from "./fragment.ts";
import { type Known, closuresIn, isCallable, partOfKnown } from "./known.ts";
import { bare } from "./scan.ts";
import type { Returned } from "./variable.ts";

export type Callee = Readonly<{
  known?: Known;
  /** What `this` is. */
  receiver?: Operand;
  args: readonly ts.Expression[];
  /** How the source calls it. */
  name: string;
  /** What has been evaluated already. */
  given: ReadonlyMap<ts.Node, Operand>;
}>;

export function calleeOf(node: ts.CallExpression, callee: ts.Expression, here: Place): Callee {
  const given = new Map<ts.Node, Operand>();
  const name = callee.getText().replace(/\s+/g, " ");
  const unknown: Callee = { args: node.arguments, name, given };
  const reflected = lowerReflected(node, callee, unknown, here);
  if (reflected) return reflected;
  const seen = peek(callee, here);
  if (seen && isCallable(seen)) {
    const owner = ts.isPropertyAccessExpression(callee) ? callee.expression : undefined;
    if (!owner || !closuresIn(seen).some((c) => usesThis(c.body))) return { ...unknown, known: seen };
    const receiver = lowerExpression(owner, here);
    given.set(owner, receiver);
    return { ...unknown, known: seen, receiver };
  }
  if (ts.isOptionalChain(node) || !isFunction(callee, here)) return unknown;
  const lowered = (part: ts.Expression): Operand => {
    const operand = lowerExpression(part, here);
    given.set(part, operand);
    return operand;
  };
  const { knowledge } = here.session;
  if (ts.isPropertyAccessExpression(callee)) {
    if (!isOwnProperty(callee, here)) return unknown;
    const receiver = lowered(callee.expression);
    const known = partOfKnown(knowledge.of(receiver), constant(callee.name.text));
    return known && isCallable(known) ? { ...unknown, known, receiver } : unknown;
  }
  if (ts.isElementAccessExpression(callee)) {
    const { expression: table, argumentExpression: index } = callee;
    const isLocal = mentionsLocals(table, here);
    const receiver = isLocal ? lowered(table) : undefined;
    const known = partOfKnown(receiver ? knowledge.of(receiver) : peek(table, here), lowered(index));
    if (!known || !isCallable(known)) return unknown;
    return { ...unknown, known: covered(known, index, here), ...(receiver ? { receiver } : {}) };
  }
  if (ts.isIdentifier(callee) || callee.kind === ts.SyntaxKind.SuperKeyword) return unknown;
  const known = knowledge.of(lowered(callee));
  return known && isCallable(known) ? { ...unknown, known } : unknown;
}

const isFunction = (node: ts.Expression, here: Place): boolean =>
  here.session.checker.getTypeAtLocation(node).getCallSignatures().length > 0;

/** A property that the user's own source declares, rather than a library's. */
export function isOwnProperty(node: ts.PropertyAccessExpression, here: Place): boolean {
  const symbol = here.session.checker.getSymbolAtLocation(node.name);
  return symbol?.declarations?.some((d) => !d.getSourceFile().isDeclarationFile) ?? false;
}

const usesThis = (body: ts.Node): boolean => {
  const visit = (node: ts.Node): boolean =>
    (node.kind === ts.SyntaxKind.ThisKeyword && holderOfThis(node) === body) ||
    ts.forEachChild(node, (c) => visit(c) || undefined) === true;
  return visit(body);
};

/** The key is of a type that names every case: none is left over. */
function covered(known: Known, index: ts.Expression, here: Place): Known {
  if (known.kind !== "choice" || known.isNumbered) return known;
  const type = here.session.checker.getTypeAtLocation(index);
  const keys = (type.isUnion() ? type.types : [type]).map((t) =>
    t.isStringLiteral() || t.isNumberLiteral() ? t.value : undefined,
  );
  const isExhaustive = keys.every((k) => known.cases.some((c) => c.when === k));
  return isExhaustive
    ? { ...known, cases: known.cases.filter((c) => keys.includes(c.when)), isExhaustive }
    : known;
}

/** `f.call(object, x)`, `f.apply(object, [x])` */
function lowerReflected(
  node: ts.CallExpression,
  callee: ts.Expression,
  unknown: Callee,
  here: Place,
): Callee | undefined {
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const how = callee.name.text;
  if (how !== "call" && how !== "apply") return undefined;
  const known = isFunction(callee.expression, here) ? peek(callee.expression, here) : undefined;
  const [object, list] = node.arguments;
  if (!known || !isCallable(known) || !object || ts.isSpreadElement(object)) return undefined;
  const elements = list && bare(list);
  if (how === "apply" && elements && !ts.isArrayLiteralExpression(elements)) return undefined;
  const args =
    how === "call"
      ? node.arguments.slice(1)
      : elements && ts.isArrayLiteralExpression(elements)
        ? elements.elements
        : [];
  const receiver = lowerExpression(object, here);
  const given = new Map<ts.Node, Operand>([...unknown.given, [object, receiver]]);
  return { known, receiver, args, given, name: callee.expression.getText() };
}

/** `f.bind(object, x)`: a function that holds what it was given. */
export function lowerBind(node: ts.CallExpression, callee: ts.Expression, here: Place): Operand | undefined {
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== "bind") return undefined;
  if (!isFunction(callee.expression, here) || node.arguments.some(ts.isSpreadElement)) return undefined;
  const of = peek(callee.expression, here);
  if (!of || !isCallable(of)) return undefined;
  const { knowledge, kept } = here.session;
  const given = new Map<ts.Node, Operand>();
  const [receiver, ...args] = node.arguments.map((a): Returned => {
    const operand = lowerExpression(a, here);
    given.set(a, operand);
    const variable: Returned = { kind: "returned", type: typeAt(here, a) };
    here.environment.set(variable, operand);
    kept.add(variable);
    return variable;
  });
  const result = opaque(here, node, { given, repeatable: true });
  knowledge.set(result, { kind: "bound", of, receiver, args });
  return result;
}
