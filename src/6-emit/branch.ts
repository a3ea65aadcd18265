/** An `if` that is an expression. */
import type { Instruction, Operand } from "../ir/types.ts";
import { type Expression, type Operands, bind, level, negated } from "./expression.ts";

/** `c ? a : b`, or `&&` and `||` where one side is a constant. */
export function choice(i: Extract<Instruction, { kind: "if" }>, by: Operands): Expression {
  if (i.then.end.kind !== "yield" || i.else.end.kind !== "yield") throw new Error("a choice hands on values");
  const [a, b] = [i.then.end.values[0]!, i.else.end.values[0]!];
  const is = (o: Operand, v: boolean): boolean => o.kind === "constant" && o.value === v;
  const join = (test: Expression, sign: "&&" | "||", rest: Expression): Expression => {
    const own = sign === "&&" ? level.and : level.or;
    return { text: `${bind(test, own)} ${sign} ${bind(rest, own)}`, level: own };
  };
  if (is(b, false)) return join(by.write(i.test), "&&", by.write(a));
  if (is(a, true)) return join(by.write(i.test), "||", by.write(b));
  if (is(a, false)) return join(negated(i.test, by), "&&", by.write(b));
  if (is(b, true)) return join(negated(i.test, by), "||", by.write(a));
  const test = bind(by.write(i.test), level.or);
  return {
    text: `${test} ? ${bind(by.write(a), 2)} : ${bind(by.write(b), 2)}`,
    level: level.conditional,
  };
}
