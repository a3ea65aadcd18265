/**
 * Every message of the tool, one row each, in the order of the codes. `{name}` is filled by the reporter.
 * ADJ1xxx: what was asked for. ADJ2xxx: what is not understood where a derivative would have to flow.
 * ADJ3xxx: what is asked of a function that does not fit it. ADJ9xxx: warnings and notes.
 * The page docs/diagnostics.md is made from this table; fixtures/errors holds a program for each code.
 */
type Row = Readonly<{ code: `ADJ${number}`; severity: "error" | "warning" | "note"; message: string; hint?: string }>;

export const messages = {
  fileNotFound: { code: "ADJ1001", severity: "error", message: "there is no file `{file}`." },
  callWithoutBody: {
    code: "ADJ2003",
    severity: "error",
    message: "this call is not differentiable: `{name}` is declared without a body.",
    hint: "give it a derivative with `@derivative`, or leave it out of the gradient with `stopGradient(...)`.",
  },
} as const satisfies Record<string, Row>;

export type MessageName = keyof typeof messages;
