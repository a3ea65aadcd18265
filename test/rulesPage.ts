/** Writes docs/rules.md: every derivative as the rules have it, in TypeScript. */
import { constant, numberType, value } from "../src/ir/build.ts";
import {
  arithmetic,
  choice,
  comparison,
  integer,
  logic,
  mathFunctions,
  type Op,
  opInfo,
} from "../src/ir/ops.ts";
import type { Constant, Operand } from "../src/ir/types.ts";
import type { Expr } from "../src/rules/expression.ts";
import { contribution } from "../src/rules/rules.ts";

/** How tightly an operator binds in TypeScript. */
const precedence: Partial<Record<Op, number>> = {
  power: 13,
  mul: 12,
  div: 12,
  rem: 12,
  add: 11,
  sub: 11,
  lt: 9,
  le: 9,
  gt: 9,
  ge: 9,
  eq: 8,
  ne: 8,
  or: 3,
  select: 2,
  orElse: 2,
};
const prefixed = 14;
const whole = 20;

const namedConstants = new Map([
  [Math.LN2, "Math.LN2"],
  [Math.LN10, "Math.LN10"],
]);

const constantText = ({ value: v }: Constant): string =>
  typeof v === "number" ? (namedConstants.get(v) ?? String(v)) : String(v);

const bindingOf = (e: Expr): number => {
  if (e.kind !== "apply" || opInfo(e.op).form === "Math") return whole;
  return opInfo(e.op).form === "prefix" ? prefixed : (precedence[e.op] ?? 0);
};

/** An expression as TypeScript. */
export const text = (e: Expr): string => {
  if (e.kind === "value") return e.hint ?? "";
  if (e.kind === "constant") return constantText(e);
  const info = opInfo(e.op);
  const own = bindingOf(e);
  const at = (i: number, least: number): string => {
    const arg = e.args[i]!;
    return bindingOf(arg) < least ? `(${text(arg)})` : text(arg);
  };
  switch (info.form) {
    case "Math":
      return `${info.text}(${e.args.map(text).join(", ")})`;
    case "prefix":
      return `${info.text}${at(0, own)}`;
    case "select":
      return `${at(0, own + 1)} ? ${at(1, own)} : ${at(2, own)}`;
    case "infix": {
      // ** binds to the right and takes no sign on its left
      const [left, right] = e.op === "power" ? [prefixed + 1, own] : [own, own + 1];
      return `${at(0, left)} ${info.text} ${at(1, right)}`;
    }
    default:
      return info.form satisfies never;
  }
};

const named = (name: string): Operand => value(numberType, name);
const [d, r] = [named("d"), named("r")];
const x = named("x");

const row = (op: Op, args: readonly Operand[], columns = args.length): string => {
  const shares = args.slice(0, columns).map((_, i) => contribution(op, i, d, args, r));
  const cells = shares.map((share) =>
    share === undefined ? "0" : `\`${text(share).replaceAll("|", "\\|")}\``,
  );
  return `| \`${text({ kind: "apply", op, args }).replaceAll("|", "\\|")}\` | ${cells.join(" | ")} |`;
};

const table = (head: readonly string[], rows: readonly string[]): string =>
  [`| ${head.join(" | ")} |`, `|${head.map(() => " --- |").join("")}`, ...rows].join("\n");

const hasRule = (op: Op, args: readonly Operand[]): boolean =>
  args.some((_, i) => contribution(op, i, d, args, r) !== undefined);

/** The whole page. */
export const page = (): string => {
  const real = Object.keys({ ...arithmetic, ...mathFunctions }) as (
    keyof typeof arithmetic | keyof typeof mathFunctions
  )[];
  const unary = real.filter((op) => opInfo(op).arity === 1 && hasRule(op, [x]));
  const flat = real.filter((op) => !hasRule(op, [x, named("y")]));
  const binary = real.filter((op) => !unary.includes(op) && !flat.includes(op));
  const pair = (op: Op): Operand[] => (op === "atan2" ? [named("y"), x] : [x, named("y")]);
  const literals = [0, 1, 2, 3, 4, -1, 0.5].map((n) => [x, constant(n)]);
  const silent = [...flat, ...Object.keys({ ...integer, ...comparison, ...logic })] as Op[];
  return `# The derivatives

Made from the tables in \`src/rules\`; the tests hold it to them. \`r\` is the result of the operation, \`d\` what
its derivative is multiplied with: the adjoint of the result in reverse mode, the tangent of the operand in forward
mode. What the rules do where a derivative does not exist is part of the formula.

## One operand

${table(
  ["operation", "derivative"],
  unary.map((op) => row(op, [x])),
)}

## Two operands

${table(
  ["operation", "in the first", "in the second"],
  binary.map((op) => row(op, pair(op))),
)}

A literal exponent needs no test and no logarithm (\`Math.pow\` alike):

${table(
  ["operation", "in x"],
  literals.map((args) => row("power", args, 1)),
)}

An extremum against a literal needs one comparison:

${table(
  ["operation", "in the first", "in the second"],
  (["max", "min"] as const).flatMap((op) => [row(op, [x, constant(0)]), row(op, [constant(0), x])]),
)}

## More operands

${table(
  ["operation", "in the first", "in the second", "in the third"],
  (["max", "min", "hypot"] as const).map((op) => row(op, [x, named("y"), named("z")])),
)}

A choice \`${text({ kind: "apply", op: Object.keys(choice)[0] as Op, args: [named("test"), x, named("y")] })}\` hands \`d\`
to the operand that was taken.

## Derivative zero

${silent.map((op) => `\`${opInfo(op).text}\``).join(", ")}.
`;
};
