/** Whether TypeScript sees that a value is there whose type says that it may be missing. */
import { typeOf } from "../ir/build.ts";
import { opInfo } from "../ir/ops.ts";
import type { Instruction, Operand, Value } from "../ir/types.ts";
import { type Expression, type Operands, bind, level, primary } from "./expression.ts";
import { type Facts, type Node, usesOf } from "./facts.ts";
import type { Variable, Variables } from "./coalesce.ts";
import type { Inlining } from "./inline.ts";

type Around = Readonly<{ facts: Facts; inlining: Inlining; variables: Variables }>;

/** Arithmetic takes numbers: what may be missing by its type is said to be there, unless TypeScript sees it. */
export function numbersIn(i: Extract<Instruction, { kind: "op" }>, by: Operands & Around): Operands {
  const chooses = i.op === "select" && i.result.type.kind === "number";
  if ((opInfo(i.op).operands !== "number" && !chooses) || !i.args.some(mayBeMissing)) return by;
  const [test, yes] = i.args;
  const write = (o: Operand): Expression =>
    chooses && o.kind === "value" && tells(test, o === yes, o, by) ? by.write(o) : numberAt(o, i, by);
  return { write, inlinedOp: (o) => by.inlinedOp(o) };
}

/** Likewise for the arms of what gives a number. */
export function choosingIn(
  { then, else: otherwise, results }: Extract<Instruction, { kind: "if" }>,
  by: Operands & Around,
): Operands {
  if (results[0]?.type.kind !== "number") return by;
  const write = (o: Operand): Expression => {
    const arm = [then, otherwise].find((r) => r.end.kind === "yield" && r.end.values[0] === o);
    return arm ? numberAt(o, arm.end, by) : by.write(o);
  };
  return { write, inlinedOp: (o) => by.inlinedOp(o) };
}

/** The operand as a number where the node stands. */
export function numberAt(o: Operand, at: Node, by: Operands & Around): Expression {
  const e = by.write(o);
  const isSure = o.kind !== "value" || !mayBeMissing(o) || isEvident(o, at, by);
  return isSure ? e : primary(`${bind(e, level.primary)}!`);
}

/** What is got for a variable that cannot be without: the shadow of what was found to be there. */
export function asserted(
  i: Instruction,
  { type }: Variable,
  by: Readonly<{ instruction(i: Instruction): Expression }>,
): Expression {
  const e = by.instruction(i);
  const isBound =
    type.kind === "array" || type.kind === "tuple" || type.kind === "object" || type.kind === "map";
  if (i.kind !== "get" || !i.result.adjoint || i.result.type.kind !== "optional" || !isBound) return e;
  return primary(`${bind(e, level.primary)}!`);
}

/** An array or object that something is done to where the node stands: `x!`, unless TypeScript sees that it is there. */
export function baseAt(o: Operand, at: Node, by: Operands & Around): string {
  const text = bind(by.write(o), level.primary);
  const isSure = o.kind !== "value" || o.type.kind !== "optional" || isEvident(o, at, by);
  return isSure || text.endsWith("!") ? text : `${text}!`;
}

const mayBeMissing = (o: Operand): boolean => {
  const type = typeOf(o);
  return type.kind === "optional" && type.of.kind === "number";
};

/** A test above the place, or around it, has told. */
function isEvident(v: Value, at: Node, around: Around): boolean {
  const { facts, inlining } = around;
  for (let node: Node | undefined = at; node;) {
    // an operation is written where its result is used
    const use: ReturnType<typeof usesOf>[number] | undefined =
      node.kind === "op" && inlining.inlined.has(node) ? usesOf(facts, node.result)[0] : undefined;
    if (use && node.kind === "op") {
      if (use.user.kind === "op") {
        const [test, a, b] = use.user.args;
        const { op } = use.user;
        if (op === "select" && a === node.result && tells(test, true, v, around)) return true;
        if (op === "select" && b === node.result && tells(test, false, v, around)) return true;
        if ((op === "and" || op === "or") && a === node.result && tells(test, op === "and", v, around))
          return true;
      }
      node = use.user;
      continue;
    }
    const frame = facts.frameOf.get(node);
    if (!frame) return false;
    for (const i of frame.region.body) {
      if (i === node) break;
      if (i.kind !== "if") continue;
      // behind what leaves, the other way was taken
      if (i.then.end.kind !== "yield" && tells(i.test, false, v, around)) return true;
      if (i.else.end.kind !== "yield" && tells(i.test, true, v, around)) return true;
    }
    const { owner, role } = frame;
    if (owner?.kind === "if" && tells(owner.test, role === "then", v, around)) return true;
    node = owner;
  }
  return false;
}

/** Whether something is known to be there if the test turns out so. */
function tells(
  test: Operand | undefined,
  truth: boolean,
  v: Value,
  around: Around,
  isNamed = false,
): boolean {
  if (test?.kind !== "value") return false;
  const by = around.facts.definition.get(test);
  if (by?.kind !== "op") return false;
  // what a name says of another counts if neither is ever set again
  if (!around.inlining.inlined.has(by))
    return [test, v].every((x) => isSetOnce(x, around)) && saying(by, truth, v, around, true);
  return saying(by, truth, v, around, isNamed);
}

const isSetOnce = (v: Value, { variables }: Around): boolean => variables.get(v)?.values.length === 1;

function saying(
  by: Extract<Instruction, { kind: "op" }>,
  truth: boolean,
  v: Value,
  around: Around,
  isNamed: boolean,
): boolean {
  const [a, b] = by.args;
  switch (by.op) {
    case "not":
      return tells(a, !truth, v, around, isNamed);
    case "truthy":
      return truth && a === v && !isNamed;
    case "eq":
    case "ne": {
      const absent = v.type.kind === "optional" ? (v.type.absent ?? "undefined") : undefined;
      const isIt = a === v && b?.kind === "constant" && absent === String(b.value);
      return isIt && (by.op === "ne") === truth;
    }
    case "and":
    case "or":
      if ((by.op === "and") !== truth) return false;
      return isNothing(by.args, v, around) || by.args.some((x) => tells(x, truth, v, around, isNamed));
    default:
      return false;
  }
}

/** `v === undefined || v === null` and the opposite. */
const isNothing = (tests: readonly Operand[], v: Value, { facts }: Around): boolean =>
  tests.length === 2 &&
  tests.every((t) => {
    const by = t.kind === "value" ? facts.definition.get(t) : undefined;
    const [of, constant] = by?.kind === "op" && (by.op === "eq" || by.op === "ne") ? by.args : [];
    return (
      of === v && constant?.kind === "constant" && (constant.value === undefined || constant.value === null)
    );
  });
