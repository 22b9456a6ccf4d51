/** Asking a loop that sleeps to look, and waiting until it has looked. */
export class Asks {
  #latest = 0;
  #wake: () => void = () => undefined;
  #waiting: { readonly ask: number; readonly done: () => void }[] = [];

  /** The number of the latest ask. */
  get latest(): number {
    return this.#latest;
  }

  /** "Look." Costs nothing when a look is under way. */
  ask(): number {
    this.#latest++;
    this.#wake();
    return this.#latest;
  }

  /** Asks, and resolves with whether it was answered within so many milliseconds. */
  async answered(withinMs: number): Promise<boolean> {
    const ask = this.ask();
    let timer: NodeJS.Timeout | undefined;
    const inTime = await Promise.race([
      new Promise<true>((done) => this.#waiting.push({ ask, done: () => done(true) })),
      new Promise<false>((late) => {
        timer = setTimeout(() => late(false), withinMs);
      }),
    ]);
    clearTimeout(timer);
    this.#waiting = this.#waiting.filter((one) => one.ask !== ask);
    return inTime;
  }

  /** Everybody who asked up to `ask` is answered. */
  answer(ask: number): void {
    const done = this.#waiting.filter((one) => one.ask <= ask);
    this.#waiting = this.#waiting.filter((one) => one.ask > ask);
    for (const one of done) one.done();
  }

  /** Sleeps until somebody asks, or for `ms`. */
  pause(ms: number): Promise<void> {
    return new Promise((resume) => {
      const timer = setTimeout(resume, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resume();
      };
    });
  }
}
