/** Functions as values: they are known where they go, and stand as text where that is lost. */
import { ts } from "ts-morph";
import { value } from "../ir/build.ts";
import type { Operand, Refusal, Value } from "../ir/types.ts";
import { peek } from "./callee.ts";
import { type Place, originOf, typeAt } from "./environment.ts";
import { linksOf, refusal } from "./fragment.ts";
import { hasBody } from "./function.ts";
import type { Closure } from "./known.ts";
import { localFunction, symbolOf } from "./scan.ts";
import { textOf } from "./text.ts";
import { scopeAround, variableIn } from "./variable.ts";

/** An arrow, a function expression, a method of a literal, or the name of a local function. */
export function lowerFunctionValue(
  node: ts.Identifier | ts.ArrowFunction | ts.FunctionExpression | ts.MethodDeclaration,
  here: Place,
): Operand {
  const operand = functionText(here, node, refusal("escapingClosure", node));
  const known = ts.isMethodDeclaration(node) ? methodOf(node, here) : peek(node, here);
  if (known) here.session.knowledge.set(operand, known);
  if (known?.kind === "closure") keepCaptured(known, here);
  return operand;
}

const methodOf = (node: ts.MethodDeclaration, here: Place): Closure | undefined =>
  hasBody(node) ? { kind: "closure", body: node, scope: scopeAround(node, here.scope) } : undefined;

/** A function as it is written: for those who keep it, and cannot be seen calling it. */
export function functionText(
  here: Place,
  node: ts.Node,
  why: Refusal,
  given: ReadonlyMap<ts.Node, Operand> = new Map(),
): Value {
  const text = textOf(node, here, given, new Map(), typesOfParameters(node, here));
  const parts = ts.isMethodDeclaration(node) ? ["function ", ...text.parts] : text.parts;
  const result = value(typeAt(here, node));
  here.block.add({
    kind: "opaque",
    results: [result],
    reads: text.reads,
    writes: [],
    repeatable: true,
    code: { form: "expression", parts, ...linksOf(text) },
    refusal: why,
    at: originOf(node, here),
  });
  here.session.functionTexts.add(result);
  return result;
}

/** What the surroundings said of parameters without a type of their own. */
function typesOfParameters(node: ts.Node, here: Place): ReadonlyMap<ts.Node, string> {
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return new Map();
  const { checker } = here.session;
  const untyped = node.parameters.filter((p) => !p.type && !p.initializer && !p.dotDotDotToken);
  const isBare = ts.isArrowFunction(node) && !/^(?:async\s*)?[(<]/.test(node.getText());
  return new Map(
    untyped.map((p): [ts.Node, string] => {
      const type = checker.getTypeAtLocation(p);
      const text = checker.typeToString(type, node, ts.TypeFormatFlags.NoTruncation);
      const typed = `${p.name.getText()}${p.questionToken ? "?" : ""}: ${text}`;
      return [p, isBare ? `(${typed})` : typed];
    }),
  );
}

/** What a function uses of the variables around it stays at hand as long as it does. */
export function keepCaptured({ body, scope }: Closure, here: Place): void {
  const { checker, kept } = here.session;
  const seen = new Set<ts.Node>();
  const visit = (node: ts.Node): void => {
    const symbol = ts.isIdentifier(node) ? symbolOf(node, checker) : undefined;
    const declaration = symbol?.valueDeclaration;
    if (symbol && declaration && !seen.has(declaration)) {
      seen.add(declaration);
      const local = localFunction(symbol, here.session.checker);
      if (local) visit(local);
      else if (ts.findAncestor(declaration, ts.isFunctionLike) && !isInside(declaration, body))
        kept.add(variableIn(symbol, scope));
    }
    ts.forEachChild(node, visit);
  };
  visit(body);
}

const isInside = (node: ts.Node, outer: ts.Node): boolean =>
  ts.findAncestor(node, (a) => a === outer) !== undefined;
