/** What the analyses find out about a program and differentiation asks: side tables, never notes on nodes. */
import type { Path } from "./entry.ts";
import type { Callee, Func, Instruction, Label, Operand, Region, Value } from "./types.ts";

export type LoopInstruction = Extract<Instruction, { kind: "loop" }>;
export type IfInstruction = Extract<Instruction, { kind: "if" }>;
export type BlockInstruction = Extract<Instruction, { kind: "block" }>;
export type CallInstruction = Extract<Instruction, { kind: "call" }>;

/** A region that ends by an exit, and what it leaves. */
export type Exit = Readonly<{ region: Region; to: Label }>;

/** The region an instruction stands in; program order before it and after all of its regions. */
export type Site = Readonly<{ region: Region; start: number; end: number }>;

export type Program = Readonly<{
  /** What is differentiated, and the functions that it calls and that stay functions. */
  func: Func;
  callees: ReadonlyMap<Callee, Func>;
  /** The function that a region is part of. */
  functionAt(region: Region): Func;
  /** The calls of a callee of the program, in all of its functions. */
  callsOf(callee: Callee): readonly CallInstruction[];
  /** Is the value defined in the program? */
  knows(value: Value): boolean;
  siteOf(instruction: Instruction): Site;
  /** The region in which a value is visible; of a loop's params and variable, its body. */
  homeOf(value: Value): Region;
  /** The instruction whose result a value is; none for params of functions and loops and range variables. */
  definitionOf(value: Value): Instruction | undefined;
  /** The instruction whose region it is; none for a function's body. */
  ownerOf(region: Region): Instruction | undefined;
  /** The region around the instruction whose region it is. */
  parentOf(region: Region): Region | undefined;
  constructOf(label: Label): Instruction | undefined;
  contains(outer: Region, inner: Region): boolean;
}>;

/** An alias class: memory that one reference may mean; everything that may be the same is one class. */
export type Memory = Readonly<{
  id: number;
  /** The caller (or unknown code) may hold it too. */
  external: boolean;
  /** Where it is made; external memory is made nowhere. */
  makers: readonly Instruction[];
  /** Its references are stored in other memory, carried by loops, chosen by branches, or returned by a callee. */
  stored: boolean;
  /** A reference to it may be a view of a part: the same key may mean another element by another name. */
  viewed: boolean;
  /** A callee of the program may see it, so that it is used in an order that no single function shows. */
  passed: boolean;
  /** It is used as an object with fields and as one whose keys are known only at run time. */
  mixed: boolean;
  /** Its length may change after it was made. */
  resized: readonly Instruction[];
}>;

/** What a key of a memory holds. `key` is a field name, or "[]" for the elements of arrays and tuples, "" for a cell. */
export type Slot = Readonly<{ memory: Memory; key: string }>;

export type Facts = Readonly<{
  program: Program;
  wrt: readonly Path[];
  /** Of values that a branch computes again for its derivative, those that they are equal to (see descend.ts). */
  twins: ReadonlyMap<Value, Value>;
  /** Shadows that the program itself carries along, by the reference they belong to (see carry.ts). */
  shadows: ReadonlyMap<Value, Value>;
  /** What is kept of the structure that shadows of parameters have at entry, where references in them change places. */
  entryShadows: ReadonlyMap<Value, Value>;
  /** The parameters that something is written through: what a function that returns nothing gives. */
  written: readonly Value[];
  /** Written parameters in which arguments could share memory in ways that shadows cannot follow. */
  unshareable: readonly Value[];
  /** Parameters in which references change places that may be missing: what they were at entry is not kept. */
  unremembered: readonly Value[];
  /** Both depends on a differentiated input and reaches the output, through real arithmetic. */
  isActive(operand: Operand): boolean;
  /** Some number in the memory is active, at any depth. */
  isActiveMemory(operand: Operand): boolean;
  isActiveSlot(slot: Slot): boolean;
  memoryOf(operand: Operand): Memory;
  slotOf(from: Operand, key: Operand | undefined): Slot;
  /** The keys of a memory that are used, and what its slots hold. */
  keysOf(memory: Memory): readonly string[];
  heldBy(memory: Memory): readonly Memory[];
  heldAt(slot: Slot): Memory;
  /** Everything that may change what a load of the slot gives (through other names as well). */
  writesTo(slot: Slot): readonly Instruction[];
  /** Everything that may read or change what the slot holds. */
  usesOf(slot: Slot): readonly Instruction[];
  /** Everything that may change the length of the memory. */
  resizesOf(memory: Memory): readonly Instruction[];
  /** May a number be `undefined`, by its type or because the program asks whether it is? */
  mayBeMissing(value: Value): boolean;
  isInteger(operand: Operand): boolean;
  /** Is the key certainly the index of an element of the typed array? */
  isInside(of: Operand, key: Operand): boolean;
  /** An integer that is never negative. */
  isCount(operand: Operand): boolean;
  /** Does the region never reach its natural end? */
  neverEnds(region: Region): boolean;
  /** Is what follows the instruction never reached from it? */
  neverFalls(instruction: Instruction): boolean;
  /** The regions inside the instruction that end by leaving more than the instruction, and what they leave. */
  crossingExits(instruction: Instruction): readonly Exit[];
  /** The exits to a loop's or block's own label. */
  exitsTo(construct: LoopInstruction | BlockInstruction): readonly Exit[];
}>;
