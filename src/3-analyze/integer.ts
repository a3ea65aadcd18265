/** Which values are integers, and which of those are never negative: by how they are made. */
import { typeOf } from "../ir/build.ts";
import type { Program } from "../ir/facts.ts";
import type { Operand, Value } from "../ir/types.ts";

type Integers = Readonly<{ isInteger(o: Operand): boolean; isCount(o: Operand): boolean }>;

export const integers = (program: Program): Integers => {
  const ranges = new Map<Value, { start: Operand; step: Operand }>();
  const collect = (v: Value): { start: Operand; step: Operand } | undefined => {
    if (!ranges.has(v)) {
      const owner = program.ownerOf(program.homeOf(v));
      if (owner?.kind === "loop" && owner.shape.kind === "range" && owner.shape.variable === v)
        ranges.set(v, owner.shape);
    }
    return ranges.get(v);
  };
  const isInteger = (o: Operand, depth = 0): boolean => {
    if (o.kind === "constant") return typeof o.value === "number" && Number.isInteger(o.value);
    if (!program.knows(o) || typeOf(o).kind !== "number" || depth > 12) return false;
    const definition = program.definitionOf(o);
    if (!definition) {
      const range = collect(o);
      return !!range && isInteger(range.start, depth + 1) && isInteger(range.step, depth + 1);
    }
    const all = (operands: readonly Operand[]): boolean => operands.every((arg) => isInteger(arg, depth + 1));
    switch (definition.kind) {
      case "length":
        return true;
      case "load": {
        const from = typeOf(definition.from);
        return (
          from.kind === "array" &&
          /^(Int|Uint)/.test(from.container) &&
          !!definition.key &&
          isInteger(definition.key, depth + 1)
        );
      }
      case "op":
        switch (definition.op) {
          case "add":
          case "sub":
          case "mul":
          case "neg":
          case "rem":
          case "max":
          case "min":
          case "abs":
            return definition.args.length > 0 && all(definition.args);
          case "select":
            return all(definition.args.slice(1));
          case "bitAnd":
          case "bitOr":
          case "bitXor":
          case "bitNot":
          case "shiftLeft":
          case "shiftRight":
          case "shiftRightUnsigned":
          case "clz32":
          case "imul":
            return true;
          default:
            return false;
        }
      default:
        return false;
    }
  };
  const isCount = (o: Operand, depth = 0): boolean => {
    if (o.kind === "constant")
      return typeof o.value === "number" && Number.isInteger(o.value) && o.value >= 0;
    if (!program.knows(o) || depth > 12) return false;
    const definition = program.definitionOf(o);
    if (!definition) {
      const range = collect(o);
      return !!range && isCount(range.start, depth + 1) && isCount(range.step, depth + 1);
    }
    if (definition.kind === "length") return true;
    if (definition.kind !== "op" || !isInteger(o, depth)) return false;
    switch (definition.op) {
      case "add":
      case "mul":
      case "min":
      case "rem":
        return definition.args.every((arg) => isCount(arg, depth + 1));
      case "max":
        return definition.args.some((arg) => isCount(arg, depth + 1));
      case "shiftRightUnsigned":
      case "clz32":
        return true;
      default:
        return false;
    }
  };
  return { isInteger: (o) => isInteger(o), isCount: (o) => isCount(o) };
};
