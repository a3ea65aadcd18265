/** Rest parameters: what is differentiated is the array of all that is handed over. */
import type { Signature } from "../ir/entry.ts";
import type { Callable } from "./structure.ts";

type Parameters = Readonly<Pick<Signature, "parameters">>;

/** Which parameter takes all that is left; -1 if none does. */
export const restAt = ({ parameters }: Parameters): number => parameters.findIndex((p) => p.rest);

/** The function with its rest parameter as one array. */
export function gathered(f: Callable, signature: Parameters): Callable {
  const rest = restAt(signature);
  if (rest < 0) return f;
  return (...args) => f(...args.slice(0, rest), ...((args[rest] ?? []) as readonly unknown[]));
}
