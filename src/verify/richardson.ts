/**
 * The derivative of a function of one number by central differences, extrapolated to step zero, with an estimate of
 * its own error and a doubt where the estimate should not be believed.
 */

/** `doubt` says why the value is no reference; without it, `error` bounds how far it may be off. */
export type Estimate = Readonly<{ value: number; error: number; doubt?: string }>;

export type Steps = Readonly<{
  /** The size that a step is measured by; a power of two keeps x ± h free of rounding. */
  scale: number;
  /** How far off a value of the function may be, apart from its mathematics: see noise.ts. */
  noise: number;
  /** The largest and smallest step are scale · 2^-first and scale · 2^-last. */
  first?: number;
  last?: number;
}>;

type Row = Readonly<{ h: number; entries: readonly number[]; gap: number }>;
type Candidate = Readonly<{ value: number; error: number; row: number }>;

/** A power of two that is at least 1 and at least |x|. */
export const scaleOf = (x: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, Math.abs(x))));

/** d f(x + t) / dt at t = 0, where `f` takes the offset t. */
export function derivativeAtZero(f: (offset: number) => number, steps: Steps): Estimate {
  const { scale, noise, last = 40 } = steps;
  const here = f(0);
  if (!Number.isFinite(here)) return { value: NaN, error: NaN, doubt: "the value is not finite here" };

  // values of single precision need wide steps to rise above their noise
  const first = steps.first ?? (noise > 1e-10 * Math.abs(here) ? 3 : 5);
  let rows: Row[] = [];
  let best: Candidate | undefined;
  let bestRows: readonly Row[] = [];
  let largest = Math.abs(here);
  let outside = { right: false, left: false };
  for (let k = first; k <= last; k++) {
    const h = scale * 2 ** -k;
    // smaller steps only lose: the noise in the values alone is worth more than the best error so far
    if (best && noise / h > best.error) break;
    const right = f(h);
    const left = f(-h);
    outside = { right: !Number.isFinite(right), left: !Number.isFinite(left) };
    if (outside.right || outside.left) {
      rows = []; // too wide a step, perhaps: begin again with narrower ones
      best = undefined;
      continue;
    }
    largest = Math.max(largest, Math.abs(right), Math.abs(left));
    rows = [...rows, nextRow(rows.at(-1), h, (right - left) / (2 * h), (right - here - (here - left)) / h)];
    const found = bestOf(rows, noise);
    if (found && (!best || found.error < best.error)) {
      best = found;
      bestRows = rows;
    }
  }
  if (!best) {
    const side =
      outside.right && outside.left ? "on both sides" : outside.right ? "to the right" : "to the left";
    const doubt =
      outside.right || outside.left
        ? `the function is not finite ${side}`
        : "too few steps give a finite value";
    return { value: NaN, error: NaN, doubt };
  }
  const { value, error } = best;
  const kink = kinkAt(bestRows, best.row, noise);
  if (kink.size > 8 * kink.error + 1e-7 * Math.abs(value)) {
    return { value, error, doubt: `a kink: the slopes left and right differ by ${kink.size.toPrecision(3)}` };
  }
  if (error > Math.max(1e-3 * Math.abs(value), (1e-6 * largest) / scale)) {
    return { value, error, doubt: `the differences do not settle (to ${error.toPrecision(2)})` };
  }
  return { value, error };
}

/** T[i][j] = T[i][j-1] + (T[i][j-1] − T[i-1][j-1]) / (4^j − 1): each column loses one even power of the step. */
function nextRow(above: Row | undefined, h: number, difference: number, gap: number): Row {
  const entries = [difference];
  for (let j = 1; j <= (above?.entries.length ?? 0) && j <= 8; j++) {
    const previous = entries[j - 1]!;
    entries.push(previous + (previous - above!.entries[j - 1]!) / (4 ** j - 1));
  }
  return { h, entries, gap };
}

/** The entry of the last row that its neighbours confirm best; two rows agree by accident, so it takes three. */
function bestOf(rows: readonly Row[], noise: number): Candidate | undefined {
  const row = rows.length - 1;
  if (row < 2) return undefined;
  const { entries, h } = rows[row]!;
  const above = rows[row - 1]!.entries;
  let best: Candidate | undefined;
  for (let j = 1; j < entries.length; j++) {
    const value = entries[j]!;
    const spread = Math.max(Math.abs(value - entries[j - 1]!), Math.abs(value - above[j - 1]!));
    const error = spread + (2 * noise) / h;
    if (!best || error < best.error) best = { value, error, row };
  }
  return best;
}

/**
 * The jump of the slope at the point itself. Right slope − left slope is f″ h + f⁗ h³ / 12 + … where f is smooth,
 * so extrapolating these two powers away leaves the jump.
 */
function kinkAt(rows: readonly Row[], row: number, noise: number): { size: number; error: number } {
  const [a, b, c] = [rows[row - 2]!, rows[row - 1]!, rows[row]!];
  const once = 2 * c.gap - b.gap;
  const before = 2 * b.gap - a.gap;
  const twice = once + (once - before) / 7;
  return { size: Math.abs(twice), error: Math.abs(once - before) + (20 * noise) / c.h };
}
