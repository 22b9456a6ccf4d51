import type { Counters } from '../src/limits/counters.ts';

/** Counters in memory, on a clock that only the test moves. Nodes that share one count together. */
export function memoryCounters(clock: { now: number } = { now: 0 }): Pick<Counters, 'of'> & { readonly clock: { now: number } } {
  const rows = new Map<string, { points: number; expire: number }>();
  const add = (key: string, points: number, seconds: number) => {
    const row = rows.get(key);
    const kept = row && row.expire > clock.now ? row : { points: 0, expire: clock.now + seconds * 1_000 };
    kept.points += points;
    rows.set(key, kept);
    return { points: kept.points, msLeft: kept.expire - clock.now };
  };
  return {
    clock,
    of: (name, seconds) => ({
      add: async (key, points) => add(`${name}:${key}`, points, seconds),
      turn: async (key, forSeconds) => {
        const { points, msLeft } = add(`${name}:turn ${key}`, 1, forSeconds);
        return { taken: points === 1, msLeft };
      },
      forget: async (key) => {
        rows.delete(`${name}:${key}`);
        rows.delete(`${name}:turn ${key}`);
      },
    }),
  };
}
