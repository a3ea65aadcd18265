/** Runs IR exactly, on JavaScript's own arrays and objects: the meaning that every pass has to keep. */
import { ts } from "ts-morph";
import { functionOf } from "../../src/ir/callee.ts";
import type { Op } from "../../src/ir/ops.ts";
import type {
  Fragment,
  Func,
  Instruction,
  Label,
  Operand,
  Reference,
  Region,
  Value,
} from "../../src/ir/types.ts";
import { type Memory, addInto, containers, make, shaped, strip } from "./structures.ts";

type Cell = { value: unknown };
type Outcome = { kind: "yield"; values: unknown[] } | { kind: "exit"; to: Label; values: unknown[] };

/** Every operation, in JavaScript's own words. */
export const evaluate = (op: Op, args: readonly unknown[]): unknown => {
  const [a, b, c] = args as [number, number, unknown];
  switch (op) {
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "div":
      return a / b;
    case "rem":
      return a % b;
    case "power":
      return a ** b;
    case "neg":
      return -a;
    case "bitAnd":
      return a & b;
    case "bitOr":
      return a | b;
    case "bitXor":
      return a ^ b;
    case "bitNot":
      return ~a;
    case "shiftLeft":
      return a << b;
    case "shiftRight":
      return a >> b;
    case "shiftRightUnsigned":
      return a >>> b;
    case "lt":
      return a < b;
    case "le":
      return a <= b;
    case "gt":
      return a > b;
    case "ge":
      return a >= b;
    case "eq":
      return a === b;
    case "ne":
      return a !== b;
    case "not":
      return !a;
    case "truthy":
      return Boolean(a);
    case "and":
      return a && b;
    case "or":
      return a || b;
    case "select":
      return a ? b : c;
    case "orElse":
      return a ?? b;
    default:
      return (Math[op] as (...xs: number[]) => number)(...(args as number[]));
  }
};

/** Most fragments are JavaScript as they stand; the compiler is asked only about those that are not. */
const plain = (names: readonly string[], source: string): ((...values: unknown[]) => unknown) => {
  const make = (text: string) =>
    new Function(...names, `${text}\nreturn $run;`) as (...values: unknown[]) => unknown;
  try {
    return make(source);
  } catch {
    return make(ts.transpile(source, { target: ts.ScriptTarget.ES2022 }));
  }
};

type Keyed = Pick<Map<unknown, unknown>, "get" | "set" | "has" | "delete" | "clear" | "keys">;

/** A plain object, as the map that it is. */
const keyed = (of: unknown): Keyed => {
  if (of instanceof Map || of instanceof Set) return of as Keyed;
  const record = of as Record<string, unknown>;
  return {
    get: (key) => record[String(key)],
    set: (key, to) => {
      record[String(key)] = to;
      return of as Map<unknown, unknown>;
    },
    has: (key) => String(key) in record,
    delete: (key) => delete record[String(key)],
    clear: () => undefined,
    keys: () => Object.keys(record).values(),
  };
};
const size = (of: readonly unknown[] | ReadonlyMap<unknown, unknown>): number =>
  "length" in of ? of.length : of.size;

/** A program that runs for longer than this is taken for one that never ends. */
const longest = 5_000_000;

/**
 * What `func` gives for `args`, which it may change. `references` holds what the names of imported references
 * mean; declarations that are copied are evaluated from their text.
 */
export function interpret(
  func: Func,
  args: readonly unknown[],
  references: ReadonlyMap<string, unknown> = new Map(),
): unknown {
  let steps = 0;
  const compiled = new Map<Fragment, (holes: unknown[]) => unknown>();

  const resolve = (r: Reference): unknown => {
    if (references.has(r.name)) return references.get(r.name);
    if (references.has(r.id)) return references.get(r.id);
    if (r.from.kind === "import") throw new Error(`interpret: nothing is known of ${r.name}`);
    const text = r.from.text.replace(/^\s*export\s+(default\s+)?/, "");
    const needed = r.from.references;
    return new Function(...needed.map((n) => n.name), `${ts.transpile(text)}\nreturn ${r.name};`)(
      ...needed.map(resolve),
    );
  };

  const fragment = (code: Fragment, holes: unknown[]): unknown => {
    let run = compiled.get(code);
    if (!run) {
      const text = code.parts
        .map((p) => (typeof p === "string" ? p : "read" in p ? `$read[${p.read}]` : `$write[${p.write}]`))
        .join("");
      const body =
        code.form === "expression" ? `return (${text});` : `const $write = [];\n${text}\nreturn $write;`;
      const source = `function $run($read) { ${body} }`;
      const names = code.references.map((r) => r.name);
      run = plain(names, source)(...code.references.map(resolve)) as (holes: unknown[]) => unknown;
      compiled.set(code, run);
    }
    return run(holes);
  };

  const call = (callee: Func, given: readonly unknown[]): unknown[] => {
    const values = new Map<Value, unknown>();
    callee.params.forEach((p, i) => values.set(p, given[i]));

    const get = (o: Operand): unknown => {
      if (o.kind === "constant") return o.value;
      if (!values.has(o)) throw new Error(`interpret: ${o.hint ?? "a value"} has no value`);
      return values.get(o);
    };
    const number = (o: Operand): number => get(o) as number;
    const bind = (to: readonly Value[], given: readonly unknown[]): void =>
      to.forEach((v, i) => values.set(v, given[i]));

    const region = (r: Region): Outcome => {
      for (const i of r.body) {
        if (++steps > longest) throw new Error("interpret: the program does not end");
        const left = instruction(i);
        if (left) return left;
      }
      const { end } = r;
      if (end.kind === "yield") return { kind: "yield", values: end.values.map(get) };
      if (end.kind === "exit") return { kind: "exit", to: end.to, values: end.values.map(get) };
      fragment(end.code, end.reads.map(get));
      throw new Error("interpret: a throw did not throw");
    };

    const loop = (i: Extract<Instruction, { kind: "loop" }>): Outcome | undefined => {
      const { shape } = i;
      let current = i.initial.map(get);
      let at = shape.kind === "range" ? number(shape.start) : 0;
      const bound = shape.kind === "range" ? number(shape.bound) : 0;
      const step = shape.kind === "range" ? number(shape.step) : 0;
      for (;;) {
        if (++steps > longest) throw new Error("interpret: the program does not end");
        bind(i.params, current);
        if (shape.kind === "range") {
          if (!evaluate(shape.compare, [at, bound])) break;
          values.set(shape.variable, at);
        } else if (shape.kind === "while" && !region(shape.test).values[0]) break;
        const left = region(i.body);
        if (left.kind === "exit") {
          if (left.to !== i.label) return left;
          current = left.values;
          break;
        }
        if (shape.kind === "doWhile") {
          current = left.values.slice(1);
          if (!left.values[0]) break;
        } else current = left.values;
        at += step;
      }
      bind(i.results, current);
      return undefined;
    };

    const instruction = (i: Instruction): Outcome | undefined => {
      const set = (v: Value, to: unknown): undefined => void values.set(v, to);
      switch (i.kind) {
        case "op":
          return set(i.result, evaluate(i.op, i.args.map(get)));
        case "make":
          if (i.instance?.of) {
            const of = resolve(i.instance.of) as { readonly prototype: object };
            const fields = i.items.map((x) => [x.key, get(x.value)] as const);
            return set(i.result, Object.assign(Object.create(of.prototype), Object.fromEntries(fields)));
          }
          if (i.result.type.kind === "map")
            return set(i.result, i.result.type.record ? {} : i.result.type.set ? new Set() : new Map());
          return set(
            i.result,
            make(
              i.result.type,
              i.items.map((x) => ({ key: x.key, value: get(x.value) })),
            ),
          );
        case "alloc": {
          const of = strip(i.result.type);
          const made = new containers[of.kind === "array" ? of.container : "Array"](
            number(i.length),
          ) as unknown[];
          return set(i.result, i.fill ? made.fill(get(i.fill)) : made);
        }
        case "zeros":
          return set(
            i.result,
            shaped(i.result.type, get(i.like), undefined, () => 0),
          );
        case "seeded":
          return set(
            i.result,
            shaped(i.result.type, get(i.like), get(i.seed), (_, seed) => (seed === undefined ? 1 : seed)),
          );
        case "convert":
          return set(
            i.result,
            shaped(i.result.type, get(i.from), undefined, (from) => from),
          );
        case "addInto":
          return void addInto(get(i.to) as Memory, get(i.value) as Memory);
        case "cell":
          return set(i.result, { value: i.initial && get(i.initial) } satisfies Cell);
        case "load": {
          const from = get(i.from);
          return set(i.result, i.key ? (from as Memory)[get(i.key) as string] : (from as Cell).value);
        }
        case "store": {
          const to = get(i.to);
          if (i.key) (to as Memory)[get(i.key) as string] = get(i.value);
          else (to as Cell).value = get(i.value);
          return undefined;
        }
        case "accumulate": {
          const to = get(i.to);
          if (i.key) ((to as Memory)[get(i.key) as string] as number) += number(i.value);
          else ((to as Cell).value as number) += number(i.value);
          return undefined;
        }
        case "length":
          return set(i.result, size(get(i.of) as unknown[] | ReadonlyMap<unknown, unknown>));
        case "view":
          return set(i.result, (get(i.of) as Float64Array).subarray(number(i.start), i.end && number(i.end)));
        case "get":
          return set(i.result, keyed(get(i.from)).get(get(i.key)) ?? (i.missing && get(i.missing)));
        case "put": {
          const to = get(i.to) as Keyed | Set<unknown>;
          if (to instanceof Set) to.add(get(i.key));
          else keyed(to).set(get(i.key), get(i.value));
          return undefined;
        }
        case "has":
          return set(i.result, keyed(get(i.of)).has(get(i.key)));
        case "remove": {
          const from = keyed(get(i.from));
          if (!i.key) return void from.clear();
          const had = from.delete(get(i.key));
          return i.result && set(i.result, had);
        }
        case "keys":
          return set(i.result, [...keyed(get(i.of)).keys()]);
        case "push":
          return void (get(i.to) as unknown[]).push(get(i.value));
        case "pop":
          return set(i.result, (get(i.from) as unknown[]).pop());
        case "setLength":
          (get(i.of) as unknown[]).length = number(i.length);
          return undefined;
        case "if":
        case "block": {
          const left = region(i.kind === "block" ? i.body : get(i.test) ? i.then : i.else);
          if (left.kind === "exit" && !(i.kind === "block" && left.to === i.label)) return left;
          return void bind(i.results, left.values);
        }
        case "loop":
          return loop(i);
        case "call":
          return void bind(i.results, call(functionOf(i.callee), i.args.map(get)));
        case "opaque": {
          const given = fragment(i.code, i.reads.map(get));
          return void bind(i.results, i.code.form === "expression" ? [given] : (given as unknown[]));
        }
        default:
          return i satisfies never;
      }
    };

    // an exit that reaches the function is a return
    return region(callee.body).values;
  };

  return call(func, args)[0];
}
