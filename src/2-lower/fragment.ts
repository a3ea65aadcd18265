/** What lowering does not take apart: source text with holes for the values of local variables. */
import { ts } from "ts-morph";
import type { MessageName } from "../diagnostics/table.ts";
import { value } from "../ir/build.ts";
import type { Fragment, Operand, Refusal, Type, Value } from "../ir/types.ts";
import { type Flow, type Place, heldBy, isReturned, merged, originOf, typeAt } from "./environment.ts";
import { isGlobal } from "./effects.ts";
import { lowerExpression } from "./expression.ts";
import { isFoundThere } from "./found.ts";
import { assignedIn } from "./scan.ts";
import { type Hole, type Text, textOf } from "./text.ts";

export function refusal(
  name: MessageName,
  node: ts.Node,
  values: Readonly<Record<string, string>> = {},
): Refusal {
  const { file, start, end } = originOf(node);
  return { name, values, at: { file, start, end } };
}

type Options = Readonly<{
  /** Parts of the expression that are lowered first, in order; only text is left of the rest. */
  children?: readonly ts.Expression[];
  /** Parts that have been lowered already. */
  given?: ReadonlyMap<ts.Node, Operand>;
  refusal?: Refusal;
  repeatable?: boolean;
  /** `false`: it reads only. Else it may change everything that it reads. */
  writes?: boolean;
  /** Nobody asks for the value. */
  forEffect?: boolean;
}>;

/** An expression as it is written; the operand is its value. */
export function opaque(here: Place, node: ts.Expression | ts.Node, options: Options = {}): Operand {
  const given = new Map<ts.Node, Operand>(options.given);
  for (const child of options.children ?? []) {
    // what reads no variable is readable as it stands
    if (mentionsLocals(child, here)) given.set(child, lowerExpression(child, here));
  }
  const type = typeAt(here, node);
  const wanted = !options.forEffect && type.kind !== "undefined";
  const result = value(type);
  const results = add(here, node, given, wanted ? result : undefined, options);
  return results ? result : { kind: "constant", value: undefined };
}

/** A statement as it is written: the variables that it assigns are its results. */
export function opaqueStatement(node: ts.Statement, here: Place): void {
  reportJumps(node, here);
  add(here, node, new Map(), undefined, { refusal: refusalFor(node, here) });
}

function add(
  here: Place,
  node: ts.Node,
  given: ReadonlyMap<ts.Node, Operand>,
  result: Value | undefined,
  options: Options,
): boolean {
  const holes = [...here.environment.keys()];
  const assigned = assignedIn([node], here);
  const changed = holes.filter((v) => !isReturned(v) && assigned.has(v));
  const text = textOf(node, here, given, new Map(changed.map((v, i) => [v, i])));
  const parts: Hole[] = [];
  const reads = [...text.reads];
  const readOf = (operand: Operand): number => {
    const known = reads.indexOf(operand);
    return known >= 0 ? known : reads.push(operand) - 1;
  };
  const results = changed.map((v) => merged(here, v, [here.environment.get(v)!]));
  changed.forEach((v, i) => {
    parts.push({ write: i }, " = ", { read: readOf(here.environment.get(v)!) }, "; ");
  });
  const isStatement = ts.isStatement(node);
  const asStatement = isStatement || changed.length > 0 || !result;
  if (asStatement && result) parts.push({ write: results.push(result) - 1 }, " = ");
  parts.push(...text.parts);
  if (result && isFoundThere(node, here)) parts.push("!");
  if (asStatement && !isStatement) parts.push(";");
  const code: Fragment = {
    form: asStatement ? "statement" : "expression",
    parts,
    ...linksOf(text),
  };
  here.block.add({
    kind: "opaque",
    results: asStatement ? results : [result!],
    reads,
    writes: options.writes === false || options.repeatable ? [] : reads.filter(isChangeable),
    repeatable: options.repeatable === true && changed.length === 0,
    ...(result && isFresh(node, here) ? { fresh: true } : {}),
    code,
    ...(options.refusal ? { refusal: options.refusal } : {}),
    at: originOf(node, here),
  });
  changed.forEach((v, i) => here.environment.set(v, results[i]!));
  return result !== undefined;
}

/** What the text has to do with what is around it. */
export const linksOf = ({ references, obstacles }: Text): Pick<Fragment, "references" | "obstacles"> => ({
  references,
  ...(obstacles.length > 0 ? { obstacles } : {}),
});

const copying = new Set([
  "filter",
  "concat",
  "slice",
  "toSorted",
  "toReversed",
  "toSpliced",
  "with",
  "map",
  "split",
]);

/** What it gives is made by it: a library's object from plain values, an array of plain values. */
function isFresh(node: ts.Node, here: Place): boolean {
  const { checker } = here.session;
  if (ts.isNewExpression(node)) {
    const isPlain = (a: ts.Expression): boolean =>
      ["number", "boolean", "undefined"].includes(typeAt(here, a).kind);
    return isGlobal(node.expression, checker) && (node.arguments ?? []).every(isPlain);
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const type = typeAt(here, node);
  const holdsPlain =
    type.kind === "array" && (type.element.kind === "number" || type.element.kind === "boolean");
  return holdsPlain && copying.has(node.expression.name.text);
}

/** Memory that a reader of it could also write. */
function isChangeable(operand: Operand): boolean {
  if (operand.kind === "constant") return false;
  const type = operand.type.kind === "optional" ? operand.type.of : operand.type;
  if (type.kind === "other") return type.text !== "string";
  return ["array", "tuple", "object", "map", "cell"].includes(type.kind);
}

/** `object[key]` of something whose parts are not known. */
export function opaqueRead(here: Place, node: ts.Node, object: Operand, key: Operand, type: Type): Operand {
  const result = value(type);
  const isName =
    key.kind === "constant" && /^[A-Za-z_$][\w$]*$/.test(String(key.value)) && !isHidden(node, here);
  const access: Hole[] = isName ? [`.${String(key.value)}`] : ["[", { read: 1 }, "]"];
  here.block.add({
    kind: "opaque",
    results: [result],
    reads: isName ? [object] : [object, key],
    writes: [],
    repeatable: false,
    code: { form: "expression", parts: [{ read: 0 }, ...access], references: [] },
    refusal: refusalFor(node, here),
    at: originOf(node, here),
  });
  return result;
}

/** A member that only its class may name; between brackets anybody may. */
export function isHidden(node: ts.Node, here: Place): boolean {
  const symbol = ts.isPropertyAccessExpression(node)
    ? here.session.checker.getSymbolAtLocation(node.name)
    : undefined;
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return symbol?.declarations?.some((d) => (ts.getCombinedModifierFlags(d) & hidden) !== 0) === true;
}

/** `object[key] = value`, likewise. */
export function opaqueWrite(
  here: Place,
  node: ts.Node,
  object: Operand,
  key: Operand,
  stored: Operand,
): void {
  here.block.add({
    kind: "opaque",
    results: [],
    reads: [object, key, stored],
    writes: [object],
    repeatable: false,
    code: {
      form: "statement",
      parts: [{ read: 0 }, "[", { read: 1 }, "] = ", { read: 2 }, ";"],
      references: [],
    },
    refusal: refusalFor(node, here),
    at: originOf(node, here),
  });
}

/** Whether it uses any variable of a function. */
export function mentionsLocals(node: ts.Node, here: Place): boolean {
  if (node.kind === ts.SyntaxKind.ThisKeyword) return true;
  if (ts.isIdentifier(node)) {
    const symbol = here.session.checker.getSymbolAtLocation(node);
    return symbol !== undefined && (heldBy(symbol, here) !== undefined || isInside(symbol));
  }
  return ts.forEachChild(node, (child) => mentionsLocals(child, here) || undefined) === true;
}

const isInside = (symbol: ts.Symbol): boolean => {
  const declaration = symbol.valueDeclaration;
  return declaration !== undefined && ts.findAncestor(declaration.parent, ts.isFunctionLike) !== undefined;
};

export function lowerThrow(node: ts.ThrowStatement, here: Place): Flow {
  const text = textOf(node, here, new Map(), new Map());
  const code: Fragment = { form: "statement", parts: text.parts, ...linksOf(text) };
  return { kind: "throw", code, reads: text.reads, at: originOf(node, here) };
}

/** Control must not leave from inside of what stays text. */
function reportJumps(node: ts.Statement, here: Place): void {
  const what = ts.isTryStatement(node) ? "`try`" : "a statement";
  const report = (at: ts.Node, jump: string): void =>
    here.session.report(refusal("jumpOut", at, { jump, what }));
  const visit = (child: ts.Node, isBreakable: boolean, isLoop: boolean): void => {
    if (ts.isFunctionLike(child)) return;
    if (ts.isReturnStatement(child)) report(child, "return");
    if (ts.isBreakOrContinueStatement(child)) {
      const own = child.label
        ? ts.findAncestor(
            child,
            (a) => ts.isLabeledStatement(a) && a.label.text === child.label!.text && a.pos >= node.pos,
          )
        : ts.isBreakStatement(child)
          ? isBreakable
          : isLoop;
      if (!own) report(child, ts.isBreakStatement(child) ? "break" : "continue");
    }
    const loops = ts.isIterationStatement(child, false);
    const breaks = loops || ts.isSwitchStatement(child);
    ts.forEachChild(child, (c) => visit(c, isBreakable || breaks, isLoop || loops));
  };
  visit(node, false, false);
}

const collections = /^(?:Readonly)?(?:Weak)?(?:Map|Set)(?:<|$)/;

/** Why no derivative flows through a piece of source. */
export function refusalFor(node: ts.Node, here: Place): Refusal {
  const { checker } = here.session;
  const nameOf = (type: ts.Type): string => checker.typeToString(type);
  const subject =
    ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) ? node.expression : undefined;
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier))
    return refusal("asyncCode", node);
  if (ts.isYieldExpression(node)) return refusal("generatorCode", node);
  if (ts.isWithStatement(node)) return refusal("dynamicCode", node);
  if (ts.isTryStatement(node)) return refusal("tryStatement", node);
  if (ts.isNewExpression(node)) {
    const type = nameOf(checker.getTypeAtLocation(node));
    if (collections.test(type)) return refusal("keyedCollection", node, { type });
    return refusal("classInstance", node, { name: node.getText().replace(/\s+/g, " ") });
  }
  if (ts.isFunctionLike(node)) return refusal("escapingClosure", node);
  if (ts.isObjectLiteralExpression(node)) return refusal("accessorInLiteral", node);
  if (ts.isForOfStatement(node)) {
    const type = nameOf(checker.getTypeAtLocation(node.expression));
    if (collections.test(type)) return refusal("keyedCollection", node.expression, { type });
    if (/^(?:Async)?Generator\b/.test(type)) return refusal("generatorCode", node.expression);
    return refusal("notUnderstood", node.expression, { what: `a loop over a \`${type}\`` });
  }
  if (subject) {
    const type = nameOf(checker.getTypeAtLocation(subject));
    if (collections.test(type)) return refusal("keyedCollection", node, { type });
    if (isUnknown(checker.getTypeAtLocation(subject)))
      return refusal("anyTyped", subject, { text: subject.getText(), type });
    return refusal("unknownStructure", node, { text: node.getText(), type });
  }
  if (ts.isExpression(node)) {
    const type = checker.getTypeAtLocation(node);
    if (isUnknown(type)) return refusal("anyTyped", node, { text: node.getText(), type: nameOf(type) });
  }
  return refusal("notUnderstood", node, { what: whatIs(node) });
}

const isUnknown = (type: ts.Type): boolean => (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0;

function whatIs(node: ts.Node): string {
  if (ts.isForInStatement(node)) return "`for … in`";
  if (ts.isClassLike(node)) return "a class declared inside a function";
  if (ts.isTemplateExpression(node) || ts.isTaggedTemplateExpression(node)) return "a string";
  if (ts.isSwitchStatement(node)) return "this `switch`";
  if (ts.isDeleteExpression(node)) return "`delete`";
  if (node.kind === ts.SyntaxKind.ThisKeyword) return "`this`";
  return `\`${node.getText().replace(/\s+/g, " ").slice(0, 60)}\``;
}
