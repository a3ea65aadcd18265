/** What the exact reference says of generated functions, at the arguments that they were verified at. */
import type { Derivative } from "../../src/ir/entry.ts";
import { gathered } from "../../src/verify/rest.ts";
import type { Report } from "../../src/verify/verify.ts";
import { boundNames } from "../../src/verify/place.ts";
import { complaintOf, isWanted } from "./judge.ts";
import { createReference } from "./reference.ts";

export type Faults = Readonly<{
  faults: readonly string[];
  /** Where the reference cannot tell, with the reason. */
  doubts: readonly string[];
}>;

/** `file`: the source of the derivatives. */
export const exactFaults = (
  file: string,
  gradModule: Readonly<Record<string, unknown>>,
  derivatives: readonly (Pick<Derivative, "mode" | "signature" | "wrt"> &
    Partial<Pick<Derivative, "gradType">>)[],
  reports: readonly Pick<Report, "name" | "args">[],
): Faults => {
  const faults: string[] = [];
  const doubts: string[] = [];
  const references = new Map<string, ReturnType<typeof createReference>>();
  for (const { mode, signature, wrt, gradType } of derivatives) {
    const name = `${mode}${signature.exportName}`;
    const parameterNames = signature.parameters.map((p) => p.pattern);
    const generated = gradModule[name] as (...args: unknown[]) => unknown;
    const isSpread = mode === "grad" || mode === "valueAndGrad";
    const derivative = isSpread ? gathered(generated, signature) : generated;
    const type = gradType ? { gradType } : {};
    const claim = { mode, derivative, parameterNames, bound: boundNames(signature), wrt, ...type };
    const known = references.get(signature.name);
    const reference = known ?? createReference({ file, texts: new Map(), name: signature.name, signature });
    references.set(signature.name, reference);
    for (const { args } of reports.filter((r) => r.name === name)) {
      const exact = reference(args, isWanted(claim));
      // where the source throws, there is nothing to differentiate
      if ("doubt" in exact) {
        if (!exact.doubt.startsWith("the program throws")) doubts.push(`${name}: ${exact.doubt}`);
        continue;
      }
      const complaint = complaintOf(claim, args, exact);
      if (complaint) faults.push(`${name}: ${complaint.text} (exactly)`);
    }
  }
  return { faults, doubts };
};
