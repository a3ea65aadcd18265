/**
 * Shadows: every array or object that holds active numbers has another of the same structure that holds their
 * adjoints; what is an alias of one has an alias of the other (rule R2). Shadows of references that are stored or
 * carried along are made by the forward sweep (see carry.ts), all others where the reverse sweep needs them.
 */
import { type Block, typeOf, zero } from "../ir/build.ts";
import type { Instruction, Item, Operand, Type, Value } from "../ir/types.ts";
import { fetch, isGettable, isPrimal, isReloadable } from "./fetch.ts";
import { shadowParam } from "./pair.ts";
import { refuseAt } from "./refuse.ts";
import { adjointName, emitZeros, shadowType } from "../ir/shadow.ts";
import { inPrelude, type Mirror, mirrorOf, type Sweep } from "./sweep.ts";
import { insert } from "./weave.ts";

/** The shadow of a reference, where the mirror of the reference's region is in scope. */
export const shadowOf = (sweep: Sweep, of: Operand): Operand => {
  if (!isPrimal(sweep, of)) throw new Error("no shadow of what is not the primal's");
  const carried = sweep.carried.get(of);
  if (carried) return fetch(sweep, carried);
  const { program } = sweep.facts;
  const mirror = mirrorOf(sweep, program.homeOf(of));
  const known = mirror.shadows.get(of);
  if (known) return known;
  const definition = program.definitionOf(of);
  const shadow = definition
    ? madeShadow(sweep, mirror, of, definition)
    : (shadowParam(sweep, of) ?? entryShadow(sweep, of));
  mirror.shadows.set(of, shadow);
  return shadow;
};

/** The gradient of an argument is the shadow it has at entry. */
const entryShadow = (sweep: Sweep, param: Value): Operand =>
  emitZeros(sweep.entry, param, shadowType(param.type), adjointName(param.hint));

const madeShadow = (sweep: Sweep, mirror: Mirror, of: Value, definition: Instruction): Operand => {
  const { program } = sweep.facts;
  const time = program.siteOf(definition).start;
  const type = shadowType(of.type);
  const name = adjointName(of.hint);
  switch (definition.kind) {
    case "load":
      if (isReloadable(sweep, definition, mirror)) {
        const from = shadowOf(sweep, definition.from);
        const key = definition.key && fetch(sweep, definition.key);
        const result: Value = { kind: "value", type, ...(name ? { hint: name } : {}), adjoint: true };
        const emit = (block: Block): Value =>
          block.add({ kind: "load", result, from, ...(key ? { key } : {}), at: block.at }).result;
        return mirror.joint ? insert(sweep.weave.after, definition, emit) : inPrelude(mirror, time, emit);
      }
      break;
    case "get":
      if (isGettable(sweep, definition, mirror)) {
        const [from, key] = [shadowOf(sweep, definition.from), fetch(sweep, definition.key)];
        const result: Value = { kind: "value", type, ...(name ? { hint: name } : {}), adjoint: true };
        const emit = (block: Block): Value =>
          block.add({ kind: "get", result, from, key, at: block.at }).result;
        return mirror.joint ? insert(sweep.weave.after, definition, emit) : inPrelude(mirror, time, emit);
      }
      break;
    case "view": {
      const from = shadowOf(sweep, definition.of);
      const [start, end] = [fetch(sweep, definition.start), definition.end && fetch(sweep, definition.end)];
      const result: Value = { kind: "value", type, ...(name ? { hint: name } : {}), adjoint: true };
      const emit = (block: Block): Value =>
        block.add({ kind: "view", result, of: from, start, ...(end ? { end } : {}), at: block.at }).result;
      return mirror.joint ? insert(sweep.weave.after, definition, emit) : inPrelude(mirror, time, emit);
    }
    case "alloc":
    case "make":
    case "convert":
    case "seeded":
    case "cell": {
      // entries of a map are made where something is added to them
      const resized = type.kind !== "map" && sweep.facts.resizesOf(sweep.facts.memoryOf(of)).length > 0;
      if (mirror.joint && !resized)
        return insert(sweep.weave.after, definition, (block) =>
          emitFresh(block, definition, (o) => o, of, type, name),
        );
      const like =
        resized || definition.kind === "convert" || definition.kind === "seeded"
          ? fetch(sweep, of)
          : undefined;
      const length = definition.kind === "alloc" && !like ? fetch(sweep, definition.length) : undefined;
      return inPrelude(mirror, time, (block) => {
        if (like) return emitZeros(block, like, type, name);
        return emitFresh(
          block,
          definition,
          (o) => (definition.kind === "alloc" && o === definition.length ? length! : o),
          of,
          type,
          name,
        );
      });
    }
    default:
      break;
  }
  refuseAt(sweep, definition, "activeUnknown", {});
  return of;
};

/** Zeros for all that is a number, also for fields that are only set later. */
const zeroItems = (made: Of<"make">, type: Type): readonly Item[] | undefined => {
  if (type.kind === "object" && type.fields.some((f) => f.optional))
    return type.fields.every((f) => f.type.kind === "number")
      ? type.fields.map((f) => ({ key: f.name, value: zero }))
      : undefined;
  return made.items.every((item) => typeOf(item.value).kind === "number")
    ? made.items
        // fields that no derivative flows through have no place in a shadow
        .filter(({ key }) => type.kind !== "object" || type.fields.some((f) => f.name === key))
        .map((item) => ({ key: item.key, value: zero }))
    : undefined;
};

type Of<K extends Instruction["kind"]> = Extract<Instruction, { kind: K }>;

/** Zeros for memory that was just made; nothing of its contents is looked at. */
const emitFresh = (
  block: Block,
  definition: Instruction,
  operand: (o: Operand) => Operand,
  of: Value,
  type: Type,
  name: string | undefined,
): Operand => {
  const result: Value = { kind: "value", type, ...(name ? { hint: name } : {}), adjoint: true };
  if (definition.kind === "cell") {
    block.add({ kind: "cell", result, initial: zero, at: block.at });
    return result;
  }
  if (definition.kind === "alloc") {
    const fill = type.kind === "array" && type.container === "Array" ? { fill: zero } : {};
    block.add({ kind: "alloc", result, length: operand(definition.length), ...fill, at: block.at });
    return result;
  }
  if (definition.kind === "make") {
    const items = zeroItems(definition, type);
    if (items) {
      block.add({ kind: "make", result, items, at: block.at });
      return result;
    }
  }
  return emitZeros(block, of, type, name);
};
