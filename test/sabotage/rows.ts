/**
 * The eight rules that keep the reverse sweep right, each broken on purpose: what the naive reading would do, as a
 * change of the source, and the nasty programs that have to notice.
 */

export type Change = Readonly<{ file: string; find: string; put: string }>;

export type Row = Readonly<{
  /** The rule and its clause. */
  rule: string;
  /** What the broken tool does. */
  naive: string;
  /** Of files in `src`; what is to be found stands there once. */
  changes: readonly Change[];
  /** Programs of which at least one comes out wrong (`folder/file function`), or errors that are not found any more. */
  noticed: readonly string[];
}>;

const fuse = "4-differentiate/fuse.ts";
const carry = "3-analyze/carry.ts";
const fetch = "4-differentiate/fetch.ts";
const count = "4-differentiate/count.ts";
const branch = "4-differentiate/branch.ts";

export const rows: readonly Row[] = [
  {
    rule: "R1a",
    naive: "a loop is fused whatever its carried values are",
    changes: [
      {
        file: fuse,
        find: "if (sums.some((n) => !isSum(loop, n))) return false;",
        put: "",
      },
    ],
    noticed: ["nasty/sums lastBeside", "nasty/control runningMean"],
  },
  {
    rule: "R1a",
    naive: "what the sum is taken from counts as adding to it",
    changes: [
      {
        file: "4-differentiate/sumChain.ts",
        find: '(i.op === "sub" && read.length === 1 && chain.has(i.args[0]!))',
        put: '(i.op === "sub" && read.length === 1)',
      },
    ],
    noticed: ["nasty/sums alternating"],
  },
  {
    rule: "R1a",
    naive: "a sum may be added to itself",
    changes: [
      {
        file: "4-differentiate/sumChain.ts",
        find: '(i.op === "add" && read.length === 1)',
        put: 'i.op === "add"',
      },
    ],
    noticed: ["nasty/sums redoubled"],
  },
  {
    rule: "R1b",
    naive: "several sums are scaled afterwards as one is",
    changes: [
      {
        file: fuse,
        find: 'const scaled = !early && sums.length === 1 && memory === "none";',
        put: 'const scaled = !early && memory === "none";',
      },
    ],
    noticed: ["nasty/sums deviation"],
  },
  {
    rule: "R1b",
    naive: "a loop that may be left early is fused, with the adjoints of its natural end",
    changes: [
      {
        file: fuse,
        find: "if (facts.exitsTo(loop).length > 0 || facts.crossingExits(loop).length > 0) return false;",
        put: "",
      },
      {
        file: "4-differentiate/sumChain.ts",
        find: 'r.end.kind !== "exit" || !r.end.values.some((v) => inner.has(v))',
        put: "true",
      },
    ],
    noticed: ["nasty/sums leftBehind"],
  },
  {
    rule: "R1c",
    naive: "memory that the body writes does not matter",
    changes: [
      {
        file: fuse,
        find: "if (writes || facts.writesTo(slot).some(later)",
        put: "if (facts.writesTo(slot).some(() => false)",
      },
    ],
    noticed: ["nasty/sums changedOnTheWay", "nasty/sums remembered"],
  },
  {
    rule: "R1c",
    naive: "memory that is made in the body is dead after the iteration, whoever reads it",
    changes: [
      {
        file: fuse,
        find: "makers.every(within) && facts.usesOf(slot).every(within)",
        put: "makers.length > 0",
      },
    ],
    noticed: ["nasty/records carriedScratch", "nasty/sums remembered"],
  },
  {
    rule: "R1d",
    naive: "only what is carried matters of what leaves the loop",
    changes: [
      {
        file: fuse,
        find: 'case "push":\n          touch(i.to, constant(0), true);',
        put: 'case "push":',
      },
    ],
    noticed: ["nasty/sums putAway"],
  },
  {
    rule: "R1e",
    naive: "what is only read in the loop may be written later",
    changes: [
      {
        file: fuse,
        find: "facts.writesTo(slot).some(later)",
        put: "facts.writesTo(slot).some(() => false)",
      },
    ],
    noticed: ["nasty/sums summedThenChanged"],
  },
  {
    rule: "R2",
    naive: "references that are stored are not stored in the shadow",
    changes: [
      {
        file: carry,
        find: "if (wants(i.to) && wants(i.value))\n          block.add({ ...i, to: shadowOf(i.to, block), value: shadowOf(i.value, block) });\n        else if",
        put: "if",
      },
    ],
    noticed: ["nasty/memory swappedRows", "nasty/aliases replacedRow"],
  },
  {
    rule: "R2",
    naive: "a shadow gets a new row where the array gets one that is known",
    changes: [
      {
        file: carry,
        find: 'value: typeOf(i.value).kind === "number" ? zero : shadowOf(i.value, block),\n        });\n        return;\n      case "pop"',
        put: 'value: typeOf(i.value).kind === "number" ? zero : shadowOf({ ...i.value } as Value, block),\n        });\n        return;\n      case "pop"',
      },
    ],
    noticed: ["nasty/aliases stackOfRows"],
  },
  {
    rule: "R2",
    naive: "the shadow of a chosen array is a new one",
    changes: [
      {
        file: carry,
        find: 'if (i.op === "select" && wants(i.result))',
        put: 'if (i.op === "select" && wants(i.result) && i.args.length > 3)',
      },
    ],
    noticed: ["nasty/memory byIdentity", "nasty/aliases chosen"],
  },
  {
    rule: "R2",
    naive: "shadows are not carried along from one iteration to the next",
    changes: [
      {
        file: carry,
        find: "const wanted = i.params.map((p, n) => wants(p) || wants(i.results[n]));",
        put: "const wanted = i.params.map(() => false);",
      },
    ],
    noticed: ["nasty/memory pingPong", "nasty/aliases rotating"],
  },
  {
    rule: "R2",
    naive: "an array filled with one row has shadows of its own in each place",
    changes: [
      {
        file: carry,
        find: ": i.fill && shadowOf(i.fill, block);",
        put: ": i.fill && shadowOf({ ...(i.fill as Value) }, block);",
      },
    ],
    noticed: ["nasty/memory shared"],
  },
  {
    rule: "R2",
    naive: "the gradient is the shadow as it is at the end, in the order the function left",
    changes: [
      {
        file: "3-analyze/carryEntry.ts",
        find: "if (!reorders(param) || !canRemember(fresh.type)) return",
        put: "if (name !== null) return",
      },
    ],
    noticed: ["nasty/memory swappedRows", "nasty/aliases replacedRow"],
  },
  {
    rule: "R2",
    naive: "what is pushed leaves its adjoint in the shadow, and the shadow as long as it was",
    changes: [
      {
        file: "4-differentiate/memory.ts",
        find: 'block.add({ kind: "pop", result, from: shadowOf(sweep, i.to), at: block.at });',
        put: 'block.add({ kind: "load", result, from: shadowOf(sweep, i.to), key: zero, at: block.at });',
      },
    ],
    noticed: ["nasty/memory stack", "nasty/control growing"],
  },
  {
    rule: "R2",
    naive: "what was dropped does not come back with an adjoint",
    changes: [
      {
        file: "4-differentiate/memory.ts",
        find: 'inner.block.add({ kind: "push", to: shadow, value: d, at: block.at }),',
        put: "inner.block.accumulate(shadow, zero, d),",
      },
    ],
    noticed: ["nasty/memory stack", "nasty/aliases dropped"],
  },
  {
    rule: "R2",
    naive: "a store keeps the adjoint that it took",
    changes: [
      {
        file: "4-differentiate/memory.ts",
        find: "if (!isFirstUse(sweep, mirror, i)) block.store(shadow, key, zero);",
        put: "",
      },
    ],
    noticed: ["nasty/records storedTwice", "nasty/memory chain"],
  },
  {
    rule: "R2",
    naive: "what is stored in local memory is stored for the first time",
    changes: [
      {
        file: "4-differentiate/memory.ts",
        find: "if (memory.external || memory.stored || memory.viewed || memory.passed) return false;",
        put: "if (memory.external || memory.stored || memory.viewed || memory.passed) return false;\n  return true;",
      },
    ],
    noticed: ["nasty/records storedTwice", "nasty/memory scratch"],
  },
  {
    rule: "R3",
    naive: "memory is read again, as if nothing had been written since",
    changes: [
      {
        file: fetch,
        find: "if (!later && loops.length === 0) return false;",
        put: "return false;",
      },
    ],
    noticed: ["nasty/memory chain", "nasty/records fadingWeights", "nasty/records permuted"],
  },
  {
    rule: "R3",
    naive: "only what stands behind the reading can overwrite what was read",
    changes: [
      {
        file: fetch,
        find: "if (!later && loops.length === 0) return false;",
        put: "if (!later) return false;",
      },
    ],
    noticed: ["nasty/records overtaken"],
  },
  {
    rule: "R3",
    naive: "only what shares a loop with the reading can overwrite what was read",
    changes: [
      {
        file: fetch,
        find: "if (!later && loops.length === 0) return false;",
        put: "if (loops.length === 0) return false;",
      },
    ],
    noticed: ["nasty/records overwrittenOnce"],
  },
  {
    rule: "R3",
    naive: "elements with other subscripts are other elements",
    changes: [
      {
        file: "4-differentiate/dependence.ts",
        find: "return m > 0 || (m === 0 && later) || Number.isNaN(m);",
        put: "return m === 0 && later;",
      },
    ],
    noticed: ["nasty/records fromTheNext"],
  },
  {
    rule: "R3",
    naive: "a length is what it is",
    changes: [
      {
        file: fetch,
        find: "return changedSince(sweep, reading, slot, sweep.facts.resizesOf(slot.memory), mirror);",
        put: "return changedSince(sweep, reading, slot, [], mirror);",
      },
    ],
    noticed: ["nasty/records asked"],
  },
  {
    rule: "R3",
    naive: "what one name writes cannot be read by another",
    changes: [
      {
        file: "3-analyze/alias.ts",
        find: "writesTo: (slot) => others(rootOf(slot.memory)).flatMap((n) => n.writes.get(slot.key) ?? []),",
        put: "writesTo: () => [],",
      },
    ],
    noticed: ["nasty/aliases rowOrNot", "nasty/memory chain"],
  },
  {
    rule: "R4",
    naive: "what is drawn may be drawn again",
    changes: [
      {
        file: fetch,
        find: 'if (!definition.repeatable || definition.code.form !== "expression"',
        put: 'if (definition.code.form !== "expression"',
      },
    ],
    noticed: ["nasty/effects tossed"],
  },
  {
    rule: "R4",
    naive: "a fragment has no effects",
    changes: [
      {
        file: "5-simplify/effects.ts",
        find: "throws: !i.repeatable,\n          exits: none.exits,\n          once: !i.repeatable,",
        put: "throws: false,\n          exits: none.exits,\n          once: false,",
      },
      { file: "ir/outside.ts", find: "!i.repeatable &&", put: "false &&" },
    ],
    noticed: ["nasty/effects tossed"],
  },
  {
    rule: "R4",
    naive: "a call changes nothing but its arguments",
    changes: [
      {
        file: "3-analyze/alias.ts",
        find: "!callees.has(i.callee) && outsideOf(functionOf(i.callee), outside).writes",
        put: "false",
      },
    ],
    noticed: ["nasty/effects turning"],
  },
  {
    rule: "R4",
    naive: "a call is left out where nobody asks for its result",
    changes: [
      {
        file: "5-simplify/effects.ts",
        find: "...(outside.writes ? [deep(modules)] : [])",
        put: "",
      },
    ],
    noticed: ["nasty/effects dropout"],
  },
  {
    rule: "R4",
    naive: "active values may go through what is not understood",
    changes: [
      {
        file: "4-differentiate/refuse.ts",
        find: "if (!active) return;",
        put: "return;",
      },
    ],
    noticed: ["errors/ADJ2003", "errors/ADJ2012"],
  },
  {
    rule: "R5",
    naive: "a count is never below zero",
    changes: [
      {
        file: count,
        find: 'return block.op("max", [zero, count], "trips");',
        put: "return count;",
      },
    ],
    noticed: ["nasty/control oddCounts"],
  },
  {
    rule: "R5",
    naive: "a count is whole",
    changes: [
      {
        file: count,
        find: 'const steps = exact ? span : block.op(inclusive ? "floor" : "ceil", [span]);',
        put: "const steps = span;",
      },
    ],
    noticed: ["nasty/control oddCounts", "nasty/trips triangle"],
  },
  {
    rule: "R5",
    naive: "every loop starts from an integer",
    changes: [
      {
        file: count,
        find: "facts.isInteger(loop.shape.start) &&",
        put: "",
      },
    ],
    noticed: ["nasty/trips fromFraction"],
  },
  {
    rule: "R5",
    naive: "bounds do not change while a loop runs",
    changes: [
      {
        file: "2-lower/range.ts",
        find: "if (!isInvariant(bound, effects, here) || mayMove(bound, effects, checker)) return undefined;",
        put: "",
      },
    ],
    noticed: ["nasty/trips shrinking"],
  },
  {
    rule: "R5",
    naive: "loop variables are not assigned in the body",
    changes: [
      {
        file: "2-lower/range.ts",
        find: "if (step === undefined || assignedIn([statement], here).has(variableOf(variable, here))) return undefined;",
        put: "if (step === undefined) return undefined;",
      },
    ],
    noticed: ["nasty/trips skipping"],
  },
  {
    rule: "R5",
    naive: "every iteration runs to its end",
    changes: [
      {
        file: branch,
        find: 'const last = iteration.isLast();\n      test = test ? mirror.block.op("and", [test, last]) : last;',
        put: "",
      },
    ],
    noticed: ["nasty/control earlyReturn", "nasty/trips cutShort"],
  },
  {
    rule: "R5",
    naive: "a loop with one exit is left by it",
    changes: [
      {
        file: branch,
        find: "const otherWays = endsItself || sweep.facts.crossingExits(target).length > 0;",
        put: "const otherWays = false;",
      },
    ],
    noticed: ["nasty/sums untilEnough", "nasty/control earlyReturn"],
  },
  {
    rule: "R5",
    naive: "the trips of an inner loop are counted once for all",
    changes: [
      {
        file: "4-differentiate/loop.ts",
        find: 'newSlot(sweep, region, numberType, "trips", { value: zero, before: loop });',
        put: 'newSlot(sweep, region, numberType, "trips");',
      },
    ],
    noticed: ["nasty/control exits", "nasty/control earlyReturn"],
  },
  {
    rule: "R5",
    naive: "the n-th record belongs to the n-th iteration",
    changes: [
      {
        file: "4-differentiate/record.ts",
        find: "const everyTime = loops.length === 1 && runsWithLoop(sweep, mirror, loops[0]!) && !initial;",
        put: "const everyTime = loops.length === 1 && !initial;",
      },
    ],
    noticed: ["nasty/control goesOn", "nasty/control growing"],
  },
  {
    rule: "R6",
    naive: "arguments have shadows of their own, also where they are written",
    changes: [
      {
        file: "3-analyze/analyze.ts",
        find: "const shared = writesArguments(plain) ? entryMemory(plain, wrt) : [];",
        put: "const shared: readonly Memory[] = [];",
      },
    ],
    noticed: ["nasty/aliases axpyPair", "nasty/aliases rowOrNot"],
  },
  {
    rule: "R6",
    naive: "arguments that are the same array have one gradient, also where it is only read",
    changes: [
      {
        file: "3-analyze/analyze.ts",
        find: "const shared = writesArguments(plain) ? entryMemory(plain, wrt) : [];",
        put: "const shared = entryMemory(plain, wrt);",
      },
    ],
    noticed: ["nasty/aliases onlyRead"],
  },
  {
    rule: "R6",
    naive: "two arguments are two arrays",
    changes: [
      {
        file: "ir/entryShadow.ts",
        find: "const alike = pool.known.filter((k) => kindOf(typeOf(k.of)) === kindOf(typeOf(of)));",
        put: "const alike: Known[] = [];",
      },
    ],
    noticed: ["nasty/aliases axpyPair", "nasty/promises inPlace"],
  },
  {
    rule: "R6",
    naive: "an array is no row of another argument",
    changes: [
      {
        file: "ir/entryShadow.ts",
        find: "if (map) {",
        put: "if (map && !isNumbers(type)) {",
      },
    ],
    noticed: ["nasty/aliases rowOrNot"],
  },
  {
    rule: "R7",
    naive: "x + 0 is x, x * 0 is 0",
    changes: [
      {
        file: "5-simplify/arithmetic.ts",
        find: "const adjoint = i.result.adjoint === true;",
        put: "const adjoint = true;",
      },
    ],
    noticed: ["nasty/bits special"],
  },
  {
    rule: "R7",
    naive: "what was put into an array in single precision is read back as it was",
    changes: [
      {
        file: "5-simplify/subexpression.ts",
        find: 'if (i.kind === "store" && keepsBits(i.to))',
        put: 'if (i.kind === "store")',
      },
    ],
    noticed: ["nasty/records single", "nasty/memory rounded"],
  },
  {
    rule: "R7",
    naive: "the shadow of an array in single precision is one too",
    changes: [
      {
        file: "ir/shadow.ts",
        find: 'container: type.container === "Float32Array" ? "Float64Array" : type.container,',
        put: "container: type.container,",
      },
    ],
    noticed: ["nasty/promises gathered"],
  },
  {
    rule: "R8",
    naive: "what no derivative reaches is left out of the gradient",
    changes: [
      {
        file: "4-differentiate/differentiate.ts",
        find: "return type && param.hint !== undefined ? [{ name: param.hint, type }] : [];",
        put: "return type && param.hint !== undefined && (facts.isActive(param) || facts.isActiveMemory(param)) ? [{ name: param.hint, type }] : [];",
      },
    ],
    noticed: ["nasty/promises hardlyUsed"],
  },
  {
    rule: "R8",
    naive: "a seed is good enough as a shadow",
    changes: [
      {
        file: "6-emit/write.ts",
        find: "return seeded(i, hasLayout(i.result.type), isOnlyRead(this.facts, i.result), this);",
        put: "return seeded(i, hasLayout(i.result.type), true, this);",
      },
    ],
    noticed: ["nasty/promises unchanged", "nasty/promises twice"],
  },
  {
    rule: "R8",
    naive: "tangents that are given are good enough as tangent memory",
    changes: [
      {
        file: "4-differentiate/tangentArgument.ts",
        find: "if (given && !changes && !kept) {",
        put: "if (given && !kept) {",
      },
    ],
    noticed: ["nasty/promises inPlace"],
  },
];
