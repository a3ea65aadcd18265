/** Where everything of a program stands: the tables that the analyses look things up in. */
import { functionsOf } from "../ir/callee.ts";
import type { CallInstruction, Program, Site } from "../ir/facts.ts";
import type { Callee, Func, Instruction, Label, Region, Unit, Value } from "../ir/types.ts";
import { boundBy, regionsOf, resultsOf } from "../ir/walk.ts";

/** Numbers the instructions in program order, one function after the other, and notes what encloses and defines what. */
export const survey = (unit: Unit): Program => {
  const { func, callees } = unit;
  const sites = new Map<Instruction, Site>();
  const definitions = new Map<Value, Instruction>();
  const homes = new Map<Value, Region>();
  const owners = new Map<Region, Instruction | undefined>();
  const labels = new Map<Label, Instruction | undefined>();
  const bodies = new Map<Region, Func>();
  const calls = new Map<Callee, CallInstruction[]>([...callees.keys()].map((callee) => [callee, []]));
  let time = 0;
  const visit = (region: Region): void => {
    for (const instruction of region.body) {
      const start = time++;
      for (const inner of regionsOf(instruction)) owners.set(inner, instruction);
      if (instruction.kind === "loop" || instruction.kind === "block")
        labels.set(instruction.label, instruction);
      if (instruction.kind === "call") calls.get(instruction.callee)?.push(instruction);
      if (instruction.kind === "loop")
        for (const bound of boundBy(instruction)) homes.set(bound, instruction.body);
      for (const inner of regionsOf(instruction)) visit(inner);
      for (const result of resultsOf(instruction)) {
        definitions.set(result, instruction);
        homes.set(result, region);
      }
      sites.set(instruction, { region, start, end: time++ });
    }
  };
  for (const each of functionsOf(unit)) {
    owners.set(each.body, undefined);
    labels.set(each.label, undefined);
    bodies.set(each.body, each);
    for (const param of each.params) homes.set(param, each.body);
    visit(each.body);
  }

  const regionOf = (region: Region): Region | undefined => {
    const owner = owners.get(region);
    return owner && siteOf(owner).region;
  };
  const siteOf = (instruction: Instruction): Site => {
    const site = sites.get(instruction);
    if (!site) throw new Error(`an instruction (${instruction.kind}) of another program`);
    return site;
  };
  const homeOf = (value: Value): Region => {
    const home = homes.get(value);
    if (!home) throw new Error(`a value (${value.hint ?? "unnamed"}) of another program`);
    return home;
  };
  const functionAt = (region: Region): Func => {
    let outermost = region;
    for (let r: Region | undefined = region; r; r = regionOf(r)) outermost = r;
    const found = bodies.get(outermost);
    if (!found) throw new Error("a region of another program");
    return found;
  };
  return {
    func,
    callees,
    functionAt,
    callsOf: (callee) => calls.get(callee) ?? [],
    knows: (value) => homes.has(value),
    siteOf,
    homeOf,
    definitionOf: (value) => definitions.get(value),
    ownerOf: (region) => owners.get(region),
    parentOf: regionOf,
    constructOf: (label) => labels.get(label),
    contains: (outer, inner) => {
      for (let r: Region | undefined = inner; r; r = regionOf(r)) if (r === outer) return true;
      return false;
    },
  };
};
