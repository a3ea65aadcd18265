/** ADJ1xxx: what was asked for. */
import type { Row } from "./row.ts";

export const requests = {
  fileNotFound: {
    code: "ADJ1001",
    severity: "error",
    message: "there is no file `{file}`.",
    hint: "paths are relative to `{directory}`.",
  },
  nothingMatches: {
    code: "ADJ1002",
    severity: "error",
    message: "no TypeScript file matches `{pattern}`.",
    hint: "patterns never match generated files (`*.grad.ts`), declaration files and `node_modules`.",
  },
  notTypeScript: {
    code: "ADJ1003",
    severity: "error",
    message: "`{file}` is not a TypeScript file.",
    hint: "give a `.ts`, `.mts`, `.cts` or `.tsx` file.",
  },
  projectNotFound: { code: "ADJ1004", severity: "error", message: "there is no tsconfig `{file}`." },
  projectUnreadable: {
    code: "ADJ1005",
    severity: "error",
    message: "the tsconfig cannot be used: {problem}",
  },
  syntaxError: { code: "ADJ1006", severity: "error", message: "this is not valid TypeScript: {problem}" },
  typeError: {
    code: "ADJ1007",
    severity: "error",
    message: "this does not type-check: {problem} (TS{number}).",
    hint: "derivatives follow the types, so the file has to compile first.",
  },
  unknownFunction: {
    code: "ADJ1008",
    severity: "error",
    message: "there is no function `{name}` in {file}.",
    hint: "{suggestion}",
  },
  unknownParameter: {
    code: "ADJ1009",
    severity: "error",
    message: "`{function}` has no parameter `{name}`.",
    hint: "{suggestion}",
  },
  unknownPart: {
    code: "ADJ1010",
    severity: "error",
    message: "`{whole}` of `{function}` has no part `{part}`.",
    hint: "{suggestion}",
  },
  noFunctions: {
    code: "ADJ1011",
    severity: "error",
    message: "{file} has no tagged function and exports none.",
    hint: "mark a function with `@grad` in its JSDoc comment, or name one with `--function`.",
  },
  allSkipped: {
    code: "ADJ1012",
    severity: "error",
    message: "none of the exported functions of {file} can be differentiated.",
    hint: "the notes say why for each of them.",
  },
  modeNotAvailable: {
    code: "ADJ1013",
    severity: "error",
    message: "`{mode}` derivatives are not made yet.",
    hint: "there are `grad`, `valueAndGrad`, `vjp` and `jvp`.",
  },
} as const satisfies Record<string, Row>;
