/** A program as TypeScript. */
import type {
  Arg,
  Arr,
  ArrayInit,
  Bool,
  Fn,
  Int,
  Out,
  Place,
  Program,
  Real,
  Statement,
  Ty,
  Vector,
} from "./tree.ts";

const tyText = (ty: Ty): string => {
  switch (ty.t) {
    case "real":
    case "int":
      return "number";
    case "array":
    case "matrix":
      return ty.of;
    case "tuple":
      return `[${Array.from({ length: ty.length }, () => "number").join(", ")}]`;
    case "object":
      return ty.name;
    case "objects":
      return `${ty.name}[]`;
    default:
      return ty satisfies never;
  }
};

const literal = (n: number): string => (n < 0 || Object.is(n, -0) ? `(${n})` : String(n));

/** Integers are written alike in both renderings. */
export const int = (e: Int): string => {
  switch (e.k) {
    case "integer":
      return literal(e.value);
    case "int":
      return e.name;
    case "length":
      return `${array(e.of)}.length`;
    case "intBinary":
      return `(${int(e.a)} ${e.op} ${int(e.b)})`;
    default:
      return e satisfies never;
  }
};

export const array = (e: Arr): string => {
  switch (e.k) {
    case "array":
      return e.name;
    case "row":
      return `${e.of}[${int(e.index)}]`;
    case "arrayMember":
      return `${e.of}.${e.field}`;
    default:
      return e satisfies never;
  }
};

const bool = (e: Bool): string => {
  switch (e.k) {
    case "compare":
      return `(${real(e.a)} ${e.op} ${real(e.b)})`;
    case "intCompare":
      return `(${int(e.a)} ${e.op} ${int(e.b)})`;
    case "same":
      return `(${array(e.a)} === ${array(e.b)})`;
    case "logic":
      return `(${bool(e.a)} ${e.op} ${bool(e.b)})`;
    case "every":
      return `${array(e.of)}.${e.how}((${e.item}) => ${bool(e.test)})`;
    case "not":
      return `!${bool(e.a)}`;
    default:
      return e satisfies never;
  }
};

const real = (e: Real): string => {
  switch (e.k) {
    case "number":
      return literal(e.value);
    case "real":
      return e.name;
    case "element":
      return `${array(e.of)}[${int(e.index)}]`;
    case "member":
      return `${e.of}.${e.field}`;
    case "ofInt":
      return int(e.of);
    case "binary":
      return `(${real(e.a)} ${e.op} ${real(e.b)})`;
    case "negative":
      return `(-${real(e.a)})`;
    case "math":
      return `Math.${e.name}(${e.args.map(real).join(", ")})`;
    case "power":
      return `(${e.a.k === "negative" ? `(${real(e.a)})` : real(e.a)} ** ${literal(e.n)})`;
    case "choice":
      return `(${bool(e.test)} ? ${real(e.a)} : ${real(e.b)})`;
    case "call":
      return `${e.name}(${e.args.map(arg).join(", ")})`;
    case "at":
      return `${array(e.of)}.at(${e.index})!`;
    case "vectorField":
      return `${vector(e.of)}.${e.field}`;
    case "dot":
      return `${vector(e.a)}.dot(${vector(e.b)})`;
    case "reduce":
      return `${array(e.of)}.reduce((${e.sum}, ${e.item}) => ${real(e.value)}, ${real(e.start)})`;
    default:
      return e satisfies never;
  }
};

const vector = (e: Vector): string => {
  switch (e.k) {
    case "vector":
      return e.name;
    case "newVector":
      return `new Vector(${real(e.x)}, ${real(e.y)})`;
    case "vectorSum":
      return `${vector(e.a)}.plus(${vector(e.b)})`;
    case "vectorScaled":
      return `${vector(e.a)}.times(${real(e.by)})`;
    default:
      return e satisfies never;
  }
};

const arg = (e: Arg): string => {
  switch (e.k) {
    case "pass":
      return array(e.of);
    case "passObject":
      return e.name;
    case "integer":
    case "int":
    case "length":
    case "intBinary":
      return int(e);
    default:
      return real(e);
  }
};

const init = (e: ArrayInit): string => {
  switch (e.k) {
    case "literal":
      return `[${e.items.map(real).join(", ")}]`;
    case "filled":
      return `new Array<number>(${int(e.length)}).fill(${real(e.value)})`;
    case "typed":
      return `new Float64Array(${int(e.length)})`;
    case "copy":
      return e.how === "slice" ? `${array(e.of)}.slice()` : `[...${array(e.of)}]`;
    case "sorted":
      return `${array(e.of)}.slice().sort((a, b) => a - b)`;
    case "reversed":
      return `${array(e.of)}.slice().reverse()`;
    case "concat":
      return `${array(e.of)}.concat(${array(e.and)})`;
    case "section":
      return `${array(e.of)}.slice(${e.from}, ${e.to})`;
    case "filter":
      return `${array(e.of)}.filter((${e.item}) => ${bool(e.test)})`;
    case "from":
      return `Array.from({ length: ${int(e.length)} }, (_, ${e.index}) => ${real(e.value)})`;
    case "map":
      return `${array(e.of)}.map((${e.item}, ${e.index}) => ${real(e.value)})`;
    default:
      return e satisfies never;
  }
};

const out = (e: Real | Out): string => {
  switch (e.k) {
    case "outArray":
      return array(e.of);
    case "outMatrix":
      return e.of;
    case "outRows":
      return `[${e.rows.map(array).join(", ")}]`;
    case "outList":
      return `[${e.items.map(real).join(", ")}]`;
    case "outObject":
      return `{ ${e.fields.map((f) => `${f.name}: ${out(f.value)}`).join(", ")} }`;
    default:
      return real(e);
  }
};

const place = (p: Place): string => real(p);

const literalOf = (fields: readonly { name: string; value: Real }[]): string =>
  `{ ${fields.map((f) => `${f.name}: ${real(f.value)}`).join(", ")} }`;

const labelled = (label: string): string => (label === "" ? "" : `${label}: `);

const lines = (body: readonly Statement[], indent: string): string =>
  body.map((s) => indent + statement(s, indent)).join("\n");

const braces = (body: readonly Statement[], indent: string): string =>
  body.length === 0 ? "{}" : `{\n${lines(body, `${indent}  `)}\n${indent}}`;

type Case = Extract<Statement, { k: "switch" }>["cases"][number];

const switchCase = (c: Case, indent: string): string => {
  const body: Statement[] = c.falls ? c.body : [...c.body, { k: "break", label: "" }];
  const head = c.value === "default" ? "default" : `case ${c.value}`;
  return `${indent}${head}: ${braces(body, indent)}`;
};

const statement = (s: Statement, indent: string): string => {
  switch (s.k) {
    case "declare":
      return `${s.mutable ? "let" : "const"} ${s.name} = ${real(s.value)};`;
    case "declareInt":
      return `let ${s.name} = ${int(s.value)};`;
    case "declareArray":
      return s.init.k === "literal" && s.init.items.length === 0
        ? `const ${s.name}: number[] = [];`
        : `const ${s.name} = ${init(s.init)};`;
    case "declareMatrix":
      return `const ${s.name} = [${s.rows.map(init).join(", ")}];`;
    case "declareObject":
      return `const ${s.name} = { ${s.fields.map((f) => `${f.name}: ${real(f.value)}`).join(", ")} };`;
    case "alias":
      return `${s.mutable ? "let" : "const"} ${s.name} = ${array(s.of)};`;
    case "realias":
      return `${s.name} = ${array(s.of)};`;
    case "assign":
      return `${place(s.to)} ${s.op}= ${real(s.value)};`;
    case "assignInt":
      return `${s.name} ${s.op}= ${int(s.value)};`;
    case "step":
      return `${s.name}${s.by};`;
    case "exchange":
      return `[${s.places.map(place).join(", ")}] = [${s.values.map(real).join(", ")}];`;
    case "exchangeRows":
      return `[${s.of}[${int(s.a)}], ${s.of}[${int(s.b)}]] = [${s.of}[${int(s.b)}], ${s.of}[${int(s.a)}]];`;
    case "push":
      return `${s.to}.push(${real(s.value)});`;
    case "pop":
      return `const ${s.name} = ${s.from}.pop()!;`;
    case "callHelper":
      return `${s.name}(${s.args.map(arg).join(", ")});`;
    case "if": {
      const rest = s.otherwise.length === 0 ? "" : ` else ${braces(s.otherwise, indent)}`;
      return `if (${bool(s.test)}) ${braces(s.body, indent)}${rest}`;
    }
    case "for": {
      const step = s.by === 1 ? `${s.name}++` : s.by === -1 ? `${s.name}--` : `${s.name} += ${s.by}`;
      const head = `let ${s.name} = ${int(s.start)}; ${s.name} ${s.test} ${int(s.bound)}; ${step}`;
      return `${labelled(s.label)}for (${head}) ${braces(s.body, indent)}`;
    }
    case "forOf":
      return `${labelled(s.label)}for (const ${s.name} of ${array(s.of)}) ${braces(s.body, indent)}`;
    case "forRows":
      return `${labelled(s.label)}for (const ${s.name} of ${s.of}) ${braces(s.body, indent)}`;
    case "while":
      return `${labelled(s.label)}while (${bool(s.test)}) ${braces(s.body, indent)}`;
    case "doWhile":
      return `${labelled(s.label)}do ${braces(s.body, indent)} while (${bool(s.test)});`;
    case "forever":
      return `${labelled(s.label)}while (true) ${braces(s.body, indent)}`;
    case "forEach":
      return `${array(s.of)}.forEach((${s.item}, ${s.index}) => ${braces(s.body, indent)});`;
    case "switch":
      return `switch (${int(s.on)}) {\n${s.cases.map((c) => switchCase(c, `${indent}  `)).join("\n")}\n${indent}}`;
    case "closure": {
      const params = s.params.map((p) => `${p}: number`).join(", ");
      const body: Statement[] = [...s.body, { k: "return", value: s.value }];
      return `const ${s.name} = (${params}): number => ${braces(body, indent)};`;
    }
    case "reorder":
      return s.how === "sort" ? `${array(s.of)}.sort((a, b) => a - b);` : `${array(s.of)}.reverse();`;
    case "unpack":
      return `const [${[...s.names, ...(s.rest === "" ? [] : [`...${s.rest}`])].join(", ")}] = ${array(s.of)};`;
    case "unpackObject":
      return `const { ${s.names.map((n) => (n.field === n.name ? n.name : `${n.field}: ${n.name}`)).join(", ")} } = ${s.of};`;
    case "declareNested":
      return `const ${s.name} = { ${s.inner.field}: ${literalOf(s.inner.fields)}, ${s.list.field}: [${s.list.items.map(real).join(", ")}] };`;
    case "replaceObject":
      return `${s.of} = ${literalOf(s.fields)};`;
    case "declareVector":
      return `const ${s.name} = ${vector(s.value)};`;
    case "changeVector":
      return `${s.name}.add(${vector(s.by)}, ${real(s.factor)});`;
    case "aliasObject":
      return `const ${s.name} = ${s.of};`;
    case "block":
      return braces(s.body, indent);
    case "break":
    case "continue":
      return `${s.k}${s.label === "" ? "" : ` ${s.label}`};`;
    case "return":
      if (s.out) return `return ${out(s.out)};`;
      return s.value === undefined ? "return;" : `return ${real(s.value)};`;
    default:
      return s satisfies never;
  }
};

const functionText = (f: Fn, exported: boolean): string => {
  const params = f.params.map((p) => `${p.name}: ${tyText(p.ty)}`).join(", ");
  return `${exported ? "export " : ""}function ${f.name}(${params}): ${f.result === "object" ? "{ cost: number; at: number[] }" : f.result} ${braces(f.body, "")}`;
};

/** The interfaces that parameters name. */
const interfaces = (p: Program): string[] => {
  const found = new Map<string, string>();
  for (const f of p.functions) {
    for (const { ty } of f.params) {
      if (ty.t !== "object" && ty.t !== "objects") continue;
      found.set(
        ty.name,
        `export interface ${ty.name} {\n${ty.fields.map((x) => `  ${x.name}: ${tyText(x.ty)};\n`).join("")}}`,
      );
    }
  }
  return [...found.values()];
};

const vectorClass = `export class Vector {
  constructor(
    public x: number,
    public y: number,
  ) {}
  plus(o: Vector): Vector {
    return new Vector(this.x + o.x, this.y + o.y);
  }
  times(k: number): Vector {
    return new Vector(k * this.x, k * this.y);
  }
  dot(o: Vector): number {
    return this.x * o.x + this.y * o.y;
  }
  add(o: Vector, k: number): void {
    this.x += k * o.x;
    this.y += k * o.y;
  }
}`;

export const sourceOf = (p: Program): string =>
  [
    ...interfaces(p),
    ...(JSON.stringify(p).includes('Vector"') ? [vectorClass] : []),
    ...p.functions.map((f, i) => functionText(f, i === p.functions.length - 1)),
  ].join("\n\n") + "\n";
