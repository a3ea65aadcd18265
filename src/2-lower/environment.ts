/** Where lowering stands: the region under construction, what each variable holds there, and where control may go. */
import type { ts } from "ts-morph";
import { type Block, typeOf, undefinedType, value } from "../ir/build.ts";
import type { Label, Operand, Origin, Region, Terminator, Type, Value } from "../ir/types.ts";
import { resultsOf } from "../ir/walk.ts";
import { innerType } from "../source/type.ts";
import { WatchedBlock } from "./knowledge.ts";
import type { Class } from "./class.ts";
import { evolvedType } from "./evolving.ts";
import type { Closure } from "./known.ts";
import { meet } from "./meet.ts";
import type { Fields, Helper, Session } from "./session.ts";
import {
  type Returned,
  type Scope,
  type Variable,
  declaredIn,
  isReturned,
  symbolOfVariable,
  variableIn,
} from "./variable.ts";

export { type Fields, type Helper, type Returned, type Session, type Variable, isReturned };

export type Environment = Map<Variable, Operand>;

/** Something that control can leave to: a function, a loop, the body of a loop, a labelled statement. */
export interface Target {
  readonly label: Label;
  readonly kind: "function" | "loop" | "body" | "statement";
  /** The labels that stand in front of it in the source. */
  readonly names: readonly string[];
  readonly returned?: Returned;
  /** Variables of the functions around that are handed back when it ends. */
  readonly handsBack?: readonly Variable[];
  /** A `break` without a label leaves it. */
  readonly isSwitch?: boolean;
  /** Values are filled in when the construct is done and it is known what it hands on. */
  readonly exits: { readonly environment: Environment; readonly values: Operand[] }[];
}

/** Where the next instruction goes. */
export interface Place {
  readonly session: Session;
  readonly block: Block;
  readonly environment: Environment;
  /** Innermost last. */
  readonly targets: readonly Target[];
  /** The functions being inlined here, innermost last. */
  readonly inlining: readonly ts.Node[];
  /** Those of them that were made in the run of another function. */
  readonly running: readonly Closure[];
  /** The run that this is part of. */
  readonly scope: Scope | undefined;
  /** What tests have told of the classes of objects. */
  readonly classes: ReadonlyMap<Operand, readonly Class[]>;
  /** Leaving to one of these is what happens next anyway. */
  tail: readonly Target[];
  /** The comment above the statement being lowered, until an instruction has taken it. */
  comment?: string;
}

/** How a statement ends: `undefined` if control goes on behind it. */
export type Flow = Terminator | undefined;

export const placeAt = (session: Session, scope: Scope): Place => ({
  session,
  block: new WatchedBlock(session.knowledge),
  environment: new Map(),
  targets: [],
  inlining: [],
  running: [],
  scope,
  classes: new Map(),
  tail: [],
});

/** The variable that a name of the source stands for here. */
export const variableOf = (symbol: ts.Symbol, here: Place): Variable => variableIn(symbol, here.scope);

/** What a variable of that name holds here; `undefined` if there is none. */
export const heldBy = (symbol: ts.Symbol | undefined, here: Place): Operand | undefined =>
  symbol && here.environment.get(variableOf(symbol, here));

/** Gives a declared variable its value. */
export function bind(symbol: ts.Symbol, operand: Operand, here: Place): void {
  here.environment.set(declaredIn(symbol, here.scope), operand);
}

/** A region inside: instructions and assignments of its own. */
export const fork = (here: Place, more: Partial<Place> = {}): Place => {
  const { comment: _, ...rest } = here;
  return {
    ...rest,
    block: new WatchedBlock(here.session.knowledge),
    environment: new Map(here.environment),
    ...more,
  };
};

/** Where the node is; the first to ask after a statement began gets its comment. */
export function originOf(node: ts.Node, here?: Place): Origin {
  const origin: Origin = { file: node.getSourceFile().fileName, start: node.getStart(), end: node.end };
  if (here?.comment === undefined) return origin;
  const { comment } = here;
  delete here.comment;
  return { ...origin, comment };
}

/** The block, ready to add an instruction that comes from `node`. */
export function at(here: Place, node: ts.Node): Block {
  here.block.at = originOf(node, here);
  return here.block;
}

/** The type as the module's own code knows it. */
export const typeIn = ({ bound, checker, hierarchy }: Session, type: ts.Type, node: ts.Node): Type =>
  innerType(type, checker, node, hierarchy.kin, bound);

export const typeAt = (here: Place, node: ts.Node): Type =>
  typeIn(here.session, here.session.checker.getTypeAtLocation(node), node);

export function typeOfVariable(here: Place, variable: Variable): Type {
  if (isReturned(variable)) return variable.type;
  return typeOfSymbol(here, symbolOfVariable(variable)!);
}

/** The type of a variable of the source; of one that is declared without, what it is given. */
export function typeOfSymbol(here: Place, symbol: ts.Symbol): Type {
  const { session } = here;
  const evolved = evolvedType(symbol, session.checker, (type, at) => typeIn(session, type, at));
  if (evolved) return evolved;
  const node = symbol.valueDeclaration;
  return node ? typeIn(session, session.checker.getTypeOfSymbol(symbol), node) : undefinedType;
}

export const nameOfVariable = (variable: Variable): string | undefined => symbolOfVariable(variable)?.name;

/** A value for what a variable holds after one of `given`. An array or object that may not be there yet is optional. */
export function merged(here: Place, variable: Variable, given: readonly Operand[]): Value {
  const declared = typeOfVariable(here, variable);
  const type = isUntold(declared) ? (toldBy(given) ?? declared) : declared;
  const isGiven = (nothing: undefined | null): boolean =>
    given.some((o) => o.kind === "constant" && o.value === nothing);
  const [none, isNull] = [isGiven(undefined), isGiven(null)];
  const holdsIt = type.kind === "optional" || type.kind === "undefined" || type.kind === "other";
  if (holdsIt || !(none || isNull)) return value(type, nameOfVariable(variable));
  const absent = isNull ? { absent: none ? ("either" as const) : ("null" as const) } : {};
  return value({ kind: "optional", of: type, ...absent }, nameOfVariable(variable));
}

/** `any`, as in `new Array(n).fill(0)`: what is put in tells more. */
export const isUntold = (type: Type): boolean =>
  (type.kind === "other" && (type.text === "any" || type.text === "never" || type.open === true)) ||
  (type.kind === "array" && isUntold(type.element));

const toldBy = (given: readonly Operand[]): Type | undefined => {
  const [first] = given;
  return first && !isUntold(typeOf(first)) && given.every((o) => typeOf(o).kind === typeOf(first).kind)
    ? typeOf(first)
    : undefined;
};

/** Gives the value another type while it is under construction. */
export function retype(made: Value, type: Type): void {
  const open = made as { type: Type };
  open.type = type;
}

/** A value of type `any` is what its use says. */
export function learn(operand: Operand, type: Type): void {
  if (operand.kind === "value" && isUntold(operand.type) && !isUntold(type)) retype(operand, type);
}

/** Gives the value a name, if the instructions since `mark` made it and nobody named it before. */
export function nameIt(here: Place, mark: number, operand: Operand, hint: string, declared: boolean): void {
  if (operand.kind !== "value" || operand.declared) return;
  const { body } = here.block;
  for (let i = body.length - 1; i >= mark; i--) {
    if (!resultsOf(body[i]!).includes(operand)) continue;
    // still under construction: nobody has seen the value yet but this room
    const made = operand as { hint?: string; declared?: boolean };
    made.hint = hint;
    if (declared) made.declared = true;
    return;
  }
}

export function exitTo(here: Place, target: Target, node: ts.Node): Flow {
  if (here.tail.includes(target)) return undefined;
  const values: Operand[] = [];
  target.exits.push({ environment: new Map(here.environment), values });
  return { kind: "exit", to: target.label, values, at: originOf(node, here) };
}

/** An end that is never reached: it writes nothing. */
export const unreachable = (node: ts.Node): Terminator => ({
  kind: "throw",
  code: { form: "statement", parts: [], references: [] },
  reads: [],
  at: originOf(node),
});

export const sameOperand = (a: Operand | undefined, b: Operand | undefined): boolean =>
  a === b || (a?.kind === "constant" && b?.kind === "constant" && Object.is(a.value, b.value));

export const endOf = (here: Place, flow: Flow, values: readonly Operand[]): Region =>
  here.block.end(flow ?? { kind: "yield", values });

/** What the variables hold where control leaves or ends. */
export const holding = (environment: Environment, variables: readonly Variable[]): Operand[] =>
  variables.map((v) => environment.get(v)!);

/** Takes over what the variables hold in another place, which goes on here. */
export function adopt(here: Place, environment: Environment): void {
  for (const [variable, operand] of environment) here.environment.set(variable, operand);
}

/** Forgets the variables that were declared inside. */
export function leaveScope(here: Place, outer: Environment): void {
  const { kept } = here.session;
  for (const variable of here.environment.keys())
    if (!outer.has(variable) && !kept.has(variable)) here.environment.delete(variable);
}

/**
 * Closes a construct that can be left: its instructions are spliced in if nothing leaves it, else it becomes a block
 * that hands on what was assigned inside.
 */
export function closeBlock(here: Place, inside: Place, target: Target, flow: Flow, node: Origin): Flow {
  let end = flow;
  if (end?.kind === "exit" && end.to === target.label) {
    end = undefined;
    target.exits.pop(); // leaving at the end is the natural end
  }
  if (target.exits.length === 0) {
    here.block.body.push(...inside.block.body);
    adopt(here, inside.environment);
    return end;
  }
  const ends = [...target.exits.map((e) => e.environment), ...(end ? [] : [inside.environment])];
  const changed = [...here.environment.keys()].filter((v) =>
    ends.some((e) => !sameOperand(e.get(v), here.environment.get(v))),
  );
  const meeting = meet(here, changed, ends);
  target.exits.forEach((exit, i) => exit.values.push(...meeting.given[i]!));
  const body = endOf(inside, end, end ? [] : meeting.given.at(-1)!);
  here.block.add({ kind: "block", label: target.label, results: meeting.results, body, at: node });
  meeting.settle(here.environment);
  return undefined;
}
