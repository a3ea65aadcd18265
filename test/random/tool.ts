/** Asks the tool for the derivatives of many sources at once. */
import type { Derivative } from "../../src/ir/entry.ts";
import { createSession, differentiate, type Mode, type Session } from "../../src/index.ts";
import { createTypeCheck, type TypeCheck } from "./typecheck.ts";

/** The generated module, why there is none, or the error that the tool died of. */
export type Answer =
  | { kind: "generated"; text: string; derivatives: readonly Derivative[]; typeError?: string }
  | { kind: "refused"; code: string; message: string }
  | { kind: "crashed"; error: string }
  /** The source does not type-check. */
  | { kind: "invalid"; error: string };

export type Asked = Readonly<{ source: string; modes: readonly Mode[] }>;
export type Ask = (programs: readonly Asked[]) => Promise<Answer[]>;

type Workshop = Readonly<{ session: Session; typeCheck: TypeCheck; optimise: boolean }>;

const cwd = "/programs";

const askAlike = async (
  sources: readonly string[],
  modes: readonly Mode[],
  { session, typeCheck, optimise }: Workshop,
  checked: boolean,
): Promise<Answer[]> => {
  const path = (i: number): string => `${cwd}/p${i}.ts`;
  const files = sources.map((text, i) => ({ path: path(i), text }));
  const result = await differentiate({
    files,
    functions: ["f"],
    emit: modes,
    cwd,
    session,
    checked,
    optimise,
  });
  const errors = typeCheck(
    new Map([
      ...files.map((f) => [f.path, f.text] as const),
      ...result.files.map((f) => [f.path, f.text] as const),
    ]),
  );
  return sources.map((_, i) => {
    const invalid = errors.get(path(i));
    if (invalid !== undefined) return { kind: "invalid", error: invalid };
    const made = result.files.find((f) => f.source === path(i));
    // without optimisation what is dead stays, and may be read before it is assigned
    if (made)
      return {
        kind: "generated",
        text: made.text,
        derivatives: made.derivatives,
        typeError: optimise ? errors.get(made.path) : undefined,
      };
    const error = result.diagnostics.find((d) => d.severity === "error" && d.at?.file === path(i));
    if (error) return { kind: "refused", code: error.code, message: error.message };
    return { kind: "crashed", error: "nothing was generated, and no diagnostic says why" };
  });
};

/** Those that ask for the same derivatives go together. */
const askAll = async (
  programs: readonly Asked[],
  workshop: Workshop,
  checked: boolean,
): Promise<Answer[]> => {
  const answers: Answer[] = [];
  for (const key of new Set(programs.map((p) => p.modes.join()))) {
    const alike = programs.filter((p) => p.modes.join() === key);
    const sources = alike.map((p) => p.source);
    const made = await askAlike(sources, alike[0]!.modes, workshop, checked);
    alike.forEach((p, i) => (answers[programs.indexOf(p)] = made[i]!));
  }
  return answers;
};

/** One compiler program for all of them; where the tool dies, each on its own. */
export const createAsk = (optimise = true): Ask => {
  const workshop: Workshop = { session: createSession(), typeCheck: createTypeCheck(), optimise };
  return async (programs) => {
    try {
      return await askAll(programs, workshop, false);
    } catch {
      const answers: Answer[] = [];
      for (const program of programs) {
        try {
          answers.push(...(await askAll([program], workshop, true)));
        } catch (e) {
          answers.push({ kind: "crashed", error: e instanceof Error ? (e.stack ?? e.message) : String(e) });
        }
      }
      return answers;
    }
  };
};
