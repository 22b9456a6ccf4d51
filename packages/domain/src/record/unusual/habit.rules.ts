import { Temporal } from 'temporal-polyfill';
import { dayOf } from '../../day.rules.ts';
import { differentIn, exportedIn, mostWithin, type NotedRead, peopleIn, rowsIn } from './noted-read.rules.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Days that a habit goes back: a month and some days, so that what is done once a month is part of it. */
export const HABIT_DAYS = 35;
/** Fewer days on which somebody read are no habit. */
const FEWEST_DAYS = 5;
/** Days on which somebody read at an hour before it counts as theirs: once may have been the reason for looking. */
const HOUR_IS_USUAL = 2;

/** How somebody read on one day of their own clock. */
export interface HabitDay {
  readonly day: string;
  /** Hours of the clock at which they read, 0 to 23, without repetition. */
  readonly hours: readonly number[];
  /** The most different records within an hour. */
  readonly records: number;
  /** The most rows about others within an hour. */
  readonly rows: number;
  /** The most different people within an hour, as far as that is known. */
  readonly people: number;
  /** Records that left as files. */
  readonly exported: number;
  readonly areas: readonly string[];
}

/** What is usual for somebody. */
export interface Habit {
  /** The most in any hour. */
  readonly records: number;
  readonly rows: number;
  readonly people: number;
  /** The most on any day. */
  readonly exported: number;
  readonly hours: readonly number[];
  readonly areas: readonly string[];
}

/** What those days come to; null while they are too few to tell. */
export function habitOf(days: readonly HabitDay[]): Habit | null {
  if (days.length < FEWEST_DAYS) return null;
  const counts = Array.from({ length: 24 }, (_, hour) => days.filter(({ hours }) => hours.includes(hour)).length);
  return {
    records: Math.max(...days.map(({ records }) => records)),
    rows: Math.max(...days.map(({ rows }) => rows)),
    people: Math.max(...days.map(({ people }) => people)),
    exported: Math.max(...days.map(({ exported }) => exported)),
    hours: counts.flatMap((count, hour) => (count >= HOUR_IS_USUAL ? [hour] : [])),
    areas: different(days.flatMap(({ areas }) => areas)),
  };
}

/** The hour that a clock on somebody's wall shows. */
export const hourOf = (at: Date, timeZone: string): number =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).hour;

export const dayOfRead = ({ firstAt }: Pick<NotedRead, 'firstAt'>, timeZone: string): string => dayOf(firstAt.toISOString(), timeZone);

/** A day with what was read on it since; `before` are reads of the last hours, for what an hour came to. */
export function learned(
  day: HabitDay,
  fresh: readonly NotedRead[],
  { before, timeZone }: { readonly before: readonly NotedRead[]; readonly timeZone: string },
): HabitDay {
  const hours = fresh.flatMap(({ firstAt, lastAt }) => [hourOf(firstAt, timeZone), hourOf(lastAt, timeZone)]);
  const most = (count: (reads: readonly NotedRead[]) => number, whole = true) =>
    mostWithin([...before, ...fresh], { ends: fresh, length: HOUR, count, whole })?.count ?? 0;
  return {
    day: day.day,
    hours: different([...day.hours, ...hours]).toSorted((one, other) => one - other),
    records: Math.max(day.records, most(differentIn, false)),
    rows: Math.max(day.rows, most(rowsIn)),
    people: Math.max(day.people, most(peopleIn)),
    exported: day.exported + exportedIn(fresh),
    areas: different([...day.areas, ...fresh.flatMap(({ areas }) => areas)]).slice(0, MOST_AREAS),
  };
}

/** Of a day. */
const MOST_AREAS = 200;

export const noDay = (day: string): HabitDay => ({ day, hours: [], records: 0, rows: 0, people: 0, exported: 0, areas: [] });

const different = <Item>(items: readonly Item[]): Item[] => [...new Set(items)];
