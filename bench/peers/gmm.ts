/** The gradient of the Gaussian mixture's log posterior, written by hand: point by point, no tape. */
type Grad = { alpha: number[]; mu: number[][]; q: number[][]; l: number[][] };

const zeros = (rows: readonly (readonly number[])[]): number[][] => rows.map((row) => row.map(() => 0));

/** The gradient alone, with respect to alpha, mu, q and l. */
export function gradGmm(
  alpha: readonly number[],
  mu: readonly number[][],
  q: readonly number[][],
  l: readonly number[][],
  x: readonly number[][],
  m: number,
  gamma: number,
): Grad {
  const K = alpha.length;
  const D = x[0]!.length;
  const dAlpha = alpha.map(() => 0);
  const dMu = zeros(mu);
  const dq = zeros(q);
  const dl = zeros(l);
  const expQ = q.map((row) => Float64Array.from(row, Math.exp));
  const sumQ = q.map((row) => row.reduce((sum, v) => sum + v, 0));

  // of one point: its distance to each centre, before and after the factor Q
  const centred = new Float64Array(K * D);
  const Qd = new Float64Array(K * D);
  const terms = new Float64Array(K);
  const dCentred = new Float64Array(D);
  for (const point of x) {
    let max = -Infinity;
    for (let k = 0; k < K; k++) {
      const at = k * D;
      const centre = mu[k]!;
      const diagonal = expQ[k]!;
      const lower = l[k]!;
      for (let j = 0; j < D; j++) {
        centred[at + j] = point[j]! - centre[j]!;
        Qd[at + j] = diagonal[j]! * centred[at + j]!;
      }
      let next = 0;
      for (let column = 0; column < D; column++) {
        for (let row = column + 1; row < D; row++) Qd[at + row]! += lower[next++]! * centred[at + column]!;
      }
      let sum = 0;
      for (let j = 0; j < D; j++) sum += Qd[at + j]! * Qd[at + j]!;
      const term = alpha[k]! + sumQ[k]! - 0.5 * sum;
      terms[k] = term;
      if (term > max) max = term;
    }
    let sum = 0;
    for (let k = 0; k < K; k++) {
      const weight = Math.exp(terms[k]! - max);
      terms[k] = weight;
      sum += weight;
    }
    for (let k = 0; k < K; k++) {
      const at = k * D;
      const weight = terms[k]! / sum;
      const diagonal = expQ[k]!;
      const lower = l[k]!;
      const dLower = dl[k]!;
      const dDiagonal = dq[k]!;
      const dCentre = dMu[k]!;
      dAlpha[k]! += weight;
      for (let j = 0; j < D; j++) {
        const dQd = -weight * Qd[at + j]!;
        dCentred[j] = dQd * diagonal[j]!;
        dDiagonal[j]! += weight + dQd * centred[at + j]! * diagonal[j]!;
      }
      let next = 0;
      for (let column = 0; column < D; column++) {
        for (let row = column + 1; row < D; row++) {
          const dQd = -weight * Qd[at + row]!;
          dCentred[column]! += dQd * lower[next]!;
          dLower[next]! += dQd * centred[at + column]!;
          next++;
        }
      }
      for (let j = 0; j < D; j++) dCentre[j]! -= dCentred[j]!;
    }
  }

  // the normalisation, then the Wishart prior
  const max = Math.max(...alpha);
  const weights = alpha.map((a) => Math.exp(a - max));
  const total = weights.reduce((sum, w) => sum + w, 0);
  for (let k = 0; k < K; k++) {
    dAlpha[k]! -= (x.length * weights[k]!) / total;
    for (let j = 0; j < D; j++) dq[k]![j]! += m - gamma * gamma * expQ[k]![j]! ** 2;
    for (let j = 0; j < l[k]!.length; j++) dl[k]![j]! -= gamma * gamma * l[k]![j]!;
  }
  return { alpha: dAlpha, mu: dMu, q: dq, l: dl };
}
