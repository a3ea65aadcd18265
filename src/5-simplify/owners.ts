/** Which memory belongs to one local allocation, so that nobody else can see what is written there. */
import type { Func, Instruction, Operand, Value } from "../ir/types.ts";
import { operandsOf, operandsOfEnd, visit, visitRegions } from "../ir/walk.ts";
import { isAllocation, isMemory } from "./facts.ts";

/**
 * For each reference the allocation that owns the object: the allocation itself, the structure an allocation was
 * stored into, the structure an inner object was loaded from. Undefined if others may hold the object too.
 */
export const ownersOf = (func: Func): ((o: Operand) => Value | undefined) => {
  const definition = new Map<Value, Instruction>();
  /** Where the reference of a value goes by being stored; more than one place or any other way: nowhere known. */
  const storedIn = new Map<Value, Set<Operand>>();
  const shared = new Set<Value>();
  /** What is put into an object, besides numbers. */
  const contents = new Map<Operand, Value[]>();

  const put = (into: Operand, o: Operand): void => {
    if (o.kind !== "value" || !isMemory(o.type)) return;
    storedIn.set(o, new Set([...(storedIn.get(o) ?? []), into]));
    contents.set(into, [...(contents.get(into) ?? []), o]);
  };
  const share = (o: Operand): void => {
    if (o.kind === "value") shared.add(o);
  };

  visit(func.body, (i) => {
    switch (i.kind) {
      case "make":
        definition.set(i.result, i);
        for (const item of i.items) put(i.result, item.value);
        break;
      case "alloc":
        definition.set(i.result, i);
        if (i.fill) put(i.result, i.fill);
        break;
      case "cell":
        definition.set(i.result, i);
        if (i.initial) put(i.result, i.initial);
        break;
      case "zeros":
      case "seeded":
      case "convert":
      case "load":
      case "pop":
        definition.set(i.result, i);
        break;
      case "store":
      case "push":
        put(i.to, i.value);
        break;
      case "put":
        put(i.to, i.value);
        share(i.key);
        break;
      case "view":
        share(i.of);
        break;
      case "get":
      case "has":
      case "remove":
      case "keys":
        break;
      case "accumulate":
      case "addInto":
      case "length":
      case "setLength":
        break;
      case "op":
        // a comparison looks at identities only
        if (i.op === "select") i.args.forEach(share);
        break;
      case "if":
      case "block":
        break;
      case "loop":
      case "call":
      case "opaque":
        operandsOf(i).forEach(share);
        break;
      default:
        i satisfies never;
    }
  });
  visitRegions(func.body, (r) => {
    for (const o of operandsOfEnd(r.end)) share(o);
  });

  const isNew = (v: Operand): boolean => {
    const by = v.kind === "value" ? definition.get(v) : undefined;
    return by !== undefined && isAllocation(by);
  };

  const owners = new Map<Value, Value | undefined>();
  const ownerOf = (o: Operand): Value | undefined => {
    if (o.kind === "constant") return undefined;
    if (owners.has(o)) return owners.get(o);
    owners.set(o, undefined); // a structure that holds itself has no owner
    const owner = find(o);
    owners.set(o, owner);
    return owner;
  };
  const find = (v: Value): Value | undefined => {
    const by = definition.get(v);
    if (!by) return undefined;
    const places = [...(storedIn.get(v) ?? [])];
    if (isAllocation(by)) {
      // a shared object is still one whose writes matter only if it is looked at; others may write to it unseen
      if (places.length === 0) return v;
      const [place] = places;
      return places.length === 1 && !shared.has(v) ? ownerOf(place!) : undefined;
    }
    if ((by.kind !== "load" && by.kind !== "pop") || places.length > 0 || shared.has(v)) return undefined;
    const owner = ownerOf(by.from);
    // what is loaded belongs to the owner if all that was ever put there does
    return owner && isClosed(owner) ? owner : undefined;
  };

  const closed = new Map<Value, boolean>();
  const isClosed = (owner: Value): boolean => {
    const known = closed.get(owner);
    if (known !== undefined) return known;
    closed.set(owner, true);
    const holders = [...contents.keys()].filter((into) => into === owner || ownerOf(into) === owner);
    const result = holders.every((into) =>
      (contents.get(into) ?? []).every((v) => isNew(v) && !shared.has(v) && ownerOf(v) === owner),
    );
    closed.set(owner, result);
    return result;
  };
  return ownerOf;
};
