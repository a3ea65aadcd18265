/** IR → TypeScript: the text of a module, before it is formatted. */
import type { ModulePlan } from "../ir/entry.ts";
import { writeModule } from "./module.ts";

export { emitFunction } from "./function.ts";

/** The module of a plan: right and readable, with line breaks that {@link format} sees to. */
export function emit(plan: ModulePlan): string {
  return writeModule(plan);
}
