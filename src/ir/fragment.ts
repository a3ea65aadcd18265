/** TypeScript that is carried through as text, and the names of the source that it uses. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";

/** A diagnostic in waiting. */
export type Refusal = Diagnostic;

/** TypeScript text with numbered holes: `read` n is reads[n], `write` n assigns results[n]. */
export type Fragment = Readonly<{
  /** An expression gives its one result; a statement assigns its results through its `write` holes. */
  form: "expression" | "statement";
  parts: readonly (string | Readonly<{ read: number }> | Readonly<{ write: number }>)[];
  /** Names of the source's modules that the text uses. */
  references: readonly Reference[];
  /** Why the text cannot stand in another module: reported if it is there when all is done. */
  obstacles?: readonly Refusal[];
}>;

/** A name of module level that generated code uses; identity is `id` (file and name). */
export type Reference = Readonly<{
  id: string;
  /** How generated code calls it, if nothing else has the name. */
  name: string;
  from:
    | Readonly<{ kind: "import"; file: string; exported: string; typeOnly?: boolean }> // an absolute file, or a package specifier
    | Readonly<{ kind: "copy"; text: string; references: readonly Reference[] }>; // a constant or helper that is not exported: its declaration, copied
}>;
