/** Makes instructions: a {@link Block} is a list under construction, with one method for each kind. */
import { type Op, opInfo } from "./ops.ts";
import type {
  Constant,
  Field,
  Fragment,
  Instruction,
  Label,
  Operand,
  Origin,
  Region,
  Terminator,
  Type,
  Value,
} from "./types.ts";

export const numberType: Type = { kind: "number" };
export const booleanType: Type = { kind: "boolean" };
export const undefinedType: Type = { kind: "undefined" };

export const constant = (value: Constant["value"]): Constant => ({ kind: "constant", value });
export const zero = constant(0);
export const one = constant(1);

export const value = (type: Type, hint?: string, declared?: boolean): Value => ({
  kind: "value",
  type,
  ...(hint === undefined ? {} : { hint }),
  ...(declared ? { declared } : {}),
});
export const label = (hint?: string): Label => ({ kind: "label", ...(hint === undefined ? {} : { hint }) });
export const nowhere: Origin = { file: "", start: 0, end: 0 };

export const isConstant = (o: Operand): o is Constant => o.kind === "constant";
export const isNumber = (o: Operand, n: number): boolean => o.kind === "constant" && Object.is(o.value, n);

export const typeOf = (o: Operand): Type => {
  if (o.kind === "value") return o.type;
  switch (typeof o.value) {
    case "number":
      return numberType;
    case "boolean":
      return booleanType;
    case "undefined":
      return undefinedType;
    default:
      return { kind: "other", text: o.value === null ? "null" : "string" };
  }
};

/** A number, or a number that may be missing. */
export const isScalar = (type: Type): boolean =>
  type.kind === "number" || (type.kind === "optional" && type.of.kind === "number");

/** Whether there is nothing (`when` is "eq") or something ("ne") in it: a test for what may stand for nothing. */
export const isAbsent = (block: Block, o: Operand, when: "eq" | "ne" = "eq"): Value => {
  const type = typeOf(o);
  const absent = type.kind === "optional" ? type.absent : undefined;
  const test = (nothing: undefined | null): Value => block.op(when, [o, constant(nothing)]);
  if (absent === "either") return block.op(when === "eq" ? "or" : "and", [test(undefined), test(null)]);
  return test(absent === "null" ? null : undefined);
};

/** What a field holds, nothing included where it may be absent. */
export const fieldType = ({ type, optional }: Field): Type => {
  if (!optional) return type;
  return type.kind === "optional"
    ? { ...type, absent: type.absent && "either" }
    : { kind: "optional", of: type };
};

/** What a load of a key gives. */
export const elementType = (type: Type, key: Operand | undefined): Type => {
  switch (type.kind) {
    case "array":
      return type.element;
    case "map":
      return type.value;
    case "cell":
    case "optional":
      return type.kind === "cell" ? type.of : elementType(type.of, key);
    case "tuple": {
      const at = key?.kind === "constant" ? type.elements[Number(key.value)] : type.elements[0];
      if (at) return at;
      break;
    }
    case "object": {
      const field = key?.kind === "constant" ? type.fields.find((f) => f.name === key.value) : undefined;
      if (field) return fieldType(field);
      break;
    }
    default:
      break;
  }
  throw new Error(`a ${type.kind} has no element ${key?.kind === "constant" ? String(key.value) : ""}`);
};

/** A region under construction. */
export class Block {
  readonly body: Instruction[] = [];
  at: Origin;
  constructor(at: Origin = nowhere) {
    this.at = at;
  }
  add<I extends Instruction>(instruction: I): I {
    this.body.push(instruction);
    return instruction;
  }
  op(op: Op, args: readonly Operand[], hint?: string, type?: Type): Value {
    const info = opInfo(op);
    const of =
      type ??
      (info.result === "boolean" ? booleanType : info.result === "number" ? numberType : typeOf(args[1]!));
    const result = value(of, hint);
    this.add({ kind: "op", result, op, args, at: this.at });
    return result;
  }
  load(from: Operand, key?: Operand, hint?: string, type?: Type): Value {
    const result = value(type ?? elementType(typeOf(from), key), hint);
    this.add({ kind: "load", result, from, ...(key ? { key } : {}), at: this.at });
    return result;
  }
  store(to: Operand, key: Operand | undefined, stored: Operand): void {
    this.add({ kind: "store", to, ...(key ? { key } : {}), value: stored, at: this.at });
  }
  accumulate(to: Operand, key: Operand | undefined, added: Operand): void {
    this.add({ kind: "accumulate", to, ...(key ? { key } : {}), value: added, at: this.at });
  }
  length(of: Operand, hint?: string): Value {
    const result = value(numberType, hint);
    this.add({ kind: "length", result, of, at: this.at });
    return result;
  }
  /** For a region of an instruction that goes here. */
  nested(): Block {
    return new Block(this.at);
  }
  end(end: Terminator): Region {
    return { body: this.body, end };
  }
  yield(...values: Operand[]): Region {
    return this.end({ kind: "yield", values });
  }
}

export const expression = (...parts: Fragment["parts"]): Fragment => ({
  form: "expression",
  parts,
  references: [],
});
