import type { RecordedFilter } from './recorded-filter.rules.ts';
import type { Viewed } from './read-view.rules.ts';

/** Minutes in which reads of one view by one person are one event. */
export const SHORTEST = 5;
/** As long as it goes on without a break, each window is twice as long as the one before, up to this: an hour leaves four events. */
const LONGEST = 60;
/** Different filters that an event keeps. */
const FILTERS = 10;
/** Different people whom a window counts: beyond, it says this many. */
export const MOST_PEOPLE = 5_000;

const MINUTE = 60_000;

/** By what something was read: a filter of the log's, or the query that answered where it is none of the log. */
export type How = RecordedFilter | { readonly query: string };

export const isQuery = (how: How): how is { readonly query: string } => 'query' in how;

/** What was read, once or several times, since it was last written down. */
export interface Read {
  readonly times: number;
  readonly rows: number;
  /** Of these rows those that were asked for, and are about the records of others. */
  readonly ofOthers: number;
  /** Whose those are: different ones, of no certain record. */
  readonly people: readonly string[];
  readonly filters: readonly How[];
  readonly first: Date;
  readonly last: Date;
}

/** Reads of one view by one person that become one event. */
export interface Window {
  readonly minutes: number;
  readonly openedAt: Date;
  readonly lastAt: Date;
  readonly closesAt: Date;
  /** 0: closed, its event is written. */
  readonly times: number;
  readonly rows: number;
  readonly ofOthers: number;
  readonly people: readonly string[];
  readonly filters: readonly How[];
  readonly moreFilters: number;
}

/** Whose window it is, of what: one of a kind is open at a time, whatever node is asked. */
export interface Whose {
  readonly reader: string;
  /** Whoever looked as the reader; empty for nobody. */
  readonly impersonator: string;
  readonly view: Viewed;
  /** The record that was read, as `Type:id`; empty for no certain one. */
  readonly record: string;
}

/** Milliseconds for which a window waits, past its end, for what other nodes still hold. */
export const GRACE = 5_000;

export const isOverdue = ({ times, closesAt }: Pick<Window, 'times' | 'closesAt'>, at: Date): boolean =>
  times > 0 && closesAt.getTime() + GRACE <= at.getTime();

/** A window with what was read since; a new one where the last one is closed. */
export function joined(before: Window | null, read: Read): Window {
  if (before && before.times > 0) {
    const { kept, more } = keptOf([...before.filters, ...read.filters]);
    return {
      ...before,
      times: before.times + read.times,
      rows: before.rows + read.rows,
      ofOthers: before.ofOthers + read.ofOthers,
      people: peopleOf(before, read),
      lastAt: later(before.lastAt, read.last),
      filters: kept,
      moreFilters: before.moreFilters + more,
    };
  }
  const minutes = before && goesOn(before, read.first) ? Math.min(LONGEST, 2 * before.minutes) : SHORTEST;
  const { kept, more } = keptOf(read.filters);
  return {
    minutes,
    openedAt: read.first,
    lastAt: read.last,
    closesAt: new Date(read.first.getTime() + minutes * MINUTE),
    times: read.times,
    rows: read.rows,
    ofOthers: read.ofOthers,
    people: peopleOf(read),
    filters: kept,
    moreFilters: more,
  };
}

const goesOn = ({ closesAt }: Window, at: Date) => at.getTime() - closesAt.getTime() <= SHORTEST * MINUTE;
const later = (one: Date, other: Date) => (one > other ? one : other);

const peopleOf = (...reads: readonly Pick<Read, 'people'>[]): string[] =>
  [...new Set(reads.flatMap(({ people }) => people))].slice(0, MOST_PEOPLE);

/** Of rows by whose records they are about, `''` for nobody's: those that are about others than the reader, and who these are. */
export function ofOthers(
  about: ReadonlyMap<string, number>,
  reader: string,
): { readonly rows: number; readonly people: readonly string[] } {
  const others = [...about].filter(([person]) => person !== reader);
  return { rows: others.reduce((sum, [, rows]) => sum + rows, 0), people: others.flatMap(([person]) => (person ? [person] : [])) };
}

/** Two reads that are one. */
export const added = (one: Read, other: Read): Read => ({
  times: one.times + other.times,
  rows: one.rows + other.rows,
  ofOthers: one.ofOthers + other.ofOthers,
  people: peopleOf(one, other),
  filters: keptOf([...one.filters, ...other.filters], 2 * FILTERS).kept,
  first: one.first < other.first ? one.first : other.first,
  last: later(one.last, other.last),
});

/** All queries, of which there are only so many; of filters the first ones. */
function keptOf(hows: readonly How[], most = FILTERS): { readonly kept: readonly How[]; readonly more: number } {
  const all = different(hows);
  const filters = all.filter((how) => !isQuery(how));
  return { kept: [...all.filter(isQuery), ...filters.slice(0, most)], more: Math.max(0, filters.length - most) };
}

/** Built alike, filters that say the same have the same text. */
const different = (hows: readonly How[]): How[] => [...new Map(hows.map((how) => [JSON.stringify(how), how])).values()];
