import type { Context, Position } from '@countersign/audit/entry';
import type { Filter } from '@countersign/audit/filter';
import type { LogReader, Stretch } from '@countersign/audit/log';
import type { Visibility } from '@countersign/audit/visibility';
import { type Seen, viewOf } from './counted-log.ts';
import { READING_AREA } from './read-view.rules.ts';
import { recordedFilterOf, recordsNamed } from './recorded-filter.rules.ts';

export interface FollowingOptions {
  readonly log: LogReader;
  readonly tell: (seen: Seen, context: Context) => Promise<void>;
  readonly filter: Filter;
  readonly visibility: Visibility;
  readonly context: Context;
}

/**
 * Somebody who follows the log live. That they began is a read, and whatever they are sent; a page on which nothing happens
 * reads nothing. What is only told of reading doesn't count: else each page would keep the other's window open, and its own.
 */
export class Following {
  readonly #options: FollowingOptions;
  readonly #lost = new AbortController();
  #records: readonly string[] = [];

  constructor(options: FollowingOptions) {
    this.#options = options;
  }

  /** Aborts, with the problem as its reason, when what is sent can't be recorded anywhere: then no more may be sent. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  head(): Promise<Position> {
    return this.#options.log.head();
  }

  /** Records that it begins. */
  async begin(): Promise<void> {
    const { log, filter, visibility } = this.#options;
    const named = recordsNamed(filter);
    // Of a record of which they may see nothing, nobody is told that they looked at it.
    if (named.length && (await log.count(filter, visibility)).total) this.#records = named;
    await this.#tell(0);
  }

  after(position: Position, filter: Filter, visibility: Visibility, limit: number): Promise<Stretch> {
    return this.#options.log.after(position, filter, visibility, limit);
  }

  /** Records that these are shown, before they are. */
  async showed(events: readonly { readonly area: string }[]): Promise<void> {
    const rows = events.filter(countsAsRead).length;
    if (rows) await this.#tell(rows);
  }

  /** So many rows were sent. */
  saw(rows: number): void {
    if (rows) this.#tell(rows).catch((problem: unknown) => this.#lost.abort(problem));
  }

  #tell(rows: number): Promise<void> {
    const { tell, filter, context } = this.#options;
    return tell({ view: viewOf(filter, this.#records), rows, filter: recordedFilterOf(filter), records: this.#records }, context);
  }
}

/** Whether an event that somebody is sent is a row that they read. */
export const countsAsRead = ({ area }: { readonly area: string }): boolean => area !== READING_AREA;
