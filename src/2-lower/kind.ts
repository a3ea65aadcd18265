/** What a value is, where its type leaves nothing open: `typeof x`, `Array.isArray(x)` of what a call site handed over. */
import { ts } from "ts-morph";
import { constant, typeOf } from "../ir/build.ts";
import type { Operand, Type } from "../ir/types.ts";
import type { Place } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { mentionsLocals, opaque } from "./fragment.ts";
import { isCallable } from "./known.ts";
import { isCertain } from "./meet.ts";

export function lowerTypeOf(node: ts.TypeOfExpression, here: Place): Operand {
  const { expression } = node;
  if (!mentionsLocals(expression, here)) return opaque(here, node, { repeatable: true });
  const operand = lowerExpression(expression, here);
  const kind = kindOf(operand, here);
  if (kind !== undefined) return constant(kind);
  const own = operand.kind === "value" ? kindOfType(operand.type) : undefined;
  // what may be missing is of its own kind or undefined, and certainly nothing else
  const asked = comparedWith(node);
  if (own !== undefined && asked !== undefined && asked !== own && asked !== "undefined")
    return constant(own);
  return opaque(here, node, { given: new Map([[expression, operand]]), repeatable: true });
}

/** What `typeof` gives, if the type says. */
function kindOf(operand: Operand, here: Place): string | undefined {
  const known = here.session.knowledge.of(operand);
  if (known) return isCallable(known) ? "function" : "object";
  if (operand.kind === "constant") return operand.value === null ? "object" : typeof operand.value;
  return isCertain(operand, here) ? kindOfType(operand.type) : undefined;
}

/** The text that the `typeof` is compared with. */
function comparedWith(node: ts.TypeOfExpression): string | undefined {
  const { parent } = node;
  if (!ts.isBinaryExpression(parent) || !isEquality(parent.operatorToken.kind)) return undefined;
  const other = parent.left === node ? parent.right : parent.left;
  return ts.isStringLiteralLike(other) ? other.text : undefined;
}

const isEquality = (kind: ts.SyntaxKind): boolean =>
  kind === ts.SyntaxKind.EqualsEqualsEqualsToken ||
  kind === ts.SyntaxKind.ExclamationEqualsEqualsToken ||
  kind === ts.SyntaxKind.EqualsEqualsToken ||
  kind === ts.SyntaxKind.ExclamationEqualsToken;

function kindOfType(type: Type): string | undefined {
  switch (type.kind) {
    case "number":
    case "boolean":
      return type.kind;
    case "array":
    case "tuple":
    case "object":
    case "map":
      return "object";
    case "undefined":
    case "optional":
    case "cell":
    case "other":
      return undefined;
    default:
      return type satisfies never;
  }
}

/** Whether it is an array (a typed array is none), if the type says. */
export function isArrayFor(operand: Operand, here: Place): boolean | undefined {
  if (!isCertain(operand, here)) return undefined;
  const type = typeOf(operand);
  switch (type.kind) {
    case "tuple":
      return true;
    case "array":
      return type.container === "Array";
    case "number":
    case "boolean":
    case "map":
      return false;
    case "object":
    case "undefined":
    case "optional":
    case "cell":
    case "other":
      return undefined;
    default:
      return type satisfies never;
  }
}
