/**
 * What is timed: the function, the gradient that the tool wrote for it, and one written by hand. Each takes its inputs
 * from a small pool that it goes round in.
 */
import { readFileSync } from "node:fs";
import { cost } from "../fixtures/examples/cost.ts";
import { valueAndGradCost } from "../fixtures/examples/cost.grad.ts";
import { logSumExp } from "../fixtures/examples/logSumExp.ts";
import { valueAndGradLogSumExp } from "../fixtures/examples/logSumExp.grad.ts";
import { newtonSqrt } from "../fixtures/examples/newtonSqrt.ts";
import { valueAndGradNewtonSqrt } from "../fixtures/examples/newtonSqrt.grad.ts";
import { energyAfter } from "../fixtures/examples/pendulum.ts";
import { valueAndGradEnergyAfter } from "../fixtures/examples/pendulum.grad.ts";
import { reprojectionError } from "../fixtures/gradbench/ba.ts";
import { vjpReprojectionError } from "../fixtures/gradbench/ba.grad.ts";
import { gmm } from "../fixtures/gradbench/gmm.ts";
import { gradGmm } from "../fixtures/gradbench/gmm.grad.ts";
import { lstm } from "../fixtures/gradbench/lstm.ts";
import { gradLstm } from "../fixtures/gradbench/lstm.grad.ts";
import type { Run } from "./measure.ts";
import * as peerBa from "./peers/ba.ts";
import * as peerCost from "./peers/cost.ts";
import * as peerGmm from "./peers/gmm.ts";
import * as peerLogSumExp from "./peers/logSumExp.ts";
import * as peerLstm from "./peers/lstm.ts";
import * as peerNewtonSqrt from "./peers/newtonSqrt.ts";
import * as peerPendulum from "./peers/pendulum.ts";

type Contest = Readonly<{ name: string; primal: Run; ours: Run; peer: Run }>;

const poolSize = 4;

/** Arguments, as a tuple. */
const given = <Args extends unknown[]>(...args: Args): Args => args;

/** `sum` reduces a gradient to a number that all of it goes into: the rivals are to agree in it. */
function contest<Args extends unknown[], Grad>(
  name: string,
  inputs: (k: number) => Args,
  primal: (...args: Args) => number,
  ours: (...args: NoInfer<Args>) => Grad,
  peer: (...args: NoInfer<Args>) => NoInfer<Grad>,
  sum: (grad: Grad) => number,
): Contest {
  const pool = Array.from({ length: poolSize }, (_, k) => inputs(k));
  return {
    name,
    primal: (round) => primal(...pool[round % poolSize]!),
    ours: (round) => sum(ours(...pool[round % poolSize]!)),
    peer: (round) => sum(peer(...pool[round % poolSize]!)),
  };
}

const data = (name: string): unknown =>
  (
    JSON.parse(
      readFileSync(new URL(`../fixtures/gradbench/data/${name}.json`, import.meta.url), "utf8"),
    ) as Record<string, unknown>
  )["input"];

type Rows = readonly number[][];

/** Numbers that follow from the index alone, between −1 and 1. */
const noise = (i: number): number => Math.sin(i * 12.9898) * Math.cos(i * 78.233);
const numbers = (length: number, k: number): number[] =>
  Array.from({ length }, (_, i) => noise(i + 1 + k * length));
const nudged = (rows: Rows, k: number): number[][] =>
  rows.map((row, i) => row.map((v, j) => v + 1e-3 * k * noise(i + j + 1)));
const last = (rows: Rows): number => rows.at(-1)!.at(-1)!;

/** All contests, their inputs made. */
export function contests(): readonly Contest[] {
  const mixture = data("gmm-small") as { [name in "mu" | "q" | "l" | "x"]: Rows } & {
    alpha: number[];
    m: number;
    gamma: number;
  };
  const sequence = data("lstm-small") as {
    [name in "main_params" | "extra_params" | "state" | "sequence"]: Rows;
  };
  const observation = data("ba") as { cam: number[]; x: [number, number, number]; w: number; feat: number[] };
  return [
    contest(
      "cost, 10,000 points",
      (k) => given(1 + k, 0.5 * k, numbers(10_000, k), numbers(10_000, k + 9)),
      cost,
      valueAndGradCost,
      peerCost.valueAndGradCost,
      ({ value, grad }) => value + grad.W + grad.b,
    ),
    contest(
      "logSumExp, 10,000 numbers",
      (k) => given(Float64Array.from(numbers(10_000, k))),
      logSumExp,
      valueAndGradLogSumExp,
      peerLogSumExp.valueAndGradLogSumExp,
      ({ value, grad }) => value + grad.x[0]! + grad.x.at(-1)!,
    ),
    contest(
      "pendulum, 100,000 steps",
      (k) => given({ angle: 1 + 0.1 * k, velocity: 0.1 * k }, 0.01, 100_000, 1e-4),
      energyAfter,
      valueAndGradEnergyAfter,
      peerPendulum.valueAndGradEnergyAfter,
      ({ value, grad }) => value + grad.start.angle + grad.start.velocity + grad.damping,
    ),
    contest(
      "newtonSqrt",
      (k) => given(0.3 + 1.7 * k),
      newtonSqrt,
      valueAndGradNewtonSqrt,
      peerNewtonSqrt.valueAndGradNewtonSqrt,
      ({ value, grad }) => value + grad.a,
    ),
    contest(
      "gmm-small",
      (k) =>
        given(
          mixture.alpha.map((v) => v + 1e-3 * k),
          nudged(mixture.mu, k),
          nudged(mixture.q, k),
          nudged(mixture.l, k),
          mixture.x,
          mixture.m,
          mixture.gamma,
        ),
      gmm,
      gradGmm,
      peerGmm.gradGmm,
      (grad) => grad.alpha[0]! + last(grad.mu) + last(grad.q) + last(grad.l),
    ),
    contest(
      "lstm-small",
      (k) =>
        given(
          nudged(sequence.main_params, k),
          nudged(sequence.extra_params, k),
          sequence.state,
          sequence.sequence,
        ),
      lstm,
      gradLstm,
      peerLstm.gradLstm,
      (grad) => last(grad.mainParams) + grad.mainParams[0]![0]! + last(grad.extraParams),
    ),
    contest(
      "ba, one observation",
      (k) =>
        given(
          observation.cam.map((v) => v * (1 + 1e-4 * k)),
          observation.x,
          observation.w + 0.1 * k,
          observation.feat,
        ),
      (...args: Parameters<typeof reprojectionError>) => reprojectionError(...args)[0],
      (...args) => vjpReprojectionError(...args),
      (...args) => peerBa.vjpReprojectionError(...args),
      ({ value, grad }) => value[0] + grad.cam[0]! + grad.cam[10]! + grad.x[2]! + grad.w,
    ),
  ];
}
