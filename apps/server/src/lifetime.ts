import type { Logger } from './log.ts';

type Ending = () => Promise<void>;

/** What has been started so far, ended in the opposite order: also when the start fails half way. */
export class Lifetime {
  readonly #endings: { readonly name: string; readonly end: Ending }[] = [];
  #ending: Promise<boolean> | undefined;

  /** Remembers how to end what was just started. */
  began(name: string, end: Ending): void {
    this.#endings.push({ name, end });
  }

  /** Ends everything; what fails is logged and the rest is ended all the same. False where something failed. May be called again. */
  end(log: Logger): Promise<boolean> {
    return (this.#ending ??= this.#endAll(log));
  }

  async #endAll(log: Logger): Promise<boolean> {
    let well = true;
    for (let next = this.#endings.pop(); next; next = this.#endings.pop()) {
      try {
        await next.end();
        log.debug(`${next.name} ended`);
      } catch (problem) {
        well = false;
        log.error({ err: problem }, `${next.name} did not end as it should`);
      }
    }
    return well;
  }
}
