/** How many failures are let pass, and for how long they count. */
interface Bound {
  readonly most: number;
  readonly perMs: number;
}

/** Keys that are remembered at most; beyond it the oldest are forgotten. */
const MOST_KEYS = 10_000;

/** Counts failures by key, each for a while: guessing becomes slow, and whoever just mistyped isn't kept out. */
export class Attempts {
  readonly #bound: Bound;
  readonly #now: () => number;
  readonly #failures = new Map<string, { count: number; readonly since: number }>();

  constructor(bound: Bound, now: () => number = Date.now) {
    this.#bound = bound;
    this.#now = now;
  }

  /** Seconds to wait before the next try; 0 where it may be made at once. */
  wait(key: string): number {
    const known = this.#failures.get(key);
    const left = known ? known.since + this.#bound.perMs - this.#now() : 0;
    if (left <= 0) this.#failures.delete(key);
    return known && left > 0 && known.count >= this.#bound.most ? Math.ceil(left / 1000) : 0;
  }

  /** Counts as failed until it is taken back. */
  began(key: string): void {
    const known = this.#failures.get(key);
    if (known) known.count++;
    else this.#failures.set(key, { count: 1, since: this.#now() });
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= MOST_KEYS) break;
      this.#failures.delete(oldest);
    }
  }

  /** It was no failure after all. */
  takenBack(key: string): void {
    const known = this.#failures.get(key);
    if (known) known.count--;
  }

  succeeded(key: string): void {
    this.#failures.delete(key);
  }
}
