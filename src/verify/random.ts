/** Numbers that look drawn at random and are the same in every run. */

/** Gives a function that yields numbers in [0, 1): mulberry32. */
export function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Directions with few bits, so that steps along them are exact in 24 bits, too: ±1/8 … ±1. */
export function direction(seed: number): () => number {
  const draw = generator(seed);
  return () => (draw() < 0.5 ? -1 : 1) * (Math.floor(draw() * 8) + 1) * 0.125;
}
