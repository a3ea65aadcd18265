/** ADJ2xxx: what is not understood where a derivative would have to flow. */
import type { Row } from "./row.ts";

export const language = {
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
    hint: "write it in TypeScript where its body can be read, or keep differentiated values out of it.",
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
    message: "`{name}` is an instance of a class that is not understood, and no derivative flows through it.",
    hint: "use a class of the module's top level without decorators and fields with computed names.",
  },
  accessorInLiteral: {
    code: "ADJ2015",
    severity: "error",
    message:
      "this object has a setter, a computed key, or methods and is handed on, and no derivative flows through it.",
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
    message: "`{name}` calls itself, and is used in a piece of code that is kept as it stands.",
    hint: "declare it as a `function`, which has its name wherever it stands.",
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
    message: "no derivative flows through a `{type}` that is used like this.",
    hint: "put, get and delete single entries, and go over those that are there without adding others.",
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
  comparatorEffects: {
    code: "ADJ2030",
    severity: "error",
    message:
      "`{name}` compares by a function that changes something, calls a method, or cannot be seen into.",
    hint: "compare by a function that only reads fields.",
  },
  growingRecursion: {
    code: "ADJ2040",
    severity: "error",
    message:
      "`{name}` calls itself with other functions each time, so that no end of versions of it would be needed.",
    hint: "hand the same function on, and numbers or arrays that change.",
  },
  hiddenField: {
    code: "ADJ2050",
    severity: "error",
    message: "`{name}` of an object that the caller made can be read by its class alone.",
    hint: "declare it `private` or `readonly` instead, or make the object in the function itself.",
  },
  instanceEscapes: {
    code: "ADJ2051",
    severity: "error",
    message: "an instance of `{name}` gets to code that stays as it is, and generated code cannot make one.",
    hint: "export the class, and use neither `#` fields nor fields that are functions.",
  },
  movedOptional: {
    code: "ADJ2060",
    severity: "error",
    message:
      "arrays or objects inside of `{name}` change places, and some of them may be missing: which gradient belongs where could not be told.",
    hint: "change a copy, or give the optional parts as parameters of their own.",
  },
  bufferView: {
    code: "ADJ2063",
    severity: "error",
    message: "`{name}` is a view of a buffer that other arrays may be views of, which is not followed.",
    hint: "make one `Float64Array`, and take parts of it by `subarray`.",
  },
  activeKeys: {
    code: "ADJ2066",
    severity: "error",
    message: "these keys are numbers that a derivative would flow through, and keys only tell entries apart.",
    hint: "keep such numbers as values, or in an array.",
  },
  changedArgumentMap: {
    code: "ADJ2067",
    severity: "error",
    message: "entries of what the caller handed over change: the gradient belongs to those that there were.",
    hint: "change a copy.",
  },
  mixedRecord: {
    code: "ADJ2068",
    severity: "error",
    message: "this is an object with known fields elsewhere, and its entries are chosen by keys here.",
    hint: "give it one type, or copy it by `{ ...x }`.",
  },
  mixedKinds: {
    code: "ADJ2069",
    severity: "error",
    message: "what this is on one way through `{function}` does not go with what it is on another.",
    hint: "write a function for each kind, or give what is told apart a variable of its own.",
  },
  functionParameter: {
    code: "ADJ2080",
    severity: "error",
    message: "which function `{name}` is, only those who call `{function}` know.",
    hint: "differentiate a function that calls `{function}` and says which function it hands over.",
  },
  outOfScope: {
    code: "ADJ2081",
    severity: "error",
    message: "this uses `{name}`, which is declared inside a function and cannot be had where this stands.",
    hint: "declare it at the top level of the module.",
  },
  unseenFunction: {
    code: "ADJ2082",
    severity: "error",
    message: "which function `{name}` is cannot be told here, and no derivative flows through its calls.",
    hint: "choose it by a `const`, a condition or a table outside of the loop.",
  },
  activeUnknown: {
    code: "ADJ2501",
    severity: "error",
    message: "a derivative would have to flow through this, and its effect on it is not known.",
    hint: "move what depends on differentiated values out of it.",
  },
  activeResize: {
    code: "ADJ2503",
    severity: "error",
    message: "setting the length of an array that a derivative flows through is not supported.",
    hint: "use push and pop, or a new array.",
  },
  activeField: {
    code: "ADJ2505",
    severity: "error",
    message:
      "`{name}` may be missing before this, in an object that the caller made, and a derivative flows through it.",
    hint: "change a copy, or give the field a value beforehand.",
  },
  sharedArguments: {
    code: "ADJ2506",
    severity: "error",
    message:
      "`{name}` is changed in place, and arrays deep inside of it may be the same array: their gradients could not be told apart.",
    hint: "change a copy, or pass the inner arrays as parameters of their own.",
  },
  unionTyped: {
    code: "ADJ2507",
    severity: "error",
    message: "`{name}` is of type `{type}`, and no derivative flows through what may not be a number.",
    hint: "keep numbers in variables, arrays and fields of their own.",
  },
} as const satisfies Record<string, Row>;
