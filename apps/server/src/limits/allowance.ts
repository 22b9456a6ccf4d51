import type { Counter } from './counters.ts';

/** How a key stands after a call. */
export interface Standing {
  readonly quota: number;
  /** Calls left until the window ends. */
  readonly left: number;
  /** Milliseconds until the window ends. */
  readonly msLeft: number;
  /** Whether this call was one too many; it isn't counted then. */
  readonly refused: boolean;
}

/** What this node knows of one key. */
interface Known {
  /** By all nodes, as far as the database has told. */
  counted: number;
  /** By this node since, which the database doesn't know of yet. */
  untold: number;
  endsAt: number;
  telling: boolean;
}

export interface AllowanceOptions {
  readonly quota: number;
  /** Milliseconds. */
  readonly window: number;
  /** Where nodes count together. */
  readonly counter: Pick<Counter, 'add'>;
  readonly now?: () => number;
}

/** Keys that are remembered at most; beyond it the oldest are forgotten, and begin anew with what the database says. */
const MOST_KEYS = 50_000;

/**
 * How many calls each key has in a window. Decided from memory: no call waits for the database. What this node counted
 * it tells the database by the hundredth part of the quota, and hears then what the others counted; so each further
 * node can let about one in a hundred too many pass, and whoever asks little is never told of at all. Where the
 * database is away each node counts for itself.
 */
export class Allowance {
  readonly #options: AllowanceOptions;
  readonly #now: () => number;
  readonly #step: number;
  readonly #known = new Map<string, Known>();

  constructor(options: AllowanceOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#step = Math.max(1, Math.floor(options.quota / 100));
  }

  /** Takes a call. */
  take(key: string): Standing {
    const { quota } = this.#options;
    const known = this.#of(key);
    const refused = known.counted + known.untold >= quota;
    if (!refused) known.untold += 1;
    if (known.untold >= this.#step && !known.telling) void this.#tell(key, known);
    return { quota, left: Math.max(0, quota - known.counted - known.untold), msLeft: known.endsAt - this.#now(), refused };
  }

  #of(key: string): Known {
    const known = this.#known.get(key);
    if (known && known.endsAt > this.#now()) return known;
    const begun = { counted: 0, untold: 0, endsAt: this.#now() + this.#options.window, telling: false };
    this.#known.delete(key);
    this.#known.set(key, begun);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST_KEYS) break;
      this.#known.delete(oldest);
    }
    return begun;
  }

  async #tell(key: string, known: Known): Promise<void> {
    const told = known.untold;
    known.untold = 0;
    known.counted += told;
    known.telling = true;
    try {
      const { points, msLeft } = await this.#options.counter.add(key, told);
      known.counted = points;
      known.endsAt = this.#now() + msLeft;
    } catch {
      // The database is away, which others report: what was told counts here all the same.
    } finally {
      known.telling = false;
    }
  }
}
