/** Assignments: to variables (a new value for the name), elements, fields and lengths (stores to memory). */
import { ts } from "ts-morph";
import { constant, one, typeOf } from "../ir/build.ts";
import type { Instruction, Op, Operand, Type } from "../ir/types.ts";
import { shortCircuit } from "./branch.ts";
import { type Place, type Variable, at, heldBy, isUntold, learn, nameIt, variableOf } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { opaque, opaqueWrite, refusal } from "./fragment.ts";
import { put } from "./map.ts";
import { lowerGetter, setterOf } from "./member.ts";
import { type Part, partOf, readPart } from "./object.ts";
import { binaryOperation } from "./operator.ts";
import { assignPattern } from "./pattern.ts";
import { bare, symbolOf } from "./scan.ts";

/** What can be assigned to, its array or object and its key evaluated. */
type Slot = Readonly<{ kind: "variable"; variable: Variable; name: string }> | Part;

/** `undefined`: a property of something that is not understood. */
function slotOf(target: ts.Expression, here: Place): Slot | undefined {
  const node = bare(target);
  if (ts.isIdentifier(node)) {
    const symbol = symbolOf(node, here.session.checker);
    const variable = symbol && variableOf(symbol, here);
    return variable && here.environment.has(variable)
      ? { kind: "variable", variable, name: node.text }
      : undefined;
  }
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return partOf(node, here);
  return undefined;
}

/** Whether the target is one that {@link slotOf} can evaluate; nothing is lowered to find out. */
function isSlot(target: ts.Expression, here: Place): boolean {
  const node = bare(target);
  if (ts.isIdentifier(node)) {
    const symbol = symbolOf(node, here.session.checker);
    return heldBy(symbol, here) !== undefined;
  }
  return (
    (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) && isKnownPart(node, here)
  );
}

function isKnownPart(node: ts.PropertyAccessExpression | ts.ElementAccessExpression, here: Place): boolean {
  const { checker } = here.session;
  const type = checker.getNonNullableType(checker.getTypeAtLocation(node.expression));
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return false;
  if (!ts.isPropertyAccessExpression(node)) return true;
  const flags = checker.getSymbolAtLocation(node.name)?.flags ?? 0;
  return (flags & ts.SymbolFlags.Accessor) === 0;
}

function write(slot: Slot, operand: Operand, node: ts.Node, here: Place, mark: number): void {
  if (slot.kind === "variable") {
    nameIt(here, mark, operand, slot.name, false);
    here.environment.set(slot.variable, operand);
    return;
  }
  if (slot.kind === "strange") {
    opaqueWrite(here, node, slot.object, slot.key, operand);
    return;
  }
  if (slot.kind === "entry") return put(here, node, slot.object, slot.key, operand);
  const block = at(here, node);
  if (slot.kind === "length")
    block.add({ kind: "setLength", of: slot.object, length: operand, at: block.at });
  else {
    tell(slot.object, typeOf(operand));
    block.store(slot.object, slot.key, operand);
  }
}

/** An array of `any`, as `new Array(n)` is, holds what is stored into it. */
function tell(array: Operand, element: Type): void {
  const isStructured = (type: Type): boolean =>
    type.kind !== "other" && type.kind !== "undefined" && !isUntold(type);
  if (array.kind === "value" && array.type.kind === "array" && isStructured(element))
    learn(array, { ...array.type, element });
}

const read = (slot: Slot, node: ts.Expression, here: Place): Operand =>
  slot.kind === "variable" ? here.environment.get(slot.variable)! : readPart(slot, node, here);

/** Puts a value where a target says; `mark` is where the instructions that made it begin. */
export function assignTo(target: ts.Expression, operand: Operand, here: Place, mark: number): void {
  const node = bare(target);
  if (ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node)) {
    assignPattern(node, operand, here);
    return;
  }
  const setter = setterOf(target, here);
  if (setter) return setter.set(operand);
  const slot = isSlot(target, here) ? slotOf(target, here) : undefined;
  if (slot) write(slot, operand, target, here, mark);
  else here.session.report(refusal("notUnderstood", target, { what: "an assignment to this" }));
}

const compound: Readonly<Partial<Record<ts.SyntaxKind, ts.BinaryOperator>>> = {
  [ts.SyntaxKind.PlusEqualsToken]: ts.SyntaxKind.PlusToken,
  [ts.SyntaxKind.MinusEqualsToken]: ts.SyntaxKind.MinusToken,
  [ts.SyntaxKind.AsteriskEqualsToken]: ts.SyntaxKind.AsteriskToken,
  [ts.SyntaxKind.SlashEqualsToken]: ts.SyntaxKind.SlashToken,
  [ts.SyntaxKind.PercentEqualsToken]: ts.SyntaxKind.PercentToken,
  [ts.SyntaxKind.AsteriskAsteriskEqualsToken]: ts.SyntaxKind.AsteriskAsteriskToken,
  [ts.SyntaxKind.AmpersandEqualsToken]: ts.SyntaxKind.AmpersandToken,
  [ts.SyntaxKind.BarEqualsToken]: ts.SyntaxKind.BarToken,
  [ts.SyntaxKind.CaretEqualsToken]: ts.SyntaxKind.CaretToken,
  [ts.SyntaxKind.LessThanLessThanEqualsToken]: ts.SyntaxKind.LessThanLessThanToken,
  [ts.SyntaxKind.GreaterThanGreaterThanEqualsToken]: ts.SyntaxKind.GreaterThanGreaterThanToken,
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanEqualsToken]:
    ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken,
};

/** `wanted`: whether somebody asks for the value of the assignment. */
export function lowerAssignment(node: ts.BinaryExpression, here: Place, wanted: boolean): Operand {
  const { left, right, operatorToken } = node;
  const operator = operatorToken.kind;
  const target = bare(left);
  if (ts.isArrayLiteralExpression(target) || ts.isObjectLiteralExpression(target)) {
    const source = wanted ? lowerExpression(right, here) : right;
    assignPattern(target, source, here);
    return "flags" in source ? constant(undefined) : source;
  }
  const isPlain = operator === ts.SyntaxKind.EqualsToken || compound[operator] !== undefined;
  const setter = isPlain ? setterOf(left, here) : undefined;
  if (setter) return throughSetter(setter, node, here);
  if (!isSlot(left, here)) return opaqueAssignment(node, here);
  const slot = slotOf(left, here);
  if (!slot) return opaqueAssignment(node, here);
  const mark = here.block.body.length;
  if (operator === ts.SyntaxKind.EqualsToken) {
    const operand = lowerExpression(right, here);
    write(slot, operand, node, here, mark);
    return operand;
  }
  const binary = compound[operator];
  if (binary === undefined) {
    const old = read(slot, left, here);
    return shortCircuit(here, operator, old, node, (inside) => {
      const start = inside.block.body.length;
      const operand = lowerExpression(right, inside);
      write(slot, operand, node, inside, start);
      return operand;
    });
  }
  const isSum = operator === ts.SyntaxKind.PlusEqualsToken || operator === ts.SyntaxKind.MinusEqualsToken;
  // JavaScript reads what is added to before the right side runs: to add in place, that must not change it
  const start = here.block.body.length;
  const old = read(slot, left, here);
  const behind = here.block.body.length;
  const operand = lowerExpression(right, here);
  const isPart = slot.kind === "element" || slot.kind === "field";
  const isNumeric = typeOf(operand).kind === "number" && typeOf(old).kind === "number";
  if (!wanted && isSum && isPart && isNumeric && here.block.body.slice(behind).every(leavesMemory)) {
    const [reading] = here.block.body.splice(start, 1);
    if (reading?.at.comment !== undefined) here.comment = reading.at.comment;
    accumulate(
      slot,
      operator === ts.SyntaxKind.MinusEqualsToken ? negated(operand, node, here) : operand,
      node,
      here,
    );
    return constant(undefined);
  }
  const after = binaryOperation(binary, old, operand, node, here);
  write(slot, after, node, here, mark);
  return after;
}

/** A setter runs with what is assigned; of a compound assignment, what was there is read by the getter. */
function throughSetter(
  { object, set }: NonNullable<ReturnType<typeof setterOf>>,
  node: ts.BinaryExpression,
  here: Place,
): Operand {
  const binary = compound[node.operatorToken.kind];
  const old =
    binary === undefined
      ? undefined
      : lowerGetter(bare(node.left) as ts.PropertyAccessExpression, here, object);
  const right = lowerExpression(node.right, here);
  const operand = binary === undefined || !old ? right : binaryOperation(binary, old, right, node, here);
  set(operand);
  return operand;
}

type Element = Extract<Part, { kind: "element" | "field" }>;

function accumulate(slot: Element, added: Operand, node: ts.Node, here: Place): void {
  at(here, node).accumulate(slot.object, slot.key, added);
}

const negated = (operand: Operand, node: ts.Node, here: Place): Operand =>
  operand.kind === "constant" ? constant(-Number(operand.value)) : at(here, node).op("neg", [operand]);

const isNumber = (node: ts.Expression, here: Place): boolean =>
  (here.session.checker.getNonNullableType(here.session.checker.getTypeAtLocation(node)).flags &
    ts.TypeFlags.NumberLike) !==
  0;

const leavesMemory = (i: Instruction): boolean => {
  switch (i.kind) {
    case "op":
    case "load":
    case "length":
      return true;
    case "opaque":
      return i.repeatable;
    case "if":
      return i.then.end.kind === "yield" && [...i.then.body, ...i.else.body].every(leavesMemory);
    default:
      return false;
  }
};

function opaqueAssignment(node: ts.BinaryExpression, here: Place): Operand {
  const target = bare(node.left);
  const children: ts.Expression[] = [node.right];
  if (ts.isElementAccessExpression(target)) children.unshift(target.argumentExpression);
  return opaque(here, node, {
    children,
    refusal: refusal("notUnderstood", node, { what: "this assignment" }),
  });
}

/** `i++`, `--a[i]`: the value before or after. */
export function lowerStep(
  node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression,
  here: Place,
  wanted: boolean,
): Operand {
  const op: Op = node.operator === ts.SyntaxKind.PlusPlusToken ? "add" : "sub";
  const slot =
    isSlot(node.operand, here) && isNumber(node.operand, here) ? slotOf(node.operand, here) : undefined;
  if (!slot) return opaque(here, node, { refusal: refusal("notUnderstood", node, { what: "this step" }) });
  if (!wanted && (slot.kind === "element" || slot.kind === "field")) {
    accumulate(slot, op === "add" ? one : constant(-1), node, here);
    return constant(undefined);
  }
  const old = read(slot, node.operand, here);
  const mark = here.block.body.length;
  const after =
    old.kind === "constant" && typeof old.value === "number"
      ? constant(op === "add" ? old.value + 1 : old.value - 1)
      : at(here, node).op(op, [old, one]);
  write(slot, after, node, here, mark);
  return ts.isPostfixUnaryExpression(node) ? old : after;
}
