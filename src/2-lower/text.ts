/** The text of a piece of source, with the names of local variables replaced by holes. */
import { ts } from "ts-morph";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Fragment, Operand, Reference } from "../ir/types.ts";
import { isModuleLevel, referenceOf } from "../source/reference.ts";
import { thisAt } from "./class.ts";
import { type Place, type Variable, heldBy, originOf, variableOf } from "./environment.ts";
import { isAssignment, isStep, localFunction, symbolOf } from "./scan.ts";

export type Hole = Fragment["parts"][number];

export type Text = Readonly<{
  parts: readonly Hole[];
  reads: readonly Operand[];
  references: readonly Reference[];
  /** Why it cannot be written in a generated module. */
  obstacles: readonly Diagnostic[];
}>;

/**
 * `given`: nodes that have been lowered, whose values stand for them. `assigned`: variables that the text assigns,
 * by the number of their result; the text then reads and writes that.
 */
export function textOf(
  node: ts.Node,
  here: Place,
  given: ReadonlyMap<ts.Node, Operand>,
  assigned: ReadonlyMap<Variable, number>,
  annotations: ReadonlyMap<ts.Node, string> = new Map(),
): Text {
  const { checker } = here.session;
  const reads: Operand[] = [];
  const references = new Map<string, Reference>();
  const inlined: ts.Node[] = [];
  const obstacles: Diagnostic[] = [];
  const report = (
    name: "nameNotReachable" | "recursion" | "changedLater" | "outOfScope",
    at: ts.Node,
    symbol: ts.Symbol,
  ): void => {
    const { file, start, end } = originOf(at);
    obstacles.push({ name, values: { name: symbol.name }, at: { file, start, end } });
  };
  const read = (operand: Operand): Hole => {
    const known = reads.indexOf(operand);
    return { read: known >= 0 ? known : reads.push(operand) - 1 };
  };

  /** What stands for a name; `undefined` if the name itself does. */
  const replaced = (name: ts.Identifier, outermost: ts.Node): readonly Hole[] | undefined => {
    const symbol = symbolOf(name, checker);
    if (!symbol || isInside(symbol, outermost)) return undefined;
    if (name.text === "arguments" && !symbol.declarations?.length && !hasOwnThis(name, outermost)) {
      const { file, start, end } = originOf(name);
      obstacles.push({
        name: "notUnderstood",
        values: { what: "`arguments`" },
        at: { file, start, end },
      });
      return undefined;
    }
    const written = assigned.get(variableOf(symbol, here));
    if (written !== undefined) {
      if (isLate(name, outermost)) report("changedLater", name, symbol);
      return [{ write: written }];
    }
    const operand = heldBy(symbol, here);
    if (operand) {
      if (isLate(name, outermost) && !isAssignedOnce(symbol, here)) report("changedLater", name, symbol);
      return [read(operand)];
    }
    const body = localFunction(symbol, here.session.checker);
    if (body) {
      if (inlined.includes(body)) {
        // a function with a name of its own can call itself by it
        if (!ts.isFunctionDeclaration(body)) report("recursion", name, symbol);
        return undefined;
      }
      inlined.push(body);
      const inner = partsOf(body, body);
      inlined.pop();
      return ["(", ...inner, ")"];
    }
    if (!isModuleLevel(symbol)) {
      if (isLocalValue(symbol)) report("outOfScope", name, symbol);
      return undefined;
    }
    const reference = referenceOf(symbol, checker) ?? ambient(symbol);
    if (!reference) {
      report("nameNotReachable", name, symbol);
      return undefined;
    }
    references.set(reference.id, reference);
    return reference.name === name.text ? undefined : [reference.name];
  };

  const partsOf = (root: ts.Node, outermost: ts.Node): Hole[] => {
    const parts: Hole[] = [];
    const source = root.getSourceFile().text;
    let from = root.getStart();
    const put = (child: ts.Node, start: number, holes: readonly Hole[]): void => {
      parts.push(source.slice(from, start), ...holes);
      from = child.end;
    };
    const visit = (child: ts.Node): void => {
      const annotation = annotations.get(child);
      if (annotation !== undefined) return put(child, child.getStart(), [annotation]);
      const operand = given.get(child);
      if (operand) return put(child, child.getStart(), [read(operand)]);
      if (ts.isIdentifier(child) && isUse(child)) {
        const holes = replaced(child, outermost);
        if (!holes) return;
        const isShorthand = ts.isShorthandPropertyAssignment(child.parent) && child.parent.name === child;
        return put(child, child.getStart(), isShorthand ? [`${child.text}: `, ...holes] : holes);
      }
      if (child.kind === ts.SyntaxKind.ThisKeyword && !hasOwnThis(child, outermost)) {
        const object = thisAt(child, here);
        if (object) return put(child, child.getStart(), [read(object)]);
        const { file, start, end } = originOf(child);
        obstacles.push({ name: "notUnderstood", values: { what: "`this`" }, at: { file, start, end } });
      }
      ts.forEachChild(child, visit);
    };
    visit(root);
    parts.push(source.slice(from, root.end));
    return parts.filter((p) => p !== "");
  };

  const parts = partsOf(node, node);
  return { parts, reads, references: [...references.values()], obstacles };
}

/** An identifier that names a variable or type, rather than a property, a label or a declaration. */
function isUse(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false;
  if (ts.isQualifiedName(parent)) return parent.left === name;
  if (ts.isBindingElement(parent) && parent.propertyName === name) return false;
  return !("name" in parent && parent.name === name);
}

const isInside = (symbol: ts.Symbol, node: ts.Node): boolean =>
  (symbol.declarations ?? []).some(
    (d) => d.getSourceFile() === node.getSourceFile() && d.pos >= node.pos && d.end <= node.end,
  );

/** A variable, function or class that only a function knows. */
const isLocalValue = (symbol: ts.Symbol): boolean =>
  (symbol.flags & ts.SymbolFlags.Value) !== 0 &&
  (symbol.declarations ?? []).some(
    (d) => !ts.isClassElement(d) && ts.findAncestor(d.parent, ts.isFunctionLike) !== undefined,
  );

const immediate = new Set(
  (
    "map forEach reduce reduceRight filter find findIndex findLast findLastIndex some every sort toSorted " +
    "flatMap from replace replaceAll"
  ).split(" "),
);

/** The use stands in a function that may be called when the variable has changed. */
function isLate(name: ts.Identifier, outermost: ts.Node): boolean {
  let node: ts.Node = name;
  while (node !== outermost) {
    node = node.parent;
    if (!ts.isFunctionLike(node)) continue;
    const call = node.parent;
    const isCalled =
      ts.isCallExpression(call) &&
      ts.isPropertyAccessExpression(call.expression) &&
      immediate.has(call.expression.name.text);
    if (!isCalled) return true;
  }
  return false;
}

/** A function or class around it, within the text, says what `this` is. */
const hasOwnThis = (node: ts.Node, outermost: ts.Node): boolean => {
  for (let n = node; n !== outermost; n = n.parent) {
    const { parent } = n;
    if ((ts.isFunctionLike(parent) && !ts.isArrowFunction(parent)) || ts.isClassLike(parent)) return true;
  }
  return false;
};

/** `declare function g(…)` says of something that it is there: saying so twice is no harm. */
function ambient(symbol: ts.Symbol): Reference | undefined {
  const declarations = symbol.declarations ?? [];
  const isAmbient = (d: ts.Declaration): boolean =>
    (ts.getCombinedModifierFlags(d) & ts.ModifierFlags.Ambient) !== 0 && !d.getSourceFile().isDeclarationFile;
  if (declarations.length === 0 || !declarations.every(isAmbient)) return undefined;
  const text = declarations.map((d) => {
    const list = ts.isVariableDeclaration(d) ? d.parent : undefined;
    return list
      ? `declare ${list.flags & ts.NodeFlags.Const ? "const" : "let"} ${d.getText()};`
      : d.getText();
  });
  return {
    id: `${declarations[0]!.getSourceFile().fileName}#${symbol.name}`,
    name: symbol.name,
    from: { kind: "copy", text: text.join("\n"), references: [] },
  };
}

/** Assigned once, where it is declared. */
function isAssignedOnce(symbol: ts.Symbol, here: Place): boolean {
  const declaration = symbol.valueDeclaration;
  if (!declaration) return false;
  if (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) return true;
  const holder = ts.findAncestor(declaration.parent, ts.isFunctionLike) ?? declaration.getSourceFile();
  return !assignsIt(holder, symbol, here);
}

function assignsIt(node: ts.Node, symbol: ts.Symbol, here: Place): boolean {
  const names = (target: ts.Node): boolean =>
    ts.isIdentifier(target)
      ? symbolOf(target, here.session.checker) === symbol
      : !ts.isPropertyAccessExpression(target) &&
        !ts.isElementAccessExpression(target) &&
        ts.forEachChild(target, (c) => names(c) || undefined) === true;
  if (isAssignment(node) && names(node.left)) return true;
  if (isStep(node) && names(node.operand)) return true;
  return ts.forEachChild(node, (c) => assignsIt(c, symbol, here) || undefined) === true;
}
