/**
 * Functions that are lowered by themselves, and called: what the body uses of the functions around it is handed over
 * beside the arguments, what it assigns there is handed back. Which functions it is handed is known where it is
 * called: for each choice of them there is a function of its own.
 */
import { ts } from "ts-morph";
import { type Block, constant, numberType, typeOf, value } from "../ir/build.ts";
import { newCallee } from "../ir/callee.ts";
import type { Operand, Refusal, Type, Value } from "../ir/types.ts";
import { type Given, withDefaults } from "./argument.ts";
import { type Surroundings, isCode, isSameList, surroundingsOf, tagsOf } from "./capture.ts";
import { receiverOf } from "./class.ts";
import { makesFunctions, nameOf } from "./closure.ts";
import { foresee } from "./effects.ts";
import {
  type Helper,
  type Place,
  type Variable,
  at,
  bind,
  isReturned,
  isUntold,
  nameOfVariable,
  originOf,
  placeAt,
  typeAt,
  typeOfVariable,
} from "./environment.ts";
import { refusal } from "./fragment.ts";
import { lowerHelper, returnTypeOf } from "./function.ts";
import { isGeneric } from "./generic.ts";
import type { Closure, Known } from "./known.ts";
import { assignedIn, parameterSymbol } from "./scan.ts";
import { scopeOf } from "./variable.ts";

/** So many versions of one function, for different functions that it is handed, are never meant. */
const mostVersions = 16;

/** Versions that are needed inside of one another, before the first is done: more would go on without end. */
const mostNested = 4;

/** Calls the function that stands for the body with all that it uses; `receiver`: the object whose method it is. */
export function callStandalone(
  node: ts.Node,
  closure: Closure,
  given: readonly Given[],
  here: Place,
  receiver?: Operand,
): Operand {
  const { body } = closure;
  const { knowledge } = here.session;
  const self = receiver ?? here.environment.get(receiverOf(body, here.session));
  const scope = scopeOf(body, closure.scope, makesFunctions(body));
  const args = withDefaults(node, body, given, { ...here, scope });
  const handed = args.map((a) => {
    const known = knowledge.of(a);
    return isCode(known) ? known : undefined;
  });
  const functions = handed.filter((k) => k !== undefined);
  const around = surroundingsOf(closure, functions, here);
  const helper = helperFor(closure, handed, around, here, self);
  if (!helper) {
    const name = nameOf(body) ?? "this function";
    const result = value(typeAt(here, node));
    unsaid(result, at(here, node), refusal("growingRecursion", node, { name }));
    return result;
  }
  foresee([body.body], here);
  const own = helper.returns.kind === "undefined" ? [] : [value(typeOfResult(node, helper, here))];
  const back = helper.assigned.map((a) => value(a.type, nameOfVariable(a.variable)));
  const block = at(here, node);
  block.add({
    kind: "call",
    results: [...own, ...back],
    callee: helper.callee,
    args: [
      ...(self ? [self] : []),
      ...args.filter((_, n) => !handed[n]),
      ...around.variables.map((v) => here.environment.get(v)!),
      ...tagsOf([...functions, ...around.functions.values()]),
    ],
    at: block.at,
  });
  helper.assigned.forEach((a, n) => here.environment.set(a.variable, back[n]!));
  return own[0] ?? constant(undefined);
}

/** What the call says of its result, where it says more than the function. */
function typeOfResult(node: ts.Node, helper: Helper, here: Place): Type {
  const type = ts.isCallExpression(node) ? typeAt(here, node) : helper.returns;
  return type.kind === "undefined" || type.kind === "other" || isUntold(type) ? helper.returns : type;
}

/** The function for these surroundings: made once, and known before its body is lowered, which may call it. */
function helperFor(
  { body, scope: around }: Closure,
  handed: readonly (Known | undefined)[],
  { variables, functions }: Surroundings,
  here: Place,
  self: Operand | undefined,
): Helper | undefined {
  const { session } = here;
  const receiver = self && typeOf(self);
  const made = self && session.instances.get(self);
  const code = [...handed.filter((k) => k !== undefined), ...functions.values()];
  const isOpen = isGeneric(body) || around !== undefined;
  const bound: ReadonlyMap<ts.Type, Type> = new Map(isOpen ? session.bound : []);
  const versions = session.helpers.get(body) ?? [];
  const known = versions.find(
    (h) =>
      h.scope === around &&
      isSameList(h.code, code) &&
      h.captured.length === variables.length &&
      h.captured.every((v, n) => v === variables[n]) &&
      isSameSet(h.made, made) &&
      isSameBinding(h.bound, bound) &&
      JSON.stringify(h.receiver) === JSON.stringify(receiver),
  );
  if (known) return known;
  const open = versions.filter((h) => h.callee.func === undefined);
  if (versions.length >= mostVersions || open.length >= mostNested) return undefined;

  const inside = placeAt(session, scopeOf(body, around, makesFunctions(body)));
  const before: Value[] = [];
  if (receiver) {
    const own = value(receiver, "self", true);
    inside.environment.set(receiverOf(body, session), own);
    if (made) session.instances.set(own, made);
    before.push(own);
  }
  const after = variables.map((v): Value => {
    const param = value(typeIn(here, v), isReturned(v) ? "self" : nameOfVariable(v), true);
    inside.environment.set(v, param);
    return param;
  });
  const standsFor = (k: Known, type: Type, name: string | undefined): Value => {
    const tag = k.kind === "choice" ? value(numberType, "choice", true) : undefined;
    if (tag) after.push(tag);
    const stand = standIn(body, inside, type, name);
    session.knowledge.set(stand, tag && k.kind === "choice" ? { ...k, tag } : k);
    return stand;
  };
  const given = parametersOf(body).map((p, n) => {
    const k = handed[n];
    const symbol = k && parameterSymbol(p, session.checker);
    if (k && symbol) bind(symbol, standsFor(k, typeAt(inside, p), symbol.name), inside);
    return k !== undefined;
  });
  for (const [v, k] of functions) inside.environment.set(v, standsFor(k, typeIn(here, v), nameOfVariable(v)));

  const changed = assignedIn([body], inside);
  // which function a variable is can be told only as long as nobody assigns another
  if ([...functions.keys()].some((v) => changed.has(v))) return undefined;
  const assigned = variables.flatMap((variable) =>
    !isReturned(variable) && changed.has(variable) ? [{ variable, type: typeIn(here, variable) }] : [],
  );
  const callee = newCallee(nameOf(body) ?? "inner");
  const helper: Helper = {
    callee,
    scope: around,
    code,
    captured: variables,
    assigned,
    returns: returnTypeOf(body, session),
    bound,
    ...(receiver ? { receiver } : {}),
    ...(made ? { made } : {}),
  };
  session.helpers.set(body, [...versions, helper]);
  callee.func = lowerHelper(body, inside, { before, after, assigned, isGiven: (n) => given[n] === true });
  return helper;
}

const isSameSet = <T>(a: readonly T[] | undefined, b: readonly T[] | undefined): boolean =>
  a === b || (a?.length === b?.length && a !== undefined && a.every((x) => b!.includes(x)));

const isSameBinding = (a: Helper["bound"], b: Helper["bound"]): boolean =>
  a.size === b.size && [...a].every(([key, type]) => JSON.stringify(type) === JSON.stringify(b.get(key)));

const parametersOf = (declaration: ts.SignatureDeclaration): readonly ts.ParameterDeclaration[] =>
  declaration.parameters.filter((p) => p.name.getText() !== "this");

/** Stands for a function that is known: nobody asks for its text, or it is refused. */
function standIn(body: Closure["body"], inside: Place, type: Type, name: string | undefined): Value {
  const result = value(type, name);
  inside.block.at = originOf(body);
  unsaid(result, inside.block, refusal("escapingClosure", body.name ?? body));
  inside.session.functionTexts.add(result);
  return result;
}

/** A value that no text can stand for: it is refused wherever it is asked for. */
function unsaid(result: Value, block: Block, why: Refusal): void {
  block.add({
    kind: "opaque",
    results: [result],
    reads: [],
    writes: [],
    repeatable: true,
    code: { form: "expression", parts: ["undefined"], references: [], obstacles: [why] },
    refusal: why,
    at: block.at,
  });
}

/** The type of a variable of around, as the function sees it. */
function typeIn(here: Place, variable: Variable): Type {
  const held = typeOf(here.environment.get(variable)!);
  if (isReturned(variable)) return held;
  const declared = typeOfVariable(here, variable);
  return isUntold(declared) ? held : declared;
}
