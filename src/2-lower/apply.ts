/** Calls of functions that are known: their bodies run where the call stands, one of several as it turns out. */
import { ts } from "ts-morph";
import { constant } from "../ir/build.ts";
import { mathFunctions } from "../ir/ops.ts";
import type { Operand } from "../ir/types.ts";
import type { Given } from "./argument.ts";
import { branch, choose } from "./branch.ts";
import { inline } from "./closure.ts";
import { type Flow, type Place, type Variable, at, originOf, typeAt } from "./environment.ts";
import type { Choice, Known, MathName } from "./known.ts";
import { mathOf } from "./math.ts";

/** What the call gives. `reasonAgainst` has been asked before. */
export function applyKnown(
  node: ts.Node,
  known: Known,
  given: readonly Given[],
  here: Place,
  receiver?: Operand,
): Operand {
  switch (known.kind) {
    case "closure":
      return inline(node, known, given, here, receiver);
    case "builtin":
      return mathOf(node, known.name, operandsFor(known.name, given), here);
    case "bound": {
      const held = (variable: Variable): Operand => here.environment.get(variable)!;
      const self = known.receiver ? held(known.receiver) : receiver;
      return applyKnown(node, known.of, [...known.args.map(held), ...given], here, self);
    }
    case "choice":
      return dispatch(node, known, given, here, receiver);
    case "parts":
      throw new Error("a structure is called");
    default:
      return known satisfies never;
  }
}

/** What is handed over beyond what the function takes, it leaves alone. */
function operandsFor(name: MathName, given: readonly Given[]): readonly Operand[] {
  const { arity } = mathFunctions[name];
  const operands = given.flatMap((g) => ("spread" in g ? [] : [g]));
  return arity < 0 ? operands : operands.slice(0, arity);
}

function dispatch(
  node: ts.Node,
  { tag, cases, isExhaustive }: Choice,
  given: readonly Given[],
  here: Place,
  receiver?: Operand,
): Operand {
  const run = (n: number, inside: Place): Operand =>
    applyKnown(node, cases[n]!.known, given, inside, receiver);
  const test = (n: number, inside: Place): Operand =>
    at(inside, node).op("eq", [tag, constant(cases[n]!.when)]);
  const type = typeAt(here, node);
  if (isExhaustive) {
    const from = (n: number, inside: Place): Operand =>
      n === cases.length - 1
        ? run(n, inside)
        : choose(
            inside,
            test(n, inside),
            type,
            node,
            (yes) => run(n, yes),
            (no) => from(n + 1, no),
          );
    return from(0, here);
  }
  const chosen: Variable = { kind: "returned", type };
  here.environment.set(chosen, constant(undefined));
  const from = (n: number, inside: Place): Flow =>
    n === cases.length
      ? uncallable(node)
      : branch(
          inside,
          test(n, inside),
          originOf(node, inside),
          (yes) => void yes.environment.set(chosen, run(n, yes)),
          (no) => from(n + 1, no),
        );
  const { tail } = here;
  here.tail = [];
  const flow = from(0, here);
  here.tail = tail;
  if (flow) throw new Error("no function is chosen");
  const result = here.environment.get(chosen)!;
  here.environment.delete(chosen);
  return result;
}

/** What JavaScript says of a call of nothing. */
function uncallable(node: ts.Node): Flow {
  const callee = ts.isCallExpression(node) ? node.expression.getText().replace(/!+$/, "") : "it";
  const text = `throw new TypeError(${JSON.stringify(`${callee} is not a function`)});`;
  return {
    kind: "throw",
    code: { form: "statement", parts: [text], references: [] },
    reads: [],
    at: originOf(node),
  };
}
