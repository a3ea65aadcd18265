/** TypeScript's functions return one thing: what hands back several returns an object of them, which calls take apart. */
import { constant, value } from "../ir/build.ts";
import { functionOf } from "../ir/callee.ts";
import type { Func, Handed, Instruction, Operand, Origin, Region, Type } from "../ir/types.ts";
import { rebuild } from "../ir/rebuild.ts";
import { mapInstructions } from "../ir/walk.ts";

type Call = Extract<Instruction, { kind: "call" }>;

/** What a function hands back, by name; its result is the `value`. */
const handedBy = (func: Pick<Func, "returns" | "also">): readonly Handed[] => {
  const own = func.returns.kind === "undefined" ? [] : [{ name: "value", type: func.returns }];
  const all = [...own, ...(func.also ?? [])];
  return all.map((h, n): Handed => ({ ...h, name: numbered(all, n) }));
};

const numbered = (all: readonly Handed[], n: number): string => {
  const { name } = all[n]!;
  const before = all.slice(0, n).filter((h) => h.name === name).length;
  return before === 0 ? name : `${name}${before + 1}`;
};

const objectOf = (handed: readonly Handed[]): Type => ({
  kind: "object",
  fields: handed.map(({ name, type }) => ({ name, type })),
});

/** The function, and the calls in it, with one result at most. */
export const oneResult = (func: Func): Func => {
  const body = mapInstructions(func.body, (i) => (i.kind === "call" ? takenApart(i) : i));
  const handed = handedBy(func);
  if (!func.also) return body === func.body ? func : { ...func, body };
  const { also: _, ...rest } = func;
  if (handed.length === 1) return { ...rest, body, returns: handed[0]!.type };
  const type = objectOf(handed);
  const put = (values: readonly Operand[], at: Origin): Extract<Instruction, { kind: "make" }> => ({
    kind: "make",
    result: value(type),
    items: handed.map(({ name }, n) => ({ key: name, value: values[n]! })),
    at: { file: at.file, start: at.start, end: at.end },
  });
  const region = (r: Region, isBody: boolean): Region => {
    const inner = r.body.map((i) => rebuild(i, { region: (x) => region(x, false) }));
    const { end } = r;
    const leaves = end.kind === "exit" ? end.to === func.label : end.kind === "yield" && isBody;
    if (!leaves || end.kind === "throw") return { body: inner, end };
    const made = put(end.values, end.kind === "exit" ? end.at : func.at);
    return { body: [...inner, made], end: { ...end, values: [made.result] } };
  };
  return { ...rest, body: region(body, true), returns: type };
};

const takenApart = (call: Call): readonly Instruction[] => {
  const callee = functionOf(call.callee);
  const handed = handedBy(callee);
  if (!callee.also || handed.length === 1) return [call];
  const whole = value(objectOf(handed), (call.callee.original ?? call.callee).name);
  return [
    { ...call, results: [whole] },
    ...call.results.map((result, n): Instruction => ({
      kind: "load",
      result,
      from: whole,
      key: constant(handed[n]!.name),
      at: call.at,
    })),
  ];
};
