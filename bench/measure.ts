/** Times within one run, as ratios: what a machine does to one of the rivals, it does to all of them. */

/** One thing to be timed; `round` lets it choose another input each time, so that nothing is folded away. */
export type Run = (round: number) => number;

/** Median seconds of a call for each rival: they take turns, so that a slow moment of the machine hits all alike. */
export function medians<Name extends string>(
  rivals: Readonly<Record<Name, Run>>,
  seconds: number,
): { times: Record<Name, number>; ratio: (of: Name, over: Name) => number } {
  const names = Object.keys(rivals) as Name[];
  const batch = Object.fromEntries(names.map((n) => [n, batchOf(rivals[n])])) as Record<Name, number>;
  const samples = Object.fromEntries(names.map((n) => [n, [] as number[]])) as Record<Name, number[]>;
  const end = performance.now() + seconds * 1000;
  for (let turn = 0; turn < 15 || performance.now() < end; turn++) {
    for (let k = 0; k < names.length; k++) {
      const name = names[(k + turn) % names.length]!;
      samples[name].push(timed(rivals[name], batch[name], turn) / batch[name]);
    }
  }
  const times = Object.fromEntries(names.map((n) => [n, median(samples[n])])) as Record<Name, number>;
  // the ratio of each turn first: neighbours in time have the same machine
  const ratio = (of: Name, over: Name): number =>
    median(samples[of].map((time, turn) => time / samples[over][turn]!));
  return { times, ratio };
}

/** Calls that take about two milliseconds, found while the code warms up. */
function batchOf(run: Run): number {
  let batch = 1;
  for (let round = 0; ; round++) {
    const time = timed(run, batch, round);
    if (time > 0.002 && round > 20) return batch;
    if (time < 0.002) batch = Math.ceil(batch * 1.5);
  }
}

function timed(run: Run, calls: number, turn: number): number {
  let sum = 0;
  const begin = performance.now();
  for (let call = 0; call < calls; call++) sum += run(turn + call);
  const time = (performance.now() - begin) / 1000;
  // the results are used: no call can be left out
  if (Number.isNaN(sum)) throw new Error("a result is not a number");
  return time;
}

/** The middle one; of two middle ones their mean. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
