/** How one speaks of what the source did not name: `xi` for `x[i]`, `cam3` for `cam[3]`, `angle` for `start.angle`. */
import type { Operand } from "./types.ts";

/** `from` and `index` are what the container and the key are called. */
export const elementName = (
  from: string | undefined,
  key: Operand | undefined,
  index: string | undefined,
): string | undefined => {
  if (key?.kind === "constant" && typeof key.value === "string") return key.value;
  const at = key?.kind === "constant" ? String(key.value) : index;
  if (from === undefined || at === undefined || !/^\w{1,3}$/.test(at)) return undefined;
  return from.length === 1 ? `${from}${at}` : `${from}${at[0]!.toUpperCase()}${at.slice(1)}`;
};

/** `terms` → `term`; what is no plural stays. */
export const singular = (hint: string): string =>
  hint.endsWith("ies") ? `${hint.slice(0, -3)}y` : /[^s]s$/.test(hint) ? hint.slice(0, -1) : hint;
