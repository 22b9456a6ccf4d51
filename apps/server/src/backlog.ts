import type { Sequencer } from '@countersign/audit/sequencer';

/** Milliseconds that a flush may wait for its number: it takes a few, and a great deal at once takes seconds. */
const TOO_LONG = 10_000;

/** Looks after what waits in the inbox: asks, again and again, whether all that was there at a moment is in the log. */
export class Backlog {
  readonly #sequencer: Pick<Sequencer, 'waiting' | 'settle'>;
  readonly #timer: NodeJS.Timeout;
  /** Since when something is known to wait; null while nothing is. */
  #since: number | null = null;
  #asking = false;

  constructor(sequencer: Pick<Sequencer, 'waiting' | 'settle'>) {
    this.#sequencer = sequencer;
    this.#timer = setInterval(() => void this.#ask(), 1_000).unref();
  }

  /** How many flushes wait and since when, where some have waited too long; else null. */
  problem(): string | null {
    if (this.#since === null || Date.now() - this.#since <= TOO_LONG) return null;
    const since = new Date(this.#since).toISOString();
    const { waiting } = this.#sequencer;
    return waiting ? `${waiting} flushes wait in the inbox, some since ${since}` : `nobody has looked into the inbox since ${since}`;
  }

  /** How long something has been known to wait: milliseconds, 0 while nothing does. */
  waitingFor(): number {
    return this.#since === null ? 0 : Date.now() - this.#since;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    this.#since ??= Date.now();
    // A little longer than what is too long: until then nobody knows that something has waited so long.
    if ((await this.#sequencer.settle(TOO_LONG + 1_000)) === 0) this.#since = null;
    this.#asking = false;
  }
}
