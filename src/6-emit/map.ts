/** Maps, sets and views of typed arrays as text. */
import { elementType, isConstant, typeOf } from "../ir/build.ts";
import type { Instruction, Operand } from "../ir/types.ts";
import { type Expression, bind, level, primary } from "./expression.ts";
import { bare, fitting, type Writing } from "./memory.ts";

type Of<K extends Instruction["kind"]> = Extract<Instruction, { kind: K }>;
type Keyed = Of<"view" | "get" | "put" | "has" | "remove" | "keys">;

export const isKeyed = (i: Instruction): i is Keyed =>
  ["view", "get", "put", "has", "remove", "keys"].includes(i.kind);

const base = (o: Operand, by: Writing): string =>
  bind(by.write(o), level.primary) + (typeOf(o).kind === "optional" ? "!" : "");

const isSet = (o: Operand): boolean => {
  const type = bare(typeOf(o));
  return type.kind === "map" && type.set === true;
};

/** `x.length`, `m.size` */
export const lengthOf = (of: Operand, by: Writing): Expression =>
  primary(`${base(of, by)}.${bare(typeOf(of)).kind === "map" ? "size" : "length"}`);

/** `m.get(k)`, `m.set(k, v)`, `s.add(k)`, `m.has(k)`, `m.delete(k)`, `[...m.keys()]`, `x.subarray(start, end)`. */
export function keyed(i: Keyed, by: Writing): Expression {
  const text = (o: Operand): string => by.write(o).text;
  switch (i.kind) {
    case "get":
      return got(i, by);
    case "put": {
      const value = fitting(i.value, elementType(typeOf(i.to), i.key), by).text;
      const written = isSet(i.to) ? `add(${text(i.key)})` : `set(${text(i.key)}, ${value})`;
      return primary(`${base(i.to, by)}.${written}`);
    }
    case "has":
      return primary(`${base(i.of, by)}.has(${text(i.key)})`);
    case "remove":
      return primary(`${base(i.from, by)}.${i.key ? `delete(${text(i.key)})` : "clear()"}`);
    case "keys":
      return primary(`[...${base(i.of, by)}${isSet(i.of) ? "" : ".keys()"}]`);
    case "view": {
      const { of, start, end } = i;
      const isWhole = isConstant(start) && start.value === 0 && !end;
      const bounds = isWhole ? [] : end ? [start, end] : [start];
      return primary(`${base(of, by)}.subarray(${bounds.map(text).join(", ")})`);
    }
    default:
      return i satisfies never;
  }
}

/** `m.get(k)`, `m.get(k) ?? 0`, `m.get(k)!` where it is known to be there. */
function got({ result, from, key, missing }: Of<"get">, by: Writing): Expression {
  const text = `${base(from, by)}.get(${by.write(key).text})`;
  if (missing) return { text: `${text} ?? ${by.write(missing).text}`, level: level.conditional };
  const isSure = result.type.kind !== "optional" && result.type.kind !== "other";
  return primary(isSure ? `${text}!` : text);
}
