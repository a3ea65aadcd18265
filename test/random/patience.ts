/** Runs what may not end: programs that were cut down, and generated code. */
import { createContext, Script } from "node:vm";

/** Calls a function; throws if it takes longer than `milliseconds`. */
export type Patience = <T>(run: () => T) => T;

export const createPatience = (milliseconds: number): Patience => {
  const room: { run?: () => unknown } = {};
  createContext(room);
  const script = new Script("run()");
  return <T>(run: () => T): T => {
    room.run = run;
    return script.runInContext(room, { timeout: milliseconds }) as T;
  };
};
