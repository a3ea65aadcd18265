/** `for … of` over arrays, typed arrays and tuples: a loop over an index. */
import { ts } from "ts-morph";
import { one, zero } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import { assignTo } from "./assignment.ts";
import { isSequence } from "./array.ts";
import { effectsOf } from "./effects.ts";
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
import { loop, lowerBody, rangeLoop } from "./loop.ts";
import { bindPattern } from "./pattern.ts";
import { bare, carriedBy, symbolOf } from "./scan.ts";
import { declare, lowerStatement } from "./statement.ts";

export function lowerForOf(node: ts.ForOfStatement, here: Place, names: readonly string[]): Flow {
  const entries = entriesOf(node, here);
  const source = entries?.array ?? node.expression;
  if (node.awaitModifier || !isSequence(typeAt(here, source))) {
    opaqueStatement(node, here);
    return undefined;
  }
  const { comment } = here;
  delete here.comment;
  const from = lowerExpression(source, here);
  if (comment !== undefined) here.comment = comment;
  const run = (within: Place, index: Operand): Flow => {
    if (entries) {
      bindName(entries.index, index, within);
      takeElement(entries.element, node, from, index, within);
    } else takeElement(node.initializer, node, from, index, within);
    return lowerStatement(node.statement, within);
  };
  const hint = entries && ts.isIdentifier(entries.index) ? entries.index.text : "i";
  if (staysAsLong(source, node.statement, here)) {
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

type Entries = Readonly<{ array: ts.Expression; index: ts.BindingName; element: ts.BindingName }>;

/** `for (const [i, v] of xs.entries())` */
function entriesOf(node: ts.ForOfStatement, here: Place): Entries | undefined {
  const call = bare(node.expression);
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  const { expression: array, name } = call.expression;
  if (name.text !== "entries" || call.arguments.length > 0 || !isSequence(typeAt(here, array)))
    return undefined;
  if (!ts.isVariableDeclarationList(node.initializer)) return undefined;
  const pattern = node.initializer.declarations[0]?.name;
  if (!pattern || !ts.isArrayBindingPattern(pattern) || pattern.elements.length !== 2) return undefined;
  const [index, element] = pattern.elements;
  if (!index || !element || !ts.isBindingElement(index) || !ts.isBindingElement(element)) return undefined;
  return index.initializer || element.initializer
    ? undefined
    : { array, index: index.name, element: element.name };
}

function bindName(name: ts.BindingName, operand: Operand, here: Place): void {
  if (ts.isIdentifier(name)) declare(name, operand, here);
  else bindPattern(name, operand, here, "const");
}

function takeElement(
  target: ts.ForInitializer | ts.BindingName,
  node: ts.ForOfStatement,
  from: Operand,
  index: Operand,
  within: Place,
): void {
  const name = ts.isVariableDeclarationList(target) ? target.declarations[0]!.name : target;
  const mark = within.block.body.length;
  const element = at(within, node.expression).load(from, index);
  if (ts.isIdentifier(name) && (ts.isVariableDeclarationList(target) || ts.isBindingElement(name.parent))) {
    nameIt(within, mark, element, name.text, true);
    declare(name, element, within);
  } else if (ts.isArrayBindingPattern(name) || ts.isObjectBindingPattern(name))
    bindPattern(name, element, within, "const");
  else assignTo(name as ts.Expression, element, within, mark);
}

/** Whether the body leaves the array as long as it is. */
function staysAsLong(source: ts.Expression, body: ts.Statement, here: Place): boolean {
  if (!here.session.checker.isArrayType(here.session.checker.getTypeAtLocation(source))) return true;
  const effects = effectsOf([body], here);
  const array = bare(source);
  const symbol = ts.isIdentifier(array) ? symbolOf(array, here.session.checker) : undefined;
  const moves = symbol !== undefined && (effects.resized.has(symbol) || effects.growing.has(symbol));
  return !moves && !effects.resizes && !effects.unknown;
}
