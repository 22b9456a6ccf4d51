/** Sockets that may be open at a time: far more than pages that somebody has open, far fewer than it takes to do harm. */
const MOST = { address: 1_000, anonymous: 200, session: 30, user: 100 } as const;

/** Of whom sockets are counted. An address may be that of a whole office. */
export type Counted = keyof typeof MOST;

/** How many websockets each address, session and person has open on this node. */
export class SocketCount {
  readonly #open = new Map<string, number>();
  readonly #most: Readonly<Record<Counted, number>>;

  constructor(most: Partial<Record<Counted, number>> = {}) {
    this.#most = { ...MOST, ...most };
  }

  /** How many names are counted. */
  get size(): number {
    return this.#open.size;
  }

  /** Counts one more. @returns how to count it no more, once; null where there are as many as there may be. */
  enter(of: Counted, name: string): (() => void) | null {
    const key = `${of} ${name}`;
    const open = this.#open.get(key) ?? 0;
    if (open >= this.#most[of]) return null;
    this.#open.set(key, open + 1);
    let there = true;
    return () => {
      if (there) this.#leave(key);
      there = false;
    };
  }

  #leave(key: string): void {
    const left = (this.#open.get(key) ?? 1) - 1;
    if (left) this.#open.set(key, left);
    else this.#open.delete(key);
  }
}
