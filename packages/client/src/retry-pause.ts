/** As much of a browser as this goes by; the client is compiled without its types too, and programs have none of it. */
interface Page {
  addEventListener?(type: string, listener: () => void, options: Until): void;
  readonly document?: { readonly visibilityState: string; addEventListener(type: string, listener: () => void, options: Until): void };
}

interface Until {
  readonly signal: AbortSignal;
}

/**
 * The pause before a lost line is tried again. It is over at once when the browser has a network again, when somebody looks
 * at the page again, or when something new is asked for: each of these is a reason to think that the next try succeeds, or
 * that somebody waits for it.
 */
export class RetryPause {
  readonly #told: (milliseconds: number) => void;
  /** Ends the pause that there is now. */
  #end: (() => void) | null = null;
  #over: Promise<void> = Promise.resolve();
  #lost = false;
  /** There was a reason to hurry while a try was under way: if that fails, the next one follows at once. */
  #urged = false;
  readonly #closed = new AbortController();

  /** @param told how many milliseconds it is until the next try, each time that this changes. */
  constructor(told: (milliseconds: number) => void, page: Page = globalThis as Page) {
    this.#told = told;
    const until = { signal: this.#closed.signal };
    page.addEventListener?.('online', () => this.cutShort(), until);
    page.document?.addEventListener('visibilitychange', () => page.document?.visibilityState === 'visible' && this.cutShort(), until);
  }

  /** The line is lost, or the last try failed. */
  begin(wanted: number): void {
    const milliseconds = this.#urged ? 0 : wanted;
    this.#lost = true;
    this.#urged = false;
    this.#told(milliseconds);
    this.#begin(milliseconds);
  }

  /** The line was ended on purpose and is opened again: nobody need hear of it, nor can hurry it. */
  beginQuietly(milliseconds: number): void {
    this.#begin(milliseconds);
  }

  #begin(milliseconds: number): void {
    // The timer of an earlier pause would end this one.
    this.#end?.();
    this.#over = new Promise((resolve) => {
      const timer = setTimeout(() => this.#end?.(), milliseconds);
      this.#end = () => {
        clearTimeout(timer);
        this.#end = null;
        resolve();
      };
    });
  }

  /** Resolves when it is time to try. */
  over(): Promise<void> {
    return this.#over;
  }

  /** A try succeeded. */
  opened(): void {
    this.#lost = false;
    this.#urged = false;
  }

  /** The page is no longer listened to. */
  close(): void {
    this.#closed.abort();
  }

  cutShort(): void {
    if (!this.#lost) return;
    if (!this.#end) this.#urged = true;
    else {
      this.#told(0);
      this.#end();
    }
  }
}
