/** Going over a map or set: over a list of the keys that it has when the loop begins. */
import { ts } from "ts-morph";
import type { Type } from "../ir/types.ts";
import { effectsOf } from "./effects.ts";
import { type Place, typeAt } from "./environment.ts";
import { goesByOneName } from "./oneName.ts";
import { assignedIn, bare, symbolOf } from "./scan.ts";
import { variableOf } from "./environment.ts";

type MapType = Extract<Type, { kind: "map" }>;

/** What each round gets of which map. */
export type MapWalk = Readonly<{ map: ts.Expression; type: MapType; gives: "keys" | "values" | "entries" }>;

/** `m`, `m.keys()`, `m.values()`, `m.entries()`; `undefined` if it is nothing of the kind. */
export function mapWalk(source: ts.Expression, here: Place): MapWalk | undefined {
  const own = typeAt(here, source);
  if (own.kind === "map" && !own.record)
    return { map: source, type: own, gives: own.set ? "keys" : "entries" };
  const call = bare(source);
  if (!ts.isCallExpression(call) || call.arguments.length > 0 || ts.isOptionalChain(call)) return undefined;
  if (!ts.isPropertyAccessExpression(call.expression)) return undefined;
  const { expression: map, name } = call.expression;
  const type = typeAt(here, map);
  if (type.kind !== "map" || type.record) return undefined;
  const gives = name.text;
  if (gives === "keys" || (gives === "values" && type.set)) return { map, type, gives: "keys" };
  return !type.set && (gives === "values" || gives === "entries") ? { map, type, gives } : undefined;
}

/**
 * Whether running the nodes leaves a map with the keys that it has, so that a list of them is what a loop goes over:
 * what it has may be set anew, by the key that the loop is at, and other maps may change, where it is sure that they
 * are others.
 */
export function keepsKeys(
  map: ts.Expression,
  nodes: readonly ts.Node[],
  key: ts.Identifier | undefined,
  here: Place,
): boolean {
  const { checker } = here.session;
  const own = symbolAt(map, checker);
  const current = key && checker.getSymbolAtLocation(key);
  const isCurrent = current !== undefined && !assignedIn(nodes, here).has(variableOf(current, here));
  const isHarmless = (call: ts.CallExpression): boolean => {
    if (!ts.isPropertyAccessExpression(call.expression)) return false;
    const [first] = call.arguments;
    const name = call.expression.name.text;
    const at = first && symbolAt(first, checker);
    if (isCurrent && at === current && (name === "set" || name === "add")) return true;
    const other = symbolAt(call.expression.expression, checker);
    return other !== undefined && other !== own && goesByOneName(other, checker);
  };
  const effects = effectsOf(nodes, here, isHarmless);
  return !effects.collections && !effects.unknown;
}

function symbolAt(node: ts.Expression, checker: ts.TypeChecker): ts.Symbol | undefined {
  const name = bare(node);
  return ts.isIdentifier(name) ? symbolOf(name, checker) : undefined;
}
