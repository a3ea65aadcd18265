/** Objects that are made of the parts of others, of which some may be missing: one object for each case. */
import type { ts } from "ts-morph";
import { booleanType, constant, fieldType, typeOf, value } from "../ir/build.ts";
import type { Field, Operand, Type } from "../ir/types.ts";
import { choose } from "./branch.ts";
import { type Place, at, fork, originOf } from "./environment.ts";

/** What a key gets; where there is a test, the key is there only if that says so. */
export type Part = Readonly<{ key: string; give(here: Place): Operand; test?: Operand }>;

/** So many keys that may be missing make eight objects. */
export const mostMissing = 3;

/** A field of another object. */
export function partOf(from: Operand, field: Field, node: ts.Node, here: Place): Part {
  const key = constant(field.name);
  if (!field.optional) {
    const held = at(here, node).load(from, key, field.name);
    return { key: field.name, give: () => held };
  }
  const asked = at(here, node).load(from, key, field.name, fieldType(field));
  return {
    key: field.name,
    test: at(here, node).op("ne", [asked, constant(undefined)]),
    give: (inside) => at(inside, node).load(from, key, field.name, field.type),
  };
}

/** Puts the part among others: what comes later wins, and stands where the key first stood. */
export function putPart(
  parts: Part[],
  part: Part,
  from: Operand | undefined,
  node: ts.Node,
  here: Place,
): void {
  const known = parts.findIndex((p) => p.key === part.key);
  const before = parts[known];
  if (!before) parts.push(part);
  else parts[known] = part.test && from ? overriding(before, part, from, node, here) : part;
}

/** What is there already, unless the other object has the key, be it with nothing. */
function overriding(before: Part, part: Part, from: Operand, node: ts.Node, here: Place): Part {
  const has = value({ kind: "boolean" }, `has${part.key[0]!.toUpperCase()}${part.key.slice(1)}`);
  here.block.add({
    kind: "opaque",
    results: [has],
    reads: [from],
    writes: [],
    repeatable: false,
    code: { form: "expression", parts: [`${JSON.stringify(part.key)} in `, { read: 0 }], references: [] },
    at: originOf(node, here),
  });
  if (!before.test || !part.test) {
    const kept = before.give(here);
    const chosen = choose(here, has, typeOf(kept), node, part.give, () => kept);
    return { key: part.key, give: () => chosen };
  }
  const [given, kept] = [part.test, before.test];
  return {
    key: part.key,
    test: choose(
      here,
      has,
      booleanType,
      node,
      () => given,
      () => kept,
    ),
    give: (inside) => choose(inside, has, typeOf(part.give(fork(inside))), node, part.give, before.give),
  };
}

/** The object, made once for each case of what is missing. */
export function madeOf(parts: readonly Part[], type: Type, node: ts.Node, here: Place): Operand {
  const open = parts.findIndex((p) => p.test);
  const part = parts[open];
  if (part?.test) {
    const without = parts.filter((p) => p !== part);
    const sure = parts.map((p) => (p === part ? { key: p.key, give: p.give } : p));
    return choose(
      here,
      part.test,
      type,
      node,
      (inside) => madeOf(sure, type, node, inside),
      (inside) => madeOf(without, type, node, inside),
    );
  }
  const items = parts.map(({ key, give }) => ({ key, value: give(here) }));
  const result = value(type);
  const block = at(here, node);
  block.add({ kind: "make", result, items, at: block.at });
  return result;
}
