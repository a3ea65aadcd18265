/**
 * Objects that leave a branch.
 *
 * Needs nothing. Leaves no `if` whose two branches make the same fresh object and hand it on: it is made before
 * them. Leaves no object or tuple handed on by both branches of which only parts are read afterwards: its parts are
 * handed on.
 */
import { Block, constant, elementType, typeOf, zero } from "../ir/build.ts";
import { sameType } from "../ir/shadow.ts";
import type { Constant, Func, Instruction, Operand, Region, Value } from "../ir/types.ts";
import { mapOperands, rebuild, rebuildEnd } from "../ir/rebuild.ts";
import { operandsOf, operandsOfEnd, visit, visitRegions } from "../ir/walk.ts";
import { sameOperand } from "./arithmetic.ts";
import { isAllocation } from "./facts.ts";

type If = Extract<Instruction, { kind: "if" }>;
type Make = Extract<Instruction, { kind: "make" }>;

export function alike(func: Func): Func {
  const pass = new Alike(func);
  const body = pass.region(func.body);
  return body === func.body ? func : { ...func, body };
}

const yields = (r: Region): readonly Operand[] | undefined =>
  r.end.kind === "yield" ? r.end.values : undefined;

/** More parts than this read better together. */
const most = 8;

class Alike {
  readonly #users: ReadonlyMap<Value, readonly (Instruction | "end")[]>;
  readonly #replaced = new Map<Value, Operand>();
  constructor(func: Func) {
    const users = new Map<Value, (Instruction | "end")[]>();
    const see = (o: Operand, by: Instruction | "end"): void => {
      if (o.kind === "value") users.set(o, [...(users.get(o) ?? []), by]);
    };
    visit(func.body, (i) => operandsOf(i).forEach((o) => see(o, i)));
    visitRegions(func.body, (r) => operandsOfEnd(r.end).forEach((o) => see(o, "end")));
    this.#users = users;
  }

  readonly #use = (o: Operand): Operand => (o.kind === "value" ? (this.#replaced.get(o) ?? o) : o);

  region(r: Region): Region {
    const body = r.body.flatMap((i): readonly Instruction[] => {
      if (i.kind === "load" && this.#replaced.has(i.result)) return [];
      const own = rebuild(i, { use: this.#use, region: (x) => this.region(x) });
      return own.kind === "if" ? this.#if(own) : [own];
    });
    const end = rebuildEnd(r.end, this.#use);
    const unchanged = body.length === r.body.length && body.every((i, n) => i === r.body[n]);
    return unchanged && end === r.end ? r : { body, end };
  }

  #if(i: If): readonly Instruction[] {
    for (const [n, result] of i.results.entries()) {
      const made = this.#made(i, n);
      if (!made) continue;
      const [a, b] = made;
      if (isSame(a, b)) return this.#before(i, n, result, a, b);
      if (a.kind === "make" && b.kind === "make" && this.#isRead(result) && this.#isOwn(a) && this.#isOwn(b))
        return [this.#split(i, n, result, a, b) ?? i];
    }
    return [i];
  }

  /** The allocations in the two branches that give a result. */
  #made(i: If, n: number): readonly [Instruction, Instruction] | undefined {
    const [a, b] = [i.then, i.else].map((r) => {
      const value = yields(r)?.[n];
      return r.body.find((x) => isAllocation(x) && "result" in x && x.result === value);
    });
    return a && b && [a, b];
  }

  #before(i: If, n: number, result: Value, a: Instruction, b: Instruction): readonly Instruction[] {
    const branch = (r: Region, made: Instruction): Region => {
      const own = (made as Make).result;
      const values = yields(r)!.filter((_, k) => k !== n);
      const rest: Region = { body: r.body.filter((x) => x !== made), end: { kind: "yield", values } };
      return mapOperands(rest, (o) => (o === own ? result : o));
    };
    const made = { ...(a as Make), result };
    const results = i.results.filter((_, k) => k !== n);
    return [made, { ...i, results, then: branch(i.then, a), else: branch(i.else, b) }];
  }

  /** Nothing is done with the object but reading its parts. */
  #isRead(v: Value): boolean {
    if (v.type.kind !== "tuple" && v.type.kind !== "object") return false;
    return (this.#users.get(v) ?? []).every(
      (u) => u !== "end" && u.kind === "load" && u.from === v && u.key?.kind === "constant",
    );
  }

  /** The object is known by its parts alone until the branch hands it on. */
  #isOwn(made: Make): boolean {
    if (made.items.length > most) return false;
    const users = this.#users.get(made.result) ?? [];
    return (
      users.filter((u) => u === "end").length === 1 &&
      users.every((u) => {
        if (u === "end") return true;
        if (u.kind === "load") return u.from === made.result;
        return (u.kind === "store" || u.kind === "accumulate") && u.to === made.result && u.value !== u.to;
      })
    );
  }

  #split(i: If, n: number, result: Value, a: Make, b: Make): If | undefined {
    const has = (made: Make, key: string | number): boolean => made.items.some((item) => item.key === key);
    const loads = (this.#users.get(result) ?? []).flatMap((u) =>
      u !== "end" && u.kind === "load" ? [u] : [],
    );
    const isAsked = (key: string | number): boolean =>
      loads.some((u) => u.key?.kind === "constant" && String(u.key.value) === String(key));
    const all = [...new Set([...a.items, ...b.items].map((item) => item.key))];
    const keys = all.filter((key) => (has(a, key) && has(b, key)) || isAsked(key));
    // a part that only one of them has is not read where the other comes from: any number stands for it there
    const isNumber = (key: string | number): boolean =>
      elementNumber(result, key) &&
      loads.every(
        (u) => String((u.key as Constant).value) !== String(key) || u.result.type.kind === "number",
      );
    if (!keys.every((key) => (has(a, key) && has(b, key)) || isNumber(key))) return undefined;
    if (loads.some((u) => !keys.some((key) => String(key) === String((u.key as Constant).value))))
      return undefined;
    const parts = keys.map((key): Value => {
      const whole = result.hint ?? a.result.hint ?? b.result.hint;
      const name = whole === undefined ? undefined : `${whole}${capital(String(key))}`;
      const own = elementType(typeOf(result), constant(key));
      const type = own.kind === "optional" && isNumber(key) ? own.of : own;
      return {
        kind: "value",
        type,
        ...(name === undefined ? {} : { hint: name }),
        ...(result.adjoint ? { adjoint: true } : {}),
      };
    });
    for (const u of this.#users.get(result) ?? [])
      if (u !== "end" && u.kind === "load" && u.key?.kind === "constant") {
        const key = String(u.key.value);
        this.#replaced.set(u.result, parts[keys.findIndex((k) => String(k) === key)]!);
      }
    const branch = (r: Region, made: Make): Region => {
      const values = yields(r)!;
      const block = new Block(i.at);
      const read = keys.map((key, k) =>
        has(made, key) ? block.load(values[n]!, constant(key), parts[k]!.hint, parts[k]!.type) : zero,
      );
      return {
        body: [...r.body, ...block.body],
        end: { kind: "yield", values: [...values.slice(0, n), ...read, ...values.slice(n + 1)] },
      };
    };
    const results = [...i.results.slice(0, n), ...parts, ...i.results.slice(n + 1)];
    return { ...i, results, then: branch(i.then, a), else: branch(i.else, b) };
  }
}

/** The part is a number, or may be one. */
const elementNumber = (whole: Value, key: string | number): boolean => {
  const type = elementType(typeOf(whole), constant(key));
  return type.kind === "number" || (type.kind === "optional" && type.of.kind === "number");
};

const capital = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}`;

/** Whether two allocations make the same of what was there before. */
const isSame = (a: Instruction, b: Instruction): boolean => {
  if (a.kind === "make" && b.kind === "make")
    return (
      a.items.length === b.items.length &&
      a.instance?.id === b.instance?.id &&
      sameType(a.result.type, b.result.type) &&
      a.items.every((item, k) => {
        const other = b.items[k]!;
        return (
          item.key === other.key && item.value.kind === "constant" && sameOperand(item.value, other.value)
        );
      })
    );
  return false;
};
