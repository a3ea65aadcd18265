/** Defaults of parameters that are computed from other parameters: a derivative would have to flow through them. */
import { ts } from "ts-morph";
import type { Report } from "../diagnostics/diagnostic.ts";
import { gradientType } from "../ir/shadow.ts";
import { toType } from "../source/type.ts";

/** Reports each default that uses a parameter which holds real numbers and is differentiated. */
export function dependentDefaults(
  declaration: ts.FunctionLikeDeclaration,
  name: string,
  checker: ts.TypeChecker,
  isDifferentiated: (parameter: string) => boolean,
  report: Report,
): void {
  const isParameter = (symbol: ts.Symbol | undefined): boolean =>
    symbol?.declarations?.some((d) => {
      const owner = ts.findAncestor(d, ts.isParameter);
      return owner?.parent === declaration && (d === owner || ts.isBindingElement(d));
    }) ?? false;
  const look = (initializer: ts.Expression): void => {
    const told = new Set<string>();
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) {
        const symbol = checker.getSymbolAtLocation(node);
        if (
          isDifferentiated(node.text) &&
          isParameter(symbol) &&
          gradientType(toType(checker.getTypeAtLocation(node), checker, node))
        ) {
          if (told.has(node.text)) return;
          told.add(node.text);
          const at = {
            file: node.getSourceFile().fileName,
            start: initializer.getStart(),
            end: initializer.getEnd(),
          };
          report({ name: "dependentDefault", values: { function: name, name: node.text }, at });
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(initializer);
  };
  const search = (node: ts.Node): void => {
    if ((ts.isParameter(node) || ts.isBindingElement(node)) && node.initializer) look(node.initializer);
    if (ts.isParameter(node) || ts.isBindingElement(node)) search(node.name);
    else if (ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node)) ts.forEachChild(node, search);
  };
  declaration.parameters.forEach(search);
}
