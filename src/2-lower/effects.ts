/** What running a piece of source may change, and whether an expression stays the same meanwhile. */
import { ts } from "ts-morph";
import { globalName } from "../source/globalName.ts";
import { isModuleLevel } from "../source/reference.ts";
import { isSettled } from "../source/settled.ts";
import { peek } from "./callee.ts";
import { classOf, lineOf } from "./class.ts";
import { type Place, type Variable, typeAt, variableOf } from "./environment.ts";
import type { WithBody } from "./function.ts";
import { type Closure, closuresIn } from "./known.ts";
import { recordOf } from "./mapKeys.ts";
import { bodiesNamed } from "./member.ts";
import { goesByOneName } from "./oneName.ts";
import { assignedIn, bare, isAssignment, isStep, symbolOf } from "./scan.ts";

export interface Effects {
  readonly assigned: ReadonlySet<Variable>;
  /** Names of properties that are stored to. */
  readonly fields: ReadonlySet<string>;
  /** Elements are stored: numbers and the like, or references to other arrays and objects. */
  readonly elements: boolean;
  readonly references: boolean;
  /** Variables whose arrays are stored to ahead of an index, perhaps behind their end. */
  readonly growing: ReadonlySet<ts.Symbol>;
  /** Arrays of these types may get longer or shorter, */
  readonly resizes: readonly ts.Type[];
  /** or shorter, whichever array it is, */
  readonly shrinks: boolean;
  /** and these variables' arrays, which go by no other name. */
  readonly resized: ReadonlySet<ts.Symbol>;
  /** Maps or sets may get or lose entries. */
  readonly collections: boolean;
  /** Something that is not understood may change anything that it can reach. */
  readonly unknown: boolean;
}

const resizing = new Set(["push", "pop", "shift", "unshift", "splice"]);
const reordering = new Set(["sort", "reverse", "copyWithin", "fill", "set"]);
const changing = new Set(["set", "add", "delete", "clear"]);
const reading = new Set(
  (
    "map forEach reduce reduceRight filter find findIndex findLast findLastIndex some every includes indexOf " +
    "lastIndexOf slice join concat keys values entries at subarray flat flatMap toString with toSorted toReversed " +
    "toSpliced"
  ).split(" "),
);
const constructors = /^(?:Array|(?:Big)?(?:Float|Int|Uint)\d+(?:Clamped)?Array|\w*Error)$/;

/** `r[k]`, `r.k` of an object whose keys are known only at run time. */
const isEntry = (node: ts.Expression, here: Place): boolean =>
  (ts.isElementAccessExpression(node) || ts.isPropertyAccessExpression(node)) &&
  recordOf(typeAt(here, node.expression)) !== undefined;

const isPrimitive = (type: ts.Type): boolean =>
  (type.isUnion() ? type.types : [type]).every(
    (t) =>
      (t.flags &
        (ts.TypeFlags.Object | ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter)) ===
      0,
  );

/** `overlook`: calls and targets that change collections or elements, but none that matters. */
export function effectsOf(
  nodes: readonly ts.Node[],
  here: Place,
  overlook: (change: ts.Expression) => boolean = () => false,
): Effects {
  const { checker } = here.session;
  const fields = new Set<string>();
  const found = { elements: false, references: false, shrinks: false, collections: false, unknown: false };
  const resizes: ts.Type[] = [];
  const growing = new Set<ts.Symbol>();
  const seen = new Set<ts.Node>();
  const ahead = (array: ts.Expression): void => {
    const node = bare(array);
    const symbol = ts.isIdentifier(node) ? symbolOf(node, checker) : undefined;
    if (symbol) growing.add(symbol);
  };
  const resized = new Set<ts.Symbol>();
  const resize = (array: ts.Expression): void => {
    const node = bare(array);
    const symbol = ts.isIdentifier(node) ? symbolOf(node, checker) : undefined;
    if (symbol && goesByOneName(symbol, checker)) resized.add(symbol);
    else resizes.push(typeOf(array));
  };
  const typeOf = (node: ts.Node): ts.Type => checker.getTypeAtLocation(node);
  const stored = (target: ts.Expression): void => {
    const node = bare(target);
    if (isEntry(node, here)) {
      if (overlook(node)) return;
      if (isPrimitive(typeOf(node))) found.elements = true;
      else found.references = true;
    } else if (ts.isPropertyAccessExpression(node)) {
      if (node.name.text === "length") {
        found.shrinks = true;
        resize(node.expression);
      }
      fields.add(node.name.text);
    } else if (ts.isElementAccessExpression(node)) {
      if (ts.isStringLiteralLike(node.argumentExpression)) fields.add(node.argumentExpression.text);
      else if (isPrimitive(typeOf(node))) found.elements = true;
      else found.references = true;
      if (checker.isArrayType(typeOf(node.expression)) && isAhead(node.argumentExpression))
        ahead(node.expression);
    } else if (ts.isArrayLiteralExpression(node)) {
      for (const e of node.elements) stored(ts.isSpreadElement(e) ? e.expression : e);
    } else if (ts.isObjectLiteralExpression(node)) {
      for (const p of node.properties) if (ts.isPropertyAssignment(p)) stored(p.initializer);
    } else if (isAssignment(node)) stored(node.left);
  };
  const once = (node: ts.Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    // of a class, what making an object of it runs
    if (ts.isClassLike(node)) node.members.filter((m) => !ts.isMethodDeclaration(m)).forEach(visit);
    else visit(node);
  };
  let place = here;
  const run = ({ body, scope }: Closure): void => {
    const around = place;
    place = { ...place, scope };
    once(body);
    place = around;
  };
  const called = (node: ts.CallExpression): void => {
    const callee = bare(node.expression);
    const closures = closuresIn(peek(callee, place));
    closures.forEach(run);
    if (closures.length > 0) return;
    const bodies = bodiesNamed(callee, "method", here);
    if (bodies.length > 0) {
      if (bodies.includes(undefined)) found.unknown = true;
      for (const each of bodies) if (each) once(each);
      return;
    }
    const args = node.arguments.every((a) => ts.isArrowFunction(a) || isPrimitive(typeOf(a)));
    if (!ts.isPropertyAccessExpression(callee)) {
      if (!args && globalName(callee, checker) === undefined) found.unknown = true;
      return;
    }
    const name = callee.name.text;
    const receiver = checker.getNonNullableType(typeOf(callee.expression));
    for (const argument of node.arguments) {
      if (ts.isArrowFunction(argument)) continue;
      closuresIn(peek(argument, place)).forEach(run);
    }
    if (isGlobal(callee.expression, checker) || isPrimitive(receiver)) return;
    if (changing.has(name) && !overlook(node)) found.collections = true;
    if (name === "pop" || name === "shift" || name === "splice") found.shrinks = true;
    if (resizing.has(name)) resize(callee.expression);
    else if (reordering.has(name) && !isCollection(receiver)) {
      found.elements = true;
      found.references = true;
    } else if (isCollection(receiver)) return;
    else if (!reading.has(name)) found.unknown = true;
  };
  const visit = (node: ts.Node): void => {
    if (isAssignment(node)) stored(node.left);
    else if (isStep(node)) stored(node.operand);
    else if (ts.isCallExpression(node)) called(node);
    else if (ts.isPropertyAccessExpression(node)) {
      for (const body of [...bodiesNamed(node, "getter", here), ...bodiesNamed(node, "setter", here)])
        if (body) once(body);
    } else if (ts.isNewExpression(node)) {
      const known = ts.isIdentifier(node.expression) && constructors.test(node.expression.text);
      const own = classOf(node.expression, checker);
      const line = own && lineOf(own, checker);
      if (line) line.forEach((c) => once(c));
      else if (!known) found.unknown = true;
    } else if (ts.isDeleteExpression(node) && isEntry(bare(node.expression), here)) {
      if (!overlook(bare(node.expression))) found.collections = found.elements = true;
    } else if (ts.isDeleteExpression(node) || ts.isTaggedTemplateExpression(node)) found.unknown = true;
    else if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
      if (!ts.isVariableDeclarationList(node.initializer)) stored(node.initializer);
    }
    ts.forEachChild(node, visit);
  };
  nodes.forEach(visit);
  return { assigned: assignedIn(nodes, here), fields, growing, resized, resizes, ...found };
}

/** Forgets what running the nodes may make untrue of the functions that structures hold. */
export function foresee(nodes: readonly ts.Node[], here: Place): void {
  const { knowledge } = here.session;
  if (knowledge.isSettled) return;
  const { fields, references, resizes, resized } = effectsOf(nodes, here);
  fields.forEach((name) => knowledge.forgetPart(name));
  if (references) knowledge.forgetPart(undefined);
  if (resizes.length > 0 || resized.size > 0) knowledge.forgetLists();
}

/** `a[i + 1] = v` and `a[a.length] = v` may append; every other index is taken to lie inside. */
function isAhead(index: ts.Expression): boolean {
  const node = bare(index);
  if (ts.isPropertyAccessExpression(node)) return node.name.text === "length";
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}

/** A name of the language itself: `Math`, `console`, `Number`. */
export function isGlobal(node: ts.Expression, checker: ts.TypeChecker): boolean {
  if (!ts.isIdentifier(node)) return false;
  const symbol = checker.getSymbolAtLocation(node);
  const declaration = symbol?.declarations?.[0];
  if (!symbol || isModuleLevel(symbol)) return false;
  return !declaration || declaration.getSourceFile().isDeclarationFile;
}

/** May an array of the type be one of those that get longer or shorter? Not where one holds numbers and one objects. */
export function mayResize({ resizes }: Effects, type: ts.Type, checker: ts.TypeChecker): boolean {
  const holds = (array: ts.Type): "objects" | "numbers" | undefined => {
    const element = checker.getNonNullableType(array).getNumberIndexType();
    if (!element) return undefined;
    if (element.flags & ts.TypeFlags.NumberLike) return "numbers";
    return element.flags & ts.TypeFlags.Object ? "objects" : undefined;
  };
  return resizes.some((t) => {
    const [a, b] = [holds(t), holds(type)];
    return !a || !b || a === b;
  });
}

/** Whether evaluating the expression again gives the same, whatever of the effects has happened. */
export function isInvariant(expression: ts.Expression, effects: Effects, here: Place): boolean {
  const { checker } = here.session;
  const same = (e: ts.Expression): boolean => isInvariant(e, effects, here);
  const node = bare(expression);
  if (ts.isNumericLiteral(node) || node.kind === ts.SyntaxKind.ThisKeyword) return true;
  if (ts.isIdentifier(node)) {
    const symbol = symbolOf(node, checker);
    if (!symbol) return false;
    const variable = variableOf(symbol, here);
    if (here.environment.has(variable)) return !effects.assigned.has(variable);
    if (isGlobal(node, checker)) return true;
    const { valueDeclaration } =
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (!valueDeclaration) return false;
    const isConst = isSettled(valueDeclaration, checker);
    return isConst || ts.findAncestor(valueDeclaration, ts.isForStatement) !== undefined
      ? !effects.assigned.has(variable)
      : isLocal(valueDeclaration) && !effects.assigned.has(variable);
  }
  if (ts.isPrefixUnaryExpression(node)) return !isStep(node) && same(node.operand);
  if (ts.isBinaryExpression(node)) return !isAssignment(node) && same(node.left) && same(node.right);
  if (ts.isCallExpression(node)) {
    const name = globalName(node.expression, checker);
    return name !== undefined && /^Math\.(?!random$)/.test(name) && node.arguments.every(same);
  }
  if (ts.isPropertyAccessExpression(node)) {
    if (node.questionDotToken) return false;
    if (isGlobal(node.expression, checker)) return true;
    if (!same(node.expression)) return false;
    const type = checker.getTypeAtLocation(node.expression);
    if (isSize(node, checker)) return !effects.unknown && !effects.collections;
    const getters = bodiesNamed(node, "getter", here);
    if (getters.length > 0) return getters.every((g) => g && gives(g, same));
    if (node.name.text !== "length" || !checker.isArrayType(type)) {
      return !effects.unknown && !effects.fields.has(node.name.text);
    }
    const array = bare(node.expression);
    const symbol = ts.isIdentifier(array) ? symbolOf(array, checker) : undefined;
    const isResized = mayResize(effects, type, checker) || (symbol && effects.resized.has(symbol));
    return !effects.unknown && !isResized;
  }
  if (ts.isElementAccessExpression(node)) {
    const isStored = isPrimitive(checker.getTypeAtLocation(node)) ? effects.elements : effects.references;
    return (
      !effects.unknown &&
      !isStored &&
      !mayResize(effects, checker.getTypeAtLocation(node.expression), checker) &&
      same(node.expression) &&
      same(node.argumentExpression)
    );
  }
  return false;
}

/** `size` of a map or set. */
const isSize = ({ name }: ts.PropertyAccessExpression, checker: ts.TypeChecker): boolean =>
  name.text === "size" &&
  checker.getSymbolAtLocation(name)?.declarations?.some((d) => d.getSourceFile().isDeclarationFile) === true;

/** A function that only returns something, and that stays the same. */
function gives({ body }: WithBody, same: (e: ts.Expression) => boolean): boolean {
  if (!ts.isBlock(body)) return same(body);
  const [only, ...others] = body.statements;
  return (
    only !== undefined &&
    others.length === 0 &&
    ts.isReturnStatement(only) &&
    !!only.expression &&
    same(only.expression)
  );
}

const isLocal = (declaration: ts.Node): boolean =>
  ts.findAncestor(declaration, ts.isFunctionLike) !== undefined;

/** What is done to a map or set changes no array. */
const isCollection = (type: ts.Type): boolean =>
  /^(?:Weak|Readonly)?(?:Map|Set)$/.test(type.getSymbol()?.name ?? "");
