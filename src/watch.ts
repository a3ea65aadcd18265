/** Regenerates on change. */
import { statSync, watch } from "node:fs";
import path from "node:path";

/** What a run depended on, and when it began to read (milliseconds, as the clock has them). */
type Run = Readonly<{ inputs: readonly string[]; began: number }>;

/** Editors write a file in several steps. */
const pause = 40;

/**
 * Calls `again` whenever a TypeScript or JSON file beside one of the inputs changes; it returns what was read
 * then. Directories are watched rather than files, since a save often
 * replaces the file. Runs until the process ends.
 */
export function watchInputs(first: Run, again: () => Promise<Run>): void {
  const watched = new Set<string>();
  let current: ReadonlySet<string> = new Set(first.inputs);
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => (running = running.then(rerun)), pause);
  };
  const follow = ({ inputs, began }: Run): void => {
    current = new Set(inputs);
    for (const directory of new Set(inputs.map((f) => path.dirname(f)))) {
      if (watched.has(directory)) continue;
      watched.add(directory);
      watch(directory, (_, name) => {
        if (name === null || matters(path.join(directory, name), current)) soon();
      });
    }
    // a change between reading and watching
    if (inputs.some((f) => changedAt(f) > began)) soon();
  };
  const rerun = async (): Promise<void> => follow(await again());
  follow(first);
}

/** What is generated is nobody's input, unless it was asked for by its name. */
const matters = (file: string, inputs: ReadonlySet<string>): boolean =>
  inputs.has(file) || (/\.(?:[cm]?tsx?|json)$/.test(file) && !/\.grad\.[cm]?ts$/.test(file));

const changedAt = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
