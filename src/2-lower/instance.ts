/** What generated code needs to know of a class to make an instance of it. */
import { ts } from "ts-morph";
import type { Instance } from "../ir/types.ts";
import { type Class, constructorOf, isMethodLike, isStatic, lineOf } from "./class.ts";
import { classReference } from "./dispatch.ts";
import type { Session } from "./environment.ts";
import { idOf } from "./hierarchy.ts";

/** An instance that has these fields. */
export function instanceOf(of: Class, keys: readonly string[], session: Session): Instance {
  const direct = isDirect(of, keys);
  const reference = direct || isMadeOfFields(of, session) ? classReference(of, session) : undefined;
  return {
    id: idOf(of),
    name: of.name?.text ?? "",
    ...(reference ? { of: reference } : {}),
    direct,
    hasCode: (lineOf(of, session.checker) ?? []).some((c) => c.members.some(isCode)),
  };
}

const isCode = (m: ts.ClassElement): boolean =>
  !isStatic(m) &&
  (ts.isMethodDeclaration(m) || ts.isAccessor(m) || (ts.isPropertyDeclaration(m) && isMethodLike(m)));

/** Whether an instance is its prototype and fields that anybody could set. */
const isMadeOfFields = (of: Class, { checker }: Session): boolean =>
  (lineOf(of, checker) ?? []).every((c) =>
    c.members.every(
      (m) =>
        !(m.name && ts.isPrivateIdentifier(m.name)) &&
        !(ts.isPropertyDeclaration(m) && !isStatic(m) && isMethodLike(m)),
    ),
  );

/** The constructor does nothing but take its arguments for the fields, in their order. */
function isDirect(of: Class, keys: readonly string[]): boolean {
  const declaration = constructorOf(of);
  if (!declaration || declaration.body!.statements.length > 0 || of.heritageClauses) return false;
  if (of.members.some((m) => ts.isPropertyDeclaration(m) && !isStatic(m))) return false;
  const { parameters } = declaration;
  return (
    parameters.length === keys.length &&
    parameters.every(
      (p, i) =>
        ts.isParameterPropertyDeclaration(p, declaration) &&
        p.name.getText() === keys[i] &&
        !p.dotDotDotToken,
    )
  );
}
