/** Half a minute at most between two tries: long enough for a restart of the server, short enough for a coffee. */
const LONGEST_DELAY = 30_000;
const FIRST_DELAY = 1_000;

/**
 * Full jitter, in milliseconds: any moment up to a bound that doubles. A restarted server then gets its clients back
 * one by one, and not all at once.
 */
export const retryDelay = (attempt: number, random: () => number = Math.random): number =>
  Math.round(random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempt));
