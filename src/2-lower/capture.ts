/** What a function uses of the functions around it, so that it can stand by itself. */
import { ts } from "ts-morph";
import type { Operand } from "../ir/types.ts";
import { holderOfThis, receiverOf } from "./class.ts";
import type { Place, Variable } from "./environment.ts";
import { type Closure, type Known, isSame } from "./known.ts";
import { localFunction, symbolOf } from "./scan.ts";
import { type Scope, scopeAround, variableIn } from "./variable.ts";

export type Surroundings = Readonly<{
  /** Variables of around, in the order of their first use. */
  variables: readonly Variable[];
  /** Those among them that are functions: which. */
  functions: ReadonlyMap<Variable, Known>;
}>;

/** Is it nothing but functions, so that its value itself is not needed where it is called? */
export const isCode = (known: Known | undefined): known is Exclude<Known, { kind: "parts" }> =>
  known !== undefined && known.kind !== "parts";

/** `given`: the functions that it is handed. What is declared in a body is its own, in each of its runs. */
export function surroundingsOf(closure: Closure, given: readonly Known[], here: Place): Surroundings {
  const { checker, knowledge } = here.session;
  const variables = new Set<Variable>();
  const functions = new Map<Variable, Known>();
  const seen = new Map<ts.Node, Set<Scope | undefined>>();

  const enter = (body: ts.Node, scope: Scope | undefined, homes: readonly ts.Node[]): void => {
    const scopes = seen.get(body) ?? new Set();
    if (scopes.has(scope)) return;
    seen.set(body, scopes.add(scope));
    const visit = (node: ts.Node): void => {
      if (node.kind === ts.SyntaxKind.ThisKeyword) receiver(node, homes);
      else if (ts.isIdentifier(node)) name(node, scope, homes);
      ts.forEachChild(node, visit);
    };
    visit(body);
  };
  const receiver = (node: ts.Node, homes: readonly ts.Node[]): void => {
    const holder = holderOfThis(node);
    if (holder && !homes.some((home) => isInside(holder, home))) use(receiverOf(holder, here.session));
  };
  const name = (node: ts.Identifier, scope: Scope | undefined, homes: readonly ts.Node[]): void => {
    const symbol = symbolOf(node, checker);
    const declared = symbol?.valueDeclaration;
    if (!symbol || !declared) return;
    const isOwn = homes.some((home) => isInside(declared, home));
    const variable = variableIn(symbol, scope);
    if (!isOwn && here.environment.has(variable)) return use(variable);
    const local = localFunction(symbol, here.session.checker);
    if (!local) return;
    const around = homes.some((home) => isInside(local, home)) ? homes : [];
    enter(local, scopeAround(local, scope), [...around, local]);
  };
  const use = (variable: Variable): void => {
    const held = here.environment.get(variable);
    if (!held) return;
    const known = knowledge.of(held);
    if (!isCode(known)) {
      variables.add(variable);
      return;
    }
    if (functions.has(variable)) return;
    functions.set(variable, known);
    look(known);
  };
  /** What the functions use in their turn. */
  const look = (known: Known): void => {
    switch (known.kind) {
      case "closure":
        return enter(known.body, known.scope, [known.body]);
      case "bound":
        look(known.of);
        return [...(known.receiver ? [known.receiver] : []), ...known.args].forEach(use);
      case "choice":
        return known.cases.forEach((c) => look(c.known));
      case "parts":
        return known.parts.forEach((part) => look(part));
      case "builtin":
        return;
      default:
        return known satisfies never;
    }
  };
  enter(closure.body, closure.scope, [closure.body]);
  given.forEach(look);
  return { variables: [...variables], functions };
}

const isInside = (node: ts.Node, outer: ts.Node): boolean =>
  node.getSourceFile() === outer.getSourceFile() && node.pos >= outer.pos && node.end <= outer.end;

/** The same function, or the same ones to choose among. */
export function isSameCode(a: Known, b: Known): boolean {
  if (isSame(a, b)) return true;
  if (a.kind === "bound" && b.kind === "bound")
    return isSameCode(a.of, b.of) && a.receiver === b.receiver && a.args.every((v, n) => v === b.args[n]);
  if (a.kind !== "choice" || b.kind !== "choice" || a.cases.length !== b.cases.length) return false;
  return a.cases.every((c, n) => c.when === b.cases[n]!.when && isSameCode(c.known, b.cases[n]!.known));
}

export const isSameList = (a: readonly Known[], b: readonly Known[]): boolean =>
  a.length === b.length && a.every((known, n) => isSameCode(known, b[n]!));

/** What tells at run time which of several functions it is. */
export const tagsOf = (known: readonly Known[]): readonly Operand[] =>
  known.flatMap((k) => (k.kind === "choice" ? [k.tag] : []));
