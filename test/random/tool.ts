/** Asks the tool for the gradients of many sources at once. */
import { createSession, differentiate, type Session } from "../../src/index.ts";

/** The generated module, why there is none, or the error that the tool died of. */
export type Answer =
  | { kind: "generated"; text: string }
  | { kind: "refused"; code: string; message: string }
  | { kind: "crashed"; error: string };

export type Ask = (sources: readonly string[]) => Promise<Answer[]>;

const cwd = "/programs";

const askAll = async (sources: readonly string[], session: Session, checked: boolean): Promise<Answer[]> => {
  const path = (i: number): string => `${cwd}/p${i}.ts`;
  const files = sources.map((text, i) => ({ path: path(i), text }));
  const result = await differentiate({
    files,
    functions: ["f"],
    emit: ["valueAndGrad"],
    cwd,
    session,
    checked,
  });
  return sources.map((_, i) => {
    const made = result.files.find((f) => f.source === path(i));
    if (made) return { kind: "generated", text: made.text };
    const errors = result.diagnostics.filter((d) => d.severity === "error");
    const own = errors.find((d) => d.at?.file === path(i)) ?? errors.find((d) => !d.at);
    return { kind: "refused", code: own?.code ?? "none", message: own?.message ?? "nothing was generated" };
  });
};

/** One compiler program for all of them; where the tool dies, each on its own. */
export const createAsk = (): Ask => {
  const session = createSession();
  return async (sources) => {
    try {
      return await askAll(sources, session, false);
    } catch {
      const answers: Answer[] = [];
      for (const source of sources) {
        try {
          answers.push(...(await askAll([source], session, true)));
        } catch (e) {
          answers.push({ kind: "crashed", error: e instanceof Error ? (e.stack ?? e.message) : String(e) });
        }
      }
      return answers;
    }
  };
};
