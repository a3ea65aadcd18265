/** Statements: one after the other, until one of them leaves. */
import { ts } from "ts-morph";
import { constant, label } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import { unassigned } from "./hoisted.ts";
import { lowerIf, scoped } from "./branch.ts";
import {
  type Flow,
  type Place,
  type Target,
  bind,
  closeBlock,
  exitTo,
  fork,
  learn,
  nameIt,
  originOf,
  typeAt,
} from "./environment.ts";
import { lowerExpression, lowerForEffect } from "./expression.ts";
import { lowerThrow, opaqueStatement } from "./fragment.ts";
import { lowerForIn, lowerForOf } from "./iterate.ts";
import { lowerDoWhile, lowerFor, lowerWhile } from "./loop.ts";
import { bindPattern } from "./pattern.ts";
import { functionConstant } from "./scan.ts";
import { lowerSwitch } from "./switch.ts";

/** What leaves a list of statements ends it: what stands behind is never reached. */
export function lowerStatements(statements: readonly ts.Statement[], here: Place): Flow {
  const { tail } = here;
  for (const [i, statement] of statements.entries()) {
    const isLast = statements.slice(i + 1).every(isSilent);
    here.tail = isLast ? tail : [];
    const flow = lowerStatement(statement, here);
    if (flow) {
      here.tail = tail;
      return flow;
    }
    if (isLast) break;
  }
  here.tail = tail;
  return undefined;
}

/** Declarations that do nothing where they stand. */
const isSilent = (node: ts.Statement): boolean =>
  ts.isFunctionDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isEmptyStatement(node);

export function lowerStatement(node: ts.Statement, here: Place, names: readonly string[] = []): Flow {
  const comment = commentAbove(node);
  if (comment !== undefined && !ts.isBlock(node)) here.comment = comment;
  const flow = dispatch(node, here, names);
  delete here.comment;
  return flow;
}

function dispatch(node: ts.Statement, here: Place, names: readonly string[]): Flow {
  if (isSilent(node)) return undefined;
  if (ts.isVariableStatement(node)) return lowerDeclarations(node.declarationList, here);
  if (ts.isExpressionStatement(node)) return lowerForEffect(node.expression, here);
  if (ts.isReturnStatement(node)) return lowerReturn(node, here);
  if (ts.isIfStatement(node)) return lowerIf(node, here);
  if (ts.isBlock(node)) return scoped(here, () => labelled(node, here, names));
  if (ts.isForStatement(node)) return scoped(here, () => lowerFor(node, here, names));
  if (ts.isForOfStatement(node)) return scoped(here, () => lowerForOf(node, here, names));
  if (ts.isForInStatement(node)) return scoped(here, () => lowerForIn(node, here, names));
  if (ts.isWhileStatement(node)) return lowerWhile(node, here, names);
  if (ts.isDoStatement(node)) return lowerDoWhile(node, here, names);
  if (ts.isBreakStatement(node) || ts.isContinueStatement(node)) return lowerJump(node, here);
  if (ts.isLabeledStatement(node)) {
    const { statement } = node;
    const more = [...names, node.label.text];
    if (ts.isBlock(statement) || isIteration(statement) || ts.isLabeledStatement(statement))
      return lowerStatement(statement, here, more);
    return inStatement(here, more, statement, (inside) => lowerStatement(statement, inside));
  }
  if (ts.isSwitchStatement(node)) return scoped(here, () => lowerSwitch(node, here, names));
  if (ts.isThrowStatement(node)) return lowerThrow(node, here);
  opaqueStatement(node, here);
  return undefined;
}

const isIteration = (node: ts.Node): node is ts.IterationStatement => ts.isIterationStatement(node, false);

function labelled(node: ts.Block, here: Place, names: readonly string[]): Flow {
  if (names.length === 0) return lowerStatements(node.statements, here);
  return inStatement(here, names, node, (inside) => lowerStatements(node.statements, inside));
}

/** A statement that `break` can leave. */
export function inStatement(
  here: Place,
  names: readonly string[],
  node: ts.Node,
  lower: (inside: Place, target: Target) => Flow,
): Flow {
  const target: Target = { label: label(names[0]), kind: "statement", names, exits: [] };
  const origin = originOf(node, here);
  const inside = fork(here, { targets: [...here.targets, target], tail: [...here.tail, target] });
  if (origin.comment !== undefined) inside.comment = origin.comment;
  const flow = lower(inside, target);
  return closeBlock(here, inside, target, flow, origin);
}

export function lowerDeclarations(list: ts.VariableDeclarationList, here: Place): Flow {
  const isConstant = (list.flags & ts.NodeFlags.Const) !== 0;
  for (const declaration of list.declarations) {
    if (functionConstant(declaration, here.session.checker)) continue;
    const { initializer, name } = declaration;
    if (initializer) {
      if (!ts.isIdentifier(name)) bindPattern(name, initializer, here, isConstant ? "const" : "let");
      else {
        const mark = here.block.body.length;
        const initial = lowerExpression(initializer, here);
        nameIt(here, mark, initial, name.text, true);
        learn(initial, typeAt(here, name));
        declare(name, initial, here);
      }
    } else if (ts.isIdentifier(name) && (list.flags & ts.NodeFlags.BlockScoped) !== 0) {
      declare(name, uninitialised(name, here), here);
    }
  }
  return undefined;
}

/** What a variable holds before its first assignment: TypeScript has seen to it that nobody reads it. */
function uninitialised(name: ts.Identifier, here: Place): Operand {
  const symbol = here.session.checker.getSymbolAtLocation(name);
  return symbol ? unassigned(symbol, here) : constant(undefined);
}

export function declare(name: ts.Identifier, operand: Operand, here: Place): void {
  const symbol = here.session.checker.getSymbolAtLocation(name);
  if (symbol) bind(symbol, operand, here);
}

function lowerReturn(node: ts.ReturnStatement, here: Place): Flow {
  const target = [...here.targets].reverse().find((t) => t.kind === "function")!;
  const returned = target.returned!;
  if (node.expression) {
    const { tail } = here;
    here.tail = [];
    const result = lowerExpression(node.expression, here);
    here.tail = tail;
    here.environment.set(returned, result);
  }
  return exitTo(here, target, node);
}

function lowerJump(node: ts.BreakOrContinueStatement, here: Place): Flow {
  const name = node.label?.text;
  const kinds = ts.isContinueStatement(node)
    ? ["body"]
    : name === undefined
      ? ["loop", "switch"]
      : ["loop", "statement"];
  const target = [...here.targets]
    .reverse()
    .find((t) => (name === undefined ? fits(t, kinds) : kinds.includes(t.kind) && t.names.includes(name)));
  if (!target) throw new Error("a jump to nowhere");
  return exitTo(here, target, node);
}

/** A switch is a statement that `break` without a label leaves. */
const fits = (target: Target, kinds: readonly string[]): boolean =>
  kinds.includes(target.kind) ||
  (kinds.includes("switch") && target.kind === "statement" && target.isSwitch === true);

const unwanted = /^\/[/*]\s*(?:eslint|@ts-|prettier|oxlint|biome|istanbul|c8|v8|#(?:end)?region)/;

/** The comment that stands directly above a statement, verbatim. */
function commentAbove(node: ts.Node): string | undefined {
  const text = node.getSourceFile().text;
  const comments = (ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []).map((c) =>
    text.slice(c.pos, c.end),
  );
  const kept = comments.filter((c) => !unwanted.test(c));
  return kept.length === 0 ? undefined : kept.join("\n");
}
