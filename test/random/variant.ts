/** Changes programs in ways that change nothing: names for subexpressions, loops of one trip. */
import type { Chance } from "./chance.ts";
import type { Program, Real, Statement } from "./tree.ts";

/** Every list of statements of a function, with the deepest ones last. */
const listsIn = (body: Statement[]): Statement[][] => [
  body,
  ...body.flatMap((s): Statement[][] => {
    if (s.k === "if") return [...listsIn(s.body), ...listsIn(s.otherwise)];
    if (s.k === "switch") return s.cases.flatMap((c) => listsIn(c.body));
    return "body" in s ? listsIn(s.body) : [];
  }),
];

type Holder = { value: Real };

/** The parts of an expression that are evaluated whenever it is, each with what it stands in. */
const partsOf = (holder: Holder): { part: Real; put: (by: Real) => void }[] => {
  const found: { part: Real; put: (by: Real) => void }[] = [];
  const visit = (part: Real, put: (by: Real) => void): void => {
    if (part.k === "binary" || part.k === "math" || part.k === "power" || part.k === "element")
      found.push({ part, put });
    if (part.k === "binary") {
      visit(part.a, (by) => (part.a = by));
      visit(part.b, (by) => (part.b = by));
    } else if (part.k === "math") part.args.forEach((a, i) => visit(a, (by) => (part.args[i] = by)));
    else if (part.k === "power" || part.k === "negative") visit(part.a, (by) => (part.a = by));
  };
  visit(holder.value, (by) => (holder.value = by));
  return found;
};

/** Takes part of an expression out into a constant of its own, before the statement. */
const extract = (list: Statement[], at: number, chance: Chance, name: string): void => {
  const s = list[at]!;
  // a call may have effects, which would come earlier
  if (!("value" in s) || s.value === undefined || JSON.stringify(s).includes('"k":"call"')) return;
  if (s.k !== "declare" && s.k !== "assign" && s.k !== "push" && s.k !== "return") return;
  const parts = partsOf(s as Holder);
  if (parts.length === 0) return;
  const { part, put } = chance.of(parts);
  list.splice(at, 0, { k: "declare", name, mutable: false, value: structuredClone(part) });
  put({ k: "real", name });
};

const wrappable = new Set([
  "assign",
  "exchange",
  "exchangeRows",
  "push",
  "callHelper",
  "if",
  "for",
  "forOf",
  "forRows",
]);

/** Puts a statement into a loop that runs once. */
const wrap = (list: Statement[], at: number, name: string): void => {
  const s = list[at]!;
  if (!wrappable.has(s.k) || /"k":"(break|continue)"/.test(JSON.stringify(s))) return;
  const [start, bound] = [0, 1].map((value) => ({ k: "integer", value }) as const);
  list[at] = { k: "for", name, label: "", start: start!, test: "<", bound: bound!, by: 1, body: [s] };
};

/** The same program, written in another way. */
export const variant = (program: Program, chance: Chance): Program => {
  const { functions, modes } = structuredClone(program);
  for (const f of functions) {
    for (let i = 0; i < 3; i++) {
      const list = chance.of(listsIn(f.body).filter((l) => l.length > 0));
      const at = chance.int(0, list.length - 1);
      if (chance.happens(0.5)) extract(list, at, chance, `part${i}`);
      else wrap(list, at, `once${i}`);
    }
  }
  return { functions, modes };
};
