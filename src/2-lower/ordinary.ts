/** Whether a function's body can run where it is called, and why not. */
import { ts } from "ts-morph";
import type { Refusal } from "../ir/types.ts";
import { holderOfThis, isStatic, receiverOf } from "./class.ts";
import type { Place } from "./environment.ts";
import { refusal } from "./fragment.ts";
import type { WithBody } from "./function.ts";
import type { Closure, Known } from "./known.ts";
import { mayRecur } from "./recursion.ts";

/** A function of an object: those who run its body bind `this`. */
const isMember = (declaration: WithBody): boolean =>
  (ts.isMethodDeclaration(declaration) || ts.isGetAccessor(declaration)) && !isStatic(declaration);

/** Functions whose calls are more than running a body once. */
export function isOrdinary(declaration: WithBody, here: Place, hasReceiver = false): boolean {
  const flags = ts.getCombinedModifierFlags(declaration);
  if (flags & ts.ModifierFlags.Async || declaration.asteriskToken) return false;
  let ordinary = true;
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.ThisKeyword || node.kind === ts.SyntaxKind.SuperKeyword) {
      const holder = holderOfThis(node);
      const isKnown = holder && here.environment.has(receiverOf(holder, here.session));
      const isBound = holder === declaration && (hasReceiver || isMember(declaration));
      if (!isKnown && !isBound) ordinary = false;
    }
    if (ts.isIdentifier(node) && node.text === "arguments" && !ts.isPropertyAccessExpression(node.parent))
      ordinary = false;
    if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isClassLike(node)) return;
    ts.forEachChild(node, visit);
  };
  visit(declaration.body);
  return ordinary;
}

/** Runs of one function inside each other that differ in what they were made of; more than these never end. */
const deepest = 24;

/** The function is running already: its body cannot be written out inside of itself. */
function isBusy({ body, scope }: Closure, here: Place): boolean {
  if (!scope?.isFresh) return here.inlining.includes(body);
  const same = here.running.filter((r) => r.body === body);
  return same.some((r) => r.scope === scope) || same.length >= deepest;
}

/** Is it called, rather than written out where the call stands? What gives functions has to be seen doing so. */
export const standsAlone = (closure: Closure, here: Place): boolean =>
  (mayRecur(closure.body, here) || isBusy(closure, here)) && !givesFunctions(closure.body, here);

const givesFunctions = (body: WithBody, { session: { checker } }: Place): boolean => {
  const signature = checker.getSignatureFromDeclaration(body);
  return signature !== undefined && holdsFunctions(signature.getReturnType(), checker);
};

/** A function, or something that holds one: which, is to be seen by those who call it. */
export function holdsFunctions(type: ts.Type, checker: ts.TypeChecker, depth = 0): boolean {
  const inside = (t: ts.Type): boolean => depth < 3 && holdsFunctions(t, checker, depth + 1);
  if (type.isUnionOrIntersection()) return type.types.some(inside);
  if (type.getCallSignatures().length > 0) return true;
  if (checker.isArrayLikeType(type)) return checker.getTypeArguments(type as ts.TypeReference).some(inside);
  if (!(type.flags & ts.TypeFlags.Object)) return false;
  // methods of a class are found by the class
  const isOwn = (p: ts.Symbol): boolean =>
    p.declarations?.some((d) => !d.getSourceFile().isDeclarationFile && !ts.isClassLike(d.parent)) ?? false;
  return type.getProperties().some((p) => isOwn(p) && inside(checker.getTypeOfSymbol(p)));
}

/** Why a call of what is known cannot be written out; `name` is how the source calls it. */
export function reasonAgainst(
  node: ts.Node,
  known: Known,
  name: string,
  hasReceiver: boolean,
  here: Place,
): Refusal | undefined {
  switch (known.kind) {
    case "closure": {
      const { body } = known;
      const isAsync = (ts.getCombinedModifierFlags(body) & ts.ModifierFlags.Async) !== 0;
      if (isAsync) return refusal("asyncCode", node);
      if (body.asteriskToken) return refusal("generatorCode", node);
      if (!isOrdinary(body, here, hasReceiver))
        return refusal("notUnderstood", node, { what: `a call of \`${name}\`` });
      return isBusy(known, here) && givesFunctions(body, here)
        ? refusal("growingRecursion", node, { name })
        : undefined;
    }
    case "builtin":
      return undefined;
    case "bound":
      return reasonAgainst(node, known.of, name, hasReceiver || known.receiver !== undefined, here);
    case "choice":
      return known.cases.map((c) => reasonAgainst(node, c.known, name, hasReceiver, here)).find((r) => r);
    case "parts":
      return refusal("notUnderstood", node, { what: `a call of \`${name}\`` });
    default:
      return known satisfies never;
  }
}

/** The one body that every call of it runs, if there is one. */
export const bodyOf = (known: Known): WithBody | undefined =>
  known.kind === "closure" ? known.body : undefined;
