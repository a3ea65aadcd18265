/** The functions of a file that could be asked for, in source order. */
import path from "node:path";
import { ts } from "ts-morph";
import { type Tag, tagsOf } from "./tag.ts";

export type Candidate = Readonly<{
  /** How users choose it: `cost`, `C.m`, `N.f`. */
  name: string;
  declaration: ts.FunctionLikeDeclaration;
  /** What is reported about the whole function is reported here. */
  nameNode: ts.Node;
  exported: boolean;
  tags: readonly Tag[];
  /** The class of an instance method. */
  receiver?: ts.ClassDeclaration;
  overloaded: boolean;
}>;

export function functionsOf(file: ts.SourceFile, checker: ts.TypeChecker): readonly Candidate[] {
  const module = checker.getSymbolAtLocation(file);
  const exports = new Set(
    (module ? checker.getExportsOfModule(module) : []).flatMap((e) => {
      const target = e.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(e) : e;
      return target.declarations ?? [];
    }),
  );
  return inStatements(file.statements, { prefix: "", isExported: (d) => exports.has(d), checker });
}

type Scope = Readonly<{
  prefix: string;
  isExported: (declaration: ts.Declaration) => boolean;
  checker: ts.TypeChecker;
}>;

function inStatements(statements: readonly ts.Statement[], scope: Scope): readonly Candidate[] {
  return statements.flatMap((statement): readonly Candidate[] => {
    if (ts.isFunctionDeclaration(statement)) return inFunction(statement, statements, scope);
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap((d) => inVariable(d, statement, scope));
    }
    if (ts.isClassDeclaration(statement))
      return statement.members.flatMap((m) => inClass(m, statement, scope));
    if (ts.isExportAssignment(statement)) return inDefault(statement);
    if (ts.isModuleDeclaration(statement) && statement.body && ts.isModuleBlock(statement.body)) {
      const outer = scope.isExported(statement);
      return inStatements(statement.body.statements, {
        ...scope,
        prefix: `${scope.prefix}${statement.name.text}.`,
        isExported: (d) => outer && (ts.getCombinedModifierFlags(d) & ts.ModifierFlags.Export) !== 0,
      });
    }
    return [];
  });
}

/** Overloads come before the implementation; all of them are one function. */
function inFunction(
  statement: ts.FunctionDeclaration,
  among: readonly ts.Statement[],
  scope: Scope,
): readonly Candidate[] {
  const own = statement.name?.text;
  const all = among.filter(
    (s): s is ts.FunctionDeclaration => ts.isFunctionDeclaration(s) && s.name?.text === own,
  );
  const main = all.find((s) => s.body) ?? all[0];
  if (main !== statement) return [];
  return [
    {
      name: scope.prefix + (own ?? fileWord(statement.getSourceFile())),
      declaration: statement,
      nameNode: statement.name ?? statement,
      exported: scope.isExported(statement),
      tags: all.flatMap(tagsOf),
      overloaded: all.length > 1,
    },
  ];
}

function inVariable(
  declaration: ts.VariableDeclaration,
  statement: ts.VariableStatement,
  scope: Scope,
): readonly Candidate[] {
  const original = functionNamed(declaration, scope.checker);
  const written = functionIn(declaration.initializer) ?? original;
  if (!written || !ts.isIdentifier(declaration.name)) return [];
  return [
    {
      name: scope.prefix + declaration.name.text,
      declaration: written,
      nameNode: declaration.name,
      // a second name of what the file exports anyway asks for nothing
      exported: scope.isExported(declaration) && !(original && scope.isExported(original)),
      tags: tagsOf(statement.declarationList.declarations.length === 1 ? statement : declaration),
      overloaded: false,
    },
  ];
}

/** `export const sub = subtract`, `export const dot = vec4.dot`. */
function functionNamed(
  { initializer, name, type }: ts.VariableDeclaration,
  checker: ts.TypeChecker,
): ts.FunctionDeclaration | undefined {
  if (!initializer || type || !ts.isIdentifier(name)) return undefined;
  const used = ts.isPropertyAccessExpression(initializer) ? initializer.name : initializer;
  const symbol = ts.isIdentifier(used) ? checker.getSymbolAtLocation(used) : undefined;
  if (!symbol) return undefined;
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const all = (target.declarations ?? []).filter(ts.isFunctionDeclaration);
  return all.length === 1 && all[0]!.body ? all[0] : undefined;
}

/** `export default (x: number) => …` goes by the name of its file. */
function inDefault(statement: ts.ExportAssignment): readonly Candidate[] {
  const written = functionIn(statement.expression);
  if (!written) return [];
  return [
    {
      name: fileWord(statement.getSourceFile()),
      declaration: written,
      nameNode: statement,
      exported: true,
      tags: tagsOf(statement),
      overloaded: false,
    },
  ];
}

function functionIn(node: ts.Expression | undefined): ts.ArrowFunction | ts.FunctionExpression | undefined {
  if (!node) return undefined;
  const bare = ts.skipPartiallyEmittedExpressions(node);
  if (ts.isParenthesizedExpression(bare) || ts.isSatisfiesExpression(bare))
    return functionIn(bare.expression);
  return ts.isArrowFunction(bare) || ts.isFunctionExpression(bare) ? bare : undefined;
}

/** Methods are there to be asked for by name or tag; exporting a class does not ask for all of them. */
function inClass(member: ts.ClassElement, holder: ts.ClassDeclaration, scope: Scope): readonly Candidate[] {
  const entry =
    ts.isMethodDeclaration(member) ||
    ts.isConstructorDeclaration(member) ||
    ts.isGetAccessorDeclaration(member) ||
    ts.isSetAccessorDeclaration(member);
  if (!entry || !holder.name) return [];
  if (member.name && !ts.isIdentifier(member.name)) return [];
  const same = holder.members.filter(
    (m) => m.name?.getText() === member.name?.getText() && m.kind === member.kind,
  );
  const main = same.find((m) => ts.isFunctionLike(m) && "body" in m && m.body) ?? same[0];
  if (main !== member) return [];
  const isStatic = (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static) !== 0;
  return [
    {
      name: `${scope.prefix}${holder.name.text}.${member.name?.getText() ?? "constructor"}`,
      declaration: member,
      nameNode: member.name ?? member,
      exported: false,
      tags: tagsOf(member),
      ...(isStatic ? {} : { receiver: holder }),
      overloaded: same.length > 1,
    },
  ];
}

/** The file's name as an identifier: `least-squares.ts` → `leastSquares`. */
function fileWord(file: ts.SourceFile): string {
  const words = path.posix
    .basename(file.fileName)
    .replace(/\.[cm]?tsx?$/, "")
    .split(/[^\p{L}\p{N}_$]+/u)
    .filter(Boolean);
  const word = words.map((w, i) => (i === 0 ? w : w[0]!.toUpperCase() + w.slice(1))).join("");
  return /^\d/.test(word) ? `_${word}` : word || "main";
}

/** `cost` → `Cost`, `_cost` → `_Cost`, `C.m` → `CM`. */
export const exportName = (name: string): string =>
  name
    .split(".")
    .map((part) =>
      part.replace(/^([_$]*)(.)/u, (_, lead: string, first: string) => lead + first.toUpperCase()),
    )
    .join("");
