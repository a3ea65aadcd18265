/** Parallel assignment in sequence: each variable is set only when nobody still reads what it held. */
import type { Operand, Value } from "../ir/types.ts";
import type { Variable, Variables } from "./coalesce.ts";
import type { Statement } from "./statement.ts";

type Move = { variable: Variable; operand: Operand; reads: ReadonlySet<Variable> };

/**
 * The assignments that hand `values` to `targets`, all at once in meaning. `leaves` gives what an operand is
 * written with, `temporary` a variable for a circle.
 */
export function handOver(
  pairs: readonly (readonly [Value, Operand])[],
  variables: Variables,
  leaves: (o: Operand) => readonly Value[],
  temporary: (like: Variable) => Variable,
): readonly Statement[] {
  const holds = (o: Operand): Variable | undefined => {
    const [leaf] = o.kind === "value" ? leaves(o) : [];
    return o.kind === "value" && leaf === o ? variables.get(o) : undefined;
  };
  let pending: Move[] = pairs
    .map(([target, operand]) => ({
      variable: variables.get(target)!,
      operand,
      reads: new Set(leaves(operand).map((v) => variables.get(v)!)),
    }))
    .filter((m) => holds(m.operand) !== m.variable);
  const done: Statement[] = [];
  const saved = new Map<Move, Variable>();
  const set = (m: Move): void => {
    const held = saved.get(m);
    done.push({
      kind: "assign",
      variable: m.variable,
      source: held ? { kind: "variable", variable: held } : { kind: "operand", operand: m.operand },
    });
    pending = pending.filter((p) => p !== m);
  };
  while (pending.length > 0) {
    const free = pending.find((m) =>
      pending.every((other) => other === m || saved.has(other) || !other.reads.has(m.variable)),
    );
    if (free) {
      set(free);
      continue;
    }
    // a circle: what the first would be set to is kept aside, so that nobody waits for it any more
    const first = pending.find((m) => !saved.has(m))!;
    const holder = temporary(first.variable);
    saved.set(first, holder);
    done.push({ kind: "assign", variable: holder, source: { kind: "operand", operand: first.operand } });
  }
  return done;
}
