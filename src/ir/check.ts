/** Holds a function against the rules of the language; every pass is checked under test. */
import { constant, elementType, nowhere, typeOf, undefinedType } from "./build.ts";
import { fits, isMap, isMemory } from "./fit.ts";
import { opInfo } from "./ops.ts";
import { printType } from "./print.ts";
import type { Fragment, Func, Instruction, Label, Operand, Origin, Region, Type, Value } from "./types.ts";
import { calledBy, functionOf, resultTypes } from "./callee.ts";
import { operandsOf, operandsOfEnd, resultsOf } from "./walk.ts";

/** What a construct takes from its regions and from exits. */
type Taken = readonly Type[] | "returned";
type Labels = ReadonlyMap<Label, Taken>;

/** A function that breaks the rules; `at`: where the source has what does. */
export class Inconsistent extends Error {
  readonly at: Origin;
  constructor(message: string, at: Origin) {
    super(message);
    this.at = at;
  }
}

/** Throws {@link Inconsistent}, which names the function, the place and the rule, at the first violation, in callees too. */
export function check(func: Func): void {
  for (const f of calledBy(func)) checkOne(f);
}

function checkOne(func: Func): void {
  const defined = new Set<Value>();
  const labels = new Set<Label>();
  const visible = new Set<Value>();
  let where = "";
  let at = nowhere;

  const fail = (message: string): never => {
    throw new Inconsistent(`check ${func.name}: ${where}: ${message}`, at);
  };
  const nameOf = (o: Operand): string =>
    o.kind === "value"
      ? `value ${o.hint ?? "without a hint"}: ${printType(o.type)}`
      : `constant ${String(o.value)}`;

  const use = (o: Operand): void => {
    if (o.kind === "value" && !visible.has(o))
      fail(`${nameOf(o)} is used where it is not visible${defined.has(o) ? "" : " (or never defined)"}`);
  };
  const define = (v: Value): void => {
    if (defined.has(v)) fail(`${nameOf(v)} is defined twice`);
    defined.add(v);
    visible.add(v);
  };
  const introduce = (l: Label): void => {
    if (labels.has(l)) fail("a label stands on two constructs");
    labels.add(l);
  };
  const hand = (what: string, given: readonly Operand[], wanted: readonly Type[]): void => {
    if (given.length !== wanted.length) fail(`${what}: ${given.length} given, ${wanted.length} wanted`);
    given.forEach((o, i) => {
      if (!fits(typeOf(o), wanted[i]!))
        fail(`${what} ${i}: ${nameOf(o)} given, ${printType(wanted[i]!)} wanted`);
    });
  };
  const expect = (o: Operand, kind: "number" | "boolean"): void => {
    if (!fits(typeOf(o), { kind })) fail(`${nameOf(o)} where a ${kind} is needed`);
  };
  const memory = (o: Operand): void => {
    if (o.kind === "constant" || !isMemory(o.type)) fail(`${nameOf(o)} where memory is needed`);
  };
  const element = (o: Operand, key: Operand | undefined): Type => {
    memory(o);
    const type = typeOf(o);
    const of = type.kind === "optional" ? type.of : type;
    if ((of.kind === "cell") !== (key === undefined)) fail(`${nameOf(o)} with${key ? "" : "out"} a key`);
    if (of.kind === "other") return of;
    try {
      return elementType(of, key);
    } catch (error) {
      return fail(error instanceof Error ? error.message : String(error));
    }
  };
  const array = (o: Operand): Type => {
    memory(o);
    const type = typeOf(o);
    const of = type.kind === "optional" ? type.of : type;
    if (of.kind !== "array" && of.kind !== "tuple" && of.kind !== "other")
      fail(`${nameOf(o)} where an array is needed`);
    return of;
  };
  /** The map that it is; none where its type tells nothing. */
  const map = (o: Operand): Extract<Type, { kind: "map" }> | undefined => {
    const type = typeOf(o);
    const of = type.kind === "optional" ? type.of : type;
    if (of.kind === "map") return of;
    return of.kind === "other" || of.kind === "object"
      ? undefined
      : fail(`${nameOf(o)} where a map is needed`);
  };
  const holes = (code: Fragment, reads: number, results: number): void => {
    for (const p of code.parts) {
      if (typeof p === "string") continue;
      if ("read" in p ? p.read >= reads : p.write >= results)
        fail("a fragment has a hole that nothing fills");
    }
  };

  /** What is defined in a region is not visible after it. */
  const inside = (bound: readonly Value[], body: () => void): void => {
    const outer = visible.size;
    bound.forEach(define);
    body();
    for (const v of [...visible].slice(outer)) visible.delete(v);
  };

  /** A function hands on its results, or nothing where its type allows that. */
  const leave = (what: string, given: readonly Operand[], wanted: Taken): void => {
    if (wanted !== "returned") return hand(what, given, wanted);
    if (given.length > 0 || !fits(undefinedType, func.returns)) hand(what, given, resultTypes(func));
  };

  const region = (r: Region, yields: Taken, around: Labels): void =>
    inside([], () => {
      for (const i of r.body) instruction(i, around);
      where = `end of region (${r.end.kind})`;
      operandsOfEnd(r.end).forEach(use);
      if (r.end.kind === "yield") leave("yielded value", r.end.values, yields);
      else if (r.end.kind === "exit") {
        const wanted = around.get(r.end.to);
        if (wanted) leave("value of an exit", r.end.values, wanted);
        else fail("exit to a label that is not around it");
      } else holes(r.end.code, r.end.reads.length, 0);
    });

  const instruction = (i: Instruction, around: Labels): void => {
    where = i.kind + (i.kind === "op" ? ` ${i.op}` : "");
    at = i.at === nowhere ? at : i.at;
    const place = where;
    operandsOf(i).forEach(use);
    switch (i.kind) {
      case "op": {
        const info = opInfo(i.op);
        if (info.arity >= 0 && info.arity !== i.args.length) fail(`${i.args.length} operands`);
        if (i.op === "select") {
          expect(i.args[0]!, "boolean");
          hand("arm", i.args.slice(1), [i.result.type, i.result.type]);
        } else {
          const kind = info.operands;
          if (kind !== "any") i.args.forEach((o) => expect(o, kind));
          if (info.result !== "any" && i.result.type.kind !== info.result)
            fail(`gives a ${i.result.type.kind}`);
        }
        break;
      }
      case "make": {
        memory(i.result);
        const seen = new Set<string | number>();
        for (const item of i.items) {
          if (seen.has(item.key)) fail(`two items have the key ${item.key}`);
          seen.add(item.key);
          hand("item", [item.value], [element(i.result, constant(item.key))]);
        }
        break;
      }
      case "alloc":
        expect(i.length, "number");
        array(i.result);
        if (i.fill) hand("fill", [i.fill], [element(i.result, constant(0))]);
        break;
      case "zeros":
      case "seeded":
      case "convert":
      case "length":
        if (i.kind === "length" && !isMap(typeOf(i.of))) array(i.of);
        break;
      case "view": {
        const of = array(i.of);
        if (of.kind === "array" && of.container === "Array") fail("a view of what is no typed array");
        for (const o of i.end ? [i.start, i.end] : [i.start]) expect(o, "number");
        break;
      }
      case "get": {
        const of = map(i.from);
        if (of) hand("what is got", [i.result], [of.value]);
        if (i.missing) hand("what is got instead", [i.missing], [i.result.type]);
        break;
      }
      case "put": {
        const of = map(i.to);
        if (of) hand("key", [i.key], [of.key]);
        if (of) hand("value of a map", [i.value], [of.value]);
        break;
      }
      case "has":
        map(i.of);
        if (i.result.type.kind !== "boolean") fail("gives no boolean");
        break;
      case "remove":
        map(i.from);
        break;
      case "keys":
        map(i.of);
        array(i.result);
        break;
      case "addInto":
        memory(i.to);
        break;
      case "cell":
        if (i.result.type.kind !== "cell") fail("the result is not a cell");
        else if (i.initial) hand("initial value", [i.initial], [i.result.type.of]);
        break;
      case "load":
        hand("loaded value", [i.result], [element(i.from, i.key)]);
        break;
      case "store":
        hand("stored value", [i.value], [element(i.to, i.key)]);
        break;
      case "accumulate":
        expect(i.value, "number");
        if (!fits(element(i.to, i.key), { kind: "number" })) fail("what is added to is no number");
        break;
      case "push": {
        const of = array(i.to);
        if (of.kind === "array") hand("pushed value", [i.value], [of.element]);
        break;
      }
      case "pop":
        array(i.from);
        break;
      case "setLength":
        array(i.of);
        expect(i.length, "number");
        break;
      case "if": {
        expect(i.test, "boolean");
        const types = i.results.map((v) => v.type);
        region(i.then, types, around);
        where = place;
        region(i.else, types, around);
        break;
      }
      case "loop": {
        introduce(i.label);
        const types = i.params.map((v) => v.type);
        hand("initial value", i.initial, types);
        hand("result", i.results, types);
        const { shape } = i;
        if (shape.kind === "range")
          for (const o of [shape.start, shape.bound, shape.step]) expect(o, "number");
        const bound = shape.kind === "range" ? [shape.variable, ...i.params] : i.params;
        inside(bound, () => {
          if (shape.kind === "while") region(shape.test, [{ kind: "boolean" }], new Map());
          const yields: readonly Type[] = shape.kind === "doWhile" ? [{ kind: "boolean" }, ...types] : types;
          region(i.body, yields, new Map([...around, [i.label, types]]));
        });
        break;
      }
      case "block": {
        introduce(i.label);
        const types = i.results.map((v) => v.type);
        region(i.body, types, new Map([...around, [i.label, types]]));
        break;
      }
      case "call": {
        const callee = functionOf(i.callee);
        hand(
          "argument",
          i.args,
          callee.params.map((p) => p.type),
        );
        if (i.results.length > 0) hand("result", i.results, resultTypes(callee));
        break;
      }
      case "opaque":
        holes(i.code, i.reads.length, i.results.length);
        if (i.code.form === "expression" && i.results.length > 1) fail("an expression has one result");
        for (const w of i.writes) if (!i.reads.includes(w)) fail(`${nameOf(w)} is written but not read`);
        break;
      default:
        i satisfies never;
    }
    where = place;
    resultsOf(i).forEach(define);
  };

  where = "params";
  func.params.forEach(define);
  introduce(func.label);
  region(func.body, "returned", new Map([[func.label, "returned"]]));
}
