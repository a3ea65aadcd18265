/**
 * Functions of the module's own: the pairs that derivatives of recursive functions call, and functions of the
 * source's that can neither be imported nor copied. Derivatives that would have the same ones share them.
 */
import { calleesOf } from "../ir/callee.ts";
import type { Derivative, Made } from "../ir/entry.ts";
import type { Callee, Func } from "../ir/types.ts";
import { unique } from "./name.ts";

export type Own = Readonly<{ callee: Callee; func: Func; made?: Made }>;

export type OwnFunctions = Readonly<{
  /** What the module calls each of them. */
  names: ReadonlyMap<Callee, string>;
  /** Their texts, before the derivative that is the first to need them. */
  before: ReadonlyMap<Derivative, readonly string[]>;
}>;

/** `write` gives the text of one function, with the names so far. */
export function ownFunctions(
  derivatives: readonly Derivative[],
  taken: ReadonlySet<string>,
  write: (own: Own, name: string, names: ReadonlyMap<Callee, string>) => readonly string[],
): OwnFunctions {
  const names = new Map<Callee, string>();
  const used = new Set(taken);
  const written = new Map<string, readonly string[]>();
  const before = new Map<Derivative, readonly string[]>();
  for (const d of derivatives) {
    const texts: string[] = [];
    for (const group of groupsOf(d)) {
      const text = (called: readonly string[]): readonly string[] => {
        group.forEach((own, n) => names.set(own.callee, called[n]!));
        return group.flatMap((own, n) => ["", ...write(own, called[n]!, names)]);
      };
      const given = (among: Set<string>): readonly string[] =>
        group.map(({ callee }) => {
          const name = unique(callee.name, (n) => among.has(n));
          among.add(name);
          return name;
        });
      // as if they were the first of their names: so those of another derivative were found
      const key = text(given(new Set(taken))).join("\n");
      const known = written.get(key);
      if (known) group.forEach((own, n) => names.set(own.callee, known[n]!));
      else {
        const called = given(used);
        written.set(key, called);
        texts.push(...text(called));
      }
    }
    before.set(d, texts);
  }
  return { names, before };
}

/** The functions that a derivative needs: those that call each other together, and before those that call them. */
function groupsOf(d: Derivative): readonly (readonly Own[])[] {
  const made = new Map(d.functions.map((m) => [m.callee, m]));
  const own = (callee: Callee): Own | undefined => {
    const known = made.get(callee);
    if (known) return { callee, func: known.func, made: known };
    return callee.func && !callee.func.reference ? { callee, func: callee.func } : undefined;
  };
  const index = new Map<Callee, number>();
  const low = new Map<Callee, number>();
  const open: Own[] = [];
  const groups: Own[][] = [];
  const enter = (each: Own): void => {
    index.set(each.callee, index.size);
    low.set(each.callee, index.get(each.callee)!);
    open.push(each);
    const { partner } = each.made ?? {};
    // a pair stands together
    for (const callee of [...calleesOf(each.func), ...(partner ? [partner] : [])]) {
      const next = own(callee);
      if (!next) continue;
      if (!index.has(callee)) {
        enter(next);
        low.set(each.callee, Math.min(low.get(each.callee)!, low.get(callee)!));
      } else if (open.some((o) => o.callee === callee))
        low.set(each.callee, Math.min(low.get(each.callee)!, index.get(callee)!));
    }
    if (low.get(each.callee) === index.get(each.callee))
      groups.push(open.splice(open.findIndex((o) => o.callee === each.callee)));
  };
  for (const callee of calleesOf(d.func)) {
    const next = own(callee);
    if (next && !index.has(callee)) enter(next);
  }
  return groups;
}
