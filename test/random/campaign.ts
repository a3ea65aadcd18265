/** Generates programs, asks the tool for their derivatives, judges them all. */
import * as prettier from "prettier";
import { ts } from "ts-morph";
import { copy } from "../../src/verify/structure.ts";
import { Chance } from "./chance.ts";
import { generate } from "./generate.ts";
import { faultOf } from "./judge.ts";
import type { Program } from "./program.ts";
import { type Module, prepare, type Prepared, type Sample, sampleOf, samplesOf } from "./subject.ts";
import { reduce } from "./reduce.ts";
import type { Answer, Ask } from "./tool.ts";
import { variant } from "./variant.ts";

/** A program that went wrong, with the arguments that show it. */
export type Case = Readonly<{ program: Program; args: readonly unknown[] }>;

export type Verdict =
  | Readonly<{ kind: "right"; samples: number }>
  /** No sample of it has a finite derivative. */
  | Readonly<{ kind: "discarded"; reason: string }>
  | Readonly<{ kind: "refused"; code: string; message: string; index: number; case: Case }>
  /** `nan`: something on the way was not finite, and the gradient is NaN where it need not be. */
  | Readonly<{
      kind: "wrong" | "crashed" | "nan" | "invalid";
      index: number;
      fault: string;
      case: Case;
      generated: string;
    }>;

export type Failure = Extract<Verdict, { fault: string }>;

/** What sort of fault it is, names and numbers aside: a reduced program has to show the same. */
export const sortOf = (fault: string): string =>
  fault
    .split("\n")[0]!
    .replace(/the (gradient|tangent) (in|of) \S+/, "the $1")
    .replace(/line \d+/, "a line")
    .replaceAll(/'[^']*'|[[{].*|-?\d\S*|\bNaN\b/g, "…")
    .slice(0, 80);

const evaluate = (text: string, imported: Module): Module => {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS },
  });
  const exports: Record<string, unknown> = {};
  new Function("exports", "require", outputText)(exports, () => imported);
  return exports;
};

const verdictOf = (
  index: number,
  { program, module }: Prepared,
  samples: readonly Sample[],
  answer: Answer,
): Verdict => {
  const shown = (
    kind: Failure["kind"],
    fault: string,
    args: readonly unknown[],
    generated: string,
  ): Verdict => ({
    kind,
    index,
    fault,
    case: { program, args },
    generated,
  });
  const { args: first } = samples[0]!;
  if (answer.kind === "refused") return { ...answer, index, case: { program, args: first } };
  if (answer.kind === "crashed" || answer.kind === "invalid")
    return shown(answer.kind, answer.error, first, "");
  const { text, typeError, derivatives } = answer;
  if (typeError !== undefined) return shown("wrong", `does not type-check: ${typeError}`, first, text);
  let generated: Module;
  try {
    generated = evaluate(text, module);
  } catch (e) {
    return shown("wrong", `the module cannot be evaluated: ${String(e)}`, first, text);
  }
  let doubtful: Verdict | undefined;
  for (const sample of samples) {
    const fault = faultOf(generated, derivatives, program.source, sample);
    if (fault?.kind === "wrong") return shown("wrong", fault.text, sample.args, text);
    if (fault) doubtful ??= shown("nan", fault.text, sample.args, text);
  }
  return doubtful ?? { kind: "right", samples: samples.length };
};

type Ready = Readonly<{ index: number; prepared: Prepared; samples: readonly Sample[]; reason: string }>;

const judge = async (ready: readonly Ready[], ask: Ask): Promise<Verdict[]> => {
  const asked = ready.filter((r) => r.samples.length > 0);
  const answers = asked.length > 0 ? await ask(asked.map((r) => r.prepared.program)) : [];
  return ready.map((r) => {
    const at = asked.indexOf(r);
    return at < 0
      ? { kind: "discarded", reason: r.reason }
      : verdictOf(r.index, r.prepared, r.samples, answers[at]!);
  });
};

/** `wide`: of the whole language; `vary`: each program written in another way that means the same. */
export type Manner = Readonly<{ wide?: boolean; vary?: boolean }>;

/** Programs number `from` up to `to` of a seed. */
export const campaign = (
  seed: number,
  from: number,
  to: number,
  ask: Ask,
  { wide = false, vary = false }: Manner = {},
): Promise<Verdict[]> => {
  const ready = Array.from({ length: to - from }, (_, i): Ready => {
    const index = from + i;
    const plain = generate(seed, index, wide);
    const program = vary ? { ...plain, source: variant(plain.source, new Chance(seed, index)) } : plain;
    const prepared = prepare(program);
    return { index, prepared, ...samplesOf(prepared, seed, index) };
  });
  return judge(ready, ask);
};

/** The smallest program that was found to fail in the same way. */
export const shrink = async (
  failure: Failure | Extract<Verdict, { kind: "refused" }>,
  ask: Ask,
  milliseconds: number,
): Promise<typeof failure> => {
  let best = failure;
  const sort = (v: Verdict): string =>
    v.kind === "refused"
      ? `${v.code} ${v.message.replaceAll(/`[^`]*`/g, "")}`
      : "fault" in v
        ? sortOf(v.fault)
        : "";
  const still = async (candidates: readonly Case[]): Promise<number> => {
    const runnable = candidates.flatMap(({ program, args }, at) => {
      try {
        const prepared = prepare(program);
        const sample = sampleOf(prepared, args);
        if (typeof sample === "string") return [];
        return [{ index: failure.index, prepared, samples: [sample], reason: "", at }];
      } catch {
        return [];
      }
    });
    const verdicts = await judge(runnable, ask);
    const found = verdicts.findIndex((v) => v.kind === failure.kind && sort(v) === sort(failure));
    if (found < 0) return -1;
    best = verdicts[found] as typeof failure;
    return runnable[found]!.at;
  };
  await reduce({ program: failure.case.program, args: copy(failure.case.args) }, still, milliseconds);
  return best;
};

/** A structure on one line; memory that stands in several places is numbered. */
export const show = (root: unknown): string => {
  const seen: unknown[] = [];
  const visit = (v: unknown): string => {
    if (typeof v === "number") return Object.is(v, -0) ? "-0" : String(v);
    if (typeof v !== "object" || v === null) return JSON.stringify(v) ?? "undefined";
    const at = seen.indexOf(v);
    if (at >= 0) return `<the same as ${at}>`;
    seen.push(v);
    if (ArrayBuffer.isView(v)) return `${v.constructor.name} [${Array.from(v as Float64Array).join(", ")}]`;
    if (Array.isArray(v)) return `[${v.map(visit).join(", ")}]`;
    const kind = v.constructor === Object ? "" : `${v.constructor.name} `;
    return `${kind}{ ${Object.entries(v)
      .map(([k, x]) => `${k}: ${visit(x)}`)
      .join(", ")} }`;
  };
  return visit(root);
};

/** A failure as a report: the program, the arguments, what is wrong, and what was generated. */
export const report = async (
  seed: number,
  failure: Failure | Extract<Verdict, { kind: "refused" }>,
): Promise<string> => {
  const { program, args } = failure.case;
  const source = await prettier.format(program.source, { parser: "typescript" }).catch(() => program.source);
  const what = "fault" in failure ? [failure.fault, source, failure.generated] : [failure.message, source];
  return [
    `program ${failure.index} of seed ${seed}: ${failure.kind}`,
    `arguments: ${show(args)}`,
    ...what,
  ].join("\n\n");
};
