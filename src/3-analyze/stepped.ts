/**
 * A loop whose variable a derivative flows through (`for (let t = t0; t < end; t += dt)` with an active t0 or dt):
 * the variable is one more number that is carried from one iteration to the next.
 */
import { Block, constant } from "../ir/build.ts";
import type { LoopInstruction } from "../ir/facts.ts";
import type { Func, Operand, Region, Value } from "../ir/types.ts";
import { mapOperands, rebuild } from "../ir/rebuild.ts";
import { mapInstructions, visit } from "../ir/walk.ts";

/** The variables of all ranges that satisfy the test. */
export const rangeVariables = (func: Func, test: (variable: Value) => boolean): ReadonlySet<Value> => {
  const found = new Set<Value>();
  visit(func.body, (i) => {
    if (i.kind === "loop" && i.shape.kind === "range" && test(i.shape.variable)) found.add(i.shape.variable);
  });
  return found;
};

/** The same function, in which these variables are carried. */
export const carryVariables = (func: Func, variables: ReadonlySet<Value>): Func => ({
  ...func,
  body: mapInstructions(func.body, (i) =>
    i.kind === "loop" && i.shape.kind === "range" && variables.has(i.shape.variable)
      ? carried(i, i.shape)
      : i,
  ),
});

const carried = (
  loop: LoopInstruction,
  { variable, start, bound, step, compare }: Extract<LoopInstruction["shape"], { kind: "range" }>,
): LoopInstruction => {
  const param: Value = { ...variable };
  const inside = (r: Region): Region =>
    handOn(
      mapOperands(r, (o) => (o === variable ? param : o)),
      loop,
      param,
    );
  const body = inside(loop.body);
  const testing = new Block(loop.at);
  const goesOn = testing.op(compare, [param, bound]);
  const next = new Block(loop.at);
  next.body.push(...body.body);
  const end =
    body.end.kind === "yield"
      ? { ...body.end, values: [...body.end.values, stepped(next, param, step)] }
      : body.end;
  return {
    ...loop,
    params: [...loop.params, param],
    initial: [...loop.initial, start],
    results: [...loop.results, { ...variable }],
    shape: { kind: "while", test: testing.yield(goesOn) },
    body: { body: next.body, end },
  };
};

/** `t += dt`; a step down is written as one. */
const stepped = (block: Block, param: Value, step: Operand): Operand => {
  const isDown = step.kind === "constant" && Number(step.value) < 0;
  return isDown
    ? block.op("sub", [param, constant(-Number(step.value))], param.hint)
    : block.op("add", [param, step], param.hint);
};

/** Exits that leave the loop hand on the variable too. */
const handOn = (region: Region, loop: LoopInstruction, param: Value): Region => ({
  body: region.body.map((i) => rebuild(i, { region: (r) => handOn(r, loop, param) })),
  end:
    region.end.kind === "exit" && region.end.to === loop.label
      ? { ...region.end, values: [...region.end.values, param] }
      : region.end,
});
