import type { ServerResponse } from 'node:http';
import { Refusal } from '@countersign/domain/errors';

/** Files that go out to one person at a time, of each node: each holds memory and asks the database for as long as its reader likes. */
const MOST = 2;
/** Seconds after which it is worth trying again; nobody knows when one of them is complete. */
const AGAIN = 10;

/** How many exports are under way, by whom. */
export class ExportsAtOnce {
  readonly #open = new Map<string, number>();

  /**
   * Counts one until its answer is out, or broken off.
   * @throws Refusal RATE_LIMITED where there are as many as may be.
   */
  take(person: string, answer: ServerResponse): void {
    const open = this.#open.get(person) ?? 0;
    if (open >= MOST)
      throw new Refusal(
        'RATE_LIMITED',
        `${MOST} exports of yours are under way`,
        `Wait until one of them is complete, or end it, and try again in ${AGAIN} seconds.`,
        { retryAfter: AGAIN },
      );
    // Whoever asked has gone already: nothing goes out.
    if (answer.destroyed) return;
    this.#open.set(person, open + 1);
    answer.once('close', () => this.#release(person));
  }

  #release(person: string): void {
    const left = (this.#open.get(person) ?? 1) - 1;
    if (left) this.#open.set(person, left);
    else this.#open.delete(person);
  }
}
