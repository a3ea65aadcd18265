/** The same function with other types. */
import type { Func, Operand, Region, Type, Value } from "./types.ts";
import { rebuild, rebuildEnd } from "./rebuild.ts";

/** `typeOf` gives a value's new type, or the type that it has. */
export const retyped = (func: Func, typeOf: (v: Value) => Type): Func => {
  const known = new Map<Value, Value>();
  const define = (v: Value): Value => {
    const done = known.get(v);
    if (done) return done;
    const type = typeOf(v);
    const fresh = type === v.type ? v : { ...v, type };
    known.set(v, fresh);
    return fresh;
  };
  const use = (o: Operand): Operand => (o.kind === "value" ? define(o) : o);
  const region = (r: Region): Region => {
    const body = r.body.map((i) => rebuild(i, { use, define, region }));
    const end = rebuildEnd(r.end, use);
    return end === r.end && body.every((i, n) => i === r.body[n]) ? r : { body, end };
  };
  const params = func.params.map(define);
  const body = region(func.body);
  const isSame = body === func.body && params.every((p, n) => p === func.params[n]);
  return isSame ? func : { ...func, params, body };
};

/** A type with every object type in it replaced, inner ones first. */
export const mapObjects = (type: Type, by: (object: Extract<Type, { kind: "object" }>) => Type): Type => {
  switch (type.kind) {
    case "array": {
      const element = mapObjects(type.element, by);
      return element === type.element ? type : { ...type, element };
    }
    case "tuple": {
      const elements = type.elements.map((e) => mapObjects(e, by));
      return elements.every((e, n) => e === type.elements[n]) ? type : { ...type, elements };
    }
    case "optional":
    case "cell": {
      const of = mapObjects(type.of, by);
      return of === type.of ? type : { ...type, of };
    }
    case "object": {
      const fields = type.fields.map((f) => {
        const inner = mapObjects(f.type, by);
        return inner === f.type ? f : { ...f, type: inner };
      });
      return by(fields.every((f, n) => f === type.fields[n]) ? type : { ...type, fields });
    }
    default:
      return type;
  }
};
