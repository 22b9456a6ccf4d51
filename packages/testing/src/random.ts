/** Chance that a seed decides: the same seed gives the same run on every machine. Not for secrets. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** True with that probability. */
  chance(probability: number): boolean;
  /** One of the items. @throws RangeError where there are none. */
  pick<Item>(items: readonly Item[]): Item;
  /** The items in another order; the given list stays as it is. */
  shuffle<Item>(items: readonly Item[]): Item[];
  /** A generator of its own for one part of the work, so that what one part draws does not move the others. */
  fork(name: string): Random;
}

/** A generator from a whole number or a text. */
export function random(seed: number | string): Random {
  const next = mulberry32(typeof seed === 'number' ? seed : fnv1a(seed));
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (items) => pickAt(items, int(0, items.length - 1)),
    shuffle: (items) => shuffled(items, int),
    fork: (name) => random(`${seed}/${name}`),
  };
}

function pickAt<Item>(items: readonly Item[], index: number): Item {
  if (items.length === 0) throw new RangeError('nothing to pick from');
  return items[index] as Item;
}

/** Fisher and Yates, from the end. */
function shuffled<Item>(items: readonly Item[], int: Random['int']): Item[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = int(0, last);
    [result[last], result[other]] = [result[other] as Item, result[last] as Item];
  }
  return result;
}

/** Tommy Ettinger's generator with 32 bits of state: small, quick, and good enough to choose test data. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The FNV-1a hash of 32 bits, over UTF-16 code units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
