/** Which functions may call themselves, as far as names tell. */
import { ts } from "ts-morph";
import { originalOf } from "./class.ts";
import type { Place } from "./environment.ts";
import { bodiesNamed } from "./member.ts";
import { type WithBody, hasBody } from "./function.ts";
import { bare, functionConstant } from "./scan.ts";

/** May running the function run it again? Functions that it is handed are not seen here. */
export function mayRecur(declaration: WithBody, here: Place): boolean {
  const { session } = here;
  const known = session.recurring.get(declaration);
  if (known !== undefined) return known;
  const seen = new Set<WithBody>();
  const reaches = (from: WithBody): boolean =>
    named(from, here).some((next) => {
      if (next === declaration) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next);
    });
  const result = reaches(declaration);
  session.recurring.set(declaration, result);
  return result;
}

/** The functions that a function names, with their bodies. */
function named(declaration: WithBody, here: Place): readonly WithBody[] {
  const { session } = here;
  const known = session.naming.get(declaration);
  if (known) return known;
  const found = new Set<WithBody>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) for (const f of functionsNamed(node, session.checker)) found.add(f);
    // which version of a member runs is told by the object
    if (ts.isPropertyAccessExpression(node))
      for (const kind of ["method", "getter"] as const)
        for (const body of bodiesNamed(node, kind, here)) if (body) found.add(body);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(declaration, (child) => {
    if (child !== declaration.name) visit(child);
  });
  session.naming.set(declaration, [...found]);
  return [...found];
}

const functionsNamed = (name: ts.Identifier, checker: ts.TypeChecker): readonly WithBody[] =>
  (originalOf(name, checker)?.declarations ?? []).flatMap((d): readonly WithBody[] => {
    const held = ts.isPropertyAssignment(d) || ts.isPropertyDeclaration(d) ? d.initializer : undefined;
    const written = held && bare(held);
    const declared =
      functionConstant(d, checker) ??
      (ts.isFunctionLike(d) ? d : written && ts.isFunctionLike(written) ? written : undefined);
    const isOwn = declared && !declared.getSourceFile().isDeclarationFile;
    return isOwn && hasBody(declared) ? [declared] : [];
  });
