import { performance } from 'node:perf_hooks';
import type { MikroORM } from '@mikro-orm/postgresql';

/** Milliseconds between two comparisons: clocks drift by far less than a millisecond meanwhile. */
const EVERY = 60_000;
/** The quickest of so many answers tells best. */
const TRIES = 3;

/** What time it is by the database's clock, without asking it each time. */
export class DatabaseClock {
  readonly #orm: MikroORM;
  readonly #timer: NodeJS.Timeout;
  #offset = 0;
  #closed = false;
  #comparing: Promise<void>;

  constructor(orm: MikroORM) {
    this.#orm = orm;
    this.#comparing = this.#compare();
    this.#timer = setInterval(() => {
      this.#comparing = this.#comparing.then(() => this.#compare());
    }, EVERY).unref();
  }

  /** Milliseconds since 1970, with fractions. */
  now(): number {
    return own() + this.#offset;
  }

  /** How far the database's clock is ahead of this process's. Milliseconds. */
  get offset(): number {
    return this.#offset;
  }

  /** Compares the clocks; one that doesn't answer is left as it was. */
  async #compare(): Promise<void> {
    let quickest = Infinity;
    for (let n = 0; n < TRIES && !this.#closed; n++) {
      const answer = await this.#ask().catch(() => null);
      if (!answer || answer.took >= quickest) continue;
      quickest = answer.took;
      this.#offset = answer.offset;
    }
  }

  /** Asks no more, and waits for the answer under way: a pool that is ended beneath a question never ends. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#comparing;
  }

  async #ask(): Promise<{ took: number; offset: number }> {
    const em = this.#orm.em.fork();
    const begun = own();
    const [answer] = await em.execute<{ now: string }[]>('select extract(epoch from clock_timestamp()) * 1000 as now');
    const took = own() - begun;
    return { took, offset: Number(answer?.now) - (begun + took / 2) };
  }
}

/** The process's clock, finer than a millisecond. */
const own = () => performance.timeOrigin + performance.now();
