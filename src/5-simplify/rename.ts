/** Other values in the place of values, where they are defined and wherever they are used. */
import type { Instruction, Operand, Region, Value } from "../ir/types.ts";
import { rebuild, rebuildEnd } from "../ir/rebuild.ts";

export const renamed = (r: Region, define: (v: Value) => Value): Region => {
  const use = (o: Operand): Operand => (o.kind === "value" ? define(o) : o);
  const region = (x: Region): Region => ({
    body: x.body.map((i): Instruction => rebuild(i, { use, define, region })),
    end: rebuildEnd(x.end, use),
  });
  return region(r);
};
