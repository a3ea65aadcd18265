/** Maps and sets of numbers with derivatives. */
import { plain } from "./number.ts";

/** Keys that are numbers count by their value. */
export class DualMap extends Map<unknown, unknown> {
  override get(key: unknown): unknown {
    return super.get(plain(key));
  }
  override has(key: unknown): boolean {
    return super.has(plain(key));
  }
  override set(key: unknown, to: unknown): this {
    return super.set(plain(key), to);
  }
  override delete(key: unknown): boolean {
    return super.delete(plain(key));
  }
}

export class DualSet extends Set<unknown> {
  readonly #known = new Map<unknown, unknown>();
  constructor(items?: Iterable<unknown> | null) {
    super();
    for (const item of items ?? []) this.add(item);
  }
  override add(item: unknown): this {
    if (this.#known.has(plain(item))) return this;
    this.#known.set(plain(item), item);
    return super.add(item);
  }
  override has(item: unknown): boolean {
    return this.#known.has(plain(item));
  }
  override delete(item: unknown): boolean {
    const known = this.#known.get(plain(item));
    this.#known.delete(plain(item));
    return super.delete(known);
  }
  override clear(): void {
    this.#known.clear();
    super.clear();
  }
}
