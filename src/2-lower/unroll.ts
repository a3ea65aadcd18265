/** Loops over arrays of known functions: one round after the other, each with the function that it is about. */
import type { ts } from "ts-morph";
import { constant, label } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import { type Flow, type Place, type Target, closeBlock, fork, leaveScope, originOf } from "./environment.ts";
import { lowerBody } from "./loop.ts";

/** More functions than anybody writes into one array by hand. */
const most = 64;

/** How many elements the array has, if all of them are functions, or hold functions, that are known. */
export function knownLength(array: Operand, here: Place): number | undefined {
  const known = here.session.knowledge.of(array);
  if (known?.kind !== "parts" || !known.isList) return undefined;
  return known.parts.size === known.size && known.size <= most ? known.size : undefined;
}

/** Writes the rounds out, in the order of `indices`. */
export function unrolled(
  here: Place,
  node: ts.Node,
  names: readonly string[],
  indices: readonly number[],
  lower: (within: Place, index: Operand) => Flow,
): Flow {
  const outer = new Map(here.environment);
  const target: Target = { label: label(names[0]), kind: "loop", names, exits: [] };
  const origin = originOf(node, here);
  const inside = fork(here, { targets: [...here.targets, target], tail: [] });
  let flow: Flow;
  for (const index of indices) {
    flow = lowerBody(inside, node, names, (within) => lower(within, constant(index)));
    if (flow) break;
  }
  const end = closeBlock(here, inside, target, flow, origin);
  leaveScope(here, outer);
  return end;
}

/** The indices of an array of that length, from one end to the other. */
export const indicesOf = (length: number, backwards = false, skip = 0): readonly number[] => {
  const all = Array.from({ length }, (_, i) => i);
  return (backwards ? all.reverse() : all).slice(skip);
};
