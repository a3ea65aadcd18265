/**
 * Constants, exact identities, branches and loops that are decided beforehand.
 *
 * Needs nothing. Leaves no operation on constants whose result is as easy to write, no `if` on a constant, no
 * loop known not to run, no block without an exit, and guards (`if (…) { leave }`) instead of an `else` after
 * them. The primal's arithmetic keeps its bits; adjoints may drop zeros and gather constants.
 */
import { booleanType, constant, isConstant, nowhere, value as newValue } from "../ir/build.ts";
import type { Constant, Func, Instruction, Label, Operand, Region, Value } from "../ir/types.ts";
import { rebuild, rebuildEnd } from "../ir/rebuild.ts";
import { resultsOf, visitRegions } from "../ir/walk.ts";
import { type Folded, sameOperand, simplifyOperation } from "./arithmetic.ts";
import { foldChoice } from "./choice.ts";
import { renamed } from "./rename.ts";
import { expandStructure } from "./structure.ts";

type Of<K extends Instruction["kind"]> = Extract<Instruction, { kind: K }>;

export function fold(func: Func): Func {
  const folding = new Folding();
  const body = folding.region(func.body);
  return body === func.body ? func : { ...func, body: folding.renamed(body) };
}

class Folding {
  readonly #replaced = new Map<Value, Operand>();
  readonly #defined = new Map<Value, Instruction>();

  readonly #use = (o: Operand): Operand => {
    let current = o;
    while (current.kind === "value") {
      const next = this.#replaced.get(current);
      if (!next) break;
      current = next;
    }
    return current;
  };

  readonly #operation = (o: Operand): Of<"op"> | undefined => {
    const by = o.kind === "value" ? this.#defined.get(o) : undefined;
    return by?.kind === "op" ? by : undefined;
  };

  region(r: Region): Region {
    const body: Instruction[] = [];
    let end = r.end;
    let changed = false;
    const keep = (i: Instruction): void => {
      for (const v of resultsOf(i)) this.#defined.set(v, i);
      body.push(i);
    };
    for (const i of r.body) {
      const current = rebuild(i, { use: this.#use, region: (inner) => this.region(inner) });
      const instead = this.#instruction(current);
      if ("kind" in instead) {
        changed ||= instead !== i;
        keep(instead);
        continue;
      }
      changed = true;
      instead.body.forEach(keep);
      if (instead.end) {
        end = instead.end;
        break;
      }
    }
    const last = rebuildEnd(end, this.#use);
    return changed || last !== r.end ? { body, end: last } : r;
  }

  /** What stands instead of an instruction: others, and the region's end if nothing after it is reached. */
  #instruction(i: Instruction): Instruction | { body: readonly Instruction[]; end?: Region["end"] } {
    switch (i.kind) {
      case "op": {
        const folded =
          this.#count(i) ??
          foldChoice(i, (o) => (o.kind === "value" ? this.#defined.get(o) : undefined)) ??
          simplifyOperation(i, this.#operation);
        if (folded === undefined) return i;
        if ("kind" in folded) {
          this.#inherit(folded, i.result);
          return this.#replace([i.result], [folded]);
        }
        return { body: folded };
      }
      case "zeros":
      case "seeded":
      case "convert":
      case "addInto": {
        const expanded = expandStructure(i);
        if (!expanded) return i;
        return expanded.value && i.kind !== "addInto"
          ? this.#replace([i.result], [expanded.value], expanded.body)
          : { body: expanded.body };
      }
      case "if":
        return this.#if(i);
      case "block":
        if (exitsTo(i.body, i.label) > 0) return i;
        return this.#splice(i.results, i.body);
      case "loop":
        return this.#loop(i);
      default:
        return i;
    }
  }

  readonly #named = new Map<Value, Value>();

  /** A nameless adjoint that turns out to be one with a name takes the name. */
  #inherit(o: Operand, from: Value): void {
    if (o.kind !== "value" || o.hint !== undefined || from.hint === undefined) return;
    if (o.adjoint && from.adjoint && !this.#named.has(o)) this.#named.set(o, { ...o, hint: from.hint });
  }

  renamed(r: Region): Region {
    return this.#named.size === 0 ? r : renamed(r, (v) => this.#named.get(v) ?? v);
  }

  /** Arithmetic of lengths, which are integers: n - 1 + 1 is n, Math.max(0, n) is n. */
  #count(i: Of<"op">): Folded {
    const isCount = (o: Operand): boolean => o.kind === "value" && this.#defined.get(o)?.kind === "length";
    const [a, b] = i.args as [Operand, Operand];
    if (i.op === "max" && i.args.length === 2 && isConstant(a) && a.value === 0 && isCount(b)) return b;
    const step = (op: Of<"op"> | undefined): number | undefined => {
      const by = op?.args[1];
      if ((op?.op !== "add" && op?.op !== "sub") || !by || !isConstant(by)) return undefined;
      if (!Number.isInteger(by.value)) return undefined;
      return op.op === "add" ? Number(by.value) : -Number(by.value);
    };
    const inner = this.#operation(a);
    // what the user gave a name goes by it
    if (inner?.result.declared) return undefined;
    const [outerStep, innerStep] = [step(i), step(inner)];
    const start = inner?.args[0];
    if (outerStep === undefined || innerStep === undefined || !start || !isCount(start)) return undefined;
    const sum = outerStep + innerStep;
    if (sum === 0) return start;
    return [{ ...i, op: sum < 0 ? "sub" : "add", args: [start, constant(Math.abs(sum))] }];
  }

  #replace(
    results: readonly Value[],
    by: readonly Operand[],
    body: readonly Instruction[] = [],
  ): { body: readonly Instruction[] } {
    results.forEach((v, n) => this.#replaced.set(v, by[n]!));
    return { body };
  }

  /** The region in place of the construct that it is the only way through. */
  #splice(results: readonly Value[], r: Region): { body: readonly Instruction[]; end?: Region["end"] } {
    if (r.end.kind === "yield") return this.#replace(results, r.end.values, r.body);
    return { body: r.body, end: r.end };
  }

  #if(i: Of<"if">): Instruction | { body: readonly Instruction[]; end?: Region["end"] } {
    if (isConstant(i.test)) return this.#splice(i.results, i.test.value ? i.then : i.else);
    if (i.then.end.kind !== "yield") {
      if (i.else.body.length === 0 && i.else.end.kind === "yield" && i.results.length === 0) return i;
      const guard: Instruction = {
        ...i,
        results: [],
        else: { body: [], end: { kind: "yield", values: [] } },
      };
      const rest = this.#splice(i.results, i.else);
      return { ...rest, body: [guard, ...rest.body] };
    }
    if (i.else.end.kind !== "yield") {
      if (i.then.body.length === 0 && i.results.length === 0) return this.#turned(i, i.test);
      if (i.results.length === 0) return i;
      // results of a branch that leaves do not count
      const test = newValue(booleanType);
      const not: Instruction = { kind: "op", result: test, op: "not", args: [i.test], at: i.at };
      const guard: Instruction = {
        ...i,
        results: [],
        test,
        then: i.else,
        else: { body: [], end: { kind: "yield", values: [] } },
      };
      const rest = this.#splice(i.results, i.then);
      return { ...rest, body: [not, guard, ...rest.body] };
    }
    const not = this.#operation(i.test);
    if (not?.op === "not" && (i.else.body.length > 0 || i.results.length > 0))
      return { body: [{ ...i, test: not.args[0]!, then: i.else, else: i.then }] };
    if (i.results.length === 0 && i.then.body.length === 0 && i.else.body.length > 0)
      return this.#turned(i, i.test);
    return this.#merge(i, i.then.end.values, i.else.end.values);
  }

  /** `if (c) {} else { … }` is `if (!c) { … }`. */
  #turned(i: Of<"if">, test: Operand): { body: readonly Instruction[] } {
    const result = newValue(booleanType);
    const not: Instruction = { kind: "op", result, op: "not", args: [test], at: i.at };
    return { body: [not, { ...i, test: result, then: i.else, else: i.then }] };
  }

  /** Results on which both branches agree are no results; an adjoint's choice without work is a `select`. */
  #merge(
    i: Of<"if">,
    then: readonly Operand[],
    otherwise: readonly Operand[],
  ): Instruction | { body: readonly Instruction[] } {
    const idle = i.then.body.length === 0 && i.else.body.length === 0;
    const kept = i.results.filter((v, n) => {
      const [a, b] = [then[n]!, otherwise[n]!];
      if (isConstant(a) && isConstant(b) && a.value === true && b.value === false) {
        this.#replaced.set(v, i.test);
        return false;
      }
      const twin = i.results.findIndex(
        (w, k) =>
          k < n && w.type.kind === v.type.kind && sameOperand(then[k]!, a) && sameOperand(otherwise[k]!, b),
      );
      if (!sameOperand(a, b) && twin < 0) return true;
      this.#replaced.set(v, twin < 0 ? a : i.results[twin]!);
      return false;
    });
    // what the user wrote as an `if` stays one; of an adjoint a choice reads better
    if (idle && (kept.length === 0 || (kept.length === 1 && kept[0]!.adjoint))) {
      const selects = kept.map((result): Instruction => {
        const n = i.results.indexOf(result);
        return { kind: "op", result, op: "select", args: [i.test, then[n]!, otherwise[n]!], at: i.at };
      });
      return { body: selects };
    }
    if (kept.length === i.results.length) return i;
    const yields = (r: Region, all: readonly Operand[]): Region => ({
      body: r.body,
      end: { kind: "yield", values: all.filter((_, n) => kept.includes(i.results[n]!)) },
    });
    return { body: [{ ...i, results: kept, then: yields(i.then, then), else: yields(i.else, otherwise) }] };
  }

  #loop(i: Of<"loop">): Instruction | { body: readonly Instruction[] } {
    const { shape } = i;
    if (shape.kind === "range" && isConstant(shape.start) && isConstant(shape.bound)) {
      if (!holds(shape.compare, shape.start, shape.bound)) return this.#replace(i.results, i.initial);
    }
    if (shape.kind === "while" && shape.test.body.length === 0 && shape.test.end.kind === "yield") {
      const [test] = shape.test.end.values;
      if (test?.kind === "constant" && !test.value) return this.#replace(i.results, i.initial);
    }
    return i;
  }
}

const holds = (compare: "lt" | "le" | "gt" | "ge", a: Constant, b: Constant): boolean => {
  const type = { kind: "boolean" } as const;
  const result = newValue(type);
  const folded = simplifyOperation(
    { kind: "op", op: compare, args: [a, b], result, at: nowhere },
    () => undefined,
  );
  // what cannot be compared here is left to the program
  return folded === undefined || !("kind" in folded) || folded.kind !== "constant" || folded.value !== false;
};

const exitsTo = (region: Region, label: Label): number => {
  let count = 0;
  visitRegions(region, (r) => {
    if (r.end.kind === "exit" && r.end.to === label) count++;
  });
  return count;
};
