/** A generated number against its reference, and the verdict. */
import type { Estimate } from "./richardson.ts";

/**
 * `wrong`: the reference is sound and the number differs. `nan`: the function has finite values around the point, the
 * number is NaN. `undecided`: the reference is not to be trusted here, the reason says why.
 */
export type Verdict = "ok" | "wrong" | "nan" | "undecided";

export type Component = Readonly<{
  /** `W`, `model.points[2].x` */
  name: string;
  generated: number;
  reference: number;
  difference: number;
  /** How much of a difference the reference's own error explains. */
  tolerance: number;
  verdict: Verdict;
  reason?: string;
}>;

/** `single`: the generated number was rounded to 24 bits once. An absent number is never right. */
export function compareNumber(
  name: string,
  generated: number | undefined,
  reference: Estimate,
  single = false,
): Component {
  const rounding = single ? 2 ** -22 : 1e-9;
  const tolerance = 8 * reference.error + rounding * Math.abs(reference.value);
  const seen = {
    name,
    generated: generated ?? NaN,
    reference: reference.value,
    difference: Math.abs((generated ?? NaN) - reference.value),
    tolerance,
  };
  if (generated === undefined) return { ...seen, verdict: "wrong", reason: "missing from the result" };
  if (Number.isNaN(generated) && Number.isFinite(reference.value)) {
    return { ...seen, verdict: "nan", reason: "NaN, though the function is finite around this point" };
  }
  if (reference.doubt !== undefined) return { ...seen, verdict: "undecided", reason: reference.doubt };
  // written so that a NaN anywhere is not ok
  return { ...seen, verdict: seen.difference <= tolerance ? "ok" : "wrong" };
}
