/** One function, from IR to the lines between its braces. */
import type { Func, Instruction, Label, Reference, Terminator, Type } from "../ir/types.ts";
import { visit, visitRegions } from "../ir/walk.ts";
import type { Surroundings } from "./call.ts";
import { type Variables, coalesce } from "./coalesce.ts";
import { declare } from "./declare.ts";
import { type Facts, gather } from "./facts.ts";
import { chooseInlined, fitsTernary } from "./inline.ts";
import { layOut } from "./layout.ts";
import { leaveEarly } from "./leave.ts";
import { findLiveness } from "./liveness.ts";
import { chooseNames, reservedWords, unique } from "./name.ts";
import { type Needed, findNeeded } from "./needed.ts";
import { nest } from "./nest.ts";
import { oneResult } from "./result.ts";
import { unnameStarts } from "./start.ts";
import type { Layout, Scope } from "./statement.ts";
import { typeText } from "./type.ts";
import { Writer } from "./write.ts";

export type FunctionText = Readonly<{ parameters: readonly string[]; lines: readonly string[] }>;

export type FunctionOptions = Partial<Surroundings> &
  Readonly<{
    /** Names of the params that are settled; the others are chosen. */
    parameterNames?: readonly string[];
    /** Names that mean something else in the module. */
    reserved?: ReadonlySet<string>;
  }>;

export function writeBody(source: Func, options: FunctionOptions = {}): FunctionText {
  const nested = nest(unnameStarts(source));
  const all = findNeeded(gather(nested));
  const func = oneResult(leaveEarly(nested, (i) => fitsTernary(all, i)));
  const facts = gather(func);
  const needed = findNeeded(facts);

  // first every value keeps a place of its own; then what found no shared variable melts into its hand-over
  const apart = chooseInlined(facts, needed, new Set(), () => false);
  const before = coalesce(facts, apart, findLiveness(facts, apart).interference);
  const inlining = chooseInlined(
    facts,
    needed,
    ternariesIn(facts, needed, before),
    (use, value) => use.target !== undefined && before.get(value) !== before.get(use.target),
  );
  const liveness = findLiveness(facts, inlining);
  const variables = coalesce(facts, inlining, liveness.interference);

  const layout = layOut(facts, needed, inlining, variables, liveness);
  const declarations = declare(facts, inlining, variables, layout);
  const reserved = new Set([...(options.reserved ?? []), ...wordsIn(func)]);
  const names = chooseNames(facts, variables, layout, declarations, reserved, options.parameterNames);
  const writer = new Writer(facts, inlining, variables, layout, declarations, names, labelNames(layout), {
    named: options.named ?? new Set(),
    noUncheckedIndexedAccess: options.noUncheckedIndexedAccess ?? false,
    nameOf: options.nameOf ?? ((r: Reference) => r.name),
    textOf: options.textOf ?? ((text: string) => text),
    calleeOf: options.calleeOf ?? (() => undefined),
  });
  const lines = writer.scope(layout.body);
  return { parameters: func.params.map((p) => writer.name(variables.get(p)!)), lines };
}

/** A function by itself. */
export function emitFunction(func: Func, options: FunctionOptions = {}, name = func.name): string {
  const { parameters, lines } = writeBody(func, options);
  const text = (type: Type): string => typeText(type, options.named);
  const list = func.params.map((p, k) => `${parameters[k]}: ${text(p.type)}`).join(", ");
  const returned = oneResult(func).returns;
  const returns = returned.kind === "undefined" ? "void" : text(returned);
  return [`function ${name}(${list}): ${returns} {`, ...lines.map((line) => `  ${line}`), "}", ""].join("\n");
}

/** `if`s that read better as `c ? a : b`: those that do not just change a variable that has its value already. */
function ternariesIn(facts: Facts, needed: Needed, variables: Variables): ReadonlySet<Instruction> {
  const found = new Set<Instruction>();
  for (const i of facts.order) {
    if (i.kind !== "if" || !fitsTernary(needed, i)) continue;
    const result = variables.get(i.results[0]!);
    const keeps = [i.then, i.else].some((r) => {
      if (r.body.length > 0 || r.end.kind !== "yield") return false;
      const [o] = r.end.values;
      return o?.kind === "value" && variables.get(o) === result;
    });
    const nested = [i.then, i.else].some((r) =>
      r.body.some((b) => b.kind === "if" && !fitsTernary(needed, b)),
    );
    if (!keeps && !nested) found.add(i);
  }
  // an `if` within one that is an expression is one as well
  const inner = (i: Instruction): void => {
    if (i.kind !== "if") return;
    for (const b of [...i.then.body, ...i.else.body]) {
      if (b.kind === "if") {
        found.add(b);
        inner(b);
      }
    }
  };
  [...found].forEach(inner);
  for (const i of facts.order)
    if (i.kind === "loop" && i.shape.kind === "while")
      for (const b of i.shape.test.body)
        if (fitsTernary(needed, b)) {
          found.add(b);
          inner(b);
        }
  return found;
}

/** Names that the user's fragments bind or use: a value in a hole must not be called so. */
function wordsIn(func: Func): ReadonlySet<string> {
  const words = new Set<string>();
  const see = (code: Extract<Terminator, { kind: "throw" }>["code"]): void => {
    const text = code.parts.map((p) => (typeof p === "string" ? p : " ")).join("");
    const bare = text.replace(
      /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\/.*|\/\*[^]*?\*\//g,
      " ",
    );
    for (const [, word] of bare.matchAll(/(?<![.\w$])([A-Za-z_$][\w$]*)/g)) words.add(word!);
  };
  visit(func.body, (i) => {
    if (i.kind === "opaque") see(i.code);
  });
  visitRegions(func.body, (r) => {
    if (r.end.kind === "throw") see(r.end.code);
  });
  return words;
}

/** Labels in the order in which they stand. */
function labelNames(layout: Layout): ReadonlyMap<Label, string> {
  const names = new Map<Label, string>();
  const used = new Set<string>();
  const visitScope = (scope: Scope): void => {
    for (const s of scope.statements) {
      if ((s.kind === "loop" || s.kind === "block") && layout.labelled.has(s.label)) {
        const wanted = s.label.hint && /^[A-Za-z_$][\w$]*$/.test(s.label.hint) ? s.label.hint : undefined;
        const name = unique(
          wanted ?? (s.kind === "loop" ? "outer" : "found"),
          (n) => used.has(n) || reservedWords.has(n),
        );
        used.add(name);
        names.set(s.label, name);
      }
      if (s.kind === "loop" || s.kind === "block") visitScope(s.body);
      if (s.kind === "if") {
        visitScope(s.then);
        visitScope(s.else);
      }
    }
  };
  visitScope(layout.body);
  return names;
}
