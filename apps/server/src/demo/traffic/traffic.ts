import type { Runtime } from '@countersign/api/execute';
import { siteScope } from '@countersign/domain/people/site';
import { Meter } from './meter.ts';
import { Pool } from './pool.ts';

/** Edits a second at most. */
export const MOST_TRAFFIC = 200;

/** Why traffic ended by itself. */
export type TrafficEnd = 'unwatched' | 'enough' | 'failed';

export interface TrafficState {
  /** Edits a second that are wanted; 0 while there is no traffic. */
  readonly wanted: number;
  /** Edits a second as they were over the last seconds. */
  readonly actual: number;
  /** Edits since it was switched on. */
  readonly done: number;
  /** Null unless it ended by itself. */
  readonly ended: TrafficEnd | null;
}

export interface TrafficOptions {
  readonly runtime: Runtime;
  /** How many live feeds there are that may show what bears one of these keys. */
  readonly watchers: (keys: readonly string[]) => number;
  readonly report: (problem: unknown) => void;
  /** Milliseconds without anybody who could see it, after which it ends. */
  readonly patience?: number;
  /** Edits after which it ends: the log keeps each of them for ever. */
  readonly enough?: number;
}

const PATIENCE = 3 * 60_000;
const ENOUGH = 200_000;
/** Milliseconds between two looks at what is due. */
const TICK = 25;
/** Edits under way at a time: visitors need connections too. */
const AT_WORK = 8;
/** Milliseconds of edits that may be made up for: a machine that can't keep up isn't asked for ever more. */
const BACKLOG = 250;
/** Failures in a row after which nobody tries any more. */
const FAILURES = 20;

/** Edits for a demonstration, as many a second as an admin wants, for as long as somebody can see them. */
export class Traffic {
  readonly #options: TrafficOptions;
  #opening: Promise<Pool> | null = null;
  #pool: Pool | null = null;
  #timer: NodeJS.Timeout | undefined;
  #meter = new Meter();
  readonly #busy = new Set<Promise<void>>();
  #wanted = 0;
  #due = 0;
  #done = 0;
  #failures = 0;
  #ended: TrafficEnd | null = null;
  #lookedAt = 0;
  #watchedAt = 0;

  constructor(options: TrafficOptions) {
    this.#options = options;
  }

  /** Whoever asks is somebody who looks. */
  get state(): TrafficState {
    this.#watchedAt = performance.now();
    return { wanted: this.#wanted, actual: this.#meter.rate, done: this.#done, ended: this.#ended };
  }

  /** So many edits a second from now on; 0 ends it. @throws whatever keeps the first one from making its people. */
  async set(rate: number): Promise<void> {
    if (rate > 0) this.#pool = await (this.#opening ??= this.#open());
    if (!this.#wanted && rate) {
      this.#meter = new Meter();
      this.#done = this.#failures = this.#due = 0;
      this.#lookedAt = performance.now();
    }
    this.#ended = null;
    this.#watchedAt = performance.now();
    this.#wanted = rate;
    clearInterval(this.#timer);
    if (rate) this.#timer = setInterval(() => this.#look(), TICK);
  }

  /** Ends it, once what is under way is done. */
  async stop(): Promise<void> {
    await this.set(0);
    await Promise.all(this.#busy);
  }

  async #open(): Promise<Pool> {
    try {
      return await Pool.open(this.#options.runtime);
    } catch (problem) {
      this.#opening = null;
      throw problem;
    }
  }

  #look(): void {
    const now = performance.now();
    this.#due = Math.min(this.#due + ((now - this.#lookedAt) * this.#wanted) / 1_000, 1 + (BACKLOG * this.#wanted) / 1_000);
    this.#lookedAt = now;
    const why = this.#whyEnd(now);
    if (why) return this.#endBecause(why);
    while (this.#due >= 1 && this.#busy.size < AT_WORK && this.#edit()) this.#due--;
  }

  #whyEnd(now: number): TrafficEnd | null {
    const { watchers, patience = PATIENCE, enough = ENOUGH } = this.#options;
    if (this.#pool && watchers([siteScope(this.#pool.site)])) this.#watchedAt = now;
    if (now - this.#watchedAt > patience) return 'unwatched';
    if (this.#done >= enough) return 'enough';
    return this.#failures >= FAILURES ? 'failed' : null;
  }

  #endBecause(why: TrafficEnd): void {
    this.#wanted = 0;
    clearInterval(this.#timer);
    this.#ended = why;
  }

  /** Begins one edit; false where no card is free. */
  #edit(): boolean {
    const pool = this.#pool;
    const card = pool?.take();
    if (!pool || !card) return false;
    const edit = pool
      .edit(card)
      .then((done) => {
        this.#failures = 0;
        if (!done) return;
        this.#done++;
        this.#meter.count();
      })
      .catch((problem: unknown) => {
        this.#failures++;
        this.#options.report(problem);
      })
      .finally(() => this.#busy.delete(edit));
    this.#busy.add(edit);
    return true;
  }
}
