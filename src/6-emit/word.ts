/** Names for values that the source did not name: what they are, in one word. */
import { adjointName } from "../ir/shadow.ts";
import type { Op } from "../ir/ops.ts";
import { opInfo } from "../ir/ops.ts";
import type { Instruction, Operand } from "../ir/types.ts";

const words: Partial<Record<Op, string>> = {
  add: "sum",
  sub: "diff",
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
  truthy: "isSet",
};

/** `nameOf` is what an operand is called in the source, `keyOf` what it is called here; `indexes`: the value is used to index, and for nothing else. */
export function wordFor(
  i: Instruction | undefined,
  nameOf: (o: Operand) => string | undefined,
  keyOf: (o: Operand) => string | undefined,
  indexes: boolean,
): string {
  switch (i?.kind) {
    case "op": {
      if (indexes) return "index";
      if (i.op === "orElse") return nameOf(i.args[0]!) ?? "value";
      if (i.op === "eq" && i.args.some((a) => a.kind === "constant" && a.value === 0)) return "isZero";
      const word = words[i.op];
      if (word) return word;
      return opInfo(i.op).form === "Math" ? i.op : "bits";
    }
    case "load": {
      if (i.key?.kind === "constant" && typeof i.key.value === "string")
        return fieldOf(i.from, nameOf(i.from), i.key.value);
      return entryOf(nameOf(i.from), i.key, keyOf);
    }
    case "length":
      return "n";
    case "pop": {
      const from = nameOf(i.from);
      return (from && oneOf(from)) || "last";
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
      return (i.callee.original ?? i.callee).name.replace(/[^A-Za-z0-9_$]/g, "");
    case "loop":
    case "block":
    case "opaque":
    default:
      return "value";
  }
}

/** `z` of `velocity.z`; of a shadow, `dVelocityZ` of `dVelocity.z`: the adjoint of a field is not the field. */
function fieldOf(from: Operand, name: string | undefined, field: string): string {
  if (from.kind !== "value" || !from.adjoint) return field;
  return name ? `${name}${field[0]!.toUpperCase()}${field.slice(1)}` : (adjointName(field) ?? field);
}

/** `row` of `rows[i]`, `row0` of `rows[0]`, `cam3` of `cam[3]`, `signalJ` of `signal[j]`, `qk` of `q[k]`. */
function entryOf(
  from: string | undefined,
  key: Operand | undefined,
  nameOf: (o: Operand) => string | undefined,
): string {
  if (!from) return "entry";
  const one = oneOf(from);
  if (one) return key?.kind === "constant" && typeof key.value === "number" ? `${one}${key.value}` : one;
  const index = key?.kind === "constant" ? String(key.value) : key && nameOf(key);
  if (!index || !/^(?:\d+|[A-Za-z]\w{0,7})$/.test(index)) return `${from}Entry`;
  return `${from}${from.length > 1 ? index[0]!.toUpperCase() + index.slice(1) : index}`;
}

/** One element of what has the name: `rows` → `row`, `velocities` → `velocity`, `X` → `x`. */
function oneOf(many: string): string | undefined {
  if (/^[XYZ]$/.test(many)) return many.toLowerCase();
  if (many.endsWith("ies")) return many.replace(/ies$/, "y");
  if (/(?:[sxz]|ch|sh)es$/.test(many)) return many.replace(/es$/, "");
  if (/[^s]s$/.test(many) && many.length > 1) return many.replace(/s$/, "");
  return undefined;
}

/** Another name for what would be a second `n` or `row`: `termsLength` says which length it is, `rowsK` which row. */
export function otherWordFor(
  i: Instruction | undefined,
  nameOf: (o: Operand) => string | undefined,
  keyOf: (o: Operand) => string | undefined,
): string | undefined {
  if (i?.kind === "load" && i.key?.kind === "value" && i.result.type.kind !== "number") {
    const base = keyOf(i.from);
    const index = keyOf(i.key);
    if (!base || !index || !/^[A-Za-z]\w{0,7}$/.test(index) || !/^[A-Za-z]\w*$/.test(base)) return undefined;
    return `${base}${base.length > 1 ? index[0]!.toUpperCase() + index.slice(1) : index}`;
  }
  const from = i?.kind === "length" ? nameOf(i.of) : undefined;
  return from && /^[A-Za-z]\w*$/.test(from) ? `${from}Length` : undefined;
}
