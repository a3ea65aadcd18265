/**
 * Tests of classes, settled where the program itself makes the objects: a test that always has the same answer is
 * that answer; where it has not, objects that nobody else sees carry the name of their class, and the name is asked
 * for. All others are instances of their classes also in generated code.
 */
import { Block, constant } from "../ir/build.ts";
import type { Memory } from "../ir/facts.ts";
import { functionsOf, mapUnit } from "../ir/callee.ts";
import { mapObjects, retyped } from "../ir/retype.ts";
import type { Field, Func, Instruction, Operand, Region, Type, Unit, Value } from "../ir/types.ts";
import { rebuild, rebuildEnd } from "../ir/rebuild.ts";
import { visit } from "../ir/walk.ts";
import { type Aliases, aliases } from "./alias.ts";
import { isTest, type Test, seenByOthers } from "./seen.ts";
import { isReference } from "./unify.ts";

type Make = Extract<Instruction, { kind: "make" }>;
export const settleClasses = (unit: Unit): Unit => {
  const tests: Test[] = [];
  const makes = new Map<Operand, Make>();
  for (const func of functionsOf(unit))
    visit(func.body, (i) => {
      if (isTest(i)) tests.push(i);
      if (i.kind === "make") makes.set(i.result, i);
    });
  if (tests.length === 0) return withoutTags(unit);
  const alias = aliases(unit);
  const seen = seenByOthers(unit, alias);
  const answers = new Map<Test, Operand>();
  const tagged = new Set<Memory>();
  for (const test of tests) {
    const [object] = test.reads;
    const memory = alias.memoryOf(object!);
    const answer = answerOf(test, makes.get(object!), memory);
    if (answer !== undefined) answers.set(test, constant(answer));
    else if (isMadeHere(memory) && !memory.passed && !seen.has(memory) && isThere(test)) tagged.add(memory);
  }
  return withoutTags(mapUnit(unit, (func) => rewritten(func, alias, answers, tagged)));
};

/** The object is certainly one. */
const isThere = ({ tests, reads: [object] }: Test): boolean =>
  tests.sure || (object?.kind === "value" && object.type.kind !== "optional" && object.type.kind !== "other");

const isMadeHere = (memory: Memory): boolean =>
  !memory.external && memory.makers.length > 0 && memory.makers.every((i) => i.kind === "make");

/** What the test gives whenever it is made. */
const answerOf = (test: Test, made: Make | undefined, memory: Memory): boolean | undefined => {
  const { within, past } = test.tests;
  const passes = (i: Make): boolean => i.instance !== undefined && within.includes(i.instance.id);
  if (made) return passes(made);
  if (!isMadeHere(memory)) return undefined;
  const left = memory.makers.filter((i) => i.kind === "make" && !past.includes(i.instance?.id ?? ""));
  const answers = left.map((i) => i.kind === "make" && passes(i));
  if (answers.every((a) => !a)) return false;
  return answers.every((a) => a) && isThere(test) ? true : undefined;
};

const tagName = "class";
const tagField: Field = { name: tagName, type: { kind: "other", text: "string" }, beyond: "tag" };

const withTag = (type: Type): Type => {
  if (type.kind === "optional") return { ...type, of: withTag(type.of) };
  if (type.kind !== "object" || type.fields.some((f) => f.name === tagName)) return type;
  return { ...type, fields: [tagField, ...type.fields] };
};

const rewritten = (
  func: Func,
  alias: Aliases,
  answers: ReadonlyMap<Test, Operand>,
  tagged: ReadonlySet<Memory>,
): Func => {
  const replaced = new Map<Value, Operand>();
  const use = (o: Operand): Operand => (o.kind === "value" ? (replaced.get(o) ?? o) : o);
  const names = newNames();
  const step = (i: Instruction): readonly Instruction[] => {
    if (isTest(i)) {
      const answer = answers.get(i);
      const [result] = i.results;
      if (answer) {
        replaced.set(result!, answer);
        return [];
      }
      const memory = alias.memoryOf(i.reads[0]!);
      if (!tagged.has(memory)) return [i];
      const block = new Block(i.at);
      const name = block.load(i.reads[0]!, constant(tagName), undefined, tagField.type);
      const passing = memory.makers.flatMap((m) =>
        m.kind === "make" && m.instance && i.tests.within.includes(m.instance.id) ? [names(m.instance)] : [],
      );
      const checks = [...new Set(passing)].map((n) => block.op("eq", [name, constant(n)]));
      replaced.set(
        result!,
        checks.length === 0 ? constant(false) : checks.reduce((a, b) => block.op("or", [a, b])),
      );
      return block.body;
    }
    const own = rebuild(i, { use, region });
    if (own.kind !== "make" || !own.instance || !tagged.has(alias.memoryOf(own.result))) return [own];
    const { instance, ...plain } = own;
    return [{ ...plain, items: [{ key: tagName, value: constant(names(instance)) }, ...own.items] }];
  };
  const region = (r: Region): Region => ({
    body: r.body.flatMap(step),
    end: rebuildEnd(r.end, use),
  });
  const next = { ...func, body: region(func.body) };
  return retyped(next, (v) => {
    const isTagged = isReference(v.type) && tagged.has(alias.memoryOf(v));
    return isTagged ? withTag(v.type) : v.type;
  });
};

/** What classes are called; two of one name are told apart. */
const newNames = (): ((of: { readonly id: string; readonly name: string }) => string) => {
  const ids = new Map<string, string>();
  return ({ id, name }) => {
    const known = ids.get(id);
    if (known !== undefined) return known;
    const taken = new Set(ids.values());
    let given = name;
    for (let n = 2; taken.has(given); n++) given = `${name}${n}`;
    ids.set(id, given);
    return given;
  };
};

/** Types without the names of classes where no object carries one. */
const withoutTags = (unit: Unit): Unit => {
  let carries = false;
  for (const func of functionsOf(unit))
    visit(func.body, (i) => {
      carries ||= i.kind === "make" && i.items.some((item) => item.key === tagName);
    });
  if (carries) return unit;
  const strip = (type: Type): Type =>
    mapObjects(type, (object) =>
      object.fields.some((f) => f.beyond === "tag")
        ? { ...object, fields: object.fields.filter((f) => f.beyond !== "tag") }
        : object,
    );
  return mapUnit(unit, (func) => {
    const next = retyped(func, (v) => strip(v.type));
    const returns = strip(func.returns);
    return returns === next.returns ? next : { ...next, returns };
  });
};
