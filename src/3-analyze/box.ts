/**
 * Fields that hold small objects which nobody changes and of which nobody asks which one they are: `body.velocity =
 * body.velocity.add(…)` of immutable vectors. Such a field holds the numbers, not the object: it keeps one object of
 * its own, whose numbers are stored anew. Then no reference moves, and neither does a shadow.
 */
import { Block, constant, value } from "../ir/build.ts";
import type { Memory, Slot } from "../ir/facts.ts";
import { alone } from "../ir/callee.ts";
import { rebuild } from "../ir/rebuild.ts";
import { mapObjects, retyped } from "../ir/retype.ts";
import type { Func, Instruction, Item, Operand, Region, Type } from "../ir/types.ts";
import { operandsOf, visit } from "../ir/walk.ts";
import { type Aliases, aliases } from "./alias.ts";
import { isTest, seenByOthers } from "./seen.ts";
import { identitiesAsked } from "./web.ts";

type ObjectType = Extract<Type, { kind: "object" }>;
type PartType = Readonly<{ key: string | number; type: Type }>;

/** A field that holds its objects' parts. */
type Box = Readonly<{ slot: Slot; parts: readonly PartType[]; type: Type; holders: readonly ObjectType[] }>;

/** More parts than this are better handed on as an object. */
const most = 12;

export const boxed = (func: Func): Func => {
  const alias = aliases(alone(func));
  const boxes = boxesOf(func, alias);
  if (boxes.length === 0) return func;
  return retyped({ ...func, body: region(func.body, alias, boxes) }, (v) =>
    func.params.includes(v) ? v.type : mapObjects(v.type, (object) => holding(object, boxes)),
  );
};

/** The fields that are stored to again, and may hold parts. */
const boxesOf = (func: Func, alias: Aliases): readonly Box[] => {
  const found = new Map<string, Box | undefined>();
  const seen = seenByOthers(alone(func), alias);
  const asked = new Set(identitiesAsked(func, alias));
  const holders = new Map<Memory, Map<string, ObjectType>>();
  visit(func.body, (i) => {
    if (isTest(i)) for (const o of operandsOf(i)) if (o.kind === "value") asked.add(alias.memoryOf(o));
    for (const o of operandsOf(i))
      if (o.kind === "value" && o.type.kind === "object") {
        const memory = alias.memoryOf(o);
        const own = holders.get(memory) ?? new Map<string, ObjectType>();
        holders.set(memory, own.set(shapeOf(o.type), o.type));
      }
  });
  const taken = new Map<Memory, Instruction[]>();
  visit(func.body, (i) => {
    if (i.kind !== "load" && i.kind !== "store") return;
    const of = i.kind === "load" ? i.from : i.to;
    if (of.kind === "value") taken.set(alias.memoryOf(of), [...(taken.get(alias.memoryOf(of)) ?? []), i]);
  });
  visit(func.body, (i) => {
    if (i.kind !== "store" || i.to.kind !== "value" || i.to.type.kind !== "object") return;
    const slot = alias.slotOf(i.to, i.key);
    const id = `${slot.memory.id} ${slot.key}`;
    if (i.key?.kind !== "constant" || found.has(id)) return;
    const isKept = (memory: Memory): boolean => !seen.has(memory) && !asked.has(memory);
    const touching = (taken.get(slot.memory) ?? []).filter((t) => isAt(t, slot.key));
    found.set(id, boxAt(slot, alias, touching, [...(holders.get(slot.memory)?.values() ?? [])], isKept));
  });
  return [...found.values()].filter((box) => box !== undefined);
};

const shapeOf = (type: ObjectType): string =>
  `${type.name ?? ""} ${type.fields.map((f) => f.name).join(" ")}`;

const isAt = (i: Instruction, key: string): boolean =>
  (i.kind === "load" || i.kind === "store") && i.key?.kind === "constant" && i.key.value === key;

const boxAt = (
  slot: Slot,
  alias: Aliases,
  touching: readonly Instruction[],
  holders: readonly ObjectType[],
  isKept: (memory: Memory) => boolean,
): Box | undefined => {
  const { memory, key } = slot;
  const inside = alias.held(slot);
  if (memory.external || memory.viewed || inside.viewed || !isKept(memory) || !isKept(inside))
    return undefined;
  const isChanged =
    alias.resizesOf(inside).length > 0 ||
    alias.keysOf(inside).some((k) => alias.writesTo({ memory: inside, key: k }).length > 0);
  if (isChanged || memory.makers.length === 0) return undefined;
  const types: Type[] = [];
  for (const maker of memory.makers) {
    const item = maker.kind === "make" && !maker.constant && !maker.instance?.of && itemAt(maker.items, key);
    if (!item || item.value.kind === "constant") return undefined;
    types.push(item.value.type);
  }
  for (const i of alias.writesTo(slot)) {
    if (i.kind === "make") continue;
    if (i.kind !== "store" || !isAt(i, key) || i.value.kind === "constant") return undefined;
    types.push(i.value.type);
  }
  for (const i of touching) if (i.kind === "load") types.push(i.result.type);
  for (const holder of holders) {
    const field = holder.fields.find((f) => f.name === key);
    if (!field || field.optional || field.partial || field.beyond) return undefined;
    types.push(field.type);
  }
  const parts = partsOf(types[0]!);
  const names = parts?.map((p) => `${p.key} ${p.type.kind}`).sort();
  const areAlike = types.every(
    (type) =>
      String(
        partsOf(type)
          ?.map((p) => `${p.key} ${p.type.kind}`)
          .sort(),
      ) === String(names),
  );
  if (!parts || parts.length > most || !areAlike) return undefined;
  return { slot, parts, type: own(types[0]!), holders };
};

const itemAt = (items: readonly Item[], key: string): Item | undefined =>
  items.find((item) => String(item.key) === key);

/** The parts of an object of numbers (and truths) that are all there. */
const partsOf = (type: Type): readonly PartType[] | undefined => {
  const plain = (t: Type): boolean => t.kind === "number" || t.kind === "boolean";
  if (type.kind === "tuple")
    return type.elements.length > 0 && type.elements.every(plain)
      ? type.elements.map((t, n) => ({ key: n, type: t }))
      : undefined;
  if (type.kind !== "object" || type.fields.length === 0) return undefined;
  return type.fields.every((f) => plain(f.type) && !f.optional && !f.partial && !f.beyond)
    ? type.fields.map((f) => ({ key: f.name, type: f.type }))
    : undefined;
};

/** The type without its name: that of the source may not let its parts be changed. */
const own = (type: Type): Type => {
  if (type.kind === "tuple") return { kind: "tuple", elements: type.elements };
  return type.kind === "object" ? { kind: "object", fields: type.fields } : type;
};

/** The type of an object whose field keeps an object of its own. */
const holding = (object: ObjectType, boxes: readonly Box[]): Type => {
  const shape = shapeOf(object);
  const inside = boxes.filter((box) => box.holders.some((h) => shapeOf(h) === shape));
  if (inside.length === 0) return object;
  const fields = object.fields.map((f) => {
    const box = inside.find((b) => b.slot.key === f.name);
    return box ? { ...f, type: box.type } : f;
  });
  return { ...object, fields, altered: true };
};

const region = (given: Region, alias: Aliases, boxes: readonly Box[]): Region => {
  const body = given.body.flatMap((i): readonly Instruction[] => {
    const block = new Block(i.at);
    const boxAtKey = (of: Operand, key: Operand | undefined): Box | undefined => {
      if (of.kind !== "value" || of.type.kind !== "object" || key?.kind !== "constant") return undefined;
      const { memory } = alias.slotOf(of, key);
      return boxes.find((box) => box.slot.memory === memory && box.slot.key === key.value);
    };
    const partsIn = (of: Operand, box: Box): readonly Item[] =>
      box.parts.map(({ key }) => ({ key, value: block.load(of, constant(key)) }));
    if (i.kind === "make") {
      const items = i.items.map((item): Item => {
        const box = boxAtKey(i.result, constant(item.key));
        if (!box) return item;
        const kept = value(box.type);
        block.add({ kind: "make", result: kept, items: partsIn(item.value, box), at: i.at });
        return { ...item, value: kept };
      });
      return [...block.body, { ...i, items }];
    }
    if (i.kind === "store") {
      const box = boxAtKey(i.to, i.key);
      if (!box) return [i];
      const items = partsIn(i.value, box);
      const kept = block.load(i.to, i.key, undefined, box.type);
      for (const item of items) block.store(kept, constant(item.key), item.value);
      return block.body;
    }
    if (i.kind === "load") {
      const box = boxAtKey(i.from, i.key);
      if (!box) return [i];
      const kept = block.load(i.from, i.key, undefined, box.type);
      block.add({ kind: "make", result: i.result, items: partsIn(kept, box), at: i.at });
      return block.body;
    }
    return [rebuild(i, { region: (r) => region(r, alias, boxes) })];
  });
  return { ...given, body };
};
