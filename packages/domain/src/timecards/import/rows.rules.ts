import { unguarded } from './cells.rules.ts';
import { kindCalled } from './clock-words.rules.ts';
import { FIELD_LABELS, type ColumnField, type PunchKind, type RowKind } from './columns.rules.ts';
import { isoDay, nextDay, type SiteClock } from './site-clock.rules.ts';
import {
  readClock,
  readDay,
  readInstant,
  isInstantText,
  shown,
  type Read,
  type WrittenDay,
  type WrittenInstant,
} from './written-times.rules.ts';

/** A line of a file that was understood. Instants are milliseconds. */
export interface PunchRow {
  readonly line: number;
  readonly person: string;
  readonly site: string;
  readonly kind: PunchKind;
  readonly at: number;
}

export interface ShiftRow {
  readonly line: number;
  readonly person: string;
  readonly site: string;
  readonly kind: 'shift';
  /** The day that the file names; null where only the times say it. */
  readonly workDate: string | null;
  readonly at: number;
  readonly checkOut: number | null;
  readonly breakStart: number | null;
  readonly breakEnd: number | null;
}

export type Row = PunchRow | ShiftRow;

/** What is wrong with a line, in which column, and what to do. */
export interface LineProblem {
  readonly line: number;
  readonly column: string | null;
  readonly message: string;
}

/** Whom and where the words of a file mean. */
export interface Book {
  /** The person's id. */
  readonly person: (words: string) => Read<string>;
  readonly site: (words: string) => Read<string>;
  /** The clocks of a site. */
  readonly clockOf: (site: string) => SiteClock;
}

/** How the cells of a line are to be read. */
export interface Reading {
  readonly columns: readonly (ColumnField | null)[];
  readonly headings: readonly string[];
  /** Where no column names a site. */
  readonly site: string | null;
}

/** A line that says nothing (an empty one, a day off) is null. */
export type ReadLine = { readonly row: Row } | { readonly problems: readonly LineProblem[] } | null;

/** What clocks print where there is no time. */
const NOTHING = /^[-–—:. ]*$/;

/** The cells of one line, by what they hold, with what was found wrong on the way. */
class Line {
  readonly problems: LineProblem[] = [];
  readonly number: number;
  readonly #cells: Partial<Record<ColumnField, string>> = {};
  readonly #names: Partial<Record<ColumnField, string>> = {};

  constructor(number: number, cells: readonly string[], { columns, headings }: Reading) {
    this.number = number;
    for (const [n, field] of columns.entries()) {
      if (field === null) continue;
      this.#cells[field] = unguarded((cells[n] ?? '').trim());
      this.#names[field] = headings[n]?.trim() || `Column ${n + 1}`;
    }
  }

  /** The cell's text; empty where there is none. */
  text(field: ColumnField): string {
    return this.#cells[field] ?? '';
  }

  /** The text of a time; empty where the clock printed a dash. */
  time(field: ColumnField): string {
    const text = this.text(field);
    return NOTHING.test(text) ? '' : text;
  }

  refuse(field: ColumnField, message: string): null {
    this.problems.push({ line: this.number, column: this.#names[field] ?? null, message });
    return null;
  }

  /** The value; null where it can't be read, which is said. */
  take<Value>(field: ColumnField, read: Read<Value>): Value | null {
    return 'wrong' in read ? this.refuse(field, read.wrong) : read.value;
  }
}

const TIMES = ['check_in', 'check_out', 'break_start', 'break_end'] as const;

/** Reads one line. */
export function readLine(
  number: number,
  cells: readonly string[],
  reading: Reading & { readonly rows: RowKind; readonly book: Book },
): ReadLine {
  const line = new Line(number, cells, reading);
  if (cells.every((cell) => cell.trim() === '') || (reading.rows === 'shift' && TIMES.every((field) => line.time(field) === '')))
    return null;
  const who = whoAndWhere(line, reading);
  const row = reading.rows === 'punch' ? punch(line, who, reading.book) : shift(line, who, reading.book);
  if (line.problems.length) return { problems: line.problems };
  return row ? { row } : null;
}

interface Who {
  readonly person: string | null;
  readonly site: string | null;
}

function whoAndWhere(line: Line, { book, columns, site }: Reading & { readonly book: Book }): Who {
  const words = columns.includes('person') ? line.text('person') : `${line.text('first_name')} ${line.text('last_name')}`.trim();
  const field = columns.includes('person') ? 'person' : 'last_name';
  const person = words ? line.take(field, book.person(words)) : line.refuse(field, 'Nobody is named here: say whose hours these are.');
  if (!columns.includes('site') || (line.text('site') === '' && site !== null)) return { person, site };
  const place = line.text('site');
  return { person, site: place ? line.take('site', book.site(place)) : line.refuse('site', 'No site is named here: say where this was.') };
}

function punch(line: Line, { person, site }: Who, book: Book): PunchRow | null {
  const words = line.text('kind');
  const kind =
    kindCalled(words) ??
    line.refuse('kind', `"${shown(words)}" is neither in nor out nor a break. Write in, out, break, break start or break end.`);
  const written = writtenPunch(line);
  if (!written || person === null || site === null) return null;
  const at = line.take(line.text('instant') ? 'instant' : 'time', book.clockOf(site).instantOf(written));
  return kind === null || at === null ? null : { line: line.number, person, site, kind, at };
}

function writtenPunch(line: Line): WrittenInstant | null {
  const both = line.text('instant');
  if (both) return line.take('instant', readInstant(both));
  if (!line.text('day') && !line.text('time')) return line.refuse('instant', 'There is no time here: give day and time of the punch.');
  const day = line.take('day', readDay(line.text('day')));
  const clock = line.take('time', readClock(line.text('time')));
  return day && clock !== null ? { ...day, clock, offset: null } : null;
}

function shift(line: Line, { person, site }: Who, book: Book): ShiftRow | null {
  const day = line.text('day') ? line.take('day', readDay(line.text('day'))) : null;
  if (line.problems.length || person === null || site === null) return null;
  if (!line.time('check_in')) return line.refuse('check_in', 'There are times without a check-in: give the time of the check-in.');
  const clock = book.clockOf(site);
  const checkIn = timeOf(line, 'check_in', { day, notBefore: null, clock });
  if (!checkIn) return null;
  const checkOut = timeOf(line, 'check_out', { day, notBefore: checkIn, clock });
  const breakStart = timeOf(line, 'break_start', { day, notBefore: checkIn, clock });
  const breakEnd = timeOf(line, 'break_end', { day, notBefore: breakStart ?? checkIn, clock });
  return {
    line: line.number,
    person,
    site,
    kind: 'shift',
    workDate: day && isoDay(day),
    at: checkIn.at,
    checkOut: checkOut?.at ?? null,
    breakStart: breakStart?.at ?? null,
    breakEnd: breakEnd?.at ?? null,
  };
}

/** A time with the day and the clock on which it stands: what comes after it and is earlier on the clock is of the next day. */
interface Placed {
  readonly at: number;
  readonly day: WrittenDay;
  readonly clock: number;
}

interface Where {
  readonly day: WrittenDay | null;
  readonly notBefore: Placed | null;
  readonly clock: SiteClock;
}

function timeOf(line: Line, field: ColumnField, { day, notBefore, clock }: Where): Placed | null {
  const text = line.time(field);
  if (!text) return null;
  const written = isInstantText(text)
    ? line.take(field, readInstant(text))
    : onTheDay(line, field, { day: notBefore?.day ?? day, notBefore });
  if (!written) return null;
  const at = line.take(field, clock.instantOf(written));
  if (at === null) return null;
  return { at, day: { year: written.year, month: written.month, day: written.day }, clock: written.clock };
}

function onTheDay(line: Line, field: ColumnField, { day, notBefore }: Pick<Where, 'day' | 'notBefore'>): WrittenInstant | null {
  const clock = line.take(field, readClock(line.time(field)));
  if (clock === null) return null;
  if (!day)
    return line.refuse(
      field,
      `"${shown(line.time(field))}" has no day: choose the column of the day ("${FIELD_LABELS.day}"), or write day and time.`,
    );
  const crosses = notBefore !== null && clock < notBefore.clock;
  return { ...(crosses ? nextDay(day) : day), clock, offset: null };
}
