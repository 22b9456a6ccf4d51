import type { Event, Position } from '../events/entry.ts';
import type { Filter } from './filter.ts';
import type { History, HistoryQuery } from './history.ts';
import type { Count } from './count.ts';
import type { Overview, OverviewQuery } from './overview.ts';
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

/** Which page of the log. */
export interface PageQuery {
  readonly filter: Filter;
  readonly visibility: Visibility;
  /** Only events below this position. */
  readonly before?: Position | undefined;
  readonly limit: number;
}

/** A page by offset. A field filter takes the other fields of an event away. */
export interface OffsetQuery {
  readonly filter: Filter;
  readonly visibility: Visibility;
  readonly limit: number;
  readonly offset: number;
}

/** Changed fields, and how many there are in all. */
export interface FieldRows {
  readonly rows: readonly FieldRow[];
  readonly count: Count;
}

/** Changed fields by change set, and how many sets there are in all. */
export interface ChangeSets {
  readonly sets: readonly (readonly FieldRow[])[];
  readonly count: Count;
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
  /** How many change sets there are, of records that were changed and of what was only told. */
  countSets(filter: Filter, visibility: Visibility): Promise<Count>;
  /** How many there are by time, area, action and actor. */
  overview(query: OverviewQuery): Promise<Overview>;
  /** Changed fields one by one, newest first; limit, offset and total count fields. */
  fieldRows(query: OffsetQuery): Promise<FieldRows>;
  /** Changed fields by change set, newest first; limit, offset and total count change sets. */
  changeSets(query: OffsetQuery): Promise<ChangeSets>;
  /** Everything that happened to some records, oldest first, to be folded with `asOf`. */
  history(query: HistoryQuery): Promise<History>;
}

/** One changed field of one event. `id` derives from event and field and never changes. */
export interface FieldRow {
  readonly id: string;
  readonly event: Event;
  readonly change: Event['changes'][number];
}
