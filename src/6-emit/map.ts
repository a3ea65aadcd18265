/** Maps, sets and views of typed arrays as text. */
import { elementType, isConstant, typeOf } from "../ir/build.ts";
import type { Instruction, Operand } from "../ir/types.ts";
import { type Expression, bind, level, primary } from "./expression.ts";
import { bare, fitting, type Writing } from "./memory.ts";
import { isIdentifier } from "./name.ts";
import { update } from "./update.ts";

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

const isRecord = (o: Operand): boolean => {
  const type = bare(typeOf(o));
  return type.kind === "map" && type.record === true;
};

/** `r[k]`, `r.name` */
function entry(of: Operand, key: Operand, by: Writing): string {
  const text = base(of, by);
  if (key.kind === "constant" && typeof key.value === "string" && isIdentifier(key.value))
    return `${text}.${key.value}`;
  const type = bare(typeOf(of));
  const written = by.write(key).text;
  // the keys of `{ [id: number]: … }` are listed as texts
  const isListed = type.kind === "map" && type.key.kind === "number" && typeOf(key).kind === "other";
  return `${text}[${isListed && key.kind === "value" ? `Number(${written})` : written}]`;
}

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
      if (isRecord(i.to)) {
        const op = i.value.kind === "value" ? by.inlinedOp(i.value) : undefined;
        const place = entry(i.to, i.key, by);
        const updated = op && update(place + (by.unchecked ? "!" : ""), op, by);
        if (updated) return primary(updated.slice(0, -1));
        return primary(`${place} = ${fitting(i.value, elementType(typeOf(i.to), i.key), by).text}`);
      }
      const of = bare(typeOf(i.to));
      const value = fitting(i.value, of.kind === "map" ? of.value : undefined, by).text;
      const written = isSet(i.to) ? `add(${text(i.key)})` : `set(${text(i.key)}, ${value})`;
      return primary(`${base(i.to, by)}.${written}`);
    }
    case "has":
      if (isRecord(i.of))
        return {
          text: `${bind(by.write(i.key), level.shift)} in ${bind(by.write(i.of), level.shift)}`,
          level: level.relational,
        };
      return primary(`${base(i.of, by)}.has(${text(i.key)})`);
    case "remove":
      if (isRecord(i.from)) return { text: `delete ${entry(i.from, i.key!, by)}`, level: level.unary };
      return primary(`${base(i.from, by)}.${i.key ? `delete(${text(i.key)})` : "clear()"}`);
    case "keys":
      if (isRecord(i.of)) return primary(`Object.keys(${by.write(i.of).text})`);
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
  if (isRecord(from)) {
    const place = entry(from, key, by);
    if (missing) return { text: `${place} ?? ${by.write(missing).text}`, level: level.conditional };
    const isCertain = result.type.kind !== "optional" && result.type.kind !== "other";
    return primary(isCertain && by.unchecked ? `${place}!` : place);
  }
  const text = `${base(from, by)}.get(${by.write(key).text})`;
  if (missing) return { text: `${text} ?? ${by.write(missing).text}`, level: level.conditional };
  const isSure = result.type.kind !== "optional" && result.type.kind !== "other";
  return primary(isSure ? `${text}!` : text);
}
