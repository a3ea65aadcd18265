/** Functions: their parameters, their body, and what they return. */
import { ts } from "ts-morph";
import { constant, label, typeOf, undefinedType, value } from "../ir/build.ts";
import type { Func, Handed, Operand, Region, Type, Value } from "../ir/types.ts";
import { referenceOf } from "../source/reference.ts";
import { bindHoisted } from "./hoisted.ts";
import {
  type Environment,
  type Flow,
  type Place,
  type Returned,
  type Session,
  type Target,
  type Variable,
  bind,
  endOf,
  holding,
  isUntold,
  nameOfVariable,
  originOf,
  placeAt,
  typeIn,
  unreachable,
} from "./environment.ts";
import { isStatic, receiverOf } from "./class.ts";
import { lowerExpression } from "./expression.ts";
import { bindPattern } from "./pattern.ts";
import { withoutUnused } from "./unused.ts";
import { scopeOf } from "./variable.ts";
import { lowerStatements } from "./statement.ts";

export type WithBody = ts.FunctionLikeDeclaration & { readonly body: ts.ConciseBody };

export const hasBody = (node: ts.SignatureDeclaration): node is WithBody =>
  "body" in node && node.body !== undefined;

/** An entry has one param for each name that its signature binds. */
export function lowerEntry(declaration: WithBody, session: Session): Func {
  const here = placeAt(session, scopeOf(declaration, undefined, false));
  const params = receiverParam(declaration, here);
  for (const parameter of declaration.parameters) {
    if (ts.isIdentifier(parameter.name) && parameter.name.text === "this") continue;
    params.push(...boundBy(parameter.name, here));
  }
  params.forEach((p) => session.entry.params.add(p));
  return lowerFunction(declaration, here, params, [], true);
}

/** What a helper is handed beside its arguments, and hands back beside its result. */
type Around = Readonly<{
  before: readonly Value[];
  after: readonly Value[];
  assigned: readonly Readonly<{ variable: Variable; type: Type }>[];
  /** Is the n-th parameter a function that is known? */
  isGiven(n: number): boolean;
}>;

/** A helper has one param for each parameter that is no function; `here` holds what is around it. */
export function lowerHelper(declaration: WithBody, here: Place, around: Around): Func {
  const params = [...around.before];
  const parameters = declaration.parameters.filter((p) => p.name.getText() !== "this");
  let isPlain = around.before.length + around.after.length === 0;
  for (const [n, parameter] of parameters.entries()) {
    if (around.isGiven(n)) {
      isPlain = false;
      continue;
    }
    if (ts.isIdentifier(parameter.name)) params.push(...boundBy(parameter.name, here));
    else {
      const whole = value(parameterType(parameter, here.session));
      params.push(whole);
      bindPattern(parameter.name, whole, here, "const");
    }
  }
  params.push(...around.after);
  return lowerFunction(declaration, here, params, around.assigned, isPlain);
}

/** The name by which the source knows a function. */
export const symbolOfFunction = (declaration: WithBody, checker: ts.TypeChecker): ts.Symbol | undefined =>
  (declaration.name && checker.getSymbolAtLocation(declaration.name)) ?? nameOfConstant(declaration, checker);

/** `isPlain`: a call of it by its name in the source is the same. */
function lowerFunction(
  declaration: WithBody,
  here: Place,
  params: readonly Value[],
  assigned: Around["assigned"],
  isPlain: boolean,
): Func {
  const { session } = here;
  const { checker } = session;
  const returned: Returned = { kind: "returned", type: returnTypeOf(declaration, session) };
  const variables = assigned.map((a) => a.variable);
  const target: Target = {
    label: label("function"),
    kind: "function",
    names: [],
    returned,
    handsBack: variables,
    exits: [],
  };
  const body = withoutUnused(lowerBody(declaration, here, target, variables), session.functionTexts);
  const named = symbolOfFunction(declaration, checker);
  const reference = isPlain && named ? referenceOf(named, checker) : undefined;
  const also = assigned.map(({ variable, type }): Handed => ({ name: nameOfVariable(variable)!, type }));
  return {
    name: named?.name ?? "default",
    label: target.label,
    params,
    body,
    returns: returnedBy(body, returned.type),
    ...(also.length > 0 ? { also } : {}),
    ...(reference ? { reference } : {}),
    at: originOf(declaration),
  };
}

/** An entry that is a method has its object for its first param. */
function receiverParam(declaration: WithBody, here: Place): Value[] {
  const { session } = here;
  const holder = declaration.parent;
  if (!ts.isMethodDeclaration(declaration) || !ts.isClassLike(holder) || isStatic(declaration)) return [];
  const symbol = holder.name && session.checker.getSymbolAtLocation(holder.name);
  if (!symbol) return [];
  const type = typeIn(session, session.checker.getDeclaredTypeOfSymbol(symbol), holder);
  const name = holder.name!.text.replace(/^\p{Lu}+(?=\p{Lu}\p{Ll})|^\p{Lu}/u, (lead) => lead.toLowerCase());
  const object = value(type, name, true);
  here.environment.set(receiverOf(declaration, session), object);
  return [object];
}

/** Where the declaration says `any`, what is returned says more. */
function returnedBy(body: Region, declared: Type): Type {
  const [given] = body.end.kind === "yield" ? body.end.values : [];
  return given && isUntold(declared) ? typeOf(given) : declared;
}

function nameOfConstant(declaration: ts.Node, checker: ts.TypeChecker): ts.Symbol | undefined {
  const variable = ts.findAncestor(declaration, ts.isVariableDeclaration);
  return variable && checker.getSymbolAtLocation(variable.name);
}

export function returnTypeOf(declaration: ts.SignatureDeclaration, session: Session): Type {
  const signature = session.checker.getSignatureFromDeclaration(declaration);
  if (!signature) return undefinedType;
  const type = session.checker.getReturnTypeOfSignature(signature);
  return type.flags & ts.TypeFlags.Never ? undefinedType : typeIn(session, type, declaration);
}

/** The type that the body sees: a parameter with a default is never missing. */
export function parameterType(parameter: ts.ParameterDeclaration, session: Session): Type {
  const type = typeIn(session, session.checker.getTypeAtLocation(parameter.name), parameter);
  return parameter.initializer && type.kind === "optional" ? type.of : type;
}

/** A value for each name, in order. */
function boundBy(name: ts.BindingName, here: Place): Value[] {
  if (!ts.isIdentifier(name))
    return name.elements.flatMap((e) => (ts.isBindingElement(e) ? boundBy(e.name, here) : []));
  const { checker } = here.session;
  const { parent } = name;
  const type = typeIn(here.session, checker.getTypeAtLocation(name), name);
  const bound = value(ts.isParameter(parent) ? parameterType(parent, here.session) : type, name.text, true);
  const symbol = checker.getSymbolAtLocation(name);
  if (symbol) bind(symbol, bound, here);
  return [bound];
}

function lowerBody(
  declaration: WithBody,
  here: Place,
  target: Target,
  assigned: readonly Variable[],
): Region {
  const returned = target.returned!;
  const carries = returned.type.kind !== "undefined";
  here.environment.set(returned, constant(undefined));
  bindHoisted(declaration.body, here);
  const inside: Place = { ...here, targets: [target], tail: [target] };
  const flow = lowerBodyInto(declaration, inside, target);
  const results = [...(carries ? [returned] : []), ...assigned];
  const result = (environment: Environment): readonly Operand[] => holding(environment, results);
  let end = flow;
  if (end?.kind === "exit" && end.to === target.label) {
    end = undefined;
    target.exits.pop(); // returning at the end is the natural end
  }
  for (const exit of target.exits) exit.values.push(...result(exit.environment));
  if (!end && carries && missing(inside, returned)) end = unreachable(declaration);
  return endOf(inside, end, result(inside.environment));
}

/** The end of a body that has to return something, with nothing to return: control never gets there. */
const missing = (here: Place, returned: Returned): boolean => {
  const held = here.environment.get(returned);
  const { kind } = returned.type;
  return held?.kind === "constant" && held.value === undefined && kind !== "optional" && kind !== "other";
};

/** The statements of a body, or its expression as what is returned. */
export function lowerBodyInto(declaration: WithBody, here: Place, target: Target): Flow {
  const { body } = declaration;
  if (ts.isBlock(body)) return lowerStatements(body.statements, here);
  const result = lowerExpression(body, here);
  here.environment.set(target.returned!, result);
  return undefined;
}
