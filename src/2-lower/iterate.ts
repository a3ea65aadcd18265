/** `for … of` and `for … in` over arrays, typed arrays and tuples: a loop over an index. */
import { ts } from "ts-morph";
import { one, zero } from "../ir/build.ts";
import type { Operand, Type } from "../ir/types.ts";
import { assignTo } from "./assignment.ts";
import { isSequence } from "./array.ts";
import { pairOf } from "./arrayIterable.ts";
import { listKeys } from "./arrayKeys.ts";
import { effectsOf, mayResize } from "./effects.ts";
import {
  type Flow,
  type Place,
  type Variable,
  at,
  endOf,
  fork,
  holding,
  nameIt,
  originOf,
  typeAt,
} from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { opaqueStatement } from "./fragment.ts";
import { listedType, lowerListed } from "./listed.ts";
import { get, keysOf } from "./map.ts";
import { keepsKeys, mapWalk, recordWalk } from "./mapKeys.ts";
import { loop, lowerBody, rangeLoop } from "./loop.ts";
import { bindPattern } from "./pattern.ts";
import { bare, carriedBy, symbolOf } from "./scan.ts";
import { declare, lowerStatement } from "./statement.ts";
import { indicesOf, knownLength, unrolled } from "./unroll.ts";

/** What a loop goes over, and what each round hands to its variable: an element, an index, or both. */
type Walk = Readonly<{
  array: ts.Expression;
  kind: "elements" | "keys" | "entries";
  /** It is no array, but can be listed; what each round gets is of this type. */
  listed?: Type;
}>;

function walkOf(expression: ts.Expression, body: ts.Node, here: Place): Walk | undefined {
  const listed = listedType(expression, body, here);
  if (listed) return { array: expression, kind: "elements", listed };
  if (isSequence(typeAt(here, expression))) return { array: expression, kind: "elements" };
  const call = bare(expression);
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  const { expression: array, name } = call.expression;
  if (call.arguments.length > 0 || ts.isOptionalChain(call) || !isSequence(typeAt(here, array)))
    return undefined;
  switch (name.text) {
    case "entries":
    case "keys":
      return { array, kind: name.text };
    case "values":
      return { array, kind: "elements" };
    default:
      return undefined;
  }
}

export function lowerForOf(node: ts.ForOfStatement, here: Place, names: readonly string[]): Flow {
  const ofMap = node.awaitModifier ? undefined : lowerForOfMap(node, here, names);
  if (ofMap) return ofMap.flow;
  const walk = walkOf(node.expression, node.statement, here);
  if (node.awaitModifier || !walk) {
    opaqueStatement(node, here);
    return undefined;
  }
  const { array, kind, listed } = walk;
  const name = variableOf(node.initializer);
  const isPair = name !== undefined && ts.isArrayBindingPattern(name);
  const own = isPair && kind === "entries" ? name.elements[0] : undefined;
  const counted = kind === "keys" ? name : own && ts.isBindingElement(own) ? own.name : undefined;
  const hint = counted && ts.isIdentifier(counted) ? counted.text : "i";
  const list = listed && ((inside: Place): Operand => lowerListed(array, listed, inside));
  return goOver(node, array, list, hint, here, names, (from, index, within) => {
    if (kind === "entries")
      takePair(node, index, () => at(within, node.expression).load(from, index), within);
    else if (kind === "keys") take(node.initializer, index, within, within.block.body.length);
    else {
      const mark = within.block.body.length;
      take(node.initializer, at(within, node.expression).load(from, index), within, mark);
    }
  });
}

/** `for (const i in xs)` over an array whose keys are only used to index. */
export function lowerForIn(node: ts.ForInStatement, here: Place, names: readonly string[]): Flow {
  const name = variableOf(node.initializer);
  const ofRecord = lowerForInRecord(node, here, names);
  if (ofRecord) return ofRecord.flow;
  const isIndex = name && ts.isIdentifier(name) && onlyIndexes(name, node.statement, here);
  if (!isIndex || !isSequence(typeAt(here, node.expression))) {
    opaqueStatement(node, here);
    return undefined;
  }
  return goOver(node, node.expression, undefined, name.text, here, names, (_, index, within) =>
    declare(name, index, within),
  );
}

/** The key is a string: whatever else is done with it means something else than with a number. */
function onlyIndexes(name: ts.Identifier, body: ts.Node, here: Place): boolean {
  const { checker } = here.session;
  const symbol = checker.getSymbolAtLocation(name);
  const fits = (use: ts.Identifier): boolean => {
    const { parent } = use;
    if (ts.isElementAccessExpression(parent))
      return parent.argumentExpression === use && isSequence(typeAt(here, parent.expression));
    if (ts.isPrefixUnaryExpression(parent)) return parent.operator === ts.SyntaxKind.PlusToken;
    return (
      ts.isCallExpression(parent) && parent.arguments.length === 1 && parent.expression.getText() === "Number"
    );
  };
  const visit = (node: ts.Node): boolean => {
    if (ts.isIdentifier(node) && symbolOf(node, checker) === symbol && !fits(node)) return false;
    return ts.forEachChild(node, (c) => (visit(c) ? undefined : true)) !== true;
  };
  return visit(body);
}

/** An index counts up to the length that the array has at each test. */
function goOver(
  node: ts.ForOfStatement | ts.ForInStatement,
  source: ts.Expression,
  list: ((here: Place) => Operand) | undefined,
  hint: string,
  here: Place,
  names: readonly string[],
  begin: (from: Operand, index: Operand, within: Place) => void,
): Flow {
  const { comment } = here;
  delete here.comment;
  const from = list ? list(here) : lowerExpression(source, here);
  if (comment !== undefined) here.comment = comment;
  const run = (within: Place, index: Operand): Flow => {
    begin(from, index, within);
    return lowerStatement(node.statement, within);
  };
  const count = knownLength(from, here);
  if (count !== undefined && staysAsLong(source, node.statement, here))
    return unrolled(here, node, names, indicesOf(count), run);
  // the keys of `for … in` are collected before the first round
  if (ts.isForInStatement(node) || staysAsLong(source, node.statement, here)) {
    const origin = here.comment;
    delete here.comment;
    const bound = at(here, node.expression).length(from);
    if (origin !== undefined) here.comment = origin;
    return rangeLoop(here, node, names, [node], { start: zero, bound, hint, declared: false }, run);
  }
  const counter: Variable = { kind: "returned", type: { kind: "number" } };
  here.environment.set(counter, zero);
  const carried = [...carriedBy([node], here), counter];
  const flow = loop(here, node, originOf(node, here), names, carried, (inside) => {
    const index = inside.environment.get(counter)!;
    const testing = fork(inside);
    const goesOn = at(testing, node.expression).op("lt", [index, at(testing, node.expression).length(from)]);
    const end = lowerBody(inside, node.statement, names, (within) => run(within, index));
    inside.environment.set(counter, at(inside, node).op("add", [index, one]));
    const body = endOf(inside, end, holding(inside.environment, carried));
    return { shape: { kind: "while", test: testing.block.yield(goesOn) }, body };
  });
  here.environment.delete(counter);
  return flow;
}

/** Over the keys that the map or set has; `undefined`: it is neither, or the body may change them. */
function lowerForOfMap(
  node: ts.ForOfStatement,
  here: Place,
  names: readonly string[],
): { flow: Flow } | undefined {
  const walk = mapWalk(node.expression, here);
  if (!walk) return undefined;
  const { map, type, gives } = walk;
  const name = variableOf(node.initializer);
  const [first] = gives === "entries" && name && ts.isArrayBindingPattern(name) ? name.elements : [];
  const called = gives === "keys" ? name : first && ts.isBindingElement(first) ? first.name : undefined;
  const key = called && ts.isIdentifier(called) ? called : undefined;
  if (!keepsKeys(walk, [node.statement], key, here)) return undefined;
  let from: Operand;
  const list = (inside: Place): Operand => {
    from = lowerExpression(map, inside);
    return keysOf(inside, node.expression, from, type);
  };
  const flow = goOver(node, node.expression, list, "i", here, names, (keys, index, within) => {
    const mark = within.block.body.length;
    const current = at(within, node.expression).load(keys, index, key?.text ?? "key");
    if (gives === "keys") return take(node.initializer, current, within, mark);
    const read = (): Operand => get(within, node.expression, from, current, type.value);
    if (gives === "values") return take(node.initializer, read(), within, mark);
    takePair(node, current, read, within);
  });
  return { flow };
}

/** Over the keys of an object, which are listed before the first round; `undefined` if it may lose some meanwhile. */
function lowerForInRecord(
  node: ts.ForInStatement,
  here: Place,
  names: readonly string[],
): { flow: Flow } | undefined {
  const walk = recordWalk(node.expression, here);
  const name = variableOf(node.initializer);
  if (!name || !ts.isIdentifier(name)) return undefined;
  if (walk && !keepsKeys(walk, [node.statement], name, here)) return undefined;
  const list = walk
    ? (inside: Place): Operand =>
        keysOf(inside, node.expression, lowerExpression(node.expression, inside), walk.type)
    : effectsOf([node.statement], here).unknown
      ? undefined
      : listKeys(node.expression, here);
  if (!list) return undefined;
  const flow = goOver(node, node.expression, list, "i", here, names, (keys, index, within) => {
    const mark = within.block.body.length;
    bindName(name, at(within, node.expression).load(keys, index, name.text), within, mark);
  });
  return { flow };
}

/** The name or pattern that a loop declares. */
const variableOf = (target: ts.ForInitializer): ts.BindingName | undefined =>
  ts.isVariableDeclarationList(target) ? target.declarations[0]?.name : undefined;

/** `[i, x]` of `entries()`: both are taken without the pair ever being made. */
function takePair(node: ts.ForOfStatement, key: Operand, read: () => Operand, within: Place): void {
  const name = variableOf(node.initializer);
  const parts = name && ts.isArrayBindingPattern(name) ? name.elements : undefined;
  const [first, second] = parts ?? [];
  const isPlain = (e: ts.ArrayBindingElement | undefined): boolean =>
    !e || ts.isOmittedExpression(e) || (!e.initializer && !e.dotDotDotToken);
  if (parts && parts.length <= 2 && isPlain(first) && isPlain(second)) {
    if (first && ts.isBindingElement(first)) bindName(first.name, key, within, within.block.body.length);
    if (second && ts.isBindingElement(second)) {
      const mark = within.block.body.length;
      bindName(second.name, read(), within, mark);
    }
    return;
  }
  const mark = within.block.body.length;
  take(node.initializer, pairOf(within, node.expression, key, read()), within, mark);
}

function bindName(name: ts.BindingName, operand: Operand, here: Place, mark: number): void {
  if (!ts.isIdentifier(name)) return bindPattern(name, operand, here, "const");
  nameIt(here, mark, operand, name.text, true);
  declare(name, operand, here);
}

/** Hands the round's value to the variable, pattern or target of the loop. */
function take(target: ts.ForInitializer, operand: Operand, within: Place, mark: number): void {
  const name = variableOf(target);
  if (name) bindName(name, operand, within, mark);
  else assignTo(target as ts.Expression, operand, within, mark);
}

/** Whether the body leaves the array as long as it is. */
function staysAsLong(source: ts.Expression, body: ts.Statement, here: Place): boolean {
  const { checker } = here.session;
  const type = checker.getTypeAtLocation(source);
  if (!checker.isArrayType(type)) return true;
  const effects = effectsOf([body], here);
  const array = bare(source);
  const symbol = ts.isIdentifier(array) ? symbolOf(array, checker) : undefined;
  const moves = symbol !== undefined && (effects.resized.has(symbol) || effects.growing.has(symbol));
  return !moves && !mayResize(effects, type, checker) && !effects.unknown;
}
