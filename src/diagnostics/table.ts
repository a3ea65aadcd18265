/**
 * Every message of the tool, one row each, in the order of the codes. `{name}` is filled by the reporter.
 * ADJ1xxx: what was asked for. ADJ2xxx: what is not understood where a derivative would have to flow.
 * ADJ3xxx: what is asked of a function that does not fit it. ADJ9xxx: warnings and notes.
 * The page docs/diagnostics.md is made from this table; fixtures/errors holds a program for each code.
 */
type Row = Readonly<{
  code: `ADJ${number}`;
  severity: "error" | "warning" | "note";
  message: string;
  hint?: string;
}>;

export const messages = {
  fileNotFound: {
    code: "ADJ1001",
    severity: "error",
    message: "there is no file `{file}`.",
    hint: "paths are relative to {directory}.",
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
    message: "this does not type-check: {problem} (TS{number})",
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
  callWithoutBody: {
    code: "ADJ2003",
    severity: "error",
    message: "this call is not differentiable: `{name}` is declared without a body.",
    hint: "give it a derivative with `@derivative`, or leave it out of the gradient with `stopGradient(...)`.",
  },
  noDifferentiableParameter: {
    code: "ADJ3001",
    severity: "error",
    message: "`{function}` has no parameter that holds real numbers.",
    hint: "numbers, arrays and typed arrays of floats, tuples and objects that hold them can be differentiated.",
  },
  notDifferentiable: {
    code: "ADJ3002",
    severity: "error",
    message: "`{name}` of `{function}` holds no real numbers: its type is `{type}`.",
  },
  resultIsNotOneNumber: {
    code: "ADJ3003",
    severity: "error",
    message: "`{mode}` needs a function that returns one number; `{function}` returns `{type}`.",
    hint: "ask for `vjp`, which takes a seed of the shape of the result, or for `jacobian`.",
  },
  noDifferentiableResult: {
    code: "ADJ3004",
    severity: "error",
    message: "the result of `{function}` holds no real numbers: its type is `{type}`.",
  },
  asyncFunction: {
    code: "ADJ3005",
    severity: "error",
    message: "`{function}` is asynchronous, and its result does not exist yet when it returns.",
    hint: "move the arithmetic into a function of its own that is not `async`.",
  },
  generatorFunction: {
    code: "ADJ3006",
    severity: "error",
    message: "`{function}` is a generator: it has no single result.",
    hint: "move the arithmetic into a function that returns its result.",
  },
  accessor: {
    code: "ADJ3007",
    severity: "error",
    message: "`{function}` is a getter or setter.",
    hint: "make it a method or a function.",
  },
  constructorEntry: {
    code: "ADJ3008",
    severity: "error",
    message: "`{function}` is a constructor.",
    hint: "write a function that returns the new object.",
  },
  noBody: {
    code: "ADJ3009",
    severity: "error",
    message: "`{function}` is declared without a body.",
    hint: "ask for the derivative where the function is implemented.",
  },
  overloaded: {
    code: "ADJ3010",
    severity: "error",
    message: "`{function}` has overloads.",
    hint: "write the case to be differentiated as a function of its own.",
  },
  usesThis: {
    code: "ADJ3011",
    severity: "error",
    message: "`{function}` takes a `this`.",
    hint: "make it an ordinary parameter.",
  },
  notExported: {
    code: "ADJ3012",
    severity: "error",
    message: "the signature of `{function}` uses `{name}`, which is not exported.",
    hint: "export it, so that the generated module can import it.",
  },
  skipped: { code: "ADJ9001", severity: "note", message: "`{function}` is skipped: {reason}" },
} as const satisfies Record<string, Row>;

export type MessageName = keyof typeof messages;
