/** Which body runs when a member of an object is used: by the class that the object is an instance of. */
import type { ts } from "ts-morph";
import { booleanType, constant, value } from "../ir/build.ts";
import type { Operand, Reference, Terminator, Type } from "../ir/types.ts";
import { referenceOf } from "../source/reference.ts";
import { branch } from "./branch.ts";
import { type Class, lineOf, memberOf, ownFields } from "./class.ts";
import { type Place, type Session, type Variable, at, originOf } from "./environment.ts";
import { refusal } from "./fragment.ts";
import type { WithBody } from "./function.ts";
import { idOf } from "./hierarchy.ts";

export type Kind = "method" | "getter" | "setter";

/** A body, and the classes whose instances run it; no body where an instance simply has a field. */
export type Version = Readonly<{ body: WithBody | undefined; classes: readonly Class[] }>;

/** The classes that the object may be an instance of. */
export function classesOf(object: Operand | undefined, type: ts.Type, here: Place): readonly Class[] {
  const { session } = here;
  const exact = object && session.instances.get(object);
  if (exact) return exact;
  const declared = session.hierarchy.candidates(type).filter((c) => fits(c, object, session));
  const known = object && here.classes.get(object);
  if (!known) return declared;
  const both = known.filter((c) => declared.includes(c));
  return both.length > 0 ? both : known;
}

/** Whether an object of the operand's type can be an instance: it then has the fields that an instance has. */
function fits(of: Class, object: Operand | undefined, { checker }: Session): boolean {
  if (object?.kind !== "value") return true;
  const type = object.type.kind === "optional" ? object.type.of : object.type;
  if (type.kind !== "object") return true;
  const fields = (lineOf(of, checker) ?? []).flatMap(ownFields);
  return fields.every(({ name }) => type.fields.some((f) => f.name === name));
}

/** The versions of a member, those of the most derived classes first. */
export function versionsOf(
  classes: readonly Class[],
  name: string,
  kind: Kind,
  session: Session,
): readonly Version[] {
  const { checker } = session;
  const line = (c: Class): readonly Class[] => lineOf(c, checker) ?? [c];
  const bodyOf = new Map(classes.map((c) => [c, memberOf(c, name, kind, checker)]));
  const nearest = (c: Class): Class | undefined =>
    line(c)
      .slice(1)
      .find((above) => bodyOf.has(above));
  const derivedFirst = [...classes].sort((a, b) => line(b).length - line(a).length);
  const versions = new Map<WithBody | undefined, Class[]>();
  for (const c of derivedFirst) {
    const above = nearest(c);
    // an instance of a class that adds nothing passes the test for the class above it
    const isCovered = above !== undefined && bodyOf.get(above) === bodyOf.get(c);
    const body = bodyOf.get(c);
    versions.set(body, [...(versions.get(body) ?? []), ...(isCovered ? [] : [c])]);
  }
  return [...versions].map(([body, own]) => ({ body, classes: own }));
}

/** Runs the version that fits, whichever that is; `otherwise`: what happens if the object is none of these. */
export function dispatch(
  node: ts.Node,
  object: Operand,
  versions: readonly Version[],
  type: Type,
  run: (version: Version, inside: Place) => Operand,
  otherwise: ((inside: Place) => Operand | Terminator) | undefined,
  here: Place,
): Operand {
  const chosen: Variable = { kind: "returned", type };
  here.environment.set(chosen, constant(undefined));
  const { tail } = here;
  const put =
    (give: (inside: Place) => Operand | Terminator) =>
    (inside: Place): Terminator | undefined => {
      const given = give(inside);
      if (given.kind !== "value" && given.kind !== "constant") return given;
      inside.environment.set(chosen, given);
      return undefined;
    };
  const choose = (
    rest: readonly Version[],
    past: readonly Class[],
    inside: Place,
  ): Terminator | undefined => {
    inside.tail = [];
    const [first, ...others] = rest;
    if (!first) return put(otherwise!)(inside);
    const body = put((within) => run(first, knowing(within, object, first.classes)));
    if (others.length === 0 && !otherwise) return body(inside);
    const test = isOneOf(node, object, first.classes, past, inside);
    const next = (within: Place): Terminator | undefined =>
      choose(others, [...past, ...first.classes], within);
    return branch(inside, test, originOf(node, inside), body, next);
  };
  const end = choose(versions, [], here);
  if (end) throw new Error("a choice that never comes back");
  here.tail = tail;
  const result = here.environment.get(chosen)!;
  here.environment.delete(chosen);
  return result;
}

/** The same place, where more is known of an object. */
export const knowing = (here: Place, object: Operand, classes: readonly Class[]): Place => ({
  ...here,
  classes: new Map([...here.classes, [object, classes]]),
});

/** Whether the object is an instance of one of the classes. */
function isOneOf(
  node: ts.Node,
  object: Operand,
  classes: readonly Class[],
  past: readonly Class[],
  here: Place,
): Operand {
  const tests = classes.map((c, n) => {
    return instanceTest(node, object, c, here, [...past, ...classes.slice(0, n)]);
  });
  return tests.reduce((a, b) => at(here, node).op("or", [a, b]));
}

/** `object instanceof C`; `past`: where a member is used, the classes that have been asked for before. */
export function instanceTest(
  node: ts.Node,
  object: Operand,
  of: Class,
  here: Place,
  past?: readonly Class[],
): Operand {
  const { session } = here;
  const exact = session.instances.get(object);
  const within = session.hierarchy.family(of);
  const passing = exact?.filter((c) => within.includes(c));
  if (exact && passing && (passing.length === 0 || passing.length === exact.length))
    return constant(passing.length > 0);
  const excluded = (past ?? []).flatMap((c) => session.hierarchy.family(c));
  const reference = classReference(of, session);
  const result = value(booleanType);
  const name = reference?.name ?? of.name?.text ?? "";
  here.block.add({
    kind: "opaque",
    results: [result],
    reads: [object],
    writes: [],
    repeatable: true,
    tests: { within: within.map(idOf), sure: past !== undefined, past: excluded.map(idOf) },
    code: {
      form: "expression",
      parts: [{ read: 0 }, ` instanceof ${name}`],
      references: reference ? [reference] : [],
    },
    ...(reference ? {} : { refusal: refusal("nameNotReachable", node, { name }) }),
    at: originOf(node, here),
  });
  return result;
}

/** How generated code names a class, if it can. */
export function classReference(of: Class, { checker }: Session): Reference | undefined {
  const symbol = of.name && checker.getSymbolAtLocation(of.name);
  return symbol && referenceOf(symbol, checker);
}
