/** Where each variable is declared: at its first assignment if that stands in the right place, else before. */
import type { Instruction, Operand, Terminator, Type, Value } from "../ir/types.ts";
import { isSetBeforeRead } from "./assigned.ts";
import type { Variable, Variables } from "./coalesce.ts";
import type { Facts } from "./facts.ts";
import { type Inlining, expressionLeaves, leavesOf } from "./inline.ts";
import type { Layout, Scope, Source, Statement } from "./statement.ts";

export type ScopePlace = {
  readonly parent?: ScopePlace;
  readonly scope: Scope;
  /** The statement that the braces belong to. */
  readonly owner?: Statement;
  readonly repeats: boolean;
  readonly start: number;
  end: number;
};

type Touch = Readonly<{
  place: ScopePlace;
  at: number;
  kind: "read" | "assign" | "write";
  statement: Statement;
}>;

/** A variable's home and the stretch of the text in which it is needed. */
export type Extent = Readonly<{
  variable: Variable;
  home: ScopePlace;
  from: number;
  to: number;
  order: number;
}>;

export type Declarations = Readonly<{
  /** Assignments that declare. */
  at: ReadonlyMap<Statement, "const" | "let">;
  extents: readonly Extent[];
}>;

/** Decides, and puts `let x: T;` before statements where a declaration has to stand alone. */
export function declare(
  facts: Facts,
  inlining: Inlining,
  variables: Variables,
  layout: Layout,
): Declarations {
  const touches = new Map<Variable, Touch[]>();
  let at = 0;

  const touch = (variable: Variable, place: ScopePlace, kind: Touch["kind"], statement: Statement): void => {
    const list = touches.get(variable) ?? [];
    list.push({ place, at, kind, statement });
    touches.set(variable, list);
  };
  const read = (os: readonly Operand[], place: ScopePlace, s: Statement): void => {
    for (const o of os) readValues(leavesOf(facts, inlining, o), place, s);
  };
  const readValues = (vs: readonly Value[], place: ScopePlace, s: Statement): void =>
    vs.forEach((v) => touch(variables.get(v)!, place, "read", s));
  const readSource = (source: Source, place: ScopePlace, s: Statement): void => {
    if (source.kind === "operand") read([source.operand], place, s);
    else if (source.kind === "variable") touch(source.variable, place, "read", s);
    else readValues(expressionLeaves(facts, inlining, source.instruction), place, s);
  };

  const walk = (
    scope: Scope,
    parent: ScopePlace | undefined,
    owner: Statement | undefined,
    repeats = false,
  ): ScopePlace => {
    const place: ScopePlace = {
      ...(parent ? { parent } : {}),
      ...(owner ? { owner } : {}),
      scope,
      repeats,
      start: ++at,
      end: 0,
    };
    if (!parent) for (const p of facts.func.params) touches.set(variables.get(p)!, []);
    if (owner?.kind === "loop" && owner.head.kind === "for")
      touch(owner.head.variable, place, "assign", owner);
    for (const s of scope.statements) statement(s, place);
    place.end = ++at;
    return place;
  };

  const statement = (s: Statement, place: ScopePlace): void => {
    at++;
    switch (s.kind) {
      case "assign":
        readSource(s.source, place, s);
        at++;
        touch(s.variable, place, "assign", s);
        return;
      case "declare":
        touch(s.variable, place, "assign", s);
        return;
      case "run": {
        const i = s.instruction;
        readValues(expressionLeaves(facts, inlining, i), place, s);
        if (i.kind === "opaque" && i.code.form === "statement")
          i.results.forEach((r) => touch(variables.get(r)!, place, "write", s));
        if (i.kind === "accumulate" && i.to.kind === "value" && i.to.type.kind === "cell")
          touch(variables.get(i.to)!, place, "write", s);
        return;
      }
      case "if":
        read([s.test], place, s);
        walk(s.then, place, s);
        walk(s.else, place, s);
        return;
      case "loop": {
        const { head } = s;
        const limits =
          head.kind === "for"
            ? [head.range.bound, head.range.step]
            : head.test && head.kind === "while"
              ? [head.test]
              : [];
        if (head.kind === "for") read([head.range.start], place, s);
        read(limits, place, s);
        const inside = walk(s.body, place, s, true);
        // a loop's variable is there until its end
        if (head.kind === "for") touch(head.variable, inside, "read", s);
        // the whole head is in the scope of the loop's variable, where it starts too
        read(
          head.kind === "do" ? [head.test] : head.kind === "for" ? [...limits, head.range.start] : limits,
          place,
          s,
        );
        return;
      }
      case "block":
        walk(s.body, place, s);
        return;
      case "return":
        if (s.value) read([s.value], place, s);
        return;
      case "throw":
        read(s.terminator.reads, place, s);
        return;
      case "jump":
        return;
      default:
        s satisfies never;
    }
  };

  const root = walk(layout.body, undefined, undefined);

  const chain = (p: ScopePlace): readonly ScopePlace[] => (p.parent ? [...chain(p.parent), p] : [p]);
  const common = (places: readonly ScopePlace[]): ScopePlace =>
    places.slice(1).reduce((a, b) => {
      const [x, y] = [chain(a), chain(b)];
      let k = 0;
      while (k < x.length && k < y.length && x[k] === y[k]) k++;
      return x[k - 1]!;
    }, places[0]!);

  const found = new Map<Statement, "const" | "let">();
  const extents: Extent[] = [];
  const alone: { before: Statement; home: Scope; variable: Variable; touched: readonly Touch[] }[] = [];
  for (const [variable, list] of touches) {
    const [first] = list;
    const home = variable.parameter || !first ? root : common(list.map((t) => t.place));
    /** The end of the outermost loop in the home that a touch stands in: it comes again until then. */
    const until = (t: Touch): number =>
      chain(t.place)
        .slice(chain(home).length)
        .reduce((end, p) => (p.repeats ? Math.max(end, p.end) : end), t.at);
    const to = list.reduce((end, t) => Math.max(end, until(t)), 0);
    extents.push({
      variable,
      home,
      from: variable.parameter ? 0 : first!.at,
      to: variable.parameter ? Math.max(to, 1) : to,
      order: extents.length,
    });
    if (variable.parameter || !first || layout.loopVariables.has(variable)) continue;
    const assignments = list.filter((t) => t.kind !== "read").length;
    if (first.place === home && first.kind === "assign") {
      if (first.statement.kind === "assign") found.set(first.statement, assignments === 1 ? "const" : "let");
      continue;
    }
    const below = chain(first.place)[chain(home).length];
    alone.push({ before: below?.owner ?? first.statement, home: home.scope, variable, touched: list });
  }
  for (const { before, home, variable, touched } of alone) {
    const start =
      beforehand(before, variable) ?? (isSeen(home, touched) ? undefined : anything(variable.type));
    // the comment above a statement stands above what is declared for it
    const at =
      "at" in before && before.at && "kind" in before.at && isInstruction(before.at) ? { at: before.at } : {};
    const made: Statement = start
      ? { kind: "assign", variable, source: { kind: "operand", operand: start }, ...at }
      : { kind: "declare", variable, type: variable.type, trusted: !isSeen(home, touched), ...at };
    if (start) found.set(made, "let");
    home.statements.splice(home.statements.indexOf(before), 0, made);
  }
  return { at: found, extents };
}

const isInstruction = (n: Instruction | Terminator): n is Instruction =>
  n.kind !== "yield" && n.kind !== "exit" && n.kind !== "throw";

/** Whether TypeScript sees that the variable is set before it is read. */
function isSeen(home: Scope, touched: readonly Touch[]): boolean {
  const on = (s: Statement, kinds: readonly Touch["kind"][]): boolean =>
    touched.some((t) => t.statement === s && kinds.includes(t.kind));
  return isSetBeforeRead(home, (s) => ({ reads: on(s, ["read"]), sets: on(s, ["assign", "write"]) }));
}

/** A value for a variable that is always set where it is read, though TypeScript cannot see it. */
function anything(type: Type): Operand | undefined {
  if (type.kind === "number") return { kind: "constant", value: 0 };
  return type.kind === "boolean" ? { kind: "constant", value: false } : undefined;
}

/**
 * `if (c) { … x = v; } else { x = 0; }` with x declared just before is `let x = 0; if (c) { … x = v; }`: takes the
 * constant out of the `else`.
 */
function beforehand(s: Statement, variable: Variable): Operand | undefined {
  if (s.kind !== "if") return undefined;
  const { statements } = s.else;
  const constant = (t: Statement): Operand | undefined =>
    t.kind === "assign" && t.source.kind === "operand" && t.source.operand.kind === "constant"
      ? t.source.operand
      : undefined;
  if (!statements.every(constant)) return undefined;
  const k = statements.findIndex((t) => t.kind === "assign" && t.variable === variable);
  if (k < 0) return undefined;
  const [taken] = statements.splice(k, 1);
  return constant(taken!);
}
