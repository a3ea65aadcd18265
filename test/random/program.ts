/** What the generator makes: the text of a module, and what its function `f` is called with. */
import type { Mode } from "../../src/index.ts";

export type Container = "number[]" | "readonly number[]" | "Float64Array" | "Float32Array";

/** Types of parameters, with the sizes that the arguments will have; a loose array comes in every length. */
export type Ty =
  | Readonly<{ t: "real"; optional?: boolean }>
  | Readonly<{ t: "int"; max: number }>
  | Readonly<{ t: "array"; of: Container; length: number; loose?: boolean }>
  | Readonly<{ t: "rows"; of: "number[][]" | "Float64Array[]"; rows: number; columns: number }>
  | Readonly<{ t: "tuple"; length: number }>
  /** `name`: an interface, or with `make` a class, which is called with the fields in their order. */
  | Readonly<{ t: "object"; name: string; fields: readonly Field[]; make?: boolean }>
  | Readonly<{ t: "list"; of: Extract<Ty, { t: "object" }>; length: number }>
  | Readonly<{ t: "record" }>;

export type Field = Readonly<{ name: string; ty: Ty }>;

export type Param = Readonly<{ name: string; ty: Ty }>;

export type Program = Readonly<{ source: string; modes: readonly Mode[]; params: readonly Param[] }>;

export const tyText = (ty: Ty): string => {
  switch (ty.t) {
    case "real":
    case "int":
      return "number";
    case "array":
    case "rows":
      return ty.of;
    case "tuple":
      return `[${Array.from({ length: ty.length }, () => "number").join(", ")}]`;
    case "object":
      return ty.name;
    case "list":
      return `${ty.of.name}[]`;
    case "record":
      return "Record<string, number>";
    default:
      return ty satisfies never;
  }
};
