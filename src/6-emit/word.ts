/** Names for values that the source did not name: what they are, in one word. */
import type { Op } from "../ir/ops.ts";
import { opInfo } from "../ir/ops.ts";
import type { Instruction, Operand } from "../ir/types.ts";

const words: Partial<Record<Op, string>> = {
  add: "sum",
  sub: "difference",
  mul: "product",
  div: "quotient",
  rem: "remainder",
  power: "power",
  neg: "opposite",
  sqrt: "root",
  cbrt: "root",
  abs: "size",
  max: "larger",
  min: "smaller",
  and: "both",
  or: "either",
  not: "negated",
  select: "chosen",
  lt: "isLess",
  le: "isAtMost",
  gt: "isGreater",
  ge: "isAtLeast",
  eq: "isSame",
  ne: "differs",
};

export function wordFor(i: Instruction | undefined, nameOf: (o: Operand) => string | undefined): string {
  switch (i?.kind) {
    case "op": {
      const word = words[i.op];
      if (word) return word;
      return opInfo(i.op).form === "Math" ? i.op : "bits";
    }
    case "load": {
      if (i.key?.kind === "constant" && typeof i.key.value === "string") return i.key.value;
      const from = nameOf(i.from);
      return from ? oneOf(from) : "entry";
    }
    case "length":
      return "n";
    case "pop": {
      const from = nameOf(i.from);
      return from ? oneOf(from) : "last";
    }
    case "if":
      return "chosen";
    case "alloc":
    case "zeros":
    case "seeded":
    case "convert":
    case "make":
      return i.result.type.kind === "object" ? "parts" : "values";
    case "call":
      return i.callee.name.replace(/[^A-Za-z0-9_$]/g, "");
    case "loop":
    case "block":
    case "opaque":
    default:
      return "value";
  }
}

/** One element of what has the name: `rows` → `row`, `velocities` → `velocity`, `X` → `x`. */
export function oneOf(many: string): string {
  if (/^[A-Z]$/.test(many)) return many.toLowerCase();
  if (/ies$/.test(many)) return many.replace(/ies$/, "y");
  if (/(?:[sxz]|ch|sh)es$/.test(many)) return many.replace(/es$/, "");
  if (/[^s]s$/.test(many) && many.length > 1) return many.replace(/s$/, "");
  return /[a-z]$/.test(many) && many.length <= 2 ? `${many}i` : "entry";
}
