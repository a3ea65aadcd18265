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
    hint: "there are `grad`, `valueAndGrad` and `vjp`.",
  },
  nameNotReachable: {
    code: "ADJ2001",
    severity: "error",
    message: "generated code cannot use `{name}`: it is not exported.",
    hint: "export it; a copy in the generated module would be a second one.",
  },
  callWithoutBody: {
    code: "ADJ2003",
    severity: "error",
    message: "this call is not differentiable: `{name}` is declared without a body.",
    hint: "give it a derivative with `@derivative`, or leave it out of the gradient with `stopGradient(...)`.",
  },
  asyncCode: {
    code: "ADJ2010",
    severity: "error",
    message: "no derivative flows through asynchronous code.",
    hint: "do the arithmetic in a function that is not `async`, and await its inputs outside.",
  },
  generatorCode: {
    code: "ADJ2011",
    severity: "error",
    message: "no derivative flows through a generator.",
    hint: "write a loop that stores its results in an array.",
  },
  dynamicCode: {
    code: "ADJ2012",
    severity: "error",
    message: "no derivative flows through code that is only known when it runs (`eval`, `with`).",
  },
  tryStatement: {
    code: "ADJ2013",
    severity: "error",
    message: "no derivative flows through `try`.",
    hint: "move what can throw out of the arithmetic.",
  },
  classInstance: {
    code: "ADJ2014",
    severity: "error",
    message: "`{name}` is an instance of a class, and no derivative flows through it.",
    hint: "use an object literal and functions.",
  },
  accessorInLiteral: {
    code: "ADJ2015",
    severity: "error",
    message:
      "this object has a method, a getter, a setter or a computed key, and no derivative flows through it.",
    hint: "use plain fields and functions.",
  },
  spreadArgument: {
    code: "ADJ2016",
    severity: "error",
    message: "no derivative flows through an argument list that is spread (`{name}(...)`).",
    hint: "write the loop over the elements.",
  },
  anyTyped: {
    code: "ADJ2017",
    severity: "error",
    message: "`{text}` is of type `{type}`, and no derivative flows through what has no known type.",
    hint: "give it a type.",
  },
  recursion: {
    code: "ADJ2018",
    severity: "error",
    message: "`{name}` calls itself, and no derivative flows through recursion.",
    hint: "write it as a loop.",
  },
  escapingClosure: {
    code: "ADJ2019",
    severity: "error",
    message: "this function is kept or handed on, and no derivative flows through calls that cannot be seen.",
    hint: "call it where it is declared.",
  },
  keyedCollection: {
    code: "ADJ2020",
    severity: "error",
    message: "no derivative flows through a `{type}`.",
    hint: "use an array, or an object with known fields.",
  },
  jumpOut: {
    code: "ADJ2021",
    severity: "error",
    message: "`{jump}` leaves {what} here, which is not understood as a whole.",
    hint: "move the `{jump}` out of it: set a variable, and test that behind it.",
  },
  methodCall: {
    code: "ADJ2022",
    severity: "error",
    message: "no derivative flows through `{name}` of `{type}`.",
    hint: "write the loop that it stands for.",
  },
  unknownStructure: {
    code: "ADJ2023",
    severity: "error",
    message: "`{text}` is read from a `{type}`, whose parts are not known.",
    hint: "use an array, or an object with known fields.",
  },
  notUnderstood: {
    code: "ADJ2024",
    severity: "error",
    message: "no derivative flows through {what}.",
  },
  changedLater: {
    code: "ADJ2025",
    severity: "error",
    message: "this function uses `{name}`, which is assigned elsewhere, and is itself kept or handed on.",
    hint: "call it where it is declared, or make `{name}` a `const`.",
  },
  activeUnknown: {
    code: "ADJ2501",
    severity: "error",
    message: "a derivative would have to flow through this, and its effect on it is not known.",
    hint: "move what depends on differentiated values out of it.",
  },
  referenceNotFollowed: {
    code: "ADJ2502",
    severity: "error",
    message: "which array or object `{name}` means here cannot be followed through the derivative.",
    hint: "index the structure directly, or copy it before changing it.",
  },
  activeResize: {
    code: "ADJ2503",
    severity: "error",
    message: "setting the length of an array that a derivative flows through is not supported.",
    hint: "use push and pop, or a new array.",
  },
  activeFill: {
    code: "ADJ2504",
    severity: "error",
    message:
      "filling a new array with a value that depends on a differentiated parameter is not supported here.",
    hint: "assign the elements in a loop.",
  },
  activeStructure: {
    code: "ADJ2505",
    severity: "error",
    message: "a whole structure that a derivative flows through is changed at once here.",
    hint: "change its numbers one by one.",
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

export type MessageName = keyof typeof messages;
