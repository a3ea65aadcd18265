/** Going over a map or set: over a list of the keys that it has when the loop begins. */
import { ts } from "ts-morph";
import { typeOf } from "../ir/build.ts";
import type { Type } from "../ir/types.ts";
import { globalName } from "../source/globalName.ts";
import { effectsOf } from "./effects.ts";
import { type Place, heldBy, typeAt, variableOf } from "./environment.ts";
import { goesByOneName } from "./oneName.ts";
import { assignedIn, bare, symbolOf } from "./scan.ts";

type MapType = Extract<Type, { kind: "map" }>;

export type RecordType = MapType & { readonly record?: boolean };

/** The type of an object whose keys are known only at run time. */
export function recordOf(type: Type): RecordType | undefined {
  const of = type.kind === "optional" ? type.of : type;
  return of.kind === "map" && of.record ? of : undefined;
}

/** Whether it is such an object, by its type and by what is known to be there. */
export function isRecordAt(node: ts.Expression, here: Place): boolean {
  if (!recordOf(typeAt(here, node))) return false;
  const name = bare(node);
  const held = ts.isIdentifier(name) ? heldBy(symbolOf(name, here.session.checker), here) : undefined;
  return !held || recordOf(typeOf(held)) !== undefined;
}

/** What each round gets of which map. */
export type MapWalk = Readonly<{ map: ts.Expression; type: MapType; gives: "keys" | "values" | "entries" }>;

const isPart = (name: string): name is MapWalk["gives"] =>
  name === "keys" || name === "values" || name === "entries";

/** `m`, `m.keys()`, `m.values()`, `m.entries()`, `Object.keys(r)` and so on; `undefined` if it is nothing of the kind. */
export function mapWalk(source: ts.Expression, here: Place): MapWalk | undefined {
  const own = typeAt(here, source);
  if (own.kind === "map" && !own.record)
    return { map: source, type: own, gives: own.set ? "keys" : "entries" };
  const call = bare(source);
  if (!ts.isCallExpression(call) || ts.isOptionalChain(call)) return undefined;
  if (!ts.isPropertyAccessExpression(call.expression)) return undefined;
  const { expression: map, name } = call.expression;
  const gives = name.text;
  if (!isPart(gives)) return undefined;
  const [record] = call.arguments;
  if (record) {
    const isObject = globalName(call.expression, here.session.checker) === `Object.${gives}`;
    const type = recordOf(typeAt(here, record));
    if (!isObject || call.arguments.length > 1 || !type || !isRecordAt(record, here)) return undefined;
    return { map: record, type, gives };
  }
  const type = typeAt(here, map);
  if (type.kind !== "map" || type.record) return undefined;
  if (gives === "keys" || (gives === "values" && type.set)) return { map, type, gives: "keys" };
  return type.set ? undefined : { map, type, gives };
}

/** `for (const k in r)`: over its keys. */
export function recordWalk(source: ts.Expression, here: Place): MapWalk | undefined {
  const type = recordOf(typeAt(here, source));
  return type && isRecordAt(source, here) ? { map: source, type, gives: "keys" } : undefined;
}

/**
 * Whether running the nodes leaves a map with the keys that it has, so that a list of them is what a loop goes over:
 * what it has may be set anew, by the key that the loop is at, and other maps may change, where it is sure that they
 * are others.
 */
export function keepsKeys(
  { map, type, gives }: MapWalk,
  nodes: readonly ts.Node[],
  key: ts.Identifier | undefined,
  here: Place,
): boolean {
  const { checker } = here.session;
  const own = symbolAt(map, checker);
  const current = key && checker.getSymbolAtLocation(key);
  const isCurrent = current !== undefined && !assignedIn(nodes, here).has(variableOf(current, here));
  const isElse = (collection: ts.Expression): boolean => {
    const other = symbolAt(collection, checker);
    return (
      isOther(collection, type, here) ||
      (other !== undefined && other !== own && goesByOneName(other, checker))
    );
  };
  // what is taken away and put back comes last, and once more
  const done = { put: false, removed: false };
  const isHarmless = (change: ts.CallExpression | ts.Expression): boolean => {
    if (ts.isCallExpression(change)) {
      if (!ts.isPropertyAccessExpression(change.expression)) return false;
      const [first] = change.arguments;
      const name = change.expression.name.text;
      if (isElse(change.expression.expression)) return true;
      if (!isCurrent || !first || symbolAt(first, checker) !== current) return false;
      if (name === "delete") done.removed = true;
      else done.put = true;
      return name !== "clear";
    }
    if (ts.isDeleteExpression(change.parent)) {
      if (!ts.isElementAccessExpression(change))
        return ts.isPropertyAccessExpression(change) && isElse(change.expression);
      const isOwn = isCurrent && symbolAt(change.argumentExpression, checker) === current;
      if (isOwn) done.removed = true;
      return isOwn || isElse(change.expression);
    }
    if (ts.isPropertyAccessExpression(change)) return isElse(change.expression);
    if (!ts.isElementAccessExpression(change)) return false;
    return (
      (isCurrent && symbolAt(change.argumentExpression, checker) === current) || isElse(change.expression)
    );
  };
  const effects = effectsOf(nodes, here, isHarmless);
  // the keys of an object are listed once, what it holds is read as the loop goes
  const isRead = type.record === true && gives !== "keys";
  const isStored = isRead && (effects.elements || effects.references);
  const isBack = !type.record && done.put && done.removed;
  return !effects.collections && !effects.unknown && !isStored && !isBack;
}

/** A collection of another kind: a set is no map, and neither is a plain object. */
function isOther(node: ts.Expression, type: MapType, here: Place): boolean {
  const own = typeAt(here, node);
  if (own.kind === "array" || own.kind === "tuple") return true;
  if (own.kind === "map") return own.set !== type.set || own.record !== type.record;
  if (type.record) return false;
  const name = here.session.checker.getTypeAtLocation(node).getSymbol()?.name ?? "";
  return name.endsWith(type.set ? "Map" : "Set");
}

function symbolAt(node: ts.Expression, checker: ts.TypeChecker): ts.Symbol | undefined {
  const name = bare(node);
  return ts.isIdentifier(name) ? symbolOf(name, checker) : undefined;
}
