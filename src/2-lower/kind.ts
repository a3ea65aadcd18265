/** What a value is, where its type leaves nothing open: `typeof x`, `Array.isArray(x)` of what a call site handed over. */
import type { ts } from "ts-morph";
import { constant, typeOf } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
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
  return opaque(here, node, { given: new Map([[expression, operand]]), repeatable: true });
}

/** What `typeof` gives, if the type says. */
function kindOf(operand: Operand, here: Place): string | undefined {
  const known = here.session.knowledge.of(operand);
  if (known) return isCallable(known) ? "function" : "object";
  if (operand.kind === "constant") return operand.value === null ? "object" : typeof operand.value;
  if (!isCertain(operand, here)) return undefined;
  switch (operand.type.kind) {
    case "number":
    case "boolean":
      return operand.type.kind;
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
      return operand.type satisfies never;
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
