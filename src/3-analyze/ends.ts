/** How control leaves regions: which never reach their natural end, and which exits pass through an instruction. */
import type { Instruction, Label, Region } from "../ir/types.ts";
import { regionsOf } from "../ir/walk.ts";

/** Regions inside `region` (itself included) that end by an exit, with the labels they exit to. */
export const exitsIn = (region: Region): readonly Readonly<{ region: Region; to: Label }>[] => {
  const found: { region: Region; to: Label }[] = [];
  const visit = (r: Region): void => {
    for (const i of r.body) for (const inner of regionsOf(i)) visit(inner);
    if (r.end.kind === "exit") found.push({ region: r, to: r.end.to });
  };
  visit(region);
  return found;
};

const labelsIn = (i: Instruction): Set<Label> => {
  const labels = new Set<Label>();
  const visit = (inner: Instruction): void => {
    if (inner.kind === "loop" || inner.kind === "block") labels.add(inner.label);
    for (const r of regionsOf(inner)) for (const next of r.body) visit(next);
  };
  visit(i);
  return labels;
};

/** Exits inside the instruction that leave more than the instruction: what follows it is not run after them. */
export const crossingExits = (i: Instruction): readonly Readonly<{ region: Region; to: Label }>[] => {
  const own = labelsIn(i);
  return regionsOf(i)
    .flatMap((r) => exitsIn(r))
    .filter((exit) => !own.has(exit.to));
};

/** Is what follows the instruction never reached from it? */
export const neverFalls = (i: Instruction): boolean => {
  switch (i.kind) {
    case "if":
      return neverEnds(i.then) && neverEnds(i.else);
    case "loop":
      return i.shape.kind === "forever" && !exitsIn(i.body).some((exit) => exit.to === i.label);
    case "block":
      return neverEnds(i.body) && !exitsIn(i.body).some((exit) => exit.to === i.label);
    default:
      return false;
  }
};

export const neverEnds = (region: Region): boolean =>
  region.end.kind !== "yield" || region.body.some(neverFalls);

/** Does every way through the region end in a throw? */
export const alwaysThrows = (region: Region): boolean => neverEnds(region) && exitsIn(region).length === 0;
