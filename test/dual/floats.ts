/**
 * `Float64Array` and `Float32Array` that hold numbers with derivatives: views of a buffer, which round what is stored
 * and ignore what is stored outside.
 */
import { combine, Dual, num } from "./number.ts";

type Item = number | Dual;
type Visit = (item: Item, index: number, all: unknown) => unknown;

class FloatBuffer {
  readonly items: Item[];
  constructor(length: number) {
    this.items = new Array<Item>(length).fill(0);
  }
}

const isIndex = (key: string | symbol): boolean =>
  typeof key === "string" && /^(-?\d|NaN|-?Infinity)/.test(key);

const handler: ProxyHandler<Floats> = {
  get: (target, key) => {
    if (isIndex(key)) return target.item(Number(key));
    const found = Reflect.get(target, key, target) as unknown;
    return typeof found === "function" && key !== "constructor" ? (found.bind(target) as unknown) : found;
  },
  set: (target, key, to) => {
    if (isIndex(key)) target.put(Number(key), to);
    return true;
  },
  has: (target, key) => (isIndex(key) ? target.item(Number(key)) !== undefined : key in target),
  ownKeys: (target) => Array.from({ length: target.length }, (_, i) => String(i)),
  getOwnPropertyDescriptor: (target, key) =>
    isIndex(key)
      ? { value: target.item(Number(key)), enumerable: true, configurable: true, writable: true }
      : undefined,
};

class Floats {
  static readonly BYTES_PER_ELEMENT: number = 8;
  readonly #buffer: FloatBuffer;
  readonly #offset: number;
  readonly #length: number;
  readonly #self: Floats;

  constructor(from: unknown = 0, byteOffset: unknown = 0, length?: unknown) {
    const bytes = this.bytes;
    if (from instanceof FloatBuffer) {
      this.#buffer = from;
      this.#offset = num(byteOffset) / bytes;
      this.#length = length === undefined ? from.items.length - this.#offset : num(length);
    } else {
      const items = typeof from === "object" && from !== null && !(from instanceof Dual);
      const list = items ? Array.from(from as Iterable<unknown>) : [];
      this.#length = items ? list.length : num(from);
      this.#buffer = new FloatBuffer(this.#length);
      this.#offset = 0;
      list.forEach((item, i) => this.put(i, item));
    }
    this.#self = new Proxy(this, handler);
    return this.#self;
  }

  private get bytes(): number {
    return (this.constructor as typeof Floats).BYTES_PER_ELEMENT;
  }
  /** What the array keeps of a number that is stored. */
  protected rounded(item: unknown): Item {
    return item instanceof Dual ? item : num(item);
  }
  item(index: number): Item | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.#length || Object.is(index, -0))
      return undefined;
    return this.#buffer.items[this.#offset + index];
  }
  put(index: number, to: unknown): void {
    if (this.item(index) !== undefined) this.#buffer.items[this.#offset + index] = this.rounded(to);
  }
  private get items(): Item[] {
    return this.#buffer.items.slice(this.#offset, this.#offset + this.#length);
  }
  private made(items: readonly unknown[]): Floats {
    return new (this.constructor as typeof Floats)(items);
  }
  private refill(items: readonly Item[], start = 0): Floats {
    items.forEach((item, i) => this.put(start + i, item));
    return this.#self;
  }

  get length(): number {
    return this.#length;
  }
  get buffer(): unknown {
    return this.#buffer;
  }
  get byteOffset(): number {
    return this.#offset * this.bytes;
  }
  get byteLength(): number {
    return this.#length * this.bytes;
  }
  [Symbol.iterator](): Iterator<Item> {
    return this.values();
  }
  *values(): Generator<Item> {
    for (let i = 0; i < this.#length; i++) yield this.item(i)!;
  }
  *keys(): Generator<number> {
    for (let i = 0; i < this.#length; i++) yield i;
  }
  *entries(): Generator<[number, Item]> {
    for (let i = 0; i < this.#length; i++) yield [i, this.item(i)!];
  }
  at(index: unknown): Item | undefined {
    return this.items.at(num(index));
  }
  set(from: ArrayLike<unknown> | Iterable<unknown>, start: unknown = 0): void {
    const items = Array.from(from);
    if (num(start) + items.length > this.#length) throw new RangeError("offset is out of bounds");
    this.refill(items as Item[], num(start));
  }
  subarray(start: unknown = 0, end: unknown = this.#length): Floats {
    const at = (x: unknown): number => {
      const k = Math.trunc(num(x)) || 0;
      return k < 0 ? Math.max(0, this.#length + k) : Math.min(k, this.#length);
    };
    const [first, last] = [at(start), at(end)];
    const from = (this.#offset + first) * this.bytes;
    return new (this.constructor as typeof Floats)(this.#buffer, from, Math.max(0, last - first));
  }
  slice(start?: unknown, end?: unknown): Floats {
    return this.made(this.items.slice(start as number, end as number));
  }
  fill(item: unknown, start?: unknown, end?: unknown): Floats {
    const items = new Array<Item>(this.#length).fill(NaN);
    const marks = items.map((_, i) => i).slice(start as number, end as number);
    const rounded = this.rounded(item);
    for (const i of marks) this.put(i, rounded);
    return this.#self;
  }
  map(f: Visit): Floats {
    return this.made(this.#each(f));
  }
  /** Callbacks see the array as it is when their turn comes. */
  #each(f: Visit): unknown[] {
    const results: unknown[] = [];
    for (let i = 0; i < this.#length; i++) results.push(f(this.item(i)!, i, this.#self));
    return results;
  }
  filter(f: Visit): Floats {
    const kept: Item[] = [];
    for (let i = 0; i < this.#length; i++) {
      const item = this.item(i)!;
      if (truthy(f(item, i, this.#self))) kept.push(item);
    }
    return this.made(kept);
  }
  forEach(f: Visit): void {
    this.#each(f);
  }
  #search(f: Visit, backwards: boolean): number {
    for (let n = 0; n < this.#length; n++) {
      const i = backwards ? this.#length - 1 - n : n;
      if (truthy(f(this.item(i)!, i, this.#self))) return i;
    }
    return -1;
  }
  every(f: Visit): boolean {
    return this.#search((x, i, all) => !truthy(f(x, i, all)), false) < 0;
  }
  some(f: Visit): boolean {
    return this.#search(f, false) >= 0;
  }
  find(f: Visit): Item | undefined {
    return this.item(this.#search(f, false));
  }
  findIndex(f: Visit): number {
    return this.#search(f, false);
  }
  findLast(f: Visit): Item | undefined {
    return this.item(this.#search(f, true));
  }
  findLastIndex(f: Visit): number {
    return this.#search(f, true);
  }
  reduce(f: (sum: unknown, item: Item, i: number, all: unknown) => unknown, ...start: unknown[]): unknown {
    let sum: unknown = start.length > 0 ? start[0] : this.item(0);
    for (let i = start.length > 0 ? 0 : 1; i < this.#length; i++) sum = f(sum, this.item(i)!, i, this.#self);
    return sum;
  }
  reduceRight(
    f: (sum: unknown, item: Item, i: number, all: unknown) => unknown,
    ...start: unknown[]
  ): unknown {
    const last = this.#length - 1;
    let sum: unknown = start.length > 0 ? start[0] : this.item(last);
    for (let i = start.length > 0 ? last : last - 1; i >= 0; i--) sum = f(sum, this.item(i)!, i, this.#self);
    return sum;
  }
  reverse(): Floats {
    return this.refill(this.items.reverse());
  }
  toReversed(): Floats {
    return this.made(this.items.reverse());
  }
  sort(compare: (a: Item, b: Item) => unknown = numerically): Floats {
    return this.refill(this.items.sort(compare as (a: Item, b: Item) => number));
  }
  toSorted(compare?: (a: Item, b: Item) => unknown): Floats {
    return this.made(this.items).sort(compare);
  }
  with(index: unknown, to: unknown): Floats {
    return this.made(this.items.with(num(index), to as Item));
  }
  copyWithin(target: number, start: number, end?: number): Floats {
    return this.refill(this.items.copyWithin(target, start, end));
  }
  join(separator?: string): string {
    return this.items.join(separator);
  }
  toString(): string {
    return this.items.join(",");
  }
  includes(item: unknown): boolean {
    return this.items.map(num).includes(num(item));
  }
  indexOf(item: unknown): number {
    return this.items.map(num).indexOf(num(item));
  }
  lastIndexOf(item: unknown): number {
    return this.items.map(num).lastIndexOf(num(item));
  }
  toJSON(): unknown {
    return Object.fromEntries(this.items.entries());
  }
  static from(items: ArrayLike<unknown> | Iterable<unknown>, f?: (x: unknown, i: number) => unknown): Floats {
    const list: unknown[] = Array.from(items);
    return new this(f ? list.map((x, i) => f(x, i)) : list);
  }
  static of(...items: unknown[]): Floats {
    return new this(items);
  }
}

const truthy = (x: unknown): boolean => Boolean(x instanceof Dual ? x.v : x);
const numerically = (a: Item, b: Item): number => {
  const [x, y] = [num(a), num(b)];
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) ? (Number.isNaN(y) ? 0 : 1) : -1;
  return x - y || (Object.is(x, y) ? 0 : Object.is(x, -0) ? -1 : 1);
};

export class DualFloat64Array extends Floats {}

export class DualFloat32Array extends Floats {
  static override readonly BYTES_PER_ELEMENT = 4;
  protected override rounded(item: unknown): Item {
    return combine(Math.fround(num(item)), [1, item]);
  }
}
