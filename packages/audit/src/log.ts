import type { Event, Position } from './entry.ts';
import type { Filter } from './filter.ts';
import type { Visibility } from './visibility.ts';

/** A stretch of the log in ascending order, and the position up to which it speaks, skipped events included. */
export interface Stretch {
  readonly to: Position;
  readonly events: readonly Event[];
}

/** A page of the log, newest first. */
export interface Page {
  readonly events: readonly Event[];
  /** The log's head when the page was read: a live tail that starts here misses nothing and repeats nothing. */
  readonly position: Position;
  /** Pass as `before` for the next, older page; null at the end. */
  readonly next: Position | null;
}

export interface PageQuery {
  readonly filter: Filter;
  readonly visibility: Visibility;
  /** Only events below this position. */
  readonly before?: Position | undefined;
  readonly limit: number;
}

/** How many there are: exact up to `10,000` for those who don't see everything, then `more` is true. */
export interface Count {
  readonly total: number;
  readonly more: boolean;
}

/** Whether an answer holds everything that was committed when it was asked for; `waiting` counts flushes that aren't numbered yet. */
export interface Settled {
  readonly waiting: number;
}

/** The reading side of the log. Whatever it returns was checked and masked for `visibility`. */
export interface LogReader {
  head(): Promise<Position>;
  /** Waits, for some milliseconds at most, until what was committed before the call is in the log. */
  settle(): Promise<Settled>;
  /** Newest first, by position. */
  page(query: PageQuery): Promise<Page>;
  /** Ascending after a position, for the feed's catching up. */
  after(position: Position, filter: Filter, visibility: Visibility, limit: number): Promise<Stretch>;
  /** One event, or null where there is none or none that may be seen. */
  event(position: Position, visibility: Visibility): Promise<Event | null>;
  count(filter: Filter, visibility: Visibility): Promise<Count>;
  /** Newest first, skipping `offset` field changes: the events that hold rows `offset` to `offset + limit` of the per-field view, and the total of rows. */
  fieldRows(query: Omit<PageQuery, 'before'> & { readonly offset: number }): Promise<{ readonly rows: readonly FieldRow[]; readonly total: number }>;
  /** As `fieldRows`, by change set: limit, offset and total count change sets. */
  changeSets(query: Omit<PageQuery, 'before'> & { readonly offset: number }): Promise<{ readonly sets: readonly (readonly FieldRow[])[]; readonly total: number }>;
}

/** One changed field of one event. `id` derives from event and field and never changes. */
export interface FieldRow {
  readonly id: string;
  readonly event: Event;
  readonly change: Event['changes'][number];
}
