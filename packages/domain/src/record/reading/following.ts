import type { Context, Position } from '@countersign/audit/entry';
import type { Filter } from '@countersign/audit/filter';
import type { LogReader, Stretch } from '@countersign/audit/log';
import type { Visibility } from '@countersign/audit/visibility';
import { aboutWhom, type Seen, tallied, viewOf } from './counted-log.ts';
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
    await this.#tell(0, new Map(this.#records.map((record) => [record, 0])));
  }

  after(position: Position, filter: Filter, visibility: Visibility, limit: number): Promise<Stretch> {
    return this.#options.log.after(position, filter, visibility, limit);
  }

  /** Records that these are shown, before they are: whoever catches up asked for them. */
  async showed(events: readonly { readonly area: string; readonly subject: string | null }[]): Promise<void> {
    const read = events.filter(countsAsRead);
    if (read.length) await this.#tell(read.length, this.#recordOf(read.length), tallied(aboutWhom(read)));
  }

  /** So many rows were pushed, as they happened. */
  saw(rows: number): void {
    if (rows) this.#tell(rows, this.#recordOf(rows)).catch((problem: unknown) => this.#lost.abort(problem));
  }

  /** Which of several records a row is of isn't known here. */
  #recordOf(rows: number): ReadonlyMap<string, number> {
    return new Map(this.#records.length === 1 ? this.#records.map((record) => [record, rows]) : []);
  }

  #tell(rows: number, records: ReadonlyMap<string, number>, about: ReadonlyMap<string, number> = new Map()): Promise<void> {
    const { tell, filter, context } = this.#options;
    return tell({ view: viewOf(filter, records.size > 0), rows, filter: recordedFilterOf(filter), records, about }, context);
  }
}

/** Whether an event that somebody is sent is a row that they read. */
export const countsAsRead = ({ area }: { readonly area: string }): boolean => area !== READING_AREA;
