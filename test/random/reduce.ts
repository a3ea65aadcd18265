/** Cuts a failing program down: statements go, constructs become their bodies, expressions become their parts. */
import type { Case } from "./campaign.ts";

type Json = unknown;
type Step = string | number;
type Edit = Readonly<{
  at: readonly Step[];
  weight: number;
  value?: Json;
  splice?: readonly Json[];
  argument?: number;
}>;

const reals = new Set([
  "number",
  "real",
  "element",
  "member",
  "ofInt",
  "binary",
  "negative",
  "math",
  "power",
  "choice",
  "call",
  "reduce",
  "at",
  "vectorField",
  "dot",
]);
const ints = new Set(["integer", "int", "length", "intBinary"]);
const bools = new Set(["compare", "intCompare", "same", "logic", "not", "every"]);
const kindOf = (node: Json): string => String((node as { k?: unknown } | null)?.k ?? "");
const isNode = (node: Json): node is Record<string, Json> =>
  typeof node === "object" && node !== null && !Array.isArray(node);

const sizeOf = (node: Json): number =>
  typeof node !== "object" || node === null
    ? 1
    : Object.values(node).reduce<number>((n, v) => n + sizeOf(v), 1);

const childrenIn = (node: Record<string, Json>, kinds: ReadonlySet<string>): Json[] =>
  Object.values(node)
    .flatMap((v) => (Array.isArray(v) ? (v as Json[]) : [v]))
    .filter((v) => kinds.has(kindOf(v)));

/** What may stand for a node. */
const replacements = (node: Record<string, Json>): Json[] => {
  const k = kindOf(node);
  if (reals.has(k)) {
    const number = { k: "number", value: 2 };
    return k === "number"
      ? Number.isInteger(node.value)
        ? []
        : [number]
      : [...childrenIn(node, reals), number];
  }
  if (ints.has(k))
    return k === "integer"
      ? []
      : [{ k: "integer", value: 0 }, { k: "integer", value: 1 }, ...childrenIn(node, ints)];
  if (bools.has(k)) return childrenIn(node, bools);
  return [];
};

/** What a statement may become: nothing, or what is inside it. */
const unwrapped = (node: Json): Json[][] => {
  if (!isNode(node)) return [[]];
  const bodies = [node.body, node.otherwise].filter((b): b is Json[] => Array.isArray(b) && b.length > 0);
  return [[], ...bodies];
};

function* edits(node: Json, at: readonly Step[] = []): Generator<Edit> {
  if (Array.isArray(node)) {
    const inBody = at.at(-1) === "body" || at.at(-1) === "otherwise";
    for (let i = 0; i < node.length; i++) {
      const own = [...at, i];
      if (inBody)
        for (const splice of unwrapped(node[i]))
          yield { at: own, weight: sizeOf(node[i]) - sizeOf(splice), splice };
      if (at.length === 1 && at[0] === "functions" && i < node.length - 1)
        yield { at: own, weight: sizeOf(node[i]), splice: [] };
      if (at.at(-1) === "params" && at[1] !== undefined) {
        yield { at: own, weight: 3, splice: [], argument: i };
      }
      yield* edits(node[i], own);
    }
    return;
  }
  if (!isNode(node)) return;
  for (const value of replacements(node)) yield { at, weight: sizeOf(node) - sizeOf(value) + 0.1, value };
  for (const [key, child] of Object.entries(node)) {
    if (key === "label" && child !== "") yield { at: [...at, key], weight: 0.5, value: "" };
    else if (key !== "ty") yield* edits(child, [...at, key]);
  }
}

const applied = (from: Case, edit: Edit): Case => {
  const program = structuredClone(from.program);
  const args = structuredClone(from.args);
  let holder: Json = program;
  for (const step of edit.at.slice(0, -1)) holder = (holder as Record<Step, Json>)[step];
  const last = edit.at.at(-1)!;
  if (edit.splice) (holder as Json[]).splice(Number(last), 1, ...structuredClone(edit.splice));
  else (holder as Record<Step, Json>)[last] = structuredClone(edit.value);
  if (edit.argument !== undefined && edit.at[1] === program.functions.length - 1)
    args.splice(edit.argument, 1);
  return { program, args };
};

/**
 * Greedy, largest cuts first. `still` is given several candidates and says which is the first that fails in the
 * same way, or -1.
 */
export const reduce = async (
  failing: Case,
  still: (candidates: readonly Case[]) => Promise<number>,
  milliseconds: number,
): Promise<Case> => {
  const end = performance.now() + milliseconds;
  const together = 12;
  let best = failing;
  for (let cut = true; cut;) {
    cut = false;
    const all = [...edits(best.program)].filter((e) => e.weight > 0).sort((a, b) => b.weight - a.weight);
    for (let i = 0; i < all.length && performance.now() < end; i += together) {
      const candidates = all.slice(i, i + together).map((edit) => applied(best, edit));
      const found = await still(candidates);
      if (found < 0) continue;
      best = candidates[found]!;
      cut = true;
      break;
    }
  }
  return best;
};
