/** Alias classes under construction: nodes that are unified, and what is noted of them. */
import { typeOf } from "../ir/build.ts";
import type { Instruction, Operand, Type, Value } from "../ir/types.ts";

export type Node = {
  id: number;
  parent: Node | undefined;
  external: boolean;
  stored: boolean;
  /** Some reference to it may be a view: the same key means another element by another name. */
  viewed: boolean;
  passed: boolean;
  makers: Instruction[];
  resized: Instruction[];
  /** Writes by key. */
  writes: Map<string, Instruction[]>;
  reads: Map<string, Instruction[]>;
  slots: Map<string, Node>;
  /** Kinds of containers it has been seen as: memory of different containers is never the same. */
  containers: Set<string>;
};

export const isReference = (type: Type): boolean => {
  switch (type.kind) {
    case "array":
    case "tuple":
    case "object":
    case "cell":
    case "map":
    case "other":
      return true;
    case "optional":
      return isReference(type.of);
    default:
      return false;
  }
};

/** May a number of this type carry a derivative? Numbers in typed arrays of integers may not. */
export const holdsReal = (type: Type): boolean => {
  switch (type.kind) {
    case "number":
      return true;
    case "array":
      return !/^(Int|Uint)/.test(type.container) && holdsReal(type.element);
    case "tuple":
      return type.elements.some(holdsReal);
    case "object":
      return type.fields.some((f) => holdsReal(f.type));
    case "map":
      return holdsReal(type.value);
    case "optional":
    case "cell":
      return holdsReal(type.of);
    default:
      return false;
  }
};

/** Arrays of integers cut off what is stored into them: no derivative flows through. */
export const isIntegerMemory = (type: Type): boolean =>
  type.kind === "array" && /^(Int|Uint)/.test(type.container);

/** A text may come of numbers that a derivative flows through, and is looked after like memory; but it is no array. */
const isText = (text: string): boolean =>
  text
    .split(" | ")
    .every((t) => /^(?:string|bigint|symbol|boolean|true|false|null|undefined|"[^"]*")$/.test(t));

/** An object whose keys are known only at run time may be one whose fields are known; if it is, it is not followed. */
const recordMark = "record";
const fieldsMark = "fields";

const markOf = (type: Type): string | undefined => {
  if (type.kind === "optional") return markOf(type.of);
  if (type.kind === "object") return fieldsMark;
  return type.kind === "map" && type.record ? recordMark : undefined;
};

const seeAs = (node: Node, type: Type): void => {
  node.containers.add(containerOf(type));
  const mark = markOf(type);
  if (mark !== undefined) node.containers.add(mark);
};

/** Is it used both as an object with fields and as one whose keys are known only at run time? */
export const isMixed = ({ containers }: Pick<Node, "containers">): boolean =>
  containers.has(recordMark) && containers.has(fieldsMark);

/** What a reference is seen as; references of different kinds never mean the same memory (`other`: any kind). */
const containerOf = (type: Type): string => {
  switch (type.kind) {
    case "optional":
      return containerOf(type.of);
    case "array":
      return `${type.container}:${shallow(type.element)}`;
    case "map":
      if (type.record) return "object";
      return `${type.set ? "Set" : "Map"}:${shallow(type.value)}`;
    case "tuple": {
      const kinds = new Set(type.elements.map(shallow));
      return kinds.size === 1 ? `Array:${[...kinds][0]!}` : "other";
    }
    case "other":
      return isText(type.text) ? "text" : type.kind;
    default:
      return type.kind;
  }
};
const shallow = (type: Type): string =>
  type.kind === "optional" ? shallow(type.of) : type.kind === "tuple" ? "array" : type.kind;

/** The slot of the keys of a map; its values are in "[]". */
export const keySlot = "key";

/** A field's name, or "[]" for an element: elements of arrays and tuples are not told apart. */
export const keyName = (key: Operand | undefined): string =>
  key === undefined ? "" : key.kind === "constant" && typeof key.value === "string" ? key.value : "[]";

/** Nodes for the references of one program. */
export const newClasses = () => {
  const nodes = new Map<Value, Node>();
  const all: Node[] = [];
  const fresh = (): Node => {
    const node: Node = {
      id: all.length,
      parent: undefined,
      external: false,
      stored: false,
      viewed: false,
      passed: false,
      makers: [],
      resized: [],
      writes: new Map(),
      reads: new Map(),
      slots: new Map(),
      containers: new Set(),
    };
    all.push(node);
    return node;
  };
  const find = (node: Node): Node => (node.parent ? (node.parent = find(node.parent)) : node);
  const unify = (a: Node, b: Node): void => {
    const [to, from] = [find(a), find(b)];
    if (to === from) return;
    from.parent = to;
    to.external ||= from.external;
    to.stored ||= from.stored;
    to.viewed ||= from.viewed;
    to.passed ||= from.passed;
    to.makers.push(...from.makers);
    to.resized.push(...from.resized);
    for (const c of from.containers) to.containers.add(c);
    for (const [key, list] of from.writes) to.writes.set(key, [...(to.writes.get(key) ?? []), ...list]);
    for (const [key, list] of from.reads) to.reads.set(key, [...(to.reads.get(key) ?? []), ...list]);
    for (const [key, slot] of from.slots) {
      const other = to.slots.get(key);
      if (other) unify(other, slot);
      else to.slots.set(key, slot);
    }
  };
  const nodeOf = (operand: Operand): Node => {
    if (operand.kind === "constant") return fresh();
    let node = nodes.get(operand);
    if (!node) {
      node = fresh();
      if (isReference(operand.type)) seeAs(node, operand.type);
      nodes.set(operand, node);
    }
    return find(node);
  };
  const slotNode = (memory: Node, key: string): Node => {
    const root = find(memory);
    let slot = root.slots.get(key);
    if (!slot) {
      slot = fresh();
      slot.external = root.external;
      slot.passed = root.passed;
      root.slots.set(key, slot);
    }
    return find(slot);
  };
  const noteRead = (memory: Node, key: string, by: Instruction): void => {
    const root = find(memory);
    root.reads.set(key, [...(root.reads.get(key) ?? []), by]);
  };
  const note = (memory: Node, key: string, by: Instruction): void => {
    const root = find(memory);
    root.writes.set(key, [...(root.writes.get(key) ?? []), by]);
  };
  const join = (a: Operand, b: Operand): void => {
    if (a.kind === "value" && b.kind === "value" && isReference(a.type)) unify(nodeOf(a), nodeOf(b));
  };
  const move = (value: Operand): void => {
    if (value.kind === "value" && isReference(value.type)) nodeOf(value).stored = true;
  };
  const fill = (memory: Operand, key: string, value: Operand): void => {
    slotNode(nodeOf(memory), key);
    if (!isReference(typeOf(value))) return;
    move(value);
    unify(slotNode(nodeOf(memory), key), nodeOf(value));
  };

  /** The memory and all that is reached from it, each once. */
  const below = (memory: Node, see: (root: Node) => void, seen: Set<Node> = new Set()): void => {
    const root = find(memory);
    if (seen.has(root)) return;
    seen.add(root);
    see(root);
    for (const slot of root.slots.values()) below(slot, see, seen);
  };

  return { below, nodes, all, find, unify, nodeOf, slotNode, note, noteRead, join, move, fill };
};

/** What an argument holds, whether the program looks at it or not: it may be the memory of another argument. */
export const declareParts = (
  slotNode: (memory: Node, key: string) => Node,
  memory: Node,
  type: Type,
  depth = 0,
): void => {
  if (depth > 8) return;
  const part = (key: string, of: Type): void => {
    const bare = of.kind === "optional" ? of.of : of;
    if (!isReference(bare) || bare.kind === "other") return;
    const slot = slotNode(memory, key);
    seeAs(slot, bare);
    declareParts(slotNode, slot, bare, depth + 1);
  };
  if (type.kind === "optional") declareParts(slotNode, memory, type.of, depth);
  else if (type.kind === "array") part("[]", type.element);
  else if (type.kind === "map") {
    part("[]", type.value);
    part(keySlot, type.key);
  } else if (type.kind === "tuple") type.elements.forEach((e) => part("[]", e));
  else if (type.kind === "object") for (const f of type.fields) part(f.name, f.type);
};

/** May memory that was seen as these containers be the same? */
export const alike = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.has("other") || b.has("other") || [...a].some((c) => b.has(c) && c !== fieldsMark);

/** Can a store at the key make an array longer than it was made? A new array of a length is taken to have it for good. */
export const mayGrow = (maker: Instruction, key: Operand | undefined): boolean => {
  const size =
    maker.kind === "make" && maker.result.type.kind === "array"
      ? maker.items.length
      : maker.kind === "alloc" && maker.length.kind === "constant"
        ? Number(maker.length.value)
        : undefined;
  if (size === undefined || (maker.kind === "alloc" && size > 0)) return false;
  return key?.kind !== "constant" || typeof key.value !== "number" || key.value >= size;
};
