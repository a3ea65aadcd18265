/** Seeded randomness (splitmix32): the same seed, the same choices, on every machine. */
export class Chance {
  private state: number;
  constructor(seed: number, stream = 0) {
    this.state = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul((stream + 1) | 0, 0x85ebca6b)) | 0;
    this.unit();
  }
  /** In [0, 1). */
  unit(): number {
    this.state = (this.state + 0x9e3779b9) | 0;
    let z = this.state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  }
  /** An integer, both ends included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }
  happens(probability: number): boolean {
    return this.unit() < probability;
  }
  of<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)]!;
  }
  /** One of several makers, by weight; weight 0 is never. */
  weighted<T>(choices: readonly (readonly [weight: number, make: () => T])[]): T {
    const total = choices.reduce((sum, [w]) => sum + w, 0);
    let at = this.unit() * total;
    for (const [w, make] of choices) {
      if (w > 0 && (at -= w) < 0) return make();
    }
    return choices.find(([w]) => w > 0)![1]();
  }
  /** A number as programs and arguments have them: mostly general, sometimes one at which something happens. */
  real(): number {
    if (this.happens(0.12)) return this.of([0, 1, -1, 0.5, 2]);
    return Math.round((this.unit() * 3.2 - 1.6) * 1000) / 1000;
  }
}
