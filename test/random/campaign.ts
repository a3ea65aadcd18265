/** Generates programs, asks the tool for their gradients, judges them all. */
import { type Argument, argumentsFor, samplesPerProgram } from "./arguments.ts";
import { generate } from "./generate.ts";
import { Chance } from "./chance.ts";
import { faultOf } from "./judge.ts";
import { evaluateModule, type Prepared, prepare, type Reference, referenceOf, show } from "./reference.ts";
import { reduce } from "./reduce.ts";
import type { Answer, Ask } from "./tool.ts";
import { variant } from "./variant.ts";
import { entryOf, type Program } from "./tree.ts";

/** A program that went wrong, with the arguments that show it. */
export type Case = Readonly<{ program: Program; args: Argument[] }>;

export type Verdict =
  | Readonly<{ kind: "right"; samples: number }>
  /** No sample of it has a finite derivative. */
  | Readonly<{ kind: "discarded"; reason: string }>
  | Readonly<{ kind: "refused"; code: string; message: string }>
  | Readonly<{ kind: "wrong" | "crashed"; index: number; fault: string; case: Case; generated: string }>;

/** What sort of fault it is, names and numbers aside: a reduced program has to show the same. */
export const sortOf = (fault: string): string =>
  fault
    .split("\n")[0]!
    .replace(/the gradient in \w+/, "the gradient")
    .replace(/line \d+/, "a line")
    .replaceAll(/'[^']*'|[[{].*|-?\d\S*/g, "…")
    .slice(0, 80);

type Sample = Readonly<{ args: Argument[]; reference: Reference }>;

const verdictOf = (
  index: number,
  prepared: Prepared,
  samples: readonly Sample[],
  answer: Answer,
): Verdict => {
  const shown = (kind: "wrong" | "crashed", fault: string, args: Argument[], generated: string): Verdict => ({
    kind,
    index,
    fault,
    case: { program: prepared.program, args },
    generated,
  });
  if (answer.kind === "refused") return answer;
  if (answer.kind === "crashed") return shown("crashed", answer.error, samples[0]!.args, "");
  if (answer.typeError !== undefined) {
    return shown("wrong", `does not type-check: ${answer.typeError}`, samples[0]!.args, answer.text);
  }
  let module;
  try {
    module = evaluateModule(answer.text, prepared.module);
  } catch (e) {
    return shown("wrong", `the module cannot be evaluated: ${String(e)}`, samples[0]!.args, answer.text);
  }
  for (const { args, reference } of samples) {
    const fault = faultOf(module, prepared.modes, args, reference);
    if (fault !== undefined) return shown("wrong", fault, args, answer.text);
  }
  return { kind: "right", samples: samples.length };
};

/** Judges given cases; those without a finite derivative, or that do not even run, are discarded. */
const judge = async (
  cases: readonly Readonly<{ index: number; program: Program; samples: readonly Argument[][] }>[],
  ask: Ask,
): Promise<Verdict[]> => {
  const ready = cases.map(({ index, program, samples }) => {
    const prepared = prepare(program);
    const good: Sample[] = [];
    let reason = "";
    for (const args of samples) {
      const reference = referenceOf(prepared, args);
      if ("discarded" in reference) reason = reference.discarded;
      else good.push({ args, reference });
    }
    return { index, prepared, good, reason };
  });
  const asked = ready.filter((r) => r.good.length > 0);
  const answers = asked.length > 0 ? await ask(asked.map((r) => r.prepared)) : [];
  return ready.map((r) => {
    const at = asked.indexOf(r);
    return at < 0
      ? { kind: "discarded", reason: r.reason }
      : verdictOf(r.index, r.prepared, r.good, answers[at]!);
  });
};

/** `wide`: of the wider language as well; `vary`: each program written in another way that means the same. */
export type Manner = Readonly<{ wide?: boolean; vary?: boolean }>;

/** Programs number `from` up to `to` of a seed. */
export const campaign = (
  seed: number,
  from: number,
  to: number,
  ask: Ask,
  { wide = false, vary = false }: Manner = {},
): Promise<Verdict[]> => {
  const cases = Array.from({ length: to - from }, (_, i) => {
    const plain = generate(seed, from + i, wide);
    const program = vary ? variant(plain, new Chance(seed, from + i)) : plain;
    const args = (sample: number): Argument[] => argumentsFor(entryOf(program), seed, from + i, sample);
    return {
      index: from + i,
      program,
      samples: Array.from({ length: samplesPerProgram }, (_, s) => args(s)),
    };
  });
  return judge(cases, ask);
};

type Failure = Extract<Verdict, { kind: "wrong" | "crashed" }>;

/** The smallest program that was found to fail in the same way. */
export const shrink = async (failure: Failure, ask: Ask, milliseconds: number): Promise<Failure> => {
  let best = failure;
  const still = async (candidates: readonly Case[]): Promise<number> => {
    const runnable = candidates.flatMap((candidate, at) => {
      try {
        const reference = referenceOf(prepare(candidate.program), candidate.args);
        return "discarded" in reference ? [] : [{ candidate, at }];
      } catch {
        return [];
      }
    });
    const verdicts = await judge(
      runnable.map(({ candidate: { program, args } }) => ({
        index: failure.index,
        program,
        samples: [args],
      })),
      ask,
    );
    const found = verdicts.findIndex(
      (v) => v.kind === failure.kind && sortOf(v.fault) === sortOf(failure.fault),
    );
    if (found < 0) return -1;
    best = verdicts[found] as Failure;
    return runnable[found]!.at;
  };
  await reduce(failure.case, still, milliseconds);
  return best;
};

/** A failure as a report: the program, the arguments, what is wrong, and what was generated. */
export const report = (seed: number, failure: Failure): string =>
  [
    `program ${failure.index} of seed ${seed}: ${failure.kind}`,
    failure.fault,
    `arguments: ${show(failure.case.args)}`,
    prepare(failure.case.program).source,
    failure.generated,
  ].join("\n\n");
