import { type MessageName, messages } from "./table.ts";

/** A place in a source: an absolute file and offsets into its text. */
export type Span = Readonly<{ file: string; start: number; end: number }>;

/** A message with what fills it; `at` is absent when no source place belongs to it. */
export type Diagnostic = Readonly<{ name: MessageName; values: Readonly<Record<string, string>>; at?: Span }>;

/** Where the rooms put what they find; all of it is printed, not the first one. */
export type Report = (diagnostic: Diagnostic) => void;

export const severityOf = (d: Diagnostic): "error" | "warning" | "note" => messages[d.name].severity;
