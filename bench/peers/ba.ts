/** The reprojection error's adjoint, written by hand over plain numbers (the zero angle is left out). */
import type { Vec3 } from "../../fixtures/gradbench/ba.ts";

/** Value and the gradient of the seed-weighted sum of both residuals. */
export function vjpReprojectionError(
  cam: readonly number[],
  x: Vec3,
  w: number,
  feat: readonly number[],
  seed: readonly [number, number] = [1, 1],
): { value: [number, number]; grad: { cam: number[]; x: [number, number, number]; w: number } } {
  const [r0, r1, r2, c0, c1, c2, f, u0, v0, k1, k2] = cam as readonly number[] & { length: 11 };
  const p0 = x[0] - c0!;
  const p1 = x[1] - c1!;
  const p2 = x[2] - c2!;
  const angle = Math.sqrt(r0! * r0! + r1! * r1! + r2! * r2!);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const a0 = r0! / angle;
  const a1 = r1! / angle;
  const a2 = r2! / angle;
  const t0 = a1 * p2 - a2 * p1;
  const t1 = a2 * p0 - a0 * p2;
  const t2 = a0 * p1 - a1 * p0;
  const dotted = a0 * p0 + a1 * p1 + a2 * p2;
  const along = dotted * (1 - cos);
  const s0 = p0 * cos + t0 * sin + a0 * along;
  const s1 = p1 * cos + t1 * sin + a1 * along;
  const s2 = p2 * cos + t2 * sin + a2 * along;
  const u = s0 / s2;
  const v = s1 / s2;
  const rr = u * u + v * v;
  const distortion = 1 + k1! * rr + k2! * rr * rr;
  const scale = f! * distortion;
  const e0 = scale * u + u0! - feat[0]!;
  const e1 = scale * v + v0! - feat[1]!;

  const d0 = seed[0] * w;
  const d1 = seed[1] * w;
  const dScale = d0 * u + d1 * v;
  const dDistortion = dScale * f!;
  const dRr = dDistortion * (k1! + 2 * k2! * rr);
  const ds0 = (d0 * scale + 2 * dRr * u) / s2;
  const ds1 = (d1 * scale + 2 * dRr * v) / s2;
  const ds2 = -(ds0 * u + ds1 * v);
  const dAlong = ds0 * a0 + ds1 * a1 + ds2 * a2;
  const dDotted = dAlong * (1 - cos);
  const g0 = ds0 * sin;
  const g1 = ds1 * sin;
  const g2 = ds2 * sin;
  const dp0 = ds0 * cos + dDotted * a0 + g1 * a2 - g2 * a1;
  const dp1 = ds1 * cos + dDotted * a1 + g2 * a0 - g0 * a2;
  const dp2 = ds2 * cos + dDotted * a2 + g0 * a1 - g1 * a0;
  const da0 = ds0 * along + dDotted * p0 + g2 * p1 - g1 * p2;
  const da1 = ds1 * along + dDotted * p1 + g0 * p2 - g2 * p0;
  const da2 = ds2 * along + dDotted * p2 + g1 * p0 - g0 * p1;
  const dCos = ds0 * p0 + ds1 * p1 + ds2 * p2 - dAlong * dotted;
  const dSin = ds0 * t0 + ds1 * t1 + ds2 * t2;
  const dAngle = dSin * cos - dCos * sin - (da0 * a0 + da1 * a1 + da2 * a2) / angle;
  return {
    value: [w * e0, w * e1],
    grad: {
      cam: [
        da0 / angle + dAngle * a0,
        da1 / angle + dAngle * a1,
        da2 / angle + dAngle * a2,
        -dp0,
        -dp1,
        -dp2,
        dScale * distortion,
        d0,
        d1,
        dDistortion * rr,
        dDistortion * rr * rr,
      ],
      x: [dp0, dp1, dp2],
      w: seed[0] * e0 + seed[1] * e1,
    },
  };
}
