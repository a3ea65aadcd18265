/** What a function in forward mode returns: its value, and the tangent in the value's structure. */
import { type Block, typeOf } from "../ir/build.ts";
import { emitZeros, gradientType, sameType } from "../ir/shadow.ts";
import type { Operand, Type, Value } from "../ir/types.ts";
import { finished, makeObject } from "./result.ts";
import { bare, ifPresent } from "./tangentOptional.ts";
import { hasTangent, isScalar, type Push, tangentOf } from "./tangentState.ts";

/** The tangent of something that is handed out. A path that gives no number has tangent zero. */
const handedOut = (push: Push, block: Block, o: Operand, type: Type): Operand => {
  if (isScalar(type)) return tangentOf(push, o, type);
  const wanted = gradientType(type);
  if (!wanted) throw new Error("an output without numbers");
  if (o.kind === "constant") return o;
  if (!hasTangent(push, o))
    return ifPresent(block, o, undefined, (at) => emitZeros(at, o, bare(wanted), undefined));
  const tangent = tangentOf(push, o);
  if (tangent.kind === "constant" || sameType(bare(tangent.type), bare(wanted))) return tangent;
  return ifPresent(block, tangent, undefined, (at) => finished(at, tangent, bare(wanted)));
};

const isOutput = (p: Value): boolean => p.hint !== undefined && gradientType(p.type) !== undefined;

/** Emits what the function returns where it ends with these values. */
export const emitOutput = (push: Push, block: Block, values: readonly Operand[]): Value => {
  const { returns } = push.facts.program.func;
  const named = push.outputs?.filter(isOutput);
  if (named) {
    const value = makeObject(
      block,
      named.map((p) => ({ key: p.hint!, value: p })),
    );
    const tangent = makeObject(
      block,
      named.map((p) => ({ key: p.hint!, value: handedOut(push, block, p, p.type) })),
    );
    return makeObject(block, [
      { key: "value", value },
      { key: "tangent", value: tangent },
    ]);
  }
  const [value] = values;
  if (!value) throw new Error("a function that returns something ends without a value");
  return makeObject(block, [
    { key: "value", value },
    { key: "tangent", value: handedOut(push, block, value, returns) },
  ]);
};

export const outputType = (push: Push): Type => {
  const { returns } = push.facts.program.func;
  const objectOf = (of: readonly (readonly [string, Type])[]): Type => ({
    kind: "object",
    fields: of.map(([name, type]) => ({ name, type })),
  });
  const tangent = (type: Type): Type => (isScalar(type) ? { kind: "number" } : (gradientType(type) ?? type));
  const named = push.outputs?.filter(isOutput);
  return named
    ? objectOf([
        ["value", objectOf(named.map((p) => [p.hint!, typeOf(p)]))],
        ["tangent", objectOf(named.map((p) => [p.hint!, tangent(p.type)]))],
      ])
    : objectOf([
        ["value", returns],
        ["tangent", tangent(returns)],
      ]);
};
