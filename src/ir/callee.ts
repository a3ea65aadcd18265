/** Functions that call functions: what a call calls, what comes back of it, and who calls itself in the end. */
import type { Callee, Func, Type, Unit } from "./types.ts";
import { visit } from "./walk.ts";

export const newCallee = (name: string, func?: Func): Callee => ({
  kind: "callee",
  name,
  ...(func ? { func } : {}),
});

/** The function that is called; all bodies are known when lowering is done. */
export const functionOf = (callee: Callee): Func => {
  if (!callee.func) throw new Error(`nothing is known of ${callee.name} yet`);
  return callee.func;
};

/** What a function yields, in order: what it returns, if it returns anything, and what it hands back besides. */
export const resultTypes = (func: Pick<Func, "returns" | "also">): readonly Type[] => [
  ...(func.returns.kind === "undefined" ? [] : [func.returns]),
  ...(func.also ?? []).map((h) => h.type),
];

/** Those that a function calls directly, each once, in program order. */
export const calleesOf = (func: Func): readonly Callee[] => {
  const found = new Set<Callee>();
  visit(func.body, (i) => {
    if (i.kind === "call") found.add(i.callee);
  });
  return [...found];
};

/** The functions that a function calls, directly or not, each once; the function itself is last. */
export const calledBy = (func: Func): readonly Func[] => {
  const seen = new Set<Func>();
  const order: Func[] = [];
  const enter = (f: Func): void => {
    if (seen.has(f)) return;
    seen.add(f);
    for (const callee of calleesOf(f)) enter(functionOf(callee));
    order.push(f);
  };
  enter(func);
  return order;
};

/** Does running the function call it again, by whatever way? */
export const callsItself = (callee: Callee): boolean => {
  const func = functionOf(callee);
  return calledBy(func).some((f) => calleesOf(f).some((c) => c.func === func));
};

/** A function by itself: what it calls is not looked into. */
export const alone = (func: Func): Unit => ({ func, callees: new Map() });

/** The unit with each of its functions changed. */
export const mapUnit = (unit: Unit, change: (func: Func) => Func): Unit => ({
  func: change(unit.func),
  callees: new Map([...unit.callees].map(([callee, func]) => [callee, change(func)])),
});

/** The function itself, then its callees. */
export const functionsOf = (unit: Unit): readonly Func[] => [unit.func, ...unit.callees.values()];
