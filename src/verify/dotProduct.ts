/** The dot-product test: ⟨seed, J t⟩ = ⟨Jᵀ seed, t⟩, one number for a whole Jacobian, and linearity in the seed. */
import { type Callable, copy, leaves, mapNumbers, pathText, valueAt } from "./structure.ts";

/** Σ a_i b_i over the numbers of `a`; a number that `b` lacks counts as NaN unless `a` has 0 there. */
export function inner(a: unknown, b: unknown): number {
  let sum = 0;
  for (const { path, value } of leaves(a)) {
    const other = valueAt(b, path);
    sum += typeof other === "number" ? value * other : value === 0 ? 0 : NaN;
  }
  return sum;
}

/** Σ |a_i b_i|: what the rounding of the inner product is relative to. */
const innerSize = (a: unknown, b: unknown): number =>
  inner(
    mapNumbers(a, (v) => Math.abs(v)),
    mapNumbers(b, (v) => Math.abs(v)),
  );

/** Holds vjp against jvp of one function at one point; undefined if they agree. */
export function dotProductComplaint(
  pullback: Readonly<{ seed: unknown; grad: unknown }>,
  pushforward: Readonly<{ tangents: unknown; tangent: unknown }>,
  relative = 1e-9,
): string | undefined {
  const forward = inner(pullback.seed, pushforward.tangent);
  const reverse = inner(pushforward.tangents, pullback.grad);
  const size =
    innerSize(pullback.seed, pushforward.tangent) + innerSize(pushforward.tangents, pullback.grad) + 1e-300;
  return Math.abs(forward - reverse) <= relative * size
    ? undefined
    : `dot-product test: ⟨seed, J t⟩ = ${forward}, ⟨Jᵀ seed, t⟩ = ${reverse}`;
}

/** vjp(s + 2 r) = vjp(s) + 2 vjp(r), up to rounding; `pull` takes a seed and gives a gradient. */
export function seedLinearityComplaint(
  pull: (seed: unknown) => unknown,
  first: unknown,
  second: unknown,
): string | undefined {
  const combined = mapNumbers(first, (v, path) => v + 2 * Number(valueAt(second, path) ?? 0));
  const [a, b, c] = [pull(first), pull(second), pull(combined)];
  for (const { path, value, single } of leaves(c)) {
    const parts = [Number(valueAt(a, path)), 2 * Number(valueAt(b, path))];
    const size = Math.abs(parts[0]!) + Math.abs(parts[1]!) + Math.abs(value);
    const sum = parts[0]! + parts[1]!;
    if (!Number.isFinite(sum)) continue; // where a gradient is infinite, sums of it say nothing
    if (!(Math.abs(sum - value) <= (single ? 1e-6 : 1e-9) * size + 1e-12 * largest(c))) {
      return `not linear in the seed: ${pathText(path)} is ${value}, the parts give ${sum}`;
    }
  }
  return undefined;
}

const largest = (root: unknown): number =>
  leaves(root).reduce((most, { value }) => (Math.abs(value) > most ? Math.abs(value) : most), 0);

/** `vjp` of a module as a function of the seed alone; each call gets arguments of its own. */
export const pullbackAt =
  (vjp: Callable, args: readonly unknown[]) =>
  (seed: unknown): unknown =>
    (vjp(...copy(args), seed) as { grad: unknown }).grad;
