/** The shadows that parameters have at entry, and what is kept of them where references in them change places. */
import type { Block } from "../ir/build.ts";
import { emitShared, isOnlyOne, sharedBy } from "../ir/entryShadow.ts";
import { canRemember, isAlike, remember } from "../ir/remember.ts";
import { emitZeros, shadowType } from "../ir/shadow.ts";
import type { Operand, Value } from "../ir/types.ts";

type Questions = Readonly<{
  reorders(param: Value): boolean;
  shares(param: Value): boolean;
  shadowName(param: Value): string | undefined;
}>;

/** `shadow` moves with what it belongs to, `kept` stays as it was at entry. */
type EntryShadow = Readonly<{ param: Value; shadow: Value; kept?: Value }>;

export const entryShadows = (
  entry: Block,
  params: readonly Value[],
  { reorders, shares, shadowName }: Questions,
): readonly EntryShadow[] => {
  const pool = sharedBy(
    entry,
    params.filter((param) => shares(param)),
  );
  return params.map((param): EntryShadow => {
    const name = shadowName(param);
    const fresh = asValue(
      shares(param)
        ? emitShared(entry, param, param.type, name, pool)
        : emitZeros(entry, param, shadowType(param.type), name),
    );
    if (!reorders(param) || !canRemember(fresh.type)) return { param, shadow: fresh };
    // the references of an array that nothing else can be are moved in a copy of it
    const isAlone = isAlike(fresh.type) && (!shares(param) || isOnlyOne(pool, param.type));
    const other = asValue(
      remember(entry, fresh, fresh.type, name && `${name}${isAlone ? "Moved" : "AtEntry"}`),
    );
    return isAlone ? { param, shadow: other, kept: fresh } : { param, shadow: fresh, kept: other };
  });
};

export const asValue = (o: Operand): Value => {
  if (o.kind === "value") return o;
  throw new Error("a shadow is a reference");
};
