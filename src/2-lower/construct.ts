/** `new C(…)` of a class whose code is at hand: its fields are computed, and the object is made when it is needed. */
import { ts } from "ts-morph";
import { constant, label, value } from "../ir/build.ts";
import type { Operand, Refusal, Type, Value } from "../ir/types.ts";
import { bindHoisted } from "./hoisted.ts";
import { bindParameters, lowerArguments } from "./argument.ts";
import {
  type Class,
  classOf,
  constructorOf,
  holderOfThis,
  instanceType,
  isMethodLike,
  isStatic,
  lineOf,
  ownFields,
  receiverOf,
  thisAt,
} from "./class.ts";
import { settle } from "./closure.ts";
import { classesOf } from "./dispatch.ts";
import { constructed } from "./generic.ts";
import { instanceOf } from "./instance.ts";
import {
  type Fields,
  type Place,
  type Returned,
  type Target,
  at,
  closeBlock,
  fork,
  heldBy,
  leaveScope,
  originOf,
} from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { opaque, refusal } from "./fragment.ts";
import { bare, isAssignment, parameterSymbol } from "./scan.ts";
import { canSpread } from "./spread.ts";
import { lowerStatements } from "./statement.ts";
import { scopeAround, scopeOf } from "./variable.ts";

/** An object under construction. */
interface Construction {
  readonly node: ts.NewExpression;
  readonly of: Class;
  readonly type: Extract<Type, { kind: "object" }>;
  readonly fields: Fields;
  made?: Value;
}

/** `undefined`: no class whose code is at hand; nothing is lowered then. */
export function lowerConstruction(node: ts.NewExpression, here: Place): Operand | undefined {
  const { checker } = here.session;
  const of = classOf(node.expression, checker) ?? classOfThis(node.expression, here);
  const line = of && lineOf(of, checker);
  if (!of || !line) return undefined;
  const args = node.arguments ?? ts.factory.createNodeArray();
  const first = line.map(constructorOf).find((c) => c !== undefined);
  const spreads = first ? canSpread(args, first, here) : args.length === 0;
  const why = spreads
    ? reasonAgainst(line, node, here)
    : refusal("spreadArgument", node, { name: node.expression.getText() });
  if (why)
    return opaque(here, node, {
      children: args.filter((a) => !ts.isFunctionLike(a) && !ts.isSpreadElement(a)),
      refusal: why,
    });
  const shown = checker.getTypeAtLocation(node);
  const own = shown.flags & ts.TypeFlags.Any && of.name ? checker.getSymbolAtLocation(of.name) : undefined;
  const type = instanceType(of, own ? checker.getDeclaredTypeOfSymbol(own) : shown, here.session);
  if (type.kind !== "object") return undefined;
  const construction: Construction = { node, of, type, fields: new Map() };
  const given = first ? lowerArguments(node, args, first, here) : [];
  const outer = new Map(here.environment);
  const made = constructed(node, line, here.session, () => {
    build(line, given, construction, here);
    return materialise(construction, here);
  });
  leaveScope(here, outer);
  return made;
}

/** `new this.constructor(…)`, where it is known of which class the object is. */
function classOfThis(expression: ts.Expression, here: Place): Class | undefined {
  const inner = bare(expression);
  if (!ts.isPropertyAccessExpression(inner) || inner.name.text !== "constructor") return undefined;
  const holder = bare(inner.expression);
  if (holder.kind !== ts.SyntaxKind.ThisKeyword) return undefined;
  const [only, ...others] = classesOf(
    thisAt(holder, here),
    here.session.checker.getTypeAtLocation(holder),
    here,
  );
  return others.length === 0 ? only : undefined;
}

/** Why an object's construction is not the sum of its parts. */
function reasonAgainst(line: readonly Class[], node: ts.NewExpression, here: Place): Refusal | undefined {
  const isOdd = (each: Class): boolean => {
    const isDecorated = ts.canHaveDecorators(each) && (ts.getDecorators(each)?.length ?? 0) > 0;
    const own = constructorOf(each);
    const hasOddMember = each.members.some(
      (m) =>
        ts.isPropertyDeclaration(m) &&
        (ts.isComputedPropertyName(m.name) || ts.isAutoAccessorPropertyDeclaration(m)),
    );
    const isLocal = ts.findAncestor(each.parent, ts.isFunctionLike) !== undefined;
    return isDecorated || hasOddMember || isLocal || (own !== undefined && here.inlining.includes(own));
  };
  const name = node.getText().replace(/\s+/g, " ");
  const names = line.flatMap(ownFields).map((f) => f.name.replace(/^#/, ""));
  const areApart = new Set(names).size === new Set(line.flatMap(ownFields).map((f) => f.name)).size;
  const isRedeclared = line
    .flatMap(ownFields)
    .some((f, i, all) => f.name.startsWith("#") && all.findIndex((g) => g.name === f.name) < i);
  return line.some(isOdd) || !areApart || isRedeclared ? refusal("classInstance", node, { name }) : undefined;
}

/** Runs the first class's constructor, which runs those of the classes that it extends. */
function build(line: readonly Class[], args: readonly Operand[], of: Construction, here: Place): void {
  const [own, ...rest] = line;
  if (!own) return;
  const declaration = constructorOf(own);
  if (!declaration) {
    build(rest, args, of, here);
    initialise(own, of, here);
    return;
  }
  const { session } = here;
  const returned: Returned = { kind: "returned", type: { kind: "undefined" } };
  const target: Target = { label: label("constructor"), kind: "function", names: [], returned, exits: [] };
  here.environment.set(returned, constant(undefined));
  // what the fields hold is to be seen by those who use the object: it is lowered where the object is made
  const inside: Place = {
    ...here,
    targets: [target],
    tail: [],
    inlining: [...here.inlining, declaration],
    scope: scopeOf(declaration, scopeAround(declaration, here.scope), false),
  };
  bindParameters(declaration, args, inside);
  bindHoisted(declaration.body!, inside);
  const { statements } = declaration.body!;
  const above = rest.length === 0 ? -1 : statements.findIndex(isSuperCall);
  lowerPrefix(declaration, statements.slice(0, above + 1), of, inside, (call) => {
    const base = rest.map(constructorOf).find((c) => c !== undefined);
    const given = base ? lowerArguments(call, call.arguments, base, inside) : [];
    build(rest, given, of, inside);
  });
  for (const p of declaration.parameters)
    if (ts.isParameterPropertyDeclaration(p, declaration) && ts.isIdentifier(p.name)) {
      const symbol = parameterSymbol(p, session.checker);
      put(p.name.text, heldBy(symbol, inside)!, p, of, inside);
    }
  initialise(own, of, inside);
  const behind = lowerPrefix(declaration, statements.slice(above + 1), of, inside, () => undefined);
  if (behind.length === 0) return;
  inside.environment.set(receiverOf(declaration, session), materialise(of, inside));
  const nested = fork(inside, { tail: [target] });
  const flow = lowerStatements(behind, nested);
  const origin = originOf(of.node);
  settle(inside, closeBlock(inside, nested, target, flow, origin), origin);
}

const isSuperCall = (s: ts.Statement): boolean =>
  ts.isExpressionStatement(s) &&
  ts.isCallExpression(s.expression) &&
  s.expression.expression.kind === ts.SyntaxKind.SuperKeyword;

/** The statements up to the first that needs the object itself; what is left is given back. */
function lowerPrefix(
  declaration: ts.ConstructorDeclaration,
  statements: readonly ts.Statement[],
  of: Construction,
  inside: Place,
  above: (call: ts.CallExpression) => void,
): readonly ts.Statement[] {
  for (const [i, statement] of statements.entries()) {
    if (isSuperCall(statement)) {
      above((statement as ts.ExpressionStatement).expression as ts.CallExpression);
      continue;
    }
    const set = of.made ? undefined : settingOf(statement, of);
    if (set) {
      within(declaration, of, inside, () =>
        put(set.name, lowerExpression(set.value, inside), statement, of, inside),
      );
      continue;
    }
    if (mentionsThis(statement) || returns(statement)) return statements.slice(i);
    settle(inside, lowerStatements([statement], inside), originOf(statement));
  }
  return [];
}

const returns = (node: ts.Node): boolean =>
  ts.isReturnStatement(node) ||
  (!ts.isFunctionLike(node) && ts.forEachChild(node, (c) => returns(c) || undefined) === true);

/** `this.name = value`, where the value reads no more of the object than fields that are known. */
function settingOf(
  statement: ts.Statement,
  { fields, type }: Construction,
): Readonly<{ name: string; value: ts.Expression }> | undefined {
  if (!ts.isExpressionStatement(statement) || !isAssignment(statement.expression)) return undefined;
  const { left, right, operatorToken } = statement.expression;
  if (operatorToken.kind !== ts.SyntaxKind.EqualsToken || !ts.isPropertyAccessExpression(left))
    return undefined;
  const name = left.name.text;
  const isOwn =
    left.expression.kind === ts.SyntaxKind.ThisKeyword && type.fields.some((f) => f.name === name);
  return isOwn && readsOnly(right, fields) ? { name, value: right } : undefined;
}

/** `this` stands only where a field that is known is read, and not inside a function. */
function readsOnly(node: ts.Node, fields: Fields): boolean {
  if (node.kind === ts.SyntaxKind.ThisKeyword) {
    const { parent } = node;
    return (
      ts.isPropertyAccessExpression(parent) &&
      fields.has(parent.name.text) &&
      !(ts.isCallExpression(parent.parent) && parent.parent.expression === parent)
    );
  }
  if (node.kind === ts.SyntaxKind.SuperKeyword) return false;
  if (ts.isFunctionLike(node) && mentionsThis(node)) return false;
  return ts.forEachChild(node, (c) => (readsOnly(c, fields) ? undefined : true)) !== true;
}

const mentionsThis = (node: ts.Node): boolean =>
  node.kind === ts.SyntaxKind.ThisKeyword ||
  node.kind === ts.SyntaxKind.SuperKeyword ||
  ts.forEachChild(node, (c) => mentionsThis(c) || undefined) === true;

/** The initialisers of the fields that a class declares. */
function initialise(own: Class, of: Construction, here: Place): void {
  for (const member of own.members) {
    if (!ts.isPropertyDeclaration(member) || isStatic(member) || isMethodLike(member)) continue;
    const { initializer } = member;
    if (!initializer) continue;
    if (!of.made && !readsOnly(initializer, of.fields)) materialise(of, here);
    within(member, of, here, () =>
      put(member.name.getText(), lowerExpression(initializer, here), member, of, here),
    );
  }
}

/** Lowers something whose `this` is the object under construction. */
function within(holder: ts.Node, of: Construction, here: Place, lower: () => void): void {
  const { constructing } = here.session;
  if (of.made) here.environment.set(receiverOf(holder, here.session), of.made);
  else constructing.set(holder, of.fields);
  lower();
  constructing.delete(holder);
}

function put(name: string, operand: Operand, node: ts.Node, of: Construction, here: Place): void {
  if (of.made) at(here, node).store(of.made, constant(name), operand);
  else of.fields.set(name, operand);
}

/** Makes the object of what its fields hold so far. */
function materialise(of: Construction, here: Place): Value {
  if (of.made) return of.made;
  const { session } = here;
  const missing = (name: string): boolean => !of.fields.has(name);
  const fields = of.type.fields.map((f) =>
    missing(f.name) && f.type.kind !== "number" && f.beyond !== "tag" ? { ...f, optional: true } : f,
  );
  const items = fields.flatMap((f) => {
    const held = of.fields.get(f.name);
    if (held) return [{ key: f.name, value: held }];
    // it is assigned before anybody reads it: TypeScript has seen to that
    const isLeftOut = f.optional || f.beyond === "tag" || f.type.kind !== "number";
    return isLeftOut ? [] : [{ key: f.name, value: constant(0) }];
  });
  const name = of.type.name;
  const result = value({ kind: "object", fields, ...(name === undefined ? {} : { name }) });
  const instance = instanceOf(
    of.of,
    items.map((i) => i.key),
    session,
  );
  const block = at(here, of.node);
  block.add({ kind: "make", result, items, instance, at: block.at });
  of.made = result;
  session.instances.set(result, [of.of]);
  return result;
}

/** What `this.name` is while the object is under construction. */
export function fieldUnderConstruction(node: ts.PropertyAccessExpression, here: Place): Operand | undefined {
  if (bare(node.expression).kind !== ts.SyntaxKind.ThisKeyword) return undefined;
  const holder = holderOfThis(node);
  return holder && here.session.constructing.get(holder)?.get(node.name.text);
}
