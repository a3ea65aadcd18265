/** Statements and expressions of one function as text; prettier sees to the line breaks. */
import { elementType, typeOf } from "../ir/build.ts";
import { reverseSweep } from "../ir/section.ts";
import type { Instruction, Label, Operand } from "../ir/types.ts";
import type { Variable, Variables } from "./coalesce.ts";
import type { Declarations } from "./declare.ts";
import {
  type Expression,
  constantExpression,
  level,
  condition,
  negated,
  operation,
  opposed,
  primary,
} from "./expression.ts";
import { choice } from "./branch.ts";
import { called, type Surroundings } from "./call.ts";
import { commentsOf } from "./comment.ts";
import { asserted, baseAt, choosingIn, numberAt, numbersIn } from "./evident.ts";
import { type Facts, hasLayout, isOnlyRead } from "./facts.ts";
import { fragmentText } from "./fragment.ts";
import type { Inlining } from "./inline.ts";
import { loopHead } from "./loop.ts";
import { isKeyed, keyed, lengthOf } from "./map.ts";
import { type Writing, allocation, fitting, made, needsType, place, popped, sure, told } from "./memory.ts";
import { pushed, pushedTogether } from "./stack.ts";
import type { Layout, Scope, Statement } from "./statement.ts";
import { added, copied, filled, seeded } from "./structure.ts";
import { typeText, type TypeNames } from "./type.ts";
import { conditionalUpdate, guardedUpdate, update } from "./update.ts";

type OpInstruction = Extract<Instruction, { kind: "op" }>;

/** An `if` without braces is no longer than this. */
const oneLine = 100;

export class Writer implements Writing {
  readonly named: TypeNames;
  readonly unchecked: boolean;
  readonly #comments = new Set<string>();
  /** Loads that step down to their index first. */
  readonly #stepped = new Set<Instruction>();

  constructor(
    readonly facts: Facts,
    readonly inlining: Inlining,
    readonly variables: Variables,
    readonly layout: Layout,
    readonly declarations: Declarations,
    readonly names: ReadonlyMap<Variable, string>,
    readonly labels: ReadonlyMap<Label, string>,
    readonly around: Surroundings,
  ) {
    this.named = around.named;
    this.unchecked = around.noUncheckedIndexedAccess;
  }

  name(variable: Variable): string {
    const name = this.names.get(variable);
    if (name === undefined) throw new Error("a variable without a name");
    return name;
  }

  /** The instruction that is written where the operand is. */
  inlinedInstruction(o: Operand): Instruction | undefined {
    const made = o.kind === "value" ? this.facts.definition.get(o) : undefined;
    return made && this.inlining.inlined.has(made) ? made : undefined;
  }

  inlinedOp(o: Operand): OpInstruction | undefined {
    const made = this.inlinedInstruction(o);
    return made?.kind === "op" ? made : undefined;
  }

  write(o: Operand): Expression {
    if (o.kind === "constant") return constantExpression(o);
    const made = this.inlinedInstruction(o);
    if (made) return this.instruction(made);
    return primary(this.name(this.variables.get(o)!));
  }

  /** What gives an instruction's one result. */
  instruction(i: Instruction): Expression {
    switch (i.kind) {
      case "op":
        return operation(i, numbersIn(i, this));
      case "make":
        return made(i, this);
      case "alloc":
        return allocation(i.result.type, this.write(i.length).text, i.fill && this.write(i.fill).text, this);
      case "zeros":
        return primary(filled(this.write(i.like).text, typeOf(i.like), i.result.type, 0, this));
      case "seeded":
        return seeded(i, hasLayout(i.result.type), isOnlyRead(this.facts, i.result), this);
      case "convert":
        return primary(copied(this.write(i.from).text, typeOf(i.from), i.result.type, this));
      case "load":
        if (this.#stepped.has(i) && i.key)
          return primary(place(i.from, i.key, this, true).text.replace(/\[(\w+)\](!?)$/, "[--$1]$2"));
        return sure(place(i.from, i.key, this, true), i.from, i.key, i.result.type);
      case "length":
        return lengthOf(i.of, this);
      case "pop":
        return popped(i, baseAt(i.from, i, this), this);
      case "if":
        return choice(i, choosingIn(i, this));
      case "call":
        return called(i, this, this.around);
      case "opaque": {
        const text = fragmentText(this, i.code, i.reads, i.results);
        // of a fragment only the user's compiler knows how tightly it binds, unless it is a name or a call of one
        return { text, level: /^[\w$.]+(\([^()]*\))?$/.test(text) ? level.primary : 0 };
      }
      default:
        if (isKeyed(i)) return keyed(i, this);
        throw new Error(`a ${i.kind} gives no value`);
    }
  }

  scope(scope: Scope): readonly string[] {
    return scope.statements.flatMap((s, n) => {
      const next = scope.statements[n + 1];
      if (next && this.#isStepBefore(s, next)) return [];
      const pushes = pushedTogether(scope.statements, n, this.facts, this.inlining);
      if (s.kind === "run" && s.instruction.kind === "push" && pushes.length === 0) return [];
      const comments = commentsOf(s, this, this.#comments);
      const parted = n > 0 && comments.some((c) => c.startsWith(reverseSweep));
      const lines =
        pushes.length > 1 ? [pushed(pushes, this.write(pushes[0]!.to).text, this)] : this.statement(s);
      return [...(parted ? [""] : []), ...comments, ...lines];
    });
  }

  /** `top--; const v = tape[top];` is `const v = tape[--top];`. */
  #isStepBefore(s: Statement, next: Statement): boolean {
    const key =
      next.kind === "assign" && next.source.kind === "instruction" ? next.source.instruction : undefined;
    if (s.kind !== "assign" || key?.kind !== "load" || key.key?.kind !== "value") return false;
    if (this.declarations.at.has(s) || this.inlinedInstruction(key.key)) return false;
    if (this.variables.get(key.key) !== s.variable) return false;
    const name = this.name(s.variable);
    if (this.#assignment(s) !== `${name}--;` || this.write(key.from).text === name) return false;
    this.#stepped.add(key);
    return true;
  }

  #braces(head: string, body: Scope, tail = "}"): readonly string[] {
    return [`${head} {`, ...this.scope(body).map((line) => `  ${line}`), tail];
  }

  /** `if (c) x = v;`, where it fits on a line. */
  #oneLine(lines: readonly string[]): readonly string[] {
    const line = `${lines[0]!.slice(0, -2)} ${lines[1]!.trim()}`;
    return line.length <= oneLine ? [line] : lines;
  }

  #isShort(scope: Scope): boolean {
    const [only] = scope.statements;
    if (!only || scope.statements.length > 1 || this.declarations.at.has(only)) return false;
    return ["assign", "run", "return", "jump", "throw"].includes(only.kind);
  }

  statement(s: Statement): readonly string[] {
    switch (s.kind) {
      case "assign":
        return [this.#assignment(s)];
      case "declare":
        return [`let ${this.name(s.variable)}${s.trusted ? "!" : ""}: ${typeText(s.type, this.named)};`];
      case "run":
        return this.#run(s.instruction);
      case "if": {
        const test = s.negated ? negated(s.test, this) : condition(s.test, this);
        if (s.else.statements.length === 0) {
          const lines = this.#braces(`if (${test.text})`, s.then);
          return lines.length === 3 && this.#isShort(s.then) ? this.#oneLine(lines) : lines;
        }
        const [only, ...others] = s.else.statements;
        const then = this.#braces(`if (${test.text})`, s.then).slice(0, -1);
        const above =
          only?.kind === "if" && others.length === 0 ? commentsOf(only, this, this.#comments) : undefined;
        if (above && only) {
          const lines = this.statement(only);
          if (above.length === 0) return [...then, `} else ${lines[0]}`, ...lines.slice(1)];
          return [...then, "} else {", ...[...above, ...lines].map((line) => `  ${line}`), "}"];
        }
        return [...then, ...this.#braces("} else", s.else)];
      }
      case "loop": {
        const name = this.layout.labelled.has(s.label) ? `${this.labels.get(s.label)}: ` : "";
        const { head } = s;
        if (head.kind === "do")
          return this.#braces(`${name}do`, s.body, `} while (${condition(head.test, this).text});`);
        if (head.kind === "while")
          return this.#braces(
            `${name}while (${head.test ? condition(head.test, this).text : "true"})`,
            s.body,
          );
        return this.#braces(`${name}${loopHead(head.range, this.name(head.variable), this)}`, s.body);
      }
      case "block":
        return this.#braces(`${this.labels.get(s.label)}:`, s.body);
      case "return":
        return [s.value ? `return ${this.write(s.value).text};` : "return;"];
      case "jump":
        return [s.to ? `${s.word} ${this.labels.get(s.to)};` : `${s.word};`];
      case "throw":
        return fragmentText(this, s.terminator.code, s.terminator.reads, []).split("\n");
      default:
        return s satisfies never;
    }
  }

  #source({ source, variable, from }: Extract<Statement, { kind: "assign" }>): Expression {
    if (source.kind === "variable") return primary(this.name(source.variable));
    if (source.kind === "instruction") return asserted(source.instruction, variable, this);
    if (from && variable.type.kind === "number") return numberAt(source.operand, from, this);
    const made = this.inlinedInstruction(source.operand);
    return made
      ? asserted(made, variable, this)
      : told(this.write(source.operand), typeOf(source.operand), variable.type, this);
  }

  #assignment(s: Extract<Statement, { kind: "assign" }>): string {
    const name = this.name(s.variable);
    const word = this.declarations.at.get(s);
    if (word) {
      const made =
        s.source.kind === "operand"
          ? (this.inlinedInstruction(s.source.operand) ?? s.source.operand)
          : undefined;
      const from = s.source.kind === "instruction" ? s.source.instruction : made;
      const held = s.variable.type.kind === "cell" ? s.variable.type.of : s.variable.type;
      // what is an array later starts as a tuple
      const given =
        s.source.kind === "variable" ? s.source.variable.type : from && "type" in from && from.type;
      const isWider = held.kind === "array" && given && given.kind === "tuple";
      const type = isWider || (from && needsType(held, from, (o) => this.inlinedInstruction(o)));
      const annotation = type ? `: ${typeText(s.variable.type, this.named)}` : "";
      return `${word} ${name}${annotation} = ${this.#source(s).text};`;
    }
    const op =
      s.source.kind === "instruction"
        ? s.source.instruction.kind === "op"
          ? s.source.instruction
          : undefined
        : s.source.kind === "operand"
          ? this.inlinedOp(s.source.operand)
          : undefined;
    return (
      (op && (conditionalUpdate(name, op, numbersIn(op, this)) ?? update(name, op, numbersIn(op, this)))) ??
      `${name} = ${this.#source(s).text};`
    );
  }

  #run(i: Instruction): readonly string[] {
    switch (i.kind) {
      case "store": {
        // a[i] = a[i] + e: what is read and what is written have one text, and nothing happens in between
        const op = this.inlinedOp(i.value);
        const updated = op && update(place(i.to, i.key, this, true).text, op, numbersIn(op, this));
        const value = fitting(i.value, elementType(typeOf(i.to), i.key), this);
        return [updated ?? `${place(i.to, i.key, this, false).text} = ${value.text};`];
      }
      case "accumulate": {
        const chosen = i.value.kind === "value" && i.value.adjoint ? this.inlinedOp(i.value) : undefined;
        const guarded = chosen && guardedUpdate(chosen, (v) => this.#run({ ...i, value: v })[0]!, this);
        if (guarded) return [guarded];
        const less = opposed(i.value, this);
        // an element that may be missing is there where something is added to it
        const missing = elementType(typeOf(i.to), i.key).kind === "optional";
        const target = `${place(i.to, i.key, this, true).text}${missing ? "!" : ""}`;
        return [`${target} ${less ? "-=" : "+="} ${(less ?? numberAt(i.value, i, this)).text};`];
      }
      case "addInto":
        return added(this.write(i.to).text, this.write(i.value).text, typeOf(i.to), this);
      case "push":
        return [pushed([i], baseAt(i.to, i, this), this)];
      case "pop":
        return [`${baseAt(i.from, i, this)}.pop();`];
      case "setLength":
        return [`${baseAt(i.of, i, this)}.length = ${this.write(i.length).text};`];
      case "opaque": {
        const lines = fragmentText(this, i.code, i.reads, i.results).split("\n");
        if (i.code.form === "expression") lines[lines.length - 1] += ";";
        return lines;
      }
      default:
        return [`${this.instruction(i).text};`];
    }
  }
}
