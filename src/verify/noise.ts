/**
 * How far off the values of a function are for reasons of rounding alone: the high differences of a smooth function
 * at close points vanish, so what is left of them is noise (Moré and Wild, "Estimating computational noise").
 */

const intervals = 8;

/** The size of the noise of `f` near 0, seen at multiples of `step`; never less than double precision's own. */
export function noiseNear(f: (offset: number) => number, step: number): number {
  let differences: number[] = [];
  for (let k = -intervals / 2; k <= intervals / 2; k++) differences.push(f(k * step));
  const floor = 2 ** -52 * Math.max(...differences.map((v) => (Number.isFinite(v) ? Math.abs(v) : 0)));

  // E[(Δ^k f)²] = (2k)! / (k!)² σ², for independent errors of variance σ²
  let factor = 1;
  let least = Infinity;
  for (let k = 1; k <= 6; k++) {
    differences = differences.slice(1).map((v, i) => v - differences[i]!);
    factor *= k / (2 * (2 * k - 1));
    if (k < 4) continue;
    const mean = differences.reduce((sum, v) => sum + v * v, 0) / differences.length;
    if (Number.isFinite(mean)) least = Math.min(least, Math.sqrt(factor * mean));
  }
  return Math.max(floor, Number.isFinite(least) ? 4 * least : 0);
}
