/** Which classes of the program extend or implement which, in whatever files they stand. */
import { ts } from "ts-morph";
import type { Kin } from "../source/type.ts";
import { type Class, lineOf } from "./class.ts";

export type Hierarchy = Readonly<{
  /** The classes of which an object of this type may be an instance, by what the program declares. */
  candidates(type: ts.Type): readonly Class[];
  /** The types of those that are not the type itself. */
  kin: Kin;
  /** The files that were looked through. */
  sources: readonly ts.SourceFile[];
  /** The class and all that extend it. */
  family(of: Class): readonly Class[];
}>;

export const isAbstract = (of: Class): boolean =>
  ts.getModifiers(of)?.some((m) => m.kind === ts.SyntaxKind.AbstractKeyword) === true;

/** Equal for two classes only if they are the same. */
export const idOf = (of: Class): string => `${of.getSourceFile().fileName}:${of.pos}`;

export function hierarchyOf(sources: readonly ts.SourceFile[], checker: ts.TypeChecker): Hierarchy {
  let found: readonly Class[] | undefined;
  const all = (): readonly Class[] => (found ??= sources.flatMap(classesIn));
  const families = new Map<Class, readonly Class[]>();
  const family = (of: Class): readonly Class[] => {
    const known = families.get(of);
    if (known) return known;
    const members = [of, ...all().filter((c) => c !== of && (lineOf(c, checker) ?? []).includes(of))];
    families.set(of, members);
    return members;
  };
  const instances = (of: Class): ts.Type | undefined => {
    const symbol = of.name ? checker.getSymbolAtLocation(of.name) : undefined;
    return symbol && checker.getDeclaredTypeOfSymbol(symbol);
  };
  const implementing = (type: ts.Type): readonly Class[] =>
    hasCode(type, checker)
      ? all().filter((c) => {
          const made = instances(c);
          return made !== undefined && checker.isTypeAssignableTo(made, type);
        })
      : [];
  const known = new Map<ts.Type, readonly Class[]>();
  const candidates = (given: ts.Type): readonly Class[] => {
    const type = checker.getNonNullableType(given);
    let answer = known.get(type);
    if (!answer) {
      known.set(type, (answer = find(type).filter((c) => !isAbstract(c))));
    }
    return answer;
  };
  const find = (type: ts.Type): readonly Class[] => {
    if (type.isUnion()) return [...new Set(type.types.flatMap(candidates))];
    if (type.flags & ts.TypeFlags.TypeParameter) {
      const constraint = checker.getBaseConstraintOfType(type);
      return constraint && constraint !== type ? candidates(constraint) : [];
    }
    if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return [];
    const declaration = type.getSymbol()?.valueDeclaration;
    if (declaration && ts.isClassLike(declaration))
      return declaration.getSourceFile().isDeclarationFile ? [] : family(declaration);
    return implementing(type);
  };
  const kin: Kin = (type) => {
    const own = type.getSymbol()?.valueDeclaration;
    const ofClass = own !== undefined && ts.isClassLike(own);
    if (!ofClass && !hasCode(type, checker)) return [];
    return candidates(type).flatMap((c) => (c === own ? [] : (instances(c) ?? [])));
  };
  return { candidates, kin, family, sources };
}

/** Every class that the file declares, wherever. */
function classesIn(file: ts.SourceFile): readonly Class[] {
  if (file.isDeclarationFile) return [];
  const classes: Class[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isClassLike(node)) classes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return classes;
}

/** The type names something that a class may have code for: a method, or a property that a getter may be. */
function hasCode(type: ts.Type, checker: ts.TypeChecker): boolean {
  const symbol = type.getSymbol();
  if (!symbol?.declarations?.some(isInterfaceLike)) return false;
  return checker
    .getPropertiesOfType(type)
    .some((p) => (p.flags & ts.SymbolFlags.Method) !== 0 || isFunctionProperty(p, checker));
}

const isInterfaceLike = (d: ts.Declaration): boolean =>
  (ts.isInterfaceDeclaration(d) || ts.isTypeLiteralNode(d)) && !d.getSourceFile().isDeclarationFile;

const isFunctionProperty = (property: ts.Symbol, checker: ts.TypeChecker): boolean =>
  property.valueDeclaration !== undefined && checker.getTypeOfSymbol(property).getCallSignatures().length > 0;
