/**
 * `p.x = p.x + v` is `p.x += v`: said so, the derivative leaves what was there before alone, and only hands its
 * adjoint on to `v`.
 */
import { Block, typeOf } from "../ir/build.ts";
import { alone } from "../ir/callee.ts";
import { rebuild } from "../ir/rebuild.ts";
import type { Func, Instruction, Operand, Region, Value } from "../ir/types.ts";
import { operandsOf, operandsOfEnd, regionsOf, visitOperands } from "../ir/walk.ts";
import { type Aliases, aliases } from "./alias.ts";

type Of<K extends Instruction["kind"]> = Extract<Instruction, { kind: K }>;

/** The same function, in which what is added to a number in memory is added there. */
export const accumulated = (func: Func): Func => {
  const uses = new Map<Operand, number>();
  visitOperands(func.body, (o) => uses.set(o, (uses.get(o) ?? 0) + 1));
  const alias = aliases(alone(func));
  const body = region(func.body, alias, (v) => uses.get(v) === 1);
  return body === func.body ? func : { ...func, body };
};

const region = (given: Region, alias: Aliases, isUsedOnce: (v: Value) => boolean): Region => {
  let body: Instruction[] = given.body.map((i) =>
    rebuild(i, { region: (r) => region(r, alias, isUsedOnce) }),
  );
  for (let at = 0; at < body.length; at++) {
    const store = body[at]!;
    const added = store.kind === "store" ? addedIn(body, at, store, alias, isUsedOnce) : undefined;
    if (store.kind !== "store" || !added) continue;
    const { load, op, term } = added;
    const block = new Block(store.at);
    block.accumulate(store.to, store.key, op.op === "sub" ? block.op("neg", [term]) : term);
    // what else is done with the sum is done with what is there now
    if (!isUsedOnce(op.result)) block.add({ ...load, result: op.result, at: store.at });
    body = body.flatMap((i) => (i === load || i === op ? [] : i === store ? block.body : [i]));
    at = body.indexOf(block.body.at(-1)!);
  }
  return body.length === given.body.length && body.every((i, n) => i === given.body[n])
    ? given
    : { ...given, body };
};

type Added = Readonly<{ load: Of<"load">; op: Of<"op">; term: Operand }>;

/** What is stored is what was there and something else, and nothing is done with it before. */
const addedIn = (
  body: readonly Instruction[],
  at: number,
  { to, key, value }: Of<"store">,
  alias: Aliases,
  isUsedOnce: (v: Value) => boolean,
): Added | undefined => {
  const own = <K extends Instruction["kind"]>(o: Operand | undefined, kind: K): Of<K> | undefined =>
    body.find((i): i is Of<K> => i.kind === kind && "result" in i && i.result === o);
  const op = own(value, "op");
  if (!key || !op || (op.op !== "add" && op.op !== "sub")) return undefined;
  const isBefore = body.slice(body.indexOf(op), at).some((i) => mentions(i, op.result));
  if (isBefore || (!isUsedOnce(op.result) && !keepsBits(to))) return undefined;
  const [first, second] = op.args as [Operand, Operand];
  const loadOf = (o: Operand): Of<"load"> | undefined => {
    const load = own(o, "load");
    if (!load || !isUsedOnce(load.result)) return undefined;
    return load.from === to && load.key && isSame(load.key, key) ? load : undefined;
  };
  const [left, right] = [loadOf(first), op.op === "add" ? loadOf(second) : undefined];
  const load = left ?? right;
  if (!load) return undefined;
  const slot = alias.slotOf(to, key);
  const writes = new Set([...alias.writesTo(slot), ...alias.resizesOf(slot.memory)]);
  const changes = (i: Instruction): boolean =>
    writes.has(i) || regionsOf(i).some((r) => r.body.some(changes));
  if (body.slice(body.indexOf(load), at).some(changes)) return undefined;
  return { load, op, term: left ? second : first };
};

const isSame = (a: Operand, b: Operand): boolean =>
  a === b || (a.kind === "constant" && b.kind === "constant" && a.value === b.value);

/** Does it hold a number as it was stored? */
const keepsBits = (o: Operand): boolean => {
  const type = typeOf(o);
  return type.kind !== "array" || type.container === "Array" || type.container === "Float64Array";
};

const mentions = (i: Instruction, v: Value): boolean =>
  operandsOf(i).includes(v) ||
  regionsOf(i).some((r) => r.body.some((inner) => mentions(inner, v)) || operandsOfEnd(r.end).includes(v));
