/**
 * A cell that can only hold one thing is that thing.
 *
 * Needs cells that are never read before they are set. Leaves no cell to which only one value is ever put, if that
 * value was there in the region where the cell was made.
 */
import type { Func, Operand, Region, Value } from "../ir/types.ts";
import { mapOperands, rebuild } from "../ir/rebuild.ts";
import { boundBy, resultsOf, visit, visitRegions } from "../ir/walk.ts";

export function cell(func: Func): Func {
  const home = new Map<Operand, Region | undefined>(func.params.map((p) => [p, undefined]));
  const put = new Map<Operand, Set<Operand>>();
  visitRegions(func.body, (r) => {
    for (const i of r.body) for (const v of [...resultsOf(i), ...boundBy(i)]) home.set(v, r);
  });
  visit(func.body, (i) => {
    if (i.kind === "cell" && !i.initial) put.set(i.result, new Set());
    if ((i.kind === "store" || i.kind === "accumulate") && put.has(i.to))
      put.get(i.to)!.add(i.kind === "store" ? i.value : i.to);
  });
  /** Cells by the only value that they hold. */
  const holds = new Map<Operand, Value>();
  for (const [memory, [only, ...others]] of put)
    if (
      only?.kind === "value" &&
      others.length === 0 &&
      only !== memory &&
      home.get(only) === home.get(memory)
    )
      holds.set(memory, only);
  if (holds.size === 0) return func;

  const replaced = new Map<Value, Operand>();
  const region = (r: Region, around: ReadonlySet<Operand>): Region => {
    const visible = new Set(around);
    const body = r.body.flatMap((i) => {
      const held = i.kind === "load" ? holds.get(i.from) : undefined;
      if (i.kind === "load" && held && visible.has(held)) {
        replaced.set(i.result, held);
        return [];
      }
      const own = rebuild(i, { region: (x) => region(x, new Set([...visible, ...boundBy(i)])) });
      for (const v of resultsOf(i)) visible.add(v);
      return [own];
    });
    return body.length === r.body.length && body.every((i, n) => i === r.body[n]) ? r : { body, end: r.end };
  };
  const body = region(func.body, new Set(func.params));
  if (replaced.size === 0) return func;
  const use = (o: Operand): Operand => (o.kind === "value" ? (replaced.get(o) ?? o) : o);
  return { ...func, body: mapOperands(body, use) };
}
