/** Value of `logSumExp` and its gradient with respect to x. */
export function valueAndGradLogSumExp(x: Float64Array): { value: number; grad: { x: Float64Array } } {
  const n = x.length;
  let max = -Infinity;
  let argMax = -1; // the iteration whose assignment to max survives
  for (let i = 0; i < n; i++) {
    const v = x[i];
    if (v > max) {
      max = v;
      argMax = i;
    }
  }
  const exps = new Float64Array(n); // kept for the reverse sweep: exp costs more than a store
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const e = Math.exp(x[i] - max);
    exps[i] = e;
    sum += e;
  }

  const dx = new Float64Array(n);
  const dSum = 1 / sum;
  let dMax = 1;
  for (let i = n - 1; i >= 0; i--) {
    const dShifted = dSum * exps[i];
    dx[i] += dShifted;
    dMax -= dShifted;
  }
  if (argMax >= 0) dx[argMax] += dMax;
  return { value: max + Math.log(sum), grad: { x: dx } };
}
