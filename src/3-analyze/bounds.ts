/**
 * Which indices certainly lie inside of a typed array, whose length never changes: what is stored anywhere else is
 * ignored. Bounds are followed through loops, sums with constants, remainders and row-major indices.
 */
import { isConstant, typeOf } from "../ir/build.ts";
import { functionsOf } from "../ir/callee.ts";
import type { LoopInstruction, Program } from "../ir/facts.ts";
import type { Instruction, Operand, Value } from "../ir/types.ts";
import type { Aliases } from "./alias.ts";
import { visit } from "../ir/walk.ts";
import type { integers } from "./integer.ts";

/** Less than `base + plus`; less than `plus` if there is no base. */
type Bound = Readonly<{ base: Operand | undefined; plus: number }>;

const deepest = 8;

export const bounds = (
  program: Program,
  { memoryOf }: Pick<Aliases, "memoryOf">,
  { isInteger, isCount }: ReturnType<typeof integers>,
  asked: ReadonlySet<Value>,
): ((of: Operand, key: Operand) => boolean) => {
  const definitionOf = (o: Operand): Instruction | undefined =>
    o.kind === "value" && program.knows(o) ? program.definitionOf(o) : undefined;
  const numberOf = (o: Operand | undefined): number | undefined =>
    o && isConstant(o) && typeof o.value === "number" ? o.value : undefined;

  /** The length that all arrays have that it may be. */
  const commonLength = (of: Operand): Operand | undefined => {
    const { external, viewed, passed, makers } = memoryOf(of);
    // a length of another call of a function is another number
    if (external || viewed || passed) return undefined;
    const all = makers.map((maker) => (maker.kind === "alloc" ? maker.length : undefined));
    const [first] = all;
    return first && all.every((length) => same(length, first)) ? first : undefined;
  };

  /** One value stands for all lengths of an array. */
  const lengths = new Map<Operand, Operand>();
  const lengthOf = (of: Operand, as: Operand | undefined): Operand | undefined => {
    const made = definitionOf(of);
    if (made?.kind === "alloc") return made.length;
    const known = commonLength(of);
    if (known) return known;
    if (!lengths.has(of) && as) lengths.set(of, as);
    return lengths.get(of);
  };

  /** base + plus, with sums of constants and lengths taken apart. */
  const plain = (o: Operand, plus: number, depth = 0): Bound => {
    const n = numberOf(o);
    if (n !== undefined) return { base: undefined, plus: plus + n };
    const by = definitionOf(o);
    if (by?.kind === "length" && depth < deepest && isTyped(by.of)) {
      const length = lengthOf(by.of, o);
      return length && length !== o ? plain(length, plus, depth + 1) : { base: o, plus };
    }
    if (by?.kind === "op" && (by.op === "add" || by.op === "sub") && depth < deepest) {
      const [a, b] = by.args as [Operand, Operand];
      const [left, right] = [numberOf(a), numberOf(b)];
      if (right !== undefined) return plain(a, plus + (by.op === "add" ? right : -right), depth + 1);
      if (left !== undefined && by.op === "add") return plain(b, plus + left, depth + 1);
    }
    return { base: o, plus };
  };

  const loopOf = (v: Value): LoopInstruction | undefined => {
    const owner = program.knows(v) ? program.ownerOf(program.homeOf(v)) : undefined;
    return owner?.kind === "loop" && owner.shape.kind === "range" && owner.shape.variable === v
      ? owner
      : undefined;
  };

  /** What an integer is less than. */
  const below = (o: Operand, depth = 0): readonly Bound[] => {
    const own = plain(o, 1);
    if (o.kind === "constant" || depth > deepest) return [own];
    const shape = loopOf(o)?.shape;
    if (shape?.kind === "range") {
      const rises = (numberOf(shape.step) ?? 0) > 0;
      if (rises && (shape.compare === "lt" || shape.compare === "le"))
        return [own, plain(shape.bound, shape.compare === "lt" ? 0 : 1)];
      return rises ? [own] : [own, plain(shape.start, 1)];
    }
    const by = definitionOf(o);
    if (by?.kind !== "op") return [own];
    const [a, b] = by.args as [Operand, Operand];
    const moved = (of: Operand, by: number): readonly Bound[] =>
      below(of, depth + 1).map((bound) => ({ ...bound, plus: bound.plus + by }));
    switch (by.op) {
      case "add":
      case "sub": {
        const right = numberOf(b);
        if (right !== undefined) return [own, ...moved(a, by.op === "add" ? right : -right)];
        const left = numberOf(a);
        return left !== undefined && by.op === "add" ? [own, ...moved(b, left)] : [own];
      }
      case "min":
        return [own, ...by.args.flatMap((arg) => below(arg, depth + 1))];
      case "rem":
        return isCount(a) ? [own, plain(b, 0)] : [own];
      case "bitAnd":
        return [own, ...by.args.flatMap((arg) => (isCount(arg) ? [plain(arg, 1)] : []))];
      default:
        return [own];
    }
  };

  const same = (a: Operand | undefined, b: Operand | undefined): boolean =>
    a === b ||
    (a !== undefined && b !== undefined && numberOf(a) !== undefined && numberOf(a) === numberOf(b));
  const isBelow = (o: Operand, limit: Operand): boolean => {
    const end = plain(limit, 0);
    return below(o).some(({ base, plus }) => same(base, end.base) && plus <= end.plus);
  };

  /** i · n + j with i < rows and j < n, in an array of rows · n. */
  const isRowMajor = (key: Operand, length: Operand): boolean => {
    const [index, size] = [definitionOf(key), definitionOf(length)];
    if (index?.kind !== "op" || index.op !== "add" || size?.kind !== "op" || size.op !== "mul") return false;
    const [a, b] = index.args as [Operand, Operand];
    return [
      [a, b],
      [b, a],
    ].some(([row, j]) => {
      const product = definitionOf(row!);
      if (product?.kind !== "op" || product.op !== "mul") return false;
      const [p, q] = product.args as [Operand, Operand];
      const [r, s] = size.args as [Operand, Operand];
      const fits = (i: Operand, n: Operand, rows: Operand, columns: Operand): boolean =>
        same(n, columns) && isBelow(i, rows) && isBelow(j!, columns);
      return fits(p, q, r, s) || fits(p, q, s, r) || fits(q, p, r, s) || fits(q, p, s, r);
    });
  };

  /** The same number whenever both are computed in one pass through a loop. */
  const alike = (a: Operand, b: Operand, depth = 0): boolean => {
    if (same(a, b)) return true;
    const [x, y] = [definitionOf(a), definitionOf(b)];
    if (x?.kind !== "op" || y?.kind !== "op" || x.op !== y.op || depth > deepest) return false;
    return x.args.every((arg, n) => alike(arg, y.args[n]!, depth + 1));
  };
  const readFrom = new Map<Operand, Operand[]>();
  for (const func of functionsOf(program))
    visit(func.body, (i) => {
      if (i.kind === "load" && i.key && isTyped(i.from) && !asked.has(i.result))
        readFrom.set(i.from, [...(readFrom.get(i.from) ?? []), i.key]);
    });
  /** The program itself reads a number there, and asks of none whether it is there. */
  const isRead = (of: Operand, key: Operand): boolean =>
    readFrom.get(of)?.some((k) => alike(k, key)) === true;

  return (of, key) => {
    if (isRead(of, key)) return true;
    if (!isInteger(key) || !isCount(key)) return false;
    const length = lengthOf(of, undefined);
    // an element that is named by its number is there, unless the array is known to be shorter
    if (isConstant(key) && (!length || numberOf(length) === undefined)) return true;
    if (length) return isBelow(key, length) || isRowMajor(key, length);
    // of an argument's length only what was asked of it is known
    return below(key).some(({ base, plus }) => {
      const by = base && definitionOf(base);
      return by?.kind === "length" && by.of === of && plus <= 0;
    });
  };
};

const isTyped = (o: Operand): boolean => {
  const type = typeOf(o);
  return type.kind === "array" && type.container !== "Array";
};
