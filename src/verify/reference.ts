/** Numeric derivatives of a function of an argument list, one component or one direction at a time. */
import { noiseNear } from "./noise.ts";
import { derivativeAtZero, type Estimate, scaleOf } from "./richardson.ts";
import { copy, type Leaf, setAt, valueAt } from "./structure.ts";

/** A number computed from an argument list that it may change: it is given a copy each time. */
export type Objective = (args: unknown[]) => number;

/** How the objective is asked: whether arrays shared between arguments move together, and how exact its values are. */
export type Setting = Readonly<{ args: readonly unknown[]; aliases: "kept" | "separate"; noise: number }>;

export type Tangent = Readonly<{ leaf: Leaf; by: number }>;

/** The objective along a line through the arguments; NaN where it throws. Paths begin with the argument's index. */
const along =
  (f: Objective, setting: Pick<Setting, "args" | "aliases">, tangents: readonly Tangent[]) =>
  (offset: number): number => {
    const moved = copy(setting.args, setting.aliases) as unknown[];
    // numbers that are the same memory move by the sum of their steps
    for (const { leaf, by } of tangents)
      setAt(moved, leaf.path, Number(valueAt(moved, leaf.path)) + offset * by);
    try {
      return f(moved);
    } catch {
      return NaN;
    }
  };

/** Measures the noise of the objective along a direction in which every given number moves. */
export function settingOf(
  f: Objective,
  args: readonly unknown[],
  aliases: "kept" | "separate",
  numbers: readonly Leaf[],
): Setting {
  const tangents = numbers.map((leaf, i) => ({ leaf, by: scaleOf(leaf.value) * [1, -0.5, 0.5, -1][i % 4]! }));
  return { args, aliases, noise: noiseNear(along(f, { args, aliases }, tangents), 2 ** -19) };
}

/** ∂f / ∂leaf. */
export function partial(f: Objective, setting: Setting, leaf: Leaf): Estimate {
  const line = along(f, setting, [{ leaf, by: 1 }]);
  const scale = scaleOf(leaf.value);
  // a jump that only another number meets looks like noise where all move together: then ask along this one
  const noisy = setting.noise > 2 ** -40 * Math.abs(line(0));
  return derivativeAtZero(line, {
    scale,
    noise: noisy ? noiseNear(line, scale * 2 ** -19) : setting.noise,
    // a number of 24 bits takes no step below its own resolution
    ...(leaf.single ? { last: 20 } : {}),
  });
}

/** The derivative of f along a direction. Numbers of 24 bits do not move exactly: the error is theirs, too. */
export function directional(f: Objective, setting: Setting, tangents: readonly Tangent[]): Estimate {
  return derivativeAtZero(along(f, setting, tangents), {
    scale: 1,
    noise: setting.noise,
    ...(tangents.some(({ leaf }) => leaf.single) ? { last: 14 } : {}),
  });
}
