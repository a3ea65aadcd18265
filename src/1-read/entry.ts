/** A candidate becomes an entry if what is asked of it fits it. */
import { ts } from "ts-morph";
import type { Report, Span } from "../diagnostics/diagnostic.ts";
import type { MessageName } from "../diagnostics/table.ts";
import type { Entry, Mode, Path, Signature } from "../ir/entry.ts";
import { modes } from "../ir/entry.ts";
import type { Candidate } from "./function.ts";
import { checkPath, describe, holdsReals, parsePath } from "./path.ts";
import { signatureOf } from "./signature.ts";

export type Asked = Readonly<{
  modes: readonly Readonly<{ mode: Mode; at?: Span }>[] | undefined;
  wrt: readonly Readonly<{ text: string; at?: Span }>[] | undefined;
  chosenBy: "name" | "tag" | "export";
}>;

export function entryOf(
  candidate: Candidate,
  asked: Asked,
  checker: ts.TypeChecker,
  report: Report,
): Entry<ts.FunctionLikeDeclaration> | undefined {
  const at = spanOf(candidate.nameNode);
  const kind = wrongKind(candidate);
  if (kind) {
    report({ name: kind, values: { function: candidate.name }, at });
    return undefined;
  }
  const signature = signatureOf(candidate, checker, report);
  if (!signature) return undefined;
  if (candidate.overloaded && isLoose(signature)) {
    report({ name: "overloaded", values: { function: candidate.name }, at });
    return undefined;
  }
  const wanted = fittingModes(signature, asked.modes, at, report);
  const wrt = fittingPaths(signature, asked.wrt, at, report);
  if (!wanted || wrt === "unfit") return undefined;
  return { signature, declaration: candidate.declaration, modes: wanted, wrt, chosenBy: asked.chosenBy };
}

/** What the implementation takes or gives may be several things: only the overloads say which goes with which. */
const isLoose = ({ parameters, returnType }: Signature): boolean =>
  [returnType, ...parameters.flatMap((p) => p.bindings.map((b) => b.type))].some(
    (type) => type.kind === "other" && !type.callable && /^(?:any|unknown)$|\bnumber\b/.test(type.text),
  );

function wrongKind({ declaration }: Candidate): MessageName | undefined {
  if (ts.isConstructorDeclaration(declaration)) return "constructorEntry";
  if (ts.isGetAccessorDeclaration(declaration) || ts.isSetAccessorDeclaration(declaration)) return "accessor";
  if (!declaration.body) return "noBody";
  if (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Async) return "asyncFunction";
  if ("asteriskToken" in declaration && declaration.asteriskToken) return "generatorFunction";
  const [first] = declaration.parameters;
  return first && ts.isIdentifier(first.name) && first.name.text === "this" ? "usesThis" : undefined;
}

const ofOneNumber: ReadonlySet<Mode> = new Set<Mode>(["grad", "valueAndGrad", "hvp", "hessian"]);

const available: ReadonlySet<Mode> = new Set<Mode>(["grad", "valueAndGrad", "vjp", "jvp"]);

function fittingModes(
  signature: Signature,
  asked: Asked["modes"],
  at: Span,
  report: Report,
): readonly Mode[] | undefined {
  const { returnType, name } = signature;
  const one =
    returnType.kind === "number" || (returnType.kind === "optional" && returnType.of.kind === "number");
  // a function that returns nothing has the arguments it writes for its result
  const outputs =
    returnType.kind === "undefined" ? signature.parameters.some(isMemory) : holdsReals(returnType);
  if (!outputs) {
    report({
      name: "noDifferentiableResult",
      values: { function: name, type: signature.returnTypeText },
      at,
    });
    return undefined;
  }
  const wanted = modes.filter((m) =>
    (asked?.map((a) => a.mode) ?? (one ? ["grad", "valueAndGrad"] : ["vjp"])).includes(m),
  );
  const placeOf = (mode: Mode): Span => asked?.find((a) => a.mode === mode)?.at ?? at;
  const missing = wanted.find((m) => !available.has(m));
  if (missing !== undefined) {
    report({ name: "modeNotAvailable", values: { mode: missing }, at: placeOf(missing) });
    return undefined;
  }
  const unfit = one ? undefined : wanted.find((m) => ofOneNumber.has(m));
  if (unfit === undefined) return wanted;
  const type = returnType.kind === "undefined" ? "nothing" : describe(returnType);
  report({ name: "resultIsNotOneNumber", values: { function: name, mode: unfit, type }, at: placeOf(unfit) });
  return undefined;
}

const isMemory = (parameter: Signature["parameters"][number]): boolean =>
  parameter.bindings.some((b) => b.type.kind !== "number" && holdsReals(b.type));

function fittingPaths(
  signature: Signature,
  asked: Asked["wrt"],
  at: Span,
  report: Report,
): readonly Path[] | undefined | "unfit" {
  if (!asked) {
    if (signature.parameters.some((p) => p.bindings.some((b) => holdsReals(b.type)))) return undefined;
    report({ name: "noDifferentiableParameter", values: { function: signature.name }, at });
    return "unfit";
  }
  const paths = asked.map((word) => ({ path: parsePath(word.text), at: word.at ?? at }));
  const fit = paths.map((p) => checkPath(p.path, signature, p.at, report));
  return fit.includes(false) ? "unfit" : distinct(paths.map((p) => p.path));
}

const distinct = (paths: readonly Path[]): readonly Path[] => [
  ...new Map(paths.map((p) => [p.join("."), p])).values(),
];

/** Where a parameter is named, or what is said of it can be shown at best. */
export function parameterSpan(declaration: ts.FunctionLikeDeclaration, name: string): Span {
  const find = (binding: ts.BindingName): ts.Node | undefined => {
    if (ts.isIdentifier(binding)) return binding.text === name ? binding : undefined;
    for (const element of binding.elements) {
      const found = ts.isBindingElement(element) ? find(element.name) : undefined;
      if (found) return found;
    }
    return undefined;
  };
  const found = declaration.parameters.map((p) => find(p.name)).find((node) => node !== undefined);
  return spanOf(found ?? declaration.name ?? declaration);
}

export function spanOf(node: ts.Node): Span {
  const file = node.getSourceFile();
  return { file: file.fileName, start: node.getStart(file), end: node.getEnd() };
}
