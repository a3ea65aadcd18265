/** A whole module: header, imports, copies, gradient types, functions. */
import { basename } from "node:path";
import type { Derivative, ModulePlan } from "../ir/entry.ts";
import { calleesOf } from "../ir/callee.ts";
import type { Callee, Func, Reference } from "../ir/types.ts";
import { visit, visitRegions } from "../ir/walk.ts";
import { emitFunction, type FunctionOptions, writeBody } from "./function.ts";
import { collect, importLines, nameReferences, renamed } from "./import.ts";
import { type Own, type OwnFunctions, ownFunctions } from "./own.ts";
import {
  docstring,
  docstringOf,
  exportedName,
  gradInterface,
  gradName,
  isNamed,
  parameters,
  returnText,
} from "./signature.ts";
import { nameShapes } from "./shape.ts";
import type { TypeNames } from "./type.ts";
import { modes } from "../ir/entry.ts";

/** The names of module level that a function's instructions use. */
function referencesOf(func: Func): readonly Reference[] {
  const found: Reference[] = [];
  visit(func.body, (i) => {
    if (i.kind === "opaque") found.push(...i.code.references);
    if (i.kind === "make" && i.constant) found.push(...i.constant.references);
    else if (i.kind === "make" && i.instance?.of) found.push(i.instance.of);
    const called = i.kind === "call" ? i.callee.func?.reference : undefined;
    if (called) found.push(called);
  });
  visitRegions(func.body, (r) => {
    if (r.end.kind === "throw") found.push(...r.end.code.references);
  });
  return found;
}

/** What a derivative runs that is not imported or copied: itself, and the functions of the module's own. */
const functionsIn = (d: Derivative): readonly Func[] => {
  const made = new Map(d.functions.map((m) => [m.callee, m.func]));
  const found = new Set<Func>();
  const enter = (func: Func): void => {
    if (found.has(func)) return;
    found.add(func);
    for (const callee of calleesOf(func)) {
      const next = made.get(callee) ?? callee.func;
      if (next && !next.reference) enter(next);
    }
  };
  enter(d.func);
  return [...found];
};

/** A function that only this module knows. */
function writeOwn(
  { func, made }: Own,
  name: string,
  callees: ReadonlyMap<Callee, string>,
  options: FunctionOptions,
): readonly string[] {
  const text = emitFunction(func, options, name).trimEnd().split("\n");
  return made ? [docstringOf(made, callees), ...text] : text;
}

/** Functions in the order of the source, modes in the order of the contract. */
const inOrder = (derivatives: readonly Derivative[]): readonly Derivative[] =>
  [...derivatives].sort(
    (a, b) => a.signature.start - b.signature.start || modes.indexOf(a.mode) - modes.indexOf(b.mode),
  );

export function writeModule(plan: ModulePlan): string {
  const derivatives = inOrder(plan.derivatives);
  const inSignatures = derivatives.flatMap((d) => d.signature.references);
  const references = collect([
    ...inSignatures,
    ...derivatives.flatMap((d) => functionsIn(d).flatMap(referencesOf)),
  ]);

  const exported = derivatives.flatMap((d) => [
    exportedName(d),
    ...(isNamed(d, derivatives) ? [gradName(d)] : []),
  ]);
  const bound = derivatives.flatMap((d) => parameters(d, new Set()).names);
  const names = nameReferences(
    references,
    new Set(collect(inSignatures).map((r) => r.id)),
    new Set([...exported, ...bound]),
  );
  const named = new Set(
    references.filter((r) => r.from.kind === "import" && r.from.typeOnly).map((r) => r.name),
  );
  const reserved = new Set([...exported, ...names.values()]);

  const copied = references.flatMap((r) =>
    r.from.kind === "copy" ? [renamed(r.from.text, [r, ...r.from.references], names)] : [],
  );
  const isLine = (text: string | undefined): boolean => text !== undefined && !text.includes("\n");
  const copies = copied.flatMap((text, n) => (isLine(text) && isLine(copied[n - 1]) ? [text] : ["", text]));
  const taken = new Set([...reserved, ...named]);
  /** Everything that is written in functions, with these names for types. */
  const write = (
    types: TypeNames,
  ): Readonly<{ own: OwnFunctions; lines: readonly (readonly string[])[] }> => {
    const options = (callees: ReadonlyMap<Callee, string>): FunctionOptions => ({
      reserved: new Set([...reserved, ...callees.values()]),
      named: types,
      noUncheckedIndexedAccess: plan.noUncheckedIndexedAccess,
      nameOf: (r) => names.get(r.id) ?? r.name,
      textOf: (text, used) => renamed(text, used, names),
      calleeOf: (callee) => callees.get(callee),
    });
    const own = ownFunctions(derivatives, taken, (each, name, callees) =>
      writeOwn(each, name, callees, options(callees)),
    );
    const lines = derivatives.map(
      (d) => writeBody(d.func, { ...options(own.names), parameterNames: parameters(d, named).names }).lines,
    );
    return { own, lines };
  };
  const shapes = nameShapes(named, taken, write);
  const { own, lines: bodies } = write(shapes.names);
  const written = new Set<string>();
  const functions = derivatives.flatMap((d, n) => {
    const { texts } = parameters(d, named);
    const lines = bodies[n]!;
    const type = isNamed(d, derivatives) && !written.has(gradName(d)) ? ["", ...gradInterface(d, named)] : [];
    written.add(gradName(d));
    const head = `export function ${exportedName(d)}${d.signature.typeParameters}(${texts.join(", ")})`;
    return [
      ...own.before.get(d)!,
      ...type,
      "",
      docstring(d),
      `${head}: ${returnText(d, derivatives, named)} {`,
      ...lines.map((line) => `  ${line}`),
      "}",
    ];
  });
  return [
    `// Generated by adjoint from ./${basename(plan.source)}. Do not edit.`,
    "/* eslint-disable */",
    ...importLines(references, names, plan.target, plan.importExtension),
    ...copies,
    ...shapes.declarations,
    ...functions,
    "",
  ].join("\n");
}
