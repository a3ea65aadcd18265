/** ADJ9xxx: warnings and notes. */
import type { Row } from "./row.ts";

export const remarks = {
  skipped: { code: "ADJ9001", severity: "note", message: "`{function}` is skipped: {reason}" },
  indexLike: {
    code: "ADJ9002",
    severity: "note",
    message:
      "`{name}` is left out of the gradient of `{function}`: it reaches the result only as an index, a length, a bound, a comparison or an integer.",
    hint: "name it with `--wrt` or behind the tag to have it there, with a derivative of zero.",
  },
  zeroGradient: {
    code: "ADJ9003",
    severity: "warning",
    message:
      "the gradient of `{function}` with respect to `{name}` is zero: the result does not depend on it by real arithmetic.",
  },
} as const satisfies Record<string, Row>;
