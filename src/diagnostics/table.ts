/**
 * Every message of the tool, one row each, in the order of the codes. The page docs/diagnostics.md is made from this
 * table; fixtures/errors holds a program for each code.
 */
import { language } from "./language.ts";
import { misfits } from "./misfit.ts";
import { remarks } from "./remark.ts";
import { requests } from "./request.ts";
import type { Row } from "./row.ts";

export const messages = { ...requests, ...language, ...misfits, ...remarks } as const satisfies Record<
  string,
  Row
>;

export type MessageName = keyof typeof messages;
