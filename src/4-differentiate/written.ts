/** The output of a function that returns nothing: the arguments that it writes. */
import type { Facts } from "../ir/facts.ts";
import { holdsNumbers } from "../ir/shadow.ts";
import type { Value } from "../ir/types.ts";

/** Parameters of which the function changes numbers or a length through their own name or what is reached from it. */
export const writtenParams = (facts: Facts): readonly Value[] =>
  facts.written.filter((p) => holdsNumbers(p.type));
