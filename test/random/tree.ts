/** Programs as trees: what the generator makes, the two renderings read, and the reducer cuts. */
import type { Mode } from "../../src/index.ts";

export type Container = "number[]" | "readonly number[]" | "Float64Array" | "Float32Array";

/** Types of parameters, with the sizes that the arguments will have; a loose array comes in every length. */
export type Ty =
  | { t: "real" }
  | { t: "int"; max: number }
  | { t: "array"; of: Container; length: number; loose?: boolean }
  | { t: "matrix"; of: "number[][]" | "Float64Array[]"; rows: number; columns: number }
  | { t: "tuple"; length: number }
  | { t: "object"; name: string; fields: { name: string; ty: Ty }[] }
  | { t: "objects"; name: string; fields: { name: string; ty: Ty }[]; length: number };

export type Real =
  | { k: "number"; value: number }
  | { k: "real"; name: string }
  | { k: "element"; of: Arr; index: Int }
  | { k: "member"; of: string; field: string }
  | { k: "ofInt"; of: Int }
  | { k: "binary"; op: "+" | "-" | "*" | "/"; a: Real; b: Real }
  | { k: "negative"; a: Real }
  | { k: "math"; name: string; args: Real[] }
  | { k: "power"; a: Real; n: number }
  | { k: "choice"; test: Bool; a: Real; b: Real }
  | { k: "call"; name: string; args: Arg[] }
  | { k: "at"; of: Arr; index: number }
  | { k: "vectorField"; of: Vector; field: "x" | "y" }
  | { k: "dot"; a: Vector; b: Vector }
  | { k: "reduce"; of: Arr; sum: string; item: string; value: Real; start: Real };

/** Of the class Vector, which such programs declare. */
export type Vector =
  | { k: "vector"; name: string }
  | { k: "newVector"; x: Real; y: Real }
  | { k: "vectorSum"; a: Vector; b: Vector }
  | { k: "vectorScaled"; a: Vector; by: Real };

export type Int =
  | { k: "integer"; value: number }
  | { k: "int"; name: string }
  | { k: "length"; of: Arr }
  | { k: "intBinary"; op: "+" | "-" | "*" | "%"; a: Int; b: Int };

export type Bool =
  | { k: "compare"; op: "<" | ">" | "<=" | ">="; a: Real; b: Real }
  | { k: "intCompare"; op: "<" | ">" | "<=" | ">=" | "===" | "!=="; a: Int; b: Int }
  | { k: "same"; a: Arr; b: Arr }
  | { k: "logic"; op: "&&" | "||"; a: Bool; b: Bool }
  | { k: "every"; of: Arr; how: "some" | "every"; item: string; test: Bool }
  | { k: "not"; a: Bool };

export type Arr =
  | { k: "array"; name: string; single?: boolean }
  | { k: "row"; of: string; index: Int; single?: boolean }
  | { k: "arrayMember"; of: string; field: string; single?: boolean };

export type Arg = Real | Int | { k: "pass"; of: Arr } | { k: "passObject"; name: string };

/** What can be assigned; `single`: rounds to single precision. */
export type Place =
  | { k: "real"; name: string }
  | { k: "element"; of: Arr; index: Int }
  | { k: "member"; of: string; field: string };

export type ArrayInit =
  | { k: "literal"; items: Real[] }
  | { k: "filled"; length: Int; value: Real }
  | { k: "typed"; length: Int }
  | { k: "copy"; of: Arr; how: "slice" | "spread" }
  | { k: "sorted"; of: Arr }
  | { k: "reversed"; of: Arr }
  | { k: "concat"; of: Arr; and: Arr }
  | { k: "section"; of: Arr; from: number; to: number }
  | { k: "filter"; of: Arr; item: string; test: Bool }
  | { k: "from"; length: Int; index: string; value: Real }
  | { k: "map"; of: Arr; item: string; index: string; value: Real };

export type Statement =
  | { k: "declare"; name: string; mutable: boolean; value: Real }
  | { k: "declareInt"; name: string; value: Int }
  | { k: "declareArray"; name: string; init: ArrayInit }
  | { k: "declareMatrix"; name: string; rows: ArrayInit[] }
  | { k: "declareObject"; name: string; fields: { name: string; value: Real }[] }
  | { k: "alias"; name: string; of: Arr; mutable: boolean }
  | { k: "realias"; name: string; of: Arr }
  | { k: "assign"; to: Place; op: "" | "+" | "-" | "*" | "/"; value: Real }
  | { k: "assignInt"; name: string; op: "" | "+" | "-"; value: Int }
  | { k: "step"; name: string; by: "++" | "--" }
  | { k: "exchange"; places: Place[]; values: Real[] }
  | { k: "exchangeRows"; of: string; a: Int; b: Int }
  | { k: "push"; to: string; value: Real }
  | { k: "pop"; from: string; name: string }
  | { k: "callHelper"; name: string; args: Arg[] }
  | { k: "if"; test: Bool; body: Statement[]; otherwise: Statement[] }
  | {
      k: "for";
      name: string;
      label: string;
      start: Int;
      test: "<" | "<=" | ">" | ">=" | "!==";
      bound: Int;
      by: number;
      body: Statement[];
    }
  | { k: "forOf"; name: string; label: string; of: Arr; body: Statement[] }
  | { k: "forRows"; name: string; label: string; of: string; body: Statement[] }
  | { k: "while"; label: string; test: Bool; body: Statement[] }
  | { k: "doWhile"; label: string; test: Bool; body: Statement[] }
  | { k: "forever"; label: string; body: Statement[] }
  | { k: "forEach"; of: Arr; item: string; index: string; body: Statement[] }
  | { k: "switch"; on: Int; cases: { value: number | "default"; body: Statement[]; falls: boolean }[] }
  | { k: "closure"; name: string; params: string[]; body: Statement[]; value: Real }
  | { k: "reorder"; of: Arr; how: "sort" | "reverse" }
  | { k: "unpack"; names: string[]; rest: string; of: Arr }
  | { k: "unpackObject"; names: { field: string; name: string }[]; of: string }
  | {
      k: "declareNested";
      name: string;
      inner: { field: string; fields: { name: string; value: Real }[] };
      list: { field: string; items: Real[] };
    }
  | { k: "replaceObject"; of: string; fields: { name: string; value: Real }[] }
  | { k: "declareVector"; name: string; value: Vector }
  | { k: "changeVector"; name: string; by: Vector; factor: Real }
  | { k: "aliasObject"; name: string; of: string }
  | { k: "block"; body: Statement[] }
  | { k: "break" | "continue"; label: string }
  | { k: "return"; value?: Real; out?: Out };

/** A result that is not a number. */
export type Out =
  | { k: "outArray"; of: Arr }
  | { k: "outMatrix"; of: string }
  | { k: "outRows"; rows: Arr[] }
  | { k: "outList"; items: Real[] }
  | { k: "outObject"; fields: { name: string; value: Real | Out }[] };

/** The types of such results; an object is `{ cost: number; at: number[] }`. */
export type Structure = "number[]" | "Float64Array" | "number[][]" | "[number, number]" | "object";

export type Fn = {
  name: string;
  params: { name: string; ty: Ty }[];
  result: "number" | "void" | Structure;
  body: Statement[];
};

/** Helpers first; the last function is the one to be differentiated. */
export type Program = { functions: Fn[]; modes: readonly Mode[] };

export const entryOf = (p: Program): Fn => p.functions.at(-1)!;
