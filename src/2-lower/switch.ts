/** `switch`: nested branches where no case falls into the next, else cases that are entered at a number. */
import { ts } from "ts-morph";
import { booleanType, constant, label, numberType } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import { bindHoisted } from "./hoisted.ts";
import { branch, choose } from "./branch.ts";
import { type Flow, type Place, type Target, at, closeBlock, fork, originOf } from "./environment.ts";
import { lowerExpression } from "./expression.ts";
import { lowerStatements } from "./statement.ts";

/** Clauses that share their statements: `case 1: case 2: …`. */
type Group = Readonly<{
  tests: readonly ts.Expression[];
  isDefault: boolean;
  statements: readonly ts.Statement[];
}>;

export function lowerSwitch(node: ts.SwitchStatement, here: Place, names: readonly string[]): Flow {
  const subject = lowerExpression(node.expression, here);
  const groups = groupsOf(node.caseBlock.clauses);
  const target: Target = {
    label: label(names[0] ?? "switch"),
    kind: "statement",
    names,
    isSwitch: true,
    exits: [],
  };
  const origin = originOf(node, here);
  const inside = fork(here, { targets: [...here.targets, target], tail: [...here.tail, target] });
  const falls = groups.slice(0, -1).some((g) => !leaves(g.statements));
  const flow = falls
    ? lowerEntered(groups, subject, node, inside)
    : lowerChosen(groups, subject, node, inside);
  return closeBlock(here, inside, target, flow, origin);
}

function groupsOf(clauses: readonly ts.CaseOrDefaultClause[]): Group[] {
  const groups: Group[] = [];
  let tests: ts.Expression[] = [];
  let isDefault = false;
  for (const [i, clause] of clauses.entries()) {
    if (ts.isCaseClause(clause)) tests.push(clause.expression);
    else isDefault = true;
    if (clause.statements.length === 0 && i < clauses.length - 1) continue;
    groups.push({ tests, isDefault, statements: clause.statements });
    tests = [];
    isDefault = false;
  }
  return groups;
}

/** Control never gets behind the statements. */
function leaves(statements: readonly ts.Statement[]): boolean {
  const last = statements.at(-1);
  if (!last) return false;
  if (ts.isBlock(last)) return leaves(last.statements);
  if (ts.isIfStatement(last))
    return last.elseStatement !== undefined && leaves([last.thenStatement]) && leaves([last.elseStatement]);
  return (
    ts.isBreakStatement(last) ||
    ts.isContinueStatement(last) ||
    ts.isReturnStatement(last) ||
    ts.isThrowStatement(last)
  );
}

/** The cases are all that the subject can be: one of them is entered. */
function isExhaustive(node: ts.SwitchStatement, here: Place): boolean {
  const { checker } = here.session;
  const type = checker.getTypeAtLocation(node.expression);
  const possible = type.isUnion() ? type.types : [type];
  const isLiteral = (t: ts.Type): boolean =>
    (t.flags & (ts.TypeFlags.Literal | ts.TypeFlags.EnumLiteral)) !== 0;
  // a literal that was just written and one that a type names are two types to the checker
  const regular = (t: ts.Type): ts.Type =>
    "regularType" in t && t.regularType ? (t.regularType as ts.Type) : t;
  const tests = node.caseBlock.clauses.flatMap((c) => (ts.isCaseClause(c) ? [c.expression] : []));
  const covered = tests.map((t) => regular(checker.getTypeAtLocation(t)));
  return possible.every((t) => isLiteral(t) && covered.includes(regular(t)));
}

/** `subject === a || subject === b` */
function matches(tests: readonly ts.Expression[], subject: Operand, here: Place): Operand {
  let found: Operand | undefined;
  for (const test of tests) {
    const equals = (inside: Place): Operand => {
      const wanted = lowerExpression(test, inside);
      return at(inside, test).op("eq", [subject, wanted]);
    };
    found = found ? choose(here, found, booleanType, test, () => constant(true), equals) : equals(here);
  }
  return found ?? constant(false);
}

function lowerChosen(
  groups: readonly Group[],
  subject: Operand,
  node: ts.SwitchStatement,
  here: Place,
): Flow {
  const last = groups.at(-1);
  const fallback = groups.find((g) => g.isDefault) ?? (isExhaustive(node, here) ? last : undefined);
  const from = (n: number, inside: Place): Flow => {
    const group = groups[n];
    if (group === fallback && n === groups.length - 1) return lowerStatements(group!.statements, inside);
    if (!group) return fallback && lowerStatements(fallback.statements, inside);
    if (group.isDefault) return from(n + 1, inside);
    const test = matches(group.tests, subject, inside);
    return branch(
      inside,
      test,
      originOf(group.tests[0] ?? node, inside),
      (yes) => lowerStatements(group.statements, yes),
      (no) => from(n + 1, no),
    );
  };
  return from(0, here);
}

/** One number says where the cases are entered; each case from there on runs until something leaves. */
function lowerEntered(
  groups: readonly Group[],
  subject: Operand,
  node: ts.SwitchStatement,
  here: Place,
): Flow {
  const behind = groups.length;
  const byDefault = groups.findIndex((g) => g.isDefault);
  const entryFrom = (n: number, inside: Place): Operand => {
    const group = groups[n];
    if (!group) return constant(byDefault < 0 ? behind : byDefault);
    if (group.tests.length === 0) return entryFrom(n + 1, inside);
    const test = matches(group.tests, subject, inside);
    return choose(
      inside,
      test,
      numberType,
      node,
      () => constant(n),
      (no) => entryFrom(n + 1, no),
    );
  };
  const entry = entryFrom(0, here);
  bindHoisted(node.caseBlock, here);
  const { tail } = here;
  const isCertain = byDefault >= 0 || isExhaustive(node, here);
  for (const [n, group] of groups.entries()) {
    const isLast = n === groups.length - 1;
    here.tail = isLast ? tail : [];
    if (isLast && isCertain) return lowerStatements(group.statements, here);
    const isEntered = at(here, node).op("le", [entry, constant(n)]);
    const flow = branch(
      here,
      isEntered,
      originOf(group.statements[0] ?? node),
      (inside) => lowerStatements(group.statements, inside),
      () => undefined,
    );
    if (flow) throw new Error("a case that leaves the switch whatever its entry");
  }
  here.tail = tail;
  return undefined;
}
