/** Fits a line to two points by gradient descent, with the gradient that adjoint wrote. */
import { valueAndGradCost } from "./line.grad.ts";

const X = [2, 3];
const Y = [3, 2];
const rate = 0.1; // below 2 / 14.9, the largest curvature of the cost

let W = 1.6649098;
let b = 0.54648024;
for (let step = 0; ; step++) {
  const { value, grad } = valueAndGradCost(W, b, X, Y);
  const done = value < 0.01;
  if (done || step % 100 === 0) {
    const progress = [`step ${String(step).padStart(4)}`, `cost ${value.toFixed(7)}`, `W ${W.toFixed(4)}`];
    console.log([...progress, `b ${b.toFixed(4)}`].join("   "));
  }
  if (done) break;
  W -= rate * grad.W;
  b -= rate * grad.b;
}
