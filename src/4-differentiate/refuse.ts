/** What the reverse sweep cannot follow is reported, never passed over. */
import type { MessageName } from "../diagnostics/table.ts";
import type { Instruction } from "../ir/types.ts";
import type { Sweep } from "./sweep.ts";

type Reporter = Pick<Sweep, "facts" | "report">;

export const refuseAt = (
  sweep: Reporter,
  i: Instruction,
  name: MessageName,
  values: Readonly<Record<string, string>>,
): void => sweep.report({ name, values, at: i.at });

/** Calls and fragments that something active flows into or out of. */
export const refuse = (sweep: Reporter, i: Extract<Instruction, { kind: "call" | "opaque" }>): void => {
  const { facts } = sweep;
  const written = i.kind === "call" ? i.args : i.writes;
  const active =
    i.results.some((r) => facts.isActive(r) || facts.isActiveMemory(r)) ||
    written.some((o) => facts.isActiveMemory(o));
  if (!active) return;
  if (i.kind === "opaque" && i.refusal) sweep.report(i.refusal);
  else refuseAt(sweep, i, "activeUnknown", {});
};
