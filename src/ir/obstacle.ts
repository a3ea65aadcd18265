/** What stands in the way of writing a function as a module of its own: text that means nothing there. */
import type { Func, Fragment, Refusal, Region } from "./types.ts";
import { regionsOf } from "./walk.ts";

/** Everything that its text needs and cannot have; callees that stay calls are not looked into. */
export function obstaclesIn(func: Func): readonly Refusal[] {
  const found: Refusal[] = [];
  const see = (code: Fragment): void => void found.push(...(code.obstacles ?? []));
  const visit = (region: Region): void => {
    for (const i of region.body) {
      if (i.kind === "opaque") see(i.code);
      regionsOf(i).forEach(visit);
    }
    if (region.end.kind === "throw") see(region.end.code);
  };
  visit(func.body);
  return found;
}
