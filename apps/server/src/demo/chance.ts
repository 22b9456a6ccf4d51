/** Chance that a name decides: the same name draws the same numbers on every machine. Not for secrets. */
export interface Chance {
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** True with that probability. */
  happens(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** So many of the items, in another order; all of them where there are fewer. */
  some<Item>(items: readonly Item[], count: number): Item[];
  /** In the form of version 4. */
  uuid(): string;
  /** Chance of its own for one part of the work: what one part draws doesn't move the others. */
  fork(name: string): Chance;
}

export function chanceOf(name: string): Chance {
  const next = mulberry32(fnv1a(name));
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    int,
    happens: (probability) => next() < probability,
    pick: (items) => {
      if (items.length === 0) throw new RangeError('nothing to pick from');
      return items[int(0, items.length - 1)] as (typeof items)[number];
    },
    some: (items, count) => drawn(items, count, int),
    uuid: () => uuidOf(Array.from({ length: 16 }, () => int(0, 255))),
    fork: (part) => chanceOf(`${name}/${part}`),
  };
}

function drawn<Item>(items: readonly Item[], count: number, int: Chance['int']): Item[] {
  const left = [...items];
  const taken: Item[] = [];
  while (taken.length < count && left.length) taken.push(...left.splice(int(0, left.length - 1), 1));
  return taken;
}

function uuidOf(bytes: readonly number[]): string {
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const variant = '89ab'[(bytes[8] ?? 0) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Tommy Ettinger's generator with 32 bits of state. */
function mulberry32(seed: number): () => number {
  let state = seed;
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
