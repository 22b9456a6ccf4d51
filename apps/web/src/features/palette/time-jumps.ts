import { dayText } from '@countersign/domain/wall-clock.rules';
import { Temporal } from 'temporal-polyfill';
import { readTyped } from '../timecards/typed-times.ts';

/** A stretch of the log by when it was recorded. */
export interface TimeJump {
  /** How it is typed in full: the same text means the same again, on another day another stretch. */
  readonly text: string;
  readonly label: string;
  /** Instants, both inclusive. Without an end it goes on up to now, and live. */
  readonly from: string;
  readonly to: string | undefined;
}

interface Moment {
  /** Milliseconds. */
  readonly now: number;
  readonly timeZone: string;
}

interface Days {
  readonly text: string;
  readonly name?: string;
  readonly first: Temporal.PlainDate;
  /** Included. */
  readonly last: Temporal.PlainDate;
}

/** More than these nobody reads. */
const MOST = 4;

/** Reads `yesterday`, `monday`, `last week`, `3 nov`, `2026-11-03` and `yesterday 14:00`, also while they are being typed. Nothing that is still to come. */
export function timeJumps(text: string, { now, timeZone }: Moment): TimeJump[] {
  const typed = text.trim().toLowerCase().replace(/\s+/g, ' ');
  if (!typed) return [];
  const here = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const today = here.toPlainDate();
  const days = [...namedDays(typed, today), ...datesIn(typed, today)].map((one) => wholeDays(one, here));
  return [...days, ...hoursIn(typed, here)].filter((jump) => jump !== null).slice(0, MOST);
}

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];

/** Days and weeks that have a name today, as far as it has been typed. */
function namedDays(typed: string, today: Temporal.PlainDate): Days[] {
  const monday = today.subtract({ days: today.dayOfWeek - 1 });
  const first = today.with({ day: 1 });
  const one = (text: string, day: Temporal.PlainDate): Days => ({ text, name: text, first: day, last: day });
  const span = (text: string, begin: Temporal.PlainDate, end: Temporal.PlainDate): Days => ({ text, name: text, first: begin, last: end });
  return [
    one('today', today),
    one('yesterday', today.subtract({ days: 1 })),
    span('this week', monday, monday.add({ days: 6 })),
    span('last week', monday.subtract({ days: 7 }), monday.subtract({ days: 1 })),
    span('this month', first, first.add({ months: 1 }).subtract({ days: 1 })),
    span('last month', first.subtract({ months: 1 }), first.subtract({ days: 1 })),
    // The latest such day: today's own name means today.
    ...WEEKDAYS.map((text, index): Days => {
      const day = today.subtract({ days: (today.dayOfWeek - (index + 1) + 7) % 7 });
      return { text, first: day, last: day };
    }),
  ].filter(({ text }) => text.startsWith(typed));
}

/** A date as people write it; without a year the latest that there was. */
function datesIn(typed: string, today: Temporal.PlainDate): Days[] {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
  if (iso) return dated({ year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) }, today);
  const dotted = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})?$/.exec(typed);
  if (dotted) return dated({ year: dotted[3], month: Number(dotted[2]), day: Number(dotted[1]) }, today);
  const [, dayFirst, monthAfter, monthFirst, dayAfter, year] =
    /^(?:(\d{1,2})(?:st|nd|rd|th|\.)? ?([a-z]+)|([a-z]+) (\d{1,2})(?:st|nd|rd|th)?),?(?: (\d{4}))?$/.exec(typed) ?? [];
  const begun = monthAfter ?? monthFirst;
  if (!begun) return [];
  return MONTHS.flatMap((name, index) =>
    name.startsWith(begun) ? dated({ year, month: index + 1, day: Number(dayFirst ?? dayAfter) }, today) : [],
  );
}

/** Years back in which a day is sought that was typed without one: 29 February may be eight years ago. */
const YEARS = 8;

function dated({ year, month, day }: { year: string | number | undefined; month: number; day: number }, today: Temporal.PlainDate): Days[] {
  const years = year === undefined ? Array.from({ length: YEARS + 1 }, (_, back) => today.year - back) : [Number(year)];
  for (const one of years) {
    const date = dateOf({ year: one, month, day });
    if (date && Temporal.PlainDate.compare(date, today) <= 0) return [{ text: date.toString(), first: date, last: date }];
  }
  return [];
}

function dateOf(parts: { year: number; month: number; day: number }): Temporal.PlainDate | null {
  try {
    return Temporal.PlainDate.from(parts, { overflow: 'reject' });
  } catch {
    return null; // 31 February
  }
}

/** From the first moment of the first day to the last of the last one. */
function wholeDays({ text, name, first, last }: Days, here: Temporal.ZonedDateTime): TimeJump | null {
  const from = first.toZonedDateTime(here.timeZoneId).toInstant();
  const end = last.add({ days: 1 }).toZonedDateTime(here.timeZoneId).toInstant();
  return stretch({ text, label: daysLabel({ text, name, first, last }), from, end }, here);
}

function daysLabel({ name, first, last }: Days): string {
  const days = first.equals(last)
    ? dayText(first.toString(), name ? 'weekday' : 'long')
    : `${dayText(first.toString(), 'short')} – ${dayText(last.toString(), 'short')}`;
  return name ? `${capital(name)}, ${days}` : days;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** A day and a time, or a time alone: the hour that begins then. */
function hoursIn(typed: string, here: Temporal.ZonedDateTime): (TimeJump | null)[] {
  const today = here.toPlainDate();
  const alone = timeIn(typed);
  if (alone) {
    const day =
      Temporal.PlainDateTime.compare(today.toPlainDateTime(alone), here.toPlainDateTime()) > 0 ? today.subtract({ days: 1 }) : today;
    return [hour({ text: day.equals(today) ? 'today' : 'yesterday', first: day, last: day }, alone, here)];
  }
  // The time is what stands behind some space, wherever the day ends.
  return [...typed.matchAll(/ /g)].flatMap(({ index }) => {
    const time = timeIn(typed.slice(index + 1));
    if (!time) return [];
    const day = typed.slice(0, index);
    return [...namedDays(day, today).filter(({ first, last }) => first.equals(last)), ...datesIn(day, today)].map((one) =>
      hour(one, time, here),
    );
  });
}

/** A time with minutes or a half of the day: `14` alone is the day of a month rather. */
function timeIn(text: string): Temporal.PlainTime | null {
  const typed = readTyped(text);
  if (typed.kind !== 'time' || typed.days !== null || !/[:.h]\d|[ap]/.test(text)) return null;
  return new Temporal.PlainTime(Math.floor(typed.minutes / 60), typed.minutes % 60);
}

/** On the night when clocks go back an hour happens twice: then both; when they go forward, the one after the gap. */
function hour({ text, name, first }: Days, time: Temporal.PlainTime, here: Temporal.ZonedDateTime): TimeJump | null {
  const wall = first.toPlainDateTime(time);
  const begin = wall.toZonedDateTime(here.timeZoneId, { disambiguation: 'compatible' });
  const end = wall.add({ hours: 1 }).toZonedDateTime(here.timeZoneId, { disambiguation: 'later' });
  const ends = Temporal.ZonedDateTime.compare(end, begin.add({ hours: 1 })) < 0 ? begin.add({ hours: 1 }) : end;
  const clock = (at: Temporal.ZonedDateTime) => at.toPlainTime().toString({ smallestUnit: 'minute' });
  const label = `${daysLabel({ text, ...(name && { name }), first, last: first })}, ${clock(begin)}–${clock(ends)}`;
  return stretch(
    { text: `${text} ${time.toString({ smallestUnit: 'minute' })}`, label, from: begin.toInstant(), end: ends.toInstant() },
    here,
  );
}

interface Bounds {
  readonly text: string;
  readonly label: string;
  readonly from: Temporal.Instant;
  /** Not included. */
  readonly end: Temporal.Instant;
}

/** Nothing is recorded in advance; and what hasn't ended yet goes on live. */
function stretch({ text, label, from, end }: Bounds, here: Temporal.ZonedDateTime): TimeJump | null {
  const now = here.toInstant();
  if (Temporal.Instant.compare(from, now) > 0) return null;
  const isOver = Temporal.Instant.compare(end, now) <= 0;
  // Both ends are inclusive: a microsecond is the finest that the log keeps.
  return { text, label, from: from.toString(), to: isOver ? end.subtract({ microseconds: 1 }).toString() : undefined };
}
