/**
 * Half the summed squared error of the line W·x + b over the points (X, Y).
 *
 * @grad W b
 */
export function cost(W: number, b: number, X: readonly number[], Y: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < X.length; i++) {
    const residual = W * X[i] + b - Y[i];
    sum += residual * residual;
  }
  return 0.5 * sum;
}

/**
 * The same over columns of samples, as matrix libraries keep them: X = [[2], [3]].
 *
 * @grad W b
 */
export function costOfRows(
  W: number,
  b: number,
  X: readonly (readonly number[])[],
  Y: readonly (readonly number[])[],
): number {
  let sum = 0;
  for (let i = 0; i < X.length; i++) {
    for (let j = 0; j < X[i].length; j++) {
      const residual = W * X[i][j] + b - Y[i][j];
      sum += residual * residual;
    }
  }
  return 0.5 * sum;
}

/**
 * The same over points in single precision.
 *
 * @grad W b
 */
export function costOfFloats(W: number, b: number, X: Float32Array, Y: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < X.length; i++) {
    const residual = W * X[i] + b - Y[i];
    sum += residual * residual;
  }
  return 0.5 * sum;
}
