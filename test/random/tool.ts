/** Asks the tool for the gradients of many sources at once. */
import { createSession, differentiate, type Session } from "../../src/index.ts";
import { createTypeCheck, type TypeCheck } from "./typecheck.ts";

/** The generated module, why there is none, or the error that the tool died of. */
export type Answer =
  | { kind: "generated"; text: string; typeError?: string }
  | { kind: "refused"; code: string; message: string }
  | { kind: "crashed"; error: string };

export type Ask = (sources: readonly string[]) => Promise<Answer[]>;

const cwd = "/programs";

const askAll = async (
  sources: readonly string[],
  session: Session,
  typeCheck: TypeCheck,
  checked: boolean,
): Promise<Answer[]> => {
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
  const typeErrors = typeCheck(
    new Map([
      ...files.map((f) => [f.path, f.text] as const),
      ...result.files.map((f) => [f.path, f.text] as const),
    ]),
  );
  return sources.map((_, i) => {
    const made = result.files.find((f) => f.source === path(i));
    if (made) return { kind: "generated", text: made.text, typeError: typeErrors.get(made.path) };
    const error = result.diagnostics.find((d) => d.severity === "error" && d.at?.file === path(i));
    if (error) return { kind: "refused", code: error.code, message: error.message };
    return { kind: "crashed", error: "nothing was generated, and no diagnostic says why" };
  });
};

/** One compiler program for all of them; where the tool dies, each on its own. */
export const createAsk = (): Ask => {
  const session = createSession();
  const typeCheck = createTypeCheck();
  return async (sources) => {
    try {
      return await askAll(sources, session, typeCheck, false);
    } catch {
      const answers: Answer[] = [];
      for (const source of sources) {
        try {
          answers.push(...(await askAll([source], session, typeCheck, true)));
        } catch (e) {
          answers.push({ kind: "crashed", error: e instanceof Error ? (e.stack ?? e.message) : String(e) });
        }
      }
      return answers;
    }
  };
};
