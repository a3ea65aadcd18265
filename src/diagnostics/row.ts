/** A message of the table. `{name}` is filled by the reporter; a hint that comes out empty is left away. */
export type Row = Readonly<{
  code: `ADJ${number}`;
  severity: "error" | "warning" | "note";
  message: string;
  hint?: string;
}>;
