/**
 * Tangents of arguments. Keys left out of `tangents` are zero. What is given is read where it stands if the function
 * changes no memory of the caller's and does not hand it on; else it is added into tangent memory of our own, which
 * shares what the arguments share (rule R6).
 */
import { type Block, constant, expression, numberType, one, typeOf, value, zero } from "../ir/build.ts";
import { canShare, emitShared, sharedBy } from "../ir/entryShadow.ts";
import { adjointName, emitZeros, sameType, shadowType } from "../ir/shadow.ts";
import type { Memory } from "../ir/facts.ts";
import type { Operand, Type, Value } from "../ir/types.ts";

import { bare, ifPresent, missing } from "./tangentOptional.ts";
import { hasTangent, isScalar, isWritten, type Push, reachable } from "./tangentState.ts";

/** Every key may be left out, and nothing in it is written. */
export const tangentsType = (gradType: Type): Type =>
  gradType.kind === "object"
    ? {
        ...gradType,
        fields: gradType.fields.map((f) => ({ ...f, type: fixedType(bare(f.type)), optional: true })),
      }
    : gradType;

/** The type of what is only read. */
export const fixedType = (type: Type): Type => {
  switch (type.kind) {
    case "array":
      return {
        ...type,
        element: fixedType(type.element),
        ...(type.container === "Array" ? { readonly: true } : {}),
      };
    case "tuple":
      return { ...type, elements: type.elements.map(fixedType), readonly: true };
    case "object":
      return { ...type, fields: type.fields.map((f) => ({ ...f, type: fixedType(f.type) })) };
    case "optional":
      return { ...type, of: fixedType(type.of) };
    default:
      return type;
  }
};

export const argumentTangents = (push: Push, block: Block, tangents: Value, gradType: Type): void => {
  const { facts } = push;
  const deep = (p: Value): readonly Memory[] =>
    isScalar(p.type) ? [] : [...reachable(facts, facts.memoryOf(p))].filter((m) => push.structured.has(m));
  const changes = facts.program.func.params.some((p) => deep(p).some((m) => isWritten(facts, m)));
  const params = facts.program.func.params.filter((p) => hasTangent(push, p));
  const shares = (p: Value): boolean => changes && !isScalar(p.type) && !isAlone(push, p);
  const pool = sharedBy(
    block,
    params.filter((p) => shares(p) && canShare(p.type)),
  );
  for (const param of params) {
    const name = adjointName(param.hint);
    const asked = gradType.kind === "object" ? gradType.fields.find((f) => f.name === param.hint) : undefined;
    if (isScalar(param.type)) {
      if (asked) push.tangents.set(param, givenOr(block, tangents, param, numberType, zero, name));
      continue;
    }
    const given = asked && bare(asked.type);
    const kept = deep(param).some((m) => m.stored || push.returned.has(m));
    if (given && !changes && !kept) {
      const zeros = ifPresent(block, param, name, (at) => emitZeros(at, param, given, name));
      push.tangents.set(
        param,
        givenOr(
          block,
          tangents,
          param,
          param.type.kind === "optional" ? { kind: "optional", of: fixedType(given) } : fixedType(given),
          zeros,
          name,
        ),
      );
      continue;
    }
    const type = bare(shadowType(param.type));
    const followed = shares(param) && canShare(param.type);
    if (shares(param) && !followed && deep(param).some((m) => isWritten(facts, m)))
      push.report({
        name: "sharedArguments",
        values: { name: String(param.hint) },
        at: facts.program.func.at,
      });
    const own = ifPresent(block, param, name, (at) => {
      if (given && !followed && sameType(shadowType(given), type))
        return copyOfGiven(at, tangents, param, given, type);
      const fresh = followed
        ? emitShared(at, param, bare(param.type), name, pool)
        : emitZeros(at, param, type, name);
      if (given) addGivenTo(at, fresh, tangents, param, given);
      return fresh;
    });
    push.tangents.set(param, own);
  }
};

/** `tangents.W ?? 0` */
const givenOr = (
  block: Block,
  tangents: Value,
  param: Value,
  type: Type,
  otherwise: Operand,
  name: string | undefined,
): Value => {
  const result: Value = { ...value(type, name, true), adjoint: true };
  block.add({
    kind: "opaque",
    results: [result],
    reads: [tangents, otherwise],
    writes: [],
    repeatable: true,
    code: expression({ read: 0 }, `.${String(param.hint)} ?? `, { read: 1 }),
    at: block.at,
  });
  return result;
};

const givenName = (param: Value): string => `${String(param.hint)}Tangent`;

const copyOfGiven = (block: Block, tangents: Value, param: Value, given: Type, type: Type): Value => {
  const otherwise = emitZeros(block, param, given, adjointName(param.hint));
  const from = givenOr(block, tangents, param, fixedType(given), otherwise, givenName(param));
  const result: Value = { ...value(type, adjointName(param.hint)), adjoint: true };
  block.add({ kind: "convert", result, from, at: block.at });
  return result;
};

const addGivenTo = (block: Block, own: Operand, tangents: Value, param: Value, given: Type): void => {
  const type: Type = { kind: "optional", of: fixedType(given) };
  const part = block.load(tangents, constant(String(param.hint)), givenName(param), type);
  const test = block.op("ne", [part, missing]);
  const then = block.nested();
  addGiven(then, own, part, given);
  block.add({
    kind: "if",
    results: [],
    test,
    then: then.yield(),
    else: block.nested().yield(),
    at: block.at,
  });
};

/** Is there no other argument, and no other part of this one, that its memory may be shared with? */
const isAlone = (push: Push, param: Value): boolean => {
  const type = bare(param.type);
  const flat =
    (type.kind === "array" && isScalar(type.element)) ||
    (type.kind === "tuple" && type.elements.every(isScalar)) ||
    (type.kind === "object" && type.fields.every((f) => f.type.kind === "number"));
  const others = push.facts.program.func.params.filter((p) => p !== param && hasTangent(push, p));
  return flat && others.every((p) => isScalar(p.type));
};

/** `to += from`, where `from` may have only some of the fields. */
const addGiven = (block: Block, to: Operand, from: Operand, type: Type): void => {
  const of = bare(typeOf(to));
  if (sameType(shadowType(type), of)) {
    block.add({ kind: "addInto", to, value: from, at: block.at });
    return;
  }
  const addPart = (inner: Block, key: Operand, part: Type): void => {
    if (part.kind === "number") return inner.accumulate(to, key, inner.load(from, key, undefined, part));
    const [x, y] = [inner.load(to, key), inner.load(from, key, undefined, fixedType(part))];
    if (part.kind !== "optional") return addGiven(inner, x, y, part);
    const then = inner.nested();
    if (part.of.kind === "number") then.accumulate(to, key, y);
    else addGiven(then, x, y, part.of);
    inner.add({
      kind: "if",
      results: [],
      test: inner.op("ne", [y, missing]),
      then: then.yield(),
      else: inner.nested().yield(),
      at: inner.at,
    });
  };
  if (type.kind === "object")
    for (const f of type.fields)
      addPart(block, constant(f.name), f.optional ? { kind: "optional", of: bare(f.type) } : f.type);
  else if (type.kind === "tuple") type.elements.forEach((t, n) => addPart(block, constant(n), t));
  else if (type.kind === "array") {
    const variable = value(numberType, "i");
    const body = block.nested();
    addPart(body, variable, type.element);
    block.add({
      kind: "loop",
      label: { kind: "label" },
      params: [],
      initial: [],
      results: [],
      shape: { kind: "range", variable, start: zero, bound: block.length(from), step: one, compare: "lt" },
      body: body.yield(),
      at: block.at,
    });
  } else throw new Error(`no tangent is given as ${type.kind}`);
};
