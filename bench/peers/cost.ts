/** Gradient of `cost`: one entry per differentiated parameter. */
interface CostGrad {
  W: number;
  b: number;
}

/** Value of `cost` and its gradient with respect to W and b, in one pass over the data. */
export function valueAndGradCost(
  W: number,
  b: number,
  X: readonly number[],
  Y: readonly number[],
): { value: number; grad: CostGrad } {
  let sum = 0;
  let dW = 0;
  let db = 0;
  for (let i = 0; i < X.length; i++) {
    const residual = W * X[i] + b - Y[i];
    sum += residual * residual;
    dW += residual * X[i];
    db += residual;
  }
  return { value: 0.5 * sum, grad: { W: dW, b: db } };
}
