/**
 * Memory that the caller holds may be the same memory though it comes in by different ways: what is written through
 * one argument may be read through another.
 */
import { alike, isMixed, type Node } from "./unify.ts";

/** Where the caller's memory is changed, all of it that looks alike is one class. */
export const uniteChanged = (all: readonly Node[], unify: (a: Node, b: Node) => void): void => {
  for (;;) {
    const roots = all.filter((n) => !n.parent && n.external && n.containers.size > 0);
    const pair = roots
      .filter(isChanged)
      .flatMap((a) => roots.filter((b) => mayBeOne(a, b)).map((b) => [a, b] as const))
      .at(0);
    if (!pair) return;
    unify(...pair);
  }
};

const isChanged = (node: Node): boolean => node.writes.size > 0 || node.resized.length > 0;

const mayBeOne = (a: Node, b: Node): boolean => {
  if (a === b || !a.external || !b.external || !alike(a.containers, b.containers)) return false;
  const objects = a.containers.has("object") && b.containers.has("object");
  const areMixed = isMixed({ containers: new Set([...a.containers, ...b.containers]) });
  return !objects || areMixed || [...a.slots.keys()].some((key) => b.slots.has(key));
};

/** Other classes that may be the same memory: external ones seen as the same container. */
export const othersOf = (all: readonly Node[], root: Node): readonly Node[] =>
  !root.external
    ? [root]
    : all.filter((n) => !n.parent && n.external && (n === root || alike(n.containers, root.containers)));
