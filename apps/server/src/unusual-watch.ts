export interface UnusualWatchOptions {
  /** Looks through what is new of reading; answers with how much was raised. */
  readonly watch: () => Promise<number>;
  /** Called once somebody was told. */
  readonly told: () => void;
  readonly report: (problem: unknown) => void;
  /** Milliseconds between a reading event and the look, in which others come. */
  readonly soon?: number;
  /** Milliseconds after which it looks again where nothing called for it, or where it failed. */
  readonly every?: number;
}

/**
 * AUD-30: has the log looked through shortly after something of reading was numbered, and now and then all the same: what a node that stopped left
 * undone, another one finds. Nothing of it is on the way of a read.
 */
export class UnusualWatch {
  readonly #options: UnusualWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #soon: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #again = false;
  #closed = false;

  constructor(options: UnusualWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), options.every ?? 60_000).unref();
  }

  /** Something was read: looks soon, however much more is read until then. */
  noticed(): void {
    if (this.#closed) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      this.#look();
    }, this.#options.soon ?? 500).unref();
  }

  /** Resolves when nothing more is asked of the database. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#soon ?? undefined);
    await this.#looking;
  }

  /** One at a time; what comes meanwhile is looked at afterwards. */
  #look(): void {
    if (this.#closed) return;
    if (this.#looking) this.#again = true;
    else this.#looking = this.#run();
  }

  async #run(): Promise<void> {
    try {
      do {
        this.#again = false;
        if (await this.#options.watch()) this.#options.told();
      } while (this.#again && !this.#closed);
    } catch (problem) {
      this.#options.report(problem);
    } finally {
      this.#looking = null;
    }
  }
}
