/** A function as indented text, for people: `--trace`, failing tests. */
import type { Fragment, Func, Instruction, Label, Operand, Region, Type, Value } from "./types.ts";

/** The type in TypeScript's manner, with what TypeScript lacks spelled out. */
export const printType = (type: Type): string => {
  switch (type.kind) {
    case "number":
    case "boolean":
    case "undefined":
      return type.kind;
    case "array": {
      const of = type.container === "Array" ? `${printType(type.element)}[]` : type.container;
      return type.readonly ? `readonly ${of}` : of;
    }
    case "tuple":
      return `${type.readonly ? "readonly " : ""}[${type.elements.map(printType).join(", ")}]`;
    case "object": {
      const fields = type.fields.map((f) => `${f.name}${f.optional ? "?" : ""}: ${printType(f.type)}`);
      return type.name ?? `{ ${fields.join(", ")} }`;
    }
    case "map": {
      if (type.record) return `record of ${printType(type.value)}`;
      const of = type.set
        ? `Set<${printType(type.key)}>`
        : `Map<${printType(type.key)}, ${printType(type.value)}>`;
      return type.readonly ? `readonly ${of}` : of;
    }
    case "optional":
      return `${printType(type.of)} | undefined`;
    case "cell":
      return `cell of ${printType(type.of)}`;
    case "other":
      return `\`${type.text}\``;
    default:
      return type satisfies never;
  }
};

/** Values are named hint and number, numbered as they come: the same function gives the same text. */
export function print(func: Func): string {
  const names = new Map<Value | Label, string>();
  const lines: string[] = [];
  const nameOf = (v: Value | Label): string => {
    let name = names.get(v);
    if (name === undefined) {
      name = `${v.hint ?? (v.kind === "label" ? "L" : "v")}${v.kind === "label" ? "@" : "%"}${names.size}`;
      names.set(v, name);
    }
    return name;
  };
  const operand = (o: Operand): string =>
    o.kind === "value"
      ? nameOf(o)
      : typeof o.value === "string"
        ? JSON.stringify(o.value)
        : Object.is(o.value, -0)
          ? "-0"
          : String(o.value);
  const list = (os: readonly Operand[]): string => os.map(operand).join(", ");
  const at = (memory: Operand, key: Operand | undefined): string =>
    key ? `${operand(memory)}[${operand(key)}]` : `*${operand(memory)}`;
  const fragment = (code: Fragment, reads: readonly Operand[], results: readonly Value[]): string =>
    code.parts
      .map((p) =>
        typeof p === "string" ? p : "read" in p ? operand(reads[p.read]!) : nameOf(results[p.write]!),
      )
      .join("");

  const region = (r: Region, indent: string, last = "yield"): void => {
    for (const i of r.body) instruction(i, indent);
    switch (r.end.kind) {
      case "yield":
        if (r.end.values.length > 0 || last !== "yield")
          lines.push(`${indent}${last} ${list(r.end.values)}`.trimEnd());
        break;
      case "exit":
        lines.push(`${indent}exit ${nameOf(r.end.to)} ${list(r.end.values)}`.trimEnd());
        break;
      case "throw":
        lines.push(`${indent}throw \`${fragment(r.end.code, r.end.reads, [])}\``);
        break;
      default:
        r.end satisfies never;
    }
  };

  const instruction = (i: Instruction, indent: string): void => {
    const inner = `${indent}  `;
    const say = (text: string, results: readonly Value[] = []): void => {
      const left = results.map((v) => `${nameOf(v)}: ${printType(v.type)}`).join(", ");
      lines.push(`${indent}${left === "" ? "" : `${left} = `}${text}`);
    };
    switch (i.kind) {
      case "op":
        return say(`${i.op} ${list(i.args)}`, [i.result]);
      case "make":
        return say(`make { ${i.items.map((x) => `${x.key}: ${operand(x.value)}`).join(", ")} }`, [i.result]);
      case "alloc":
        return say(`alloc ${operand(i.length)}${i.fill ? ` fill ${operand(i.fill)}` : ""}`, [i.result]);
      case "zeros":
        return say(`zeros like ${operand(i.like)}`, [i.result]);
      case "seeded":
        return say(`seeded like ${operand(i.like)} with ${operand(i.seed)}`, [i.result]);
      case "addInto":
        return say(`addInto ${operand(i.to)} += ${operand(i.value)}`);
      case "convert":
        return say(`convert ${operand(i.from)}`, [i.result]);
      case "cell":
        return say(`cell${i.initial ? ` ${operand(i.initial)}` : ""}`, [i.result]);
      case "load":
        return say(`load ${at(i.from, i.key)}`, [i.result]);
      case "store":
        return say(`store ${at(i.to, i.key)} = ${operand(i.value)}`);
      case "accumulate":
        return say(`accumulate ${at(i.to, i.key)} += ${operand(i.value)}`);
      case "length":
        return say(`length ${operand(i.of)}`, [i.result]);
      case "view": {
        const end = i.end ? `, ${operand(i.end)}` : "";
        return say(`view ${operand(i.of)} from ${operand(i.start)}${end}`, [i.result]);
      }
      case "get": {
        const missing = i.missing ? ` or ${operand(i.missing)}` : "";
        return say(`get ${at(i.from, i.key)}${missing}`, [i.result]);
      }
      case "put":
        return say(`put ${at(i.to, i.key)} = ${operand(i.value)}`);
      case "has":
        return say(`has ${at(i.of, i.key)}`, [i.result]);
      case "remove":
        return say(`remove ${i.key ? at(i.from, i.key) : operand(i.from)}`, i.result ? [i.result] : []);
      case "keys":
        return say(`keys ${operand(i.of)}`, [i.result]);
      case "push":
        return say(`push ${operand(i.to)} <- ${operand(i.value)}`);
      case "pop":
        return say(`pop ${operand(i.from)}`, [i.result]);
      case "setLength":
        return say(`setLength ${operand(i.of)} = ${operand(i.length)}`);
      case "if":
        say(`if ${operand(i.test)}`, i.results);
        region(i.then, inner);
        if (i.else.body.length > 0 || i.else.end.kind !== "yield" || i.else.end.values.length > 0) {
          lines.push(`${indent}else`);
          region(i.else, inner);
        }
        return;
      case "loop": {
        const carried = i.params.map(
          (p, n) => `${nameOf(p)}: ${printType(p.type)} = ${operand(i.initial[n]!)}`,
        );
        const carry = carried.length > 0 ? ` carry ${carried.join(", ")}` : "";
        const name = nameOf(i.label);
        if (i.shape.kind === "range") {
          const { variable, start, compare, bound, step } = i.shape;
          const head = `${nameOf(variable)} = ${operand(start)} ${compare} ${operand(bound)} step ${operand(step)}`;
          say(`loop ${name} ${head}${carry}`, i.results);
        } else say(`loop ${name} ${i.shape.kind}${carry}`, i.results);
        if (i.shape.kind === "while") {
          region(i.shape.test, inner, "test");
          lines.push(`${indent}do`);
        }
        return region(i.body, inner);
      }
      case "block":
        say(`block ${nameOf(i.label)}`, i.results);
        return region(i.body, inner);
      case "call":
        return say(`call ${i.callee.name}(${list(i.args)})`, i.results);
      case "opaque": {
        const writes = i.writes.length > 0 ? ` writes ${list(i.writes)}` : "";
        const how = `${i.repeatable ? "" : " once"}${writes}${i.refusal ? ` refused ${i.refusal.name}` : ""}`;
        return say(`opaque${how} \`${fragment(i.code, i.reads, i.results)}\``, i.results);
      }
      default:
        i satisfies never;
    }
  };

  const params = func.params.map((p) => `${nameOf(p)}: ${printType(p.type)}`);
  lines.push(
    `func ${func.name}(${params.join(", ")}): ${printType(func.returns)} label ${nameOf(func.label)}`,
  );
  region(func.body, "  ", "return");
  return `${lines.join("\n")}\n`;
}
