/** ADJ3xxx: what is asked of a function that does not fit it. */
import type { Row } from "./row.ts";

export const misfits = {
  noDifferentiableParameter: {
    code: "ADJ3001",
    severity: "error",
    message: "`{function}` has no parameter that holds real numbers.",
    hint: "numbers, arrays and typed arrays of floats, tuples and objects that hold them can be differentiated.",
  },
  notDifferentiable: {
    code: "ADJ3002",
    severity: "error",
    message: "`{name}` of `{function}` holds no real numbers that can be followed: its type is `{type}`.",
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
    message: "`{function}` has overloads, and its implementation does not say which type it takes.",
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
  dependentDefault: {
    code: "ADJ3013",
    severity: "error",
    message: "a default of `{function}` is computed from its parameter `{name}`.",
    hint: "make the parameter optional and compute the default in the body.",
  },
} as const satisfies Record<string, Row>;
