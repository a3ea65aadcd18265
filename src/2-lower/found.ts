/** What TypeScript knows to be there only because of a test that may be written differently in what is generated. */
import { ts } from "ts-morph";
import type { Place } from "./environment.ts";

/** A field that may be missing by its type, and was found to be there. */
export function isFoundThere(node: ts.Node, { session: { checker } }: Place): boolean {
  if (!ts.isPropertyAccessExpression(node)) return false;
  const symbol = checker.getSymbolAtLocation(node.name);
  const isSure = (type: ts.Type): boolean => checker.getNonNullableType(type) === type;
  return (
    symbol !== undefined &&
    isSure(checker.getTypeAtLocation(node)) &&
    !isSure(checker.getTypeOfSymbol(symbol))
  );
}
