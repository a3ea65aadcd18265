/** A program as JavaScript over dual numbers: the same statements, every number reached by arithmetic a dual `$`. */
import { array, int } from "./source.ts";
import type { Arg, ArrayInit, Bool, Fn, Out, Place, Program, Real, Statement, Vector } from "./tree.ts";

const bool = (e: Bool): string => {
  switch (e.k) {
    case "compare":
      return `(${real(e.a)}.v ${e.op} ${real(e.b)}.v)`;
    case "intCompare":
      return `(${int(e.a)} ${e.op} ${int(e.b)})`;
    case "same":
      return `$.same(${array(e.a)}, ${array(e.b)})`;
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

const operation = { "+": "add", "-": "sub", "*": "mul", "/": "div" } as const;

const real = (e: Real): string => {
  switch (e.k) {
    case "number":
      return `$.constant(${Object.is(e.value, -0) ? "-0" : e.value})`;
    case "real":
      return e.name;
    case "element":
      return `${array(e.of)}[${int(e.index)}]`;
    case "member":
      return `${e.of}.${e.field}`;
    case "ofInt":
      return `$.constant(${int(e.of)})`;
    case "binary":
      return `$.${operation[e.op]}(${real(e.a)}, ${real(e.b)})`;
    case "negative":
      return `$.neg(${real(e.a)})`;
    case "math":
      return `$.math.${e.name}(${e.args.map(real).join(", ")})`;
    case "power":
      return `$.power(${real(e.a)}, ${e.n})`;
    case "choice":
      return `(${bool(e.test)} ? ${real(e.a)} : ${real(e.b)})`;
    case "call":
      return `${e.name}(${e.args.map(arg).join(", ")})`;
    case "at":
      return `${array(e.of)}.at(${e.index})`;
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
      return `$.filled(${int(e.length)}, ${real(e.value)})`;
    case "typed":
      return `$.zeros(${int(e.length)})`;
    case "copy":
      return `${array(e.of)}.slice()`;
    case "sorted":
      return `${array(e.of)}.slice().sort((a, b) => a.v - b.v)`;
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

const stored = (to: Place, value: string): string =>
  to.k === "element" && to.of.single ? `$.single(${value})` : value;

const literalOf = (fields: readonly { name: string; value: Real }[]): string =>
  `{ ${fields.map((f) => `${f.name}: ${real(f.value)}`).join(", ")} }`;

const labelled = (label: string): string => (label === "" ? "" : `${label}: `);
const braces = (body: readonly Statement[]): string => `{ ${body.map(statement).join(" ")} }`;

type Case = Extract<Statement, { k: "switch" }>["cases"][number];

const switchCase = (c: Case): string =>
  `${c.value === "default" ? "default" : `case ${c.value}`}: ${braces(c.body)}${c.falls ? "" : " break;"}`;

const statement = (s: Statement): string => {
  switch (s.k) {
    case "declare":
      return `${s.mutable ? "let" : "const"} ${s.name} = ${real(s.value)};`;
    case "declareInt":
      return `let ${s.name} = ${int(s.value)};`;
    case "declareArray":
      return `const ${s.name} = ${init(s.init)};`;
    case "declareMatrix":
      return `const ${s.name} = [${s.rows.map(init).join(", ")}];`;
    case "declareObject":
      return `const ${s.name} = { ${s.fields.map((f) => `${f.name}: ${real(f.value)}`).join(", ")} };`;
    case "alias":
      return `let ${s.name} = ${array(s.of)};`;
    case "realias":
      return `${s.name} = ${array(s.of)};`;
    case "assign": {
      const value = s.op === "" ? real(s.value) : `$.${operation[s.op]}(${real(s.to)}, ${real(s.value)})`;
      return `${real(s.to)} = ${stored(s.to, value)};`;
    }
    case "assignInt":
      return `${s.name} ${s.op}= ${int(s.value)};`;
    case "step":
      return `${s.name}${s.by};`;
    case "exchange":
      return `[${s.places.map(real).join(", ")}] = [${s.values.map((v, i) => stored(s.places[i]!, real(v))).join(", ")}];`;
    case "exchangeRows":
      return `[${s.of}[${int(s.a)}], ${s.of}[${int(s.b)}]] = [${s.of}[${int(s.b)}], ${s.of}[${int(s.a)}]];`;
    case "push":
      return `${s.to}.push(${real(s.value)});`;
    case "pop":
      return `const ${s.name} = ${s.from}.pop();`;
    case "callHelper":
      return `${s.name}(${s.args.map(arg).join(", ")});`;
    case "if":
      return `if (${bool(s.test)}) ${braces(s.body)} else ${braces(s.otherwise)}`;
    case "for": {
      const head = `let ${s.name} = ${int(s.start)}; ${s.name} ${s.test} ${int(s.bound)}; ${s.name} += ${s.by}`;
      return `${labelled(s.label)}for (${head}) ${braces(s.body)}`;
    }
    case "forOf":
      return `${labelled(s.label)}for (const ${s.name} of ${array(s.of)}) ${braces(s.body)}`;
    case "forRows":
      return `${labelled(s.label)}for (const ${s.name} of ${s.of}) ${braces(s.body)}`;
    case "while":
      return `${labelled(s.label)}while (${bool(s.test)}) ${braces(s.body)}`;
    case "doWhile":
      return `${labelled(s.label)}do ${braces(s.body)} while (${bool(s.test)});`;
    case "forever":
      return `${labelled(s.label)}while (true) ${braces(s.body)}`;
    case "forEach":
      return `${array(s.of)}.forEach((${s.item}, ${s.index}) => ${braces(s.body)});`;
    case "switch":
      return `switch (${int(s.on)}) { ${s.cases.map(switchCase).join(" ")} }`;
    case "closure":
      return `const ${s.name} = (${s.params.join(", ")}) => ${braces([...s.body, { k: "return", value: s.value }])};`;
    case "reorder":
      return s.how === "sort" ? `${array(s.of)}.sort((a, b) => a.v - b.v);` : `${array(s.of)}.reverse();`;
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
      return braces(s.body);
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

const functionText = (f: Fn): string =>
  `function ${f.name}(${f.params.map((p) => p.name).join(", ")}) ${braces(f.body)}`;

const vectorClass = `class Vector {
  constructor(x, y) { this.x = x; this.y = y; }
  plus(o) { return new Vector($.add(this.x, o.x), $.add(this.y, o.y)); }
  times(k) { return new Vector($.mul(k, this.x), $.mul(k, this.y)); }
  dot(o) { return $.add($.mul(this.x, o.x), $.mul(this.y, o.y)); }
  add(o, k) { this.x = $.add(this.x, $.mul(k, o.x)); this.y = $.add(this.y, $.mul(k, o.y)); }
}
`;

/** Statements that end in returning the program's entry, for a function with the parameter `$`. */
export const dualText = (p: Program): string =>
  `${JSON.stringify(p).includes('Vector"') ? vectorClass : ""}${p.functions.map(functionText).join("\n")}\nreturn ${p.functions.at(-1)!.name};`;
