/** Variables before their first assignment. */
import { ts } from "ts-morph";
import { constant } from "../ir/build.ts";
import type { Operand } from "../ir/types.ts";
import { type Place, bind, heldBy, typeOfSymbol } from "./environment.ts";
import { hoistedIn } from "./scan.ts";

/** What a variable without a value holds before its first assignment: TypeScript has seen to it that nobody reads it. */
export function unassigned(symbol: ts.Symbol, here: Place): Operand {
  const type = typeOfSymbol(here, symbol);
  if (type.kind === "number") return constant(0);
  return constant(type.kind === "boolean" ? false : undefined);
}

/** Brings in the variables that `var` declares anywhere inside. */
export function bindHoisted(body: ts.Node, here: Place): void {
  for (const symbol of hoistedIn(body, here.session.checker)) {
    if (heldBy(symbol, here)) continue;
    const { valueDeclaration } = symbol;
    const isBare =
      valueDeclaration && ts.isVariableDeclaration(valueDeclaration) && !valueDeclaration.initializer;
    bind(symbol, isBare ? unassigned(symbol, here) : constant(undefined), here);
  }
}
