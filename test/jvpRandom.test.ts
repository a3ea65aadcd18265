/** Forward mode of random programs against dual numbers: value and effects to the bit, ⟨seed, J t⟩ = ⟨gradient, t⟩. */
import { expect, test } from "vitest";
import { direction } from "../src/verify/random.ts";
import { copy, mapNumbers } from "../src/verify/structure.ts";
import { type Argument, argumentsFor, samplesPerProgram } from "./random/arguments.ts";
import { generate } from "./random/generate.ts";
import {
  clone,
  evaluateModule,
  type Gradient,
  identical,
  numbersOf,
  patiently,
  prepare,
  type Prepared,
  type Reference,
  referenceOf,
  show,
} from "./random/reference.ts";
import { createAsk } from "./random/tool.ts";
import { entryOf } from "./random/tree.ts";

const seed = Number(process.env.RANDOM_SEED ?? 1);
const runs = Number(process.env.RANDOM_RUNS ?? 150);
const wide = process.env.RANDOM_WIDE === "1";
const batch = 50;

type Good = Readonly<{ args: Argument[]; reference: Reference }>;

const samplesOf = (prepared: Prepared, index: number): readonly Good[] =>
  Array.from({ length: samplesPerProgram }, (_, s) => s).flatMap((s) => {
    const args = argumentsFor(entryOf(prepared.program), seed, index, s);
    const reference = referenceOf(prepared, args);
    return "discarded" in reference ? [] : [{ args, reference }];
  });

/** What is wrong with forward mode at these arguments, or nothing. */
const faultOf = (prepared: Prepared, text: string, { args, reference }: Good): string | undefined => {
  const { jvpF } = evaluateModule(text, prepared.module);
  const { params } = entryOf(prepared.program);
  const draw = direction(9);
  const tangents = Object.fromEntries(
    params.flatMap(({ name, ty }, i) =>
      ty.t === "int" || !text.includes(`tangents.${name}`)
        ? []
        : [[name, mapNumbers(copy(args[i], "separate"), draw)]],
    ),
  );
  const [passed, given] = [clone(args) as Argument[], clone(tangents)];
  const got = patiently(() => jvpF!(...passed, given)) as { value: unknown; tangent: unknown };
  if (!identical(got.value, reference.value))
    return `the value is ${show(got.value)}, not ${show(reference.value)}`;
  if (!identical(passed, reference.after))
    return `arguments end as ${show(passed)}, not ${show(reference.after)}`;
  if (!identical(given, tangents)) return `the tangents end as ${show(given)}`;
  const weights = numbersOf(reference.seed);
  const along = numbersOf(got.tangent);
  if (along.length !== weights.length) return `the tangent is ${show(got.tangent)}`;
  const forward = along.reduce((sum, v, i) => sum + v * weights[i]!, 0);
  const errors = reference.seeded.map((gradient) => {
    const [sum, size, single] = inner(gradient, tangents);
    return Math.abs(forward - sum) <= (single ? 1e-6 : 1e-10) * size + 1e-12
      ? undefined
      : `along ${show(tangents)} it is ${forward}, not ${sum}`;
  });
  // an adjoint of zero times what is not finite may be NaN in either mode
  if (errors.includes(undefined) || (reference.overflowed && Number.isNaN(forward))) return undefined;
  return errors[0];
};

const inner = (
  gradient: Gradient,
  tangents: Readonly<Record<string, unknown>>,
): [number, number, boolean] => {
  let [sum, size, single] = [0, 0, false];
  for (const [name, of] of gradient) {
    const steps = numbersOf(tangents[name]);
    if (!(name in tangents)) continue;
    of.d.forEach((d, i) => (sum += d * steps[i]!));
    of.size.forEach((s, i) => (size += s * Math.abs(steps[i]!)));
    single ||= of.single;
  }
  return [sum, size, single];
};

test(
  `${runs} random programs (RANDOM_RUNS) of seed ${seed} (RANDOM_SEED) in forward mode`,
  async () => {
    const ask = createAsk();
    let right = 0;
    for (let from = 0; from < runs; from += batch) {
      const programs = Array.from({ length: Math.min(batch, runs - from) }, (_, i) => {
        const prepared = prepare(generate(seed, from + i, wide));
        return { index: from + i, prepared, samples: samplesOf(prepared, from + i) };
      }).filter((p) => p.samples.length > 0);
      const answers = await ask(programs.map((p) => ({ source: p.prepared.source, modes: ["jvp"] })));
      programs.forEach(({ index, prepared, samples }, at) => {
        const answer = answers[at]!;
        if (answer.kind === "refused") return;
        const fail = (fault: string, text = ""): never =>
          expect.fail(`program ${index} of seed ${seed}: ${fault}\n\n${prepared.source}\n\n${text}`);
        if (answer.kind === "crashed") return fail(answer.error);
        if (answer.typeError !== undefined) return fail(answer.typeError, answer.text);
        for (const sample of samples) {
          const fault = faultOf(prepared, answer.text, sample);
          if (fault !== undefined) fail(`at ${show(sample.args)} ${fault}`, answer.text);
        }
        right++;
      });
    }
    expect(right).toBeGreaterThan(0.75 * runs);
  },
  60_000 + 200 * runs,
);
