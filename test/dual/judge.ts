/** Holds what a derivative gives against the exact reference. */
import type { Mode, Path } from "../../src/ir/entry.ts";
import {
  copy,
  isUnder,
  type Key,
  type Leaf,
  leaves,
  mapNumbers,
  pathText,
  valueAt,
} from "../../src/verify/structure.ts";
import { type Bound, boundValue, gradientPath, hasNumber, plainNames } from "../../src/verify/place.ts";
import type { Type } from "../../src/ir/types.ts";
import { tolerance } from "./number.ts";
import type { Exact, Followed, Share } from "./reference.ts";

export type Complaint = Readonly<{
  /** NaN, where something on the way was not finite: IEEE arithmetic may say so. */
  kind: "wrong" | "nan";
  text: string;
}>;

export type Claim = Readonly<{
  mode: Mode;
  derivative: (...args: unknown[]) => unknown;
  parameterNames: readonly string[];
  wrt: readonly Path[];
  /** The names that the parameters bind; left out: those of the parameters. */
  bound?: readonly Bound[] | undefined;
  /** The gradient's type: it says which numbers count; left out: all that are there. */
  gradType?: Type;
  /** The function changes no memory: shared arguments have gradients of their own (rule R6). */
  readOnly?: boolean;
}>;

/** A path in the arguments, by the parameter's name. */
const named = (path: readonly Key[], names: readonly string[]): readonly Key[] => [
  names[Number(path[0])] ?? String(path[0]),
  ...path.slice(1),
];

type Places = Pick<Claim, "parameterNames" | "bound" | "gradType">;
const boundBy = ({ bound, parameterNames }: Places): readonly Bound[] => bound ?? plainNames(parameterNames);

/** Where the gradient has a number of the arguments. */
const placeOf = (path: readonly Key[], places: Places): readonly Key[] =>
  gradientPath(boundBy(places), path) ?? named(path, places.parameterNames);

/** Has the gradient an entry for the number? */
export const isWanted =
  (claim: Places & Pick<Claim, "wrt">) =>
  (leaf: Leaf): boolean => {
    const place = gradientPath(boundBy(claim), leaf.path);
    if (!place || !claim.wrt.some((path) => isUnder(place, path))) return false;
    return !claim.gradType || hasNumber(claim.gradType, place);
  };

const isNear = (got: number, { d, size }: Omit<Share, "leaf">, single: boolean): boolean =>
  Math.abs(got - d) <= tolerance * size + (single ? 2 ** -23 * Math.abs(d) + 1e-44 : 1e-300);

/** What is only read has partial derivatives, also where arguments share it. */
const waysOf = ({ followed }: Exact, { readOnly }: Claim): readonly Followed[] => {
  const partial = followed.filter((f) => f.apart !== "nothing");
  return readOnly && partial.length > 0 ? partial : followed;
};

/** Every component of a gradient; what shares memory may be told apart in several ways, one of which has to fit. */
const gradientComplaint = (
  grad: unknown,
  exact: Exact,
  claim: Claim,
  weights: Parameters<Followed["gradient"]>[0],
): Complaint | undefined => {
  const expected = waysOf(exact, claim).map((way) => way.gradient(weights));
  const wanted = isWanted(claim);
  const heads = new Set(exact.moving.filter(wanted).map((leaf) => leaf.path[0]));
  for (const head of heads) {
    const complaints = expected.map((shares) => {
      const own = shares.filter((s) => s.leaf.path[0] === head && wanted(s.leaf));
      return partComplaint(grad, own, exact, claim);
    });
    if (complaints.includes(undefined)) continue;
    // nothing leads from its own name to the result: then its shadow need not be the one of what it shares
    if (!exact.unreached.has(Number(head)) || !isZero(valueAt(grad, [claim.parameterNames[Number(head)]!])))
      return complaints[0];
  }
  return undefined;
};

const isZero = (part: unknown): boolean => leaves([part]).every(({ value }) => value === 0);

const partComplaint = (
  grad: unknown,
  shares: readonly Share[],
  exact: Exact,
  claim: Claim,
): Complaint | undefined => {
  for (const share of shares) {
    const path = placeOf(share.leaf.path, claim);
    const what = `gradient in ${pathText(path)}`;
    const complaint = complaintAbout(what, valueAt(grad, path), share, share.leaf.single, exact);
    if (complaint) return complaint;
  }
  return undefined;
};

const complaintAbout = (
  what: string,
  got: unknown,
  share: Omit<Share, "leaf">,
  single: boolean,
  exact: Exact,
): Complaint | undefined => {
  const text = `the ${what} is ${String(got)}, expected ${share.d}`;
  if (typeof got !== "number") return { kind: "wrong", text };
  if (!Number.isFinite(share.d) || !Number.isFinite(share.size) || isNear(got, share, single))
    return undefined;
  return { kind: exact.notFinite && Number.isNaN(got) ? "nan" : "wrong", text };
};

/** The outputs that count: what is returned, or of what is changed that which the derivative calls its value. */
const outputsOf = (exact: Exact, value: unknown, { parameterNames }: Claim): readonly Leaf[] =>
  leaves(exact.value).filter(
    ({ path }) => exact.returned || valueAt(value, named(path, parameterNames)) !== undefined,
  );

const nameIn =
  (exact: Exact, { parameterNames }: Claim) =>
  (path: readonly Key[]): readonly Key[] =>
    exact.returned ? path : named(path, parameterNames);

/** What is wrong with the tangent of a result, where aliases of arguments are followed in one way. */
const alongComplaint = (
  result: unknown,
  exact: Exact,
  claim: Claim,
  way: Followed,
  along: unknown,
): Complaint | undefined => {
  const nameOf = nameIn(exact, claim);
  for (const { path, single } of outputsOf(exact, valueAt(result, ["value"]), claim)) {
    const share = way.tangent(path, (leaf) => Number(valueAt(along, placeOf(leaf.path, claim)) ?? 0));
    const got = valueAt(result, ["tangent", ...nameOf(path)]);
    const what = `tangent of ${pathText(["value", ...nameOf(path)])}`;
    const complaint = complaintAbout(what, got, share, single, exact);
    if (complaint) return complaint;
  }
  return undefined;
};

/** What is wrong with a derivative at these arguments, as far as the reference can tell; nothing else is looked at. */
export const complaintOf = (
  claim: Claim,
  args: readonly unknown[],
  exact: Exact,
  seed?: unknown,
  tangents?: Readonly<Record<string, unknown>>,
): Complaint | undefined => {
  const { mode, derivative, parameterNames } = claim;
  const passed = copy(args) as unknown[];
  const padded = parameterNames.map((_, n) => passed[n]);
  const nameOf = nameIn(exact, claim);
  switch (mode) {
    case "grad":
      return gradientComplaint(derivative(...passed), exact, claim, [{ path: [], weight: 1 }]);
    case "valueAndGrad":
      return gradientComplaint(valueAt(derivative(...passed), ["grad"]), exact, claim, [
        { path: [], weight: 1 },
      ]);
    case "vjp": {
      const result = derivative(...padded, ...(seed === undefined ? [] : [seed]));
      const weights = outputsOf(exact, valueAt(result, ["value"]), claim).map(({ path }) => ({
        path,
        weight: seed === undefined ? 1 : Number(valueAt(seed, nameOf(path)) ?? 0),
      }));
      return gradientComplaint(valueAt(result, ["grad"]), exact, claim, weights);
    }
    case "jvp": {
      const along = tangents ?? tangentsFor(claim, args);
      const result = derivative(...padded, copy(along));
      const complaints = waysOf(exact, claim).map((way) => alongComplaint(result, exact, claim, way, along));
      return complaints.includes(undefined) ? undefined : complaints[0];
    }
    default:
      return undefined;
  }
};

/** A direction for every parameter, always the same. */
export const tangentsFor = (
  claim: Places & Pick<Claim, "wrt">,
  args: readonly unknown[],
): Record<string, unknown> => {
  const { gradType, wrt } = claim;
  let next = 0;
  const draw = (): number => [0.5, -1, 0.75, 0.25, -0.5, 1, -0.125][next++ % 7]!;
  return Object.fromEntries(
    boundBy(claim).flatMap((b): [string, unknown][] => {
      const value = boundValue(b, args);
      const counts = (path: readonly Key[]): boolean => !gradType || hasNumber(gradType, [b.name, ...path]);
      return wrt.some(([head]) => head === b.name) && leaves(value).some((l) => counts(l.path))
        ? [[b.name, mapNumbers(copy(value, "separate"), (_, path) => (counts(path) ? draw() : undefined))]]
        : [];
    }),
  );
};
