/** Value of `newtonSqrt` and its gradient with respect to a. */
export function valueAndGradNewtonSqrt(a: number, tolerance = 1e-12): { value: number; grad: { a: number } } {
  // forward sweep: the number of iterations is known only once they are done, so the tape grows
  // (a few iterations: an array reads better here than a Float64Array that doubles)
  if (!(a > 0 && a < Infinity)) throw new RangeError("newtonSqrt: a must be positive and finite");
  const startsAtA = a > 1;
  let x = startsAtA ? a : 1;
  const xs: number[] = [];
  let next: number;
  while (true) {
    next = 0.5 * (x + a / x);
    xs.push(x);
    if (Math.abs(next - x) <= tolerance * x) break;
    x = next;
  }

  // reverse sweep
  let da = 0;
  let dNext = 1;
  for (let i = xs.length - 1; i >= 0; i--) {
    const x = xs[i];
    const dSum = 0.5 * dNext;
    const dQuotient = dSum / x;
    da += dQuotient;
    dNext = dSum - dQuotient * (a / x);
  }
  if (startsAtA) da += dNext;
  return { value: next, grad: { a: da } };
}
