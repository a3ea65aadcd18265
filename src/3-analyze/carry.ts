/**
 * Shadows of references that are stored, carried or chosen are made and moved by the forward sweep itself, along
 * with the references (rule R2): every allocation, load, store, push and choice of a reference is doubled. What the
 * reverse sweep needs of them is then had like any other value: it is in scope, loaded again, or recorded.
 */
import { Block, constant, elementType, isConstant, typeOf, value, zero } from "../ir/build.ts";
import type {
  Callee,
  Func,
  Instruction,
  Item,
  Label,
  Operand,
  Region,
  Type,
  Unit,
  Value,
} from "../ir/types.ts";
import { emitNothing, emitZeros, holdsNumbers, shadowType } from "../ir/shadow.ts";
import { carriedResults, withCarried } from "./carryCall.ts";
import { asValue, entryShadows } from "./carryEntry.ts";
import { shadowNames } from "./carryName.ts";
import { isReference } from "./unify.ts";

export type Carried = Readonly<{
  unit: Unit;
  shadows: ReadonlyMap<Value, Value>;
  /** What is kept of the structure that shadows of parameters have at entry, where references in them change places. */
  atEntry: ReadonlyMap<Value, Value>;
}>;

/**
 * `carries`: does the operand's memory need a shadow that is carried along? `reorders`: may references in it be
 * changed? `shares`: is it written, so that what arguments share their shadows must share (rule R6)? `grows`: may
 * the store make an array longer? `reversed`: will changes of its length be reversed?
 */
export const carryShadows = (
  unit: Unit,
  carries: (o: Operand) => boolean,
  reorders: (o: Operand) => boolean,
  shares: (param: Value) => boolean,
  grows: (store: Instruction) => boolean,
  reversed: (o: Operand) => boolean,
): Carried => {
  const { func } = unit;
  const shadows = new Map<Value, Value>();
  const atEntry = new Map<Value, Value>();
  const places = new Map<Label, readonly boolean[]>();
  const wants = (v: Operand | undefined): boolean =>
    v?.kind === "value" &&
    isReference(v.type) &&
    v.type.kind !== "other" &&
    holdsNumbers(bare(v.type)) &&
    carries(v);
  const { shadowName, nameElement } = shadowNames(unit);
  const double = (v: Value, made?: Value): Value => {
    const shadow = made ?? { ...value(shadowType(v.type), shadowName(v)), adjoint: true };
    shadows.set(v, shadow);
    return shadow;
  };
  const shadowOf = (o: Operand, block: Block): Operand => {
    if (isConstant(o)) return typeof o.value === "number" ? zero : constant(undefined);
    const known = shadows.get(o);
    if (known) return known;
    if (bare(o.type).kind === "object" && !holdsNumbers(bare(o.type))) return emitNothing(block);
    // nothing active ever reaches it: zeros that nobody reads
    const fresh = emitZeros(block, o, shadowType(o.type), shadowName(o));
    return fresh;
  };
  const handsBack = carriedResults(unit, wants);
  const withShadows = (values: readonly Value[]): readonly Value[] => [
    ...values,
    ...values.filter(wants).map((v) => double(v)),
  ];

  const visit = (region: Region, natural: readonly boolean[], start: readonly Instruction[] = []): Region => {
    const block = new Block();
    block.body.push(...start);
    for (const i of region.body) step(i, block);
    const pass = (values: readonly Operand[], wanted: readonly boolean[]): readonly Operand[] => [
      ...values,
      ...values.filter((_, n) => wanted[n]).map((v) => shadowOf(v, block)),
    ];
    const end = region.end;
    switch (end.kind) {
      case "throw":
        return { body: block.body, end };
      case "yield":
        return { body: block.body, end: { ...end, values: pass(end.values, natural) } };
      case "exit":
        return { body: block.body, end: { ...end, values: pass(end.values, places.get(end.to) ?? []) } };
      default:
        return end satisfies never;
    }
  };

  const step = (i: Instruction, block: Block): void => {
    block.at = i.at;
    switch (i.kind) {
      case "if": {
        const wanted = i.results.map(wants);
        const [then, other] = [visit(i.then, wanted), visit(i.else, wanted)];
        block.add({ ...i, then, else: other, results: withShadows(i.results) });
        return;
      }
      case "block": {
        const wanted = i.results.map(wants);
        places.set(i.label, wanted);
        const body = visit(i.body, wanted);
        block.add({ ...i, body, results: withShadows(i.results) });
        return;
      }
      case "loop": {
        const wanted = i.params.map((p, n) => wants(p) || wants(i.results[n]));
        places.set(i.label, wanted);
        const initial = [
          ...i.initial,
          ...i.initial.filter((_, n) => wanted[n]).map((o) => shadowOf(o, block)),
        ];
        const params = [...i.params, ...i.params.filter((_, n) => wanted[n]).map((p) => double(p))];
        const shape = i.shape.kind === "while" ? { ...i.shape, test: visit(i.shape.test, []) } : i.shape;
        const body = visit(i.body, i.shape.kind === "doWhile" ? [false, ...wanted] : wanted);
        const results = [...i.results, ...i.results.filter((_, n) => wanted[n]).map((r) => double(r))];
        block.add({ ...i, initial, params, shape, body, results });
        return;
      }
      case "call": {
        const called = unit.callees.get(i.callee);
        if (!called) {
          block.add(i);
          return;
        }
        const shadowed = called.params.flatMap((p, n) => (wants(p) ? [i.args[n]!] : []));
        const wanted = handsBack.get(i.callee)!;
        const args = [...i.args, ...shadowed.map((o) => shadowOf(o, block))];
        const results = [...i.results, ...i.results.filter((_, n) => wanted[n]).map((r) => double(r))];
        block.add({ ...i, args, results });
        return;
      }
      default:
        block.add(i);
        follow(i, block);
    }
  };

  const follow = (i: Instruction, block: Block): void => {
    switch (i.kind) {
      case "op":
        if (i.op === "select" && wants(i.result))
          block.add({
            ...i,
            result: double(i.result),
            args: [i.args[0]!, shadowOf(i.args[1]!, block), shadowOf(i.args[2]!, block)],
          });
        return;
      case "make": {
        if (!wants(i.result)) return;
        const type = shadowType(i.result.type);
        const fields = type.kind === "object" ? type.fields : undefined;
        const isNumber = (item: Item): boolean =>
          typeOf(item.value).kind === "number" ||
          fields?.find((f) => f.name === item.key)?.type.kind === "number";
        const items = i.items
          .filter((item) => !fields || fields.some((f) => f.name === item.key))
          .map((item): Item => ({
            key: item.key,
            value: isEmpty(type, item.key)
              ? constant(undefined)
              : isNumber(item)
                ? zero
                : shadowOf(item.value, block),
          }));
        // what is only set later has its place as well
        const later = (fields ?? []).filter(
          (f) => f.optional && f.type.kind === "number" && items.every((item) => item.key !== f.name),
        );
        items.push(...later.map((f): Item => ({ key: f.name, value: zero })));
        block.add({ kind: "make", items, result: double(i.result), at: i.at });
        return;
      }
      case "alloc": {
        if (!wants(i.result)) return;
        const of = bare(i.result.type);
        const numbers = of.kind === "array" && of.element.kind === "number";
        const fill = numbers
          ? of.container === "Array"
            ? zero
            : undefined
          : i.fill && shadowOf(i.fill, block);
        block.add({
          kind: "alloc",
          result: double(i.result),
          length: i.length,
          ...(fill ? { fill } : {}),
          at: i.at,
        });
        return;
      }
      case "zeros":
      case "seeded":
      case "convert":
        if (wants(i.result))
          double(
            i.result,
            asValue(emitZeros(block, i.result, shadowType(i.result.type), shadowName(i.result))),
          );
        return;
      case "cell":
        if (wants(i.result))
          block.add({
            ...i,
            result: double(i.result),
            ...(i.initial ? { initial: shadowOf(i.initial, block) } : {}),
          });
        return;
      case "load":
        nameElement(i);
        if (wants(i.result)) block.add({ ...i, from: shadowOf(i.from, block), result: double(i.result) });
        return;
      case "store":
        if (wants(i.to) && wants(i.value))
          block.add({ ...i, to: shadowOf(i.to, block), value: shadowOf(i.value, block) });
        else if (wants(i.to) && reversed(i.to) && grows(i))
          block.add({ ...i, to: shadowOf(i.to, block), value: zero });
        return;
      case "view":
        if (wants(i.result)) block.add({ ...i, of: shadowOf(i.of, block), result: double(i.result) });
        return;
      case "get":
        if (wants(i.result)) block.add({ ...i, from: shadowOf(i.from, block), result: double(i.result) });
        return;
      case "put":
        // maps of numbers have entries in their shadows once something is added there
        if (wants(i.to) && wants(i.value))
          block.add({ ...i, to: shadowOf(i.to, block), value: shadowOf(i.value, block) });
        return;
      case "remove":
        if (wants(i.from) && isReference(elementType(typeOf(i.from), zero)))
          block.add({
            kind: "remove",
            from: shadowOf(i.from, block),
            ...(i.key ? { key: i.key } : {}),
            at: i.at,
          });
        return;
      case "push":
        if (!wants(i.to) || !reversed(i.to)) return;
        block.add({
          ...i,
          to: shadowOf(i.to, block),
          value: typeOf(i.value).kind === "number" ? zero : shadowOf(i.value, block),
        });
        return;
      case "pop":
        if (!wants(i.from) || !reversed(i.from)) return;
        block.add({
          ...i,
          from: shadowOf(i.from, block),
          result: wants(i.result) ? double(i.result) : value(i.result.type),
        });
        return;
      case "setLength":
        if (wants(i.of) && reversed(i.of)) block.add({ ...i, of: shadowOf(i.of, block) });
        return;
      default:
        return;
    }
  };

  const entry = new Block();
  for (const { param, shadow, kept } of entryShadows(entry, func.params.filter(wants), {
    reorders,
    shares,
    shadowName,
  })) {
    double(param, shadow);
    if (kept) atEntry.set(param, kept);
  }
  const callees = [...unit.callees].map(([callee, called]): [Callee, Func] => {
    const wanted = handsBack.get(callee)!;
    places.set(called.label, wanted);
    const shadowed = called.params.filter(wants).map((p) => double(p));
    return [callee, withCarried(called, shadowed, wanted, visit(called.body, wanted))];
  });
  const root = { ...func, body: visit(func.body, [], entry.body) };
  return { unit: { func: root, callees: new Map(callees) }, shadows, atEntry };
};

/** A place in a tuple that holds no numbers. */
const isEmpty = (type: Type, key: string | number): boolean =>
  type.kind === "tuple" && type.elements[Number(key)]?.kind === "undefined";

const bare = (type: Type): Type => (type.kind === "optional" ? type.of : type);
