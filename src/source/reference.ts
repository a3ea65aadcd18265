/**
 * Names of module level that generated code uses: imported where they are exported (or come from a package),
 * copied where a copy means the same as the original.
 */
import { ts } from "ts-morph";
import type { Reference } from "../ir/types.ts";
import { isConstantTable } from "./constant.ts";
import { aliasOf } from "./globalName.ts";
import { isSettled } from "./settled.ts";

/** What a piece of source needs of the modules around it; `missing` names can neither be imported nor copied. */
export type Needs = Readonly<{ references: readonly Reference[]; missing: readonly ts.Symbol[] }>;

/**
 * How generated code reaches a name of module level. `undefined` for globals and locals, which need nothing, and
 * for names that cannot be had ({@link isModuleLevel} tells them apart): a `let`, a class, a mutable table that is
 * not exported. `import * as m` has `exported: "*"`.
 */
export function referenceOf(symbol: ts.Symbol, checker: ts.TypeChecker): Reference | undefined {
  return resolve(symbol, checker, []);
}

/** Whether the name belongs to a module of the source: imported, or declared at the top level of a module. */
export function isModuleLevel(symbol: ts.Symbol): boolean {
  if (symbol.flags & ts.SymbolFlags.Alias) return true;
  const declaration = symbol.declarations?.[0];
  if (!declaration || isGlobal(declaration)) return false;
  return isTopLevel(declaration);
}

/** The references of everything inside `node` that is declared outside of it. */
export function referencesIn(node: ts.Node, checker: ts.TypeChecker): Needs {
  return needs(node, checker, []);
}

/** `above`: the symbols whose copies are being made, so that functions that call each other end. */
function needs(node: ts.Node, checker: ts.TypeChecker, above: readonly ts.Symbol[]): Needs {
  const references = new Map<string, Reference>();
  const missing = new Set<ts.Symbol>();
  const visit = (child: ts.Node): void => {
    if (ts.isIdentifier(child) && isUse(child)) {
      const symbol = ts.isShorthandPropertyAssignment(child.parent)
        ? checker.getShorthandAssignmentValueSymbol(child.parent)
        : checker.getSymbolAtLocation(child);
      if (
        symbol &&
        isModuleLevel(symbol) &&
        !declaredIn(symbol, node) &&
        !above.includes(local(symbol, checker))
      ) {
        const reference = resolve(symbol, checker, above);
        if (reference) references.set(reference.id, reference);
        else missing.add(symbol);
      }
    }
    ts.forEachChild(child, visit);
  };
  visit(node);
  return { references: [...references.values()], missing: [...missing] };
}

/** An identifier that names something, rather than a property of something or a declaration. */
function isUse(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === name;
  if (ts.isQualifiedName(parent)) return parent.left === name;
  if (ts.isBindingElement(parent)) return parent.propertyName !== name && parent.name !== name;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === name;
  return true;
}

const declaredIn = (symbol: ts.Symbol, node: ts.Node): boolean =>
  (symbol.declarations ?? []).some(
    (d) => d.getSourceFile() === node.getSourceFile() && d.pos >= node.pos && d.end <= node.end,
  );

/** One symbol for a declaration, whether asked from inside or outside of its module. */
const local = (symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol =>
  checker.getExportSymbolOfSymbol(symbol);

function resolve(
  symbol: ts.Symbol,
  checker: ts.TypeChecker,
  above: readonly ts.Symbol[],
): Reference | undefined {
  if (symbol.flags & ts.SymbolFlags.Alias) return imported(symbol, checker);
  if (!isModuleLevel(symbol)) return undefined;
  return exportedFrom(symbol, symbol.name, checker) ?? copied(symbol, checker, above);
}

const makeImport = (file: string, exported: string, name: string, typeOnly: boolean): Reference => ({
  id: `${file}#${exported}`,
  name,
  from: { kind: "import", file, exported, ...(typeOnly ? { typeOnly } : {}) },
});

/** A name that the source itself imports: from where it is declared, else from where the source has it. */
function imported(symbol: ts.Symbol, checker: ts.TypeChecker): Reference | undefined {
  const declaration = symbol.declarations?.[0];
  if (!declaration) return undefined;
  const clause = importClauseOf(declaration);
  if (!clause) return undefined;
  const target = checker.getAliasedSymbol(symbol);
  const typeOnly = clause.typeOnly || !(target.flags & ts.SymbolFlags.Value);
  const specifier = clause.specifier.text;
  if (!/^\.{0,2}\//.test(specifier) && specifier !== "." && specifier !== "..") {
    return makeImport(specifier, clause.exported, symbol.name, typeOnly);
  }
  const module = checker.getSymbolAtLocation(clause.specifier)?.valueDeclaration;
  if (!module || !ts.isSourceFile(module)) return undefined;
  if (clause.exported !== "*") {
    const direct = exportedFrom(target, symbol.name, checker);
    if (direct && !module.isDeclarationFile) return direct;
  }
  return makeImport(module.fileName, clause.exported, symbol.name, typeOnly);
}

type Clause = Readonly<{ specifier: ts.StringLiteral; exported: string; typeOnly: boolean }>;

function importClauseOf(declaration: ts.Declaration): Clause | undefined {
  const statement = ts.findAncestor(declaration, ts.isImportDeclaration);
  if (!statement || !ts.isStringLiteral(statement.moduleSpecifier)) return undefined;
  const specifier = statement.moduleSpecifier;
  const typeOnly = statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  if (ts.isImportSpecifier(declaration)) {
    const exported = (declaration.propertyName ?? declaration.name).text;
    return { specifier, exported, typeOnly: typeOnly || declaration.isTypeOnly };
  }
  if (ts.isNamespaceImport(declaration)) return { specifier, exported: "*", typeOnly };
  return ts.isImportClause(declaration) ? { specifier, exported: "default", typeOnly } : undefined;
}

/** An import from the file that declares the symbol, if that file exports it. */
function exportedFrom(symbol: ts.Symbol, name: string, checker: ts.TypeChecker): Reference | undefined {
  const file = symbol.declarations?.[0]?.getSourceFile();
  const module = file && checker.getSymbolAtLocation(file);
  if (!file || !module || /\/node_modules\//.test(file.fileName)) return undefined;
  const own = local(symbol, checker);
  const exported = checker.getExportsOfModule(module).find((e) => {
    const target = e.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(e) : e;
    return local(target, checker) === own;
  });
  if (!exported) return undefined;
  // a default export without a name of its own goes by the name it has where it is used
  const called = name === "default" ? "defaultExport" : name;
  return makeImport(file.fileName, exported.name, called, !(symbol.flags & ts.SymbolFlags.Value));
}

/** The declaration itself, where a second one means the same. */
function copied(
  symbol: ts.Symbol,
  checker: ts.TypeChecker,
  above: readonly ts.Symbol[],
): Reference | undefined {
  const declarations = symbol.declarations ?? [];
  const [declaration] = declarations;
  if (!declaration) return undefined;
  const alias = aliasOf(symbol, checker);
  if (alias !== undefined)
    return {
      id: `${declaration.getSourceFile().fileName}#${symbol.name}`,
      name: symbol.name,
      from: { kind: "copy", text: `const ${symbol.name} = ${alias};`, references: [] },
    };
  if (!isCopyable(declaration, symbol, checker)) return undefined;
  const inside = [...above, local(symbol, checker)];
  const parts = declarations.map((d) => needs(d, checker, inside));
  if (parts.some((p) => p.missing.length > 0)) return undefined;
  const references = new Map(parts.flatMap((p) => p.references).map((r) => [r.id, r]));
  return {
    id: `${declaration.getSourceFile().fileName}#${symbol.name}`,
    name: symbol.name,
    from: {
      kind: "copy",
      text: declarations.map(declarationText).join("\n"),
      references: [...references.values()],
    },
  };
}

function isCopyable(declaration: ts.Declaration, symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  if (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration)) return true;
  if (ts.isEnumDeclaration(declaration)) return true;
  if (ts.isFunctionDeclaration(declaration)) return declaration.body !== undefined;
  if (
    !ts.isVariableDeclaration(declaration) ||
    !declaration.initializer ||
    !ts.isIdentifier(declaration.name)
  ) {
    return false;
  }
  if (!isSettled(declaration, checker)) return false;
  if (ts.isArrowFunction(declaration.initializer) || ts.isFunctionExpression(declaration.initializer))
    return true;
  return isConstantTable(declaration, symbol, checker);
}

/** The declaration with the docstring above it. */
function declarationText(declaration: ts.Declaration): string {
  const whole = ts.isVariableDeclaration(declaration)
    ? (ts.findAncestor(declaration, ts.isVariableStatement) ?? declaration)
    : declaration;
  // of several variables in one statement, the comment is the first one's
  const isFirst = !ts.isVariableStatement(whole) || whole.declarationList.declarations[0] === declaration;
  const docs = ts
    .getJSDocCommentsAndTags(whole)
    .filter((d) => isFirst && ts.isJSDoc(d) && d.parent === whole);
  const own = ts.isVariableDeclaration(declaration)
    ? `const ${declaration.getText()};`
    : declaration.getText();
  return [...docs.map((d) => d.getText()), own].join("\n");
}

function isTopLevel(declaration: ts.Declaration): boolean {
  const holder =
    ts.isVariableDeclaration(declaration) || ts.isBindingElement(declaration)
      ? ts.findAncestor(declaration, ts.isVariableStatement)
      : declaration;
  if (!holder?.parent) return false;
  if (holder !== declaration && ts.findAncestor(declaration, ts.isFunctionLike)) return false;
  return ts.isSourceFile(holder.parent) || ts.isModuleBlock(holder.parent);
}

/** Declared in a library or an ambient file without imports and exports: visible everywhere. */
function isGlobal(declaration: ts.Declaration): boolean {
  const file = declaration.getSourceFile();
  if (file.hasNoDefaultLib) return true;
  if (ts.isExternalModule(file)) return ts.findAncestor(declaration, isGlobalAugmentation) !== undefined;
  return file.isDeclarationFile;
}

const isGlobalAugmentation = (node: ts.Node): boolean =>
  ts.isModuleDeclaration(node) && (node.flags & ts.NodeFlags.GlobalAugmentation) !== 0;
