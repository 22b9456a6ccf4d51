import { Temporal } from 'temporal-polyfill';
import { dayShift } from '@countersign/domain/record/value-format.rules';
import { showTime } from './shown-time.ts';

/** A time as somebody typed it: minutes since midnight, and the days after the work date where they said so. */
export type Typed =
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'time'; readonly minutes: number; readonly days: number | null };

const TIME = /^(\d{1,2})(?:[:.,h ]?(\d{2}))?\s*(a|p|am|pm|a\.m\.|p\.m\.)?\s*(?:([+−-])\s*(\d))?$/i;

/** Reads `8`, `08:00`, `8.30`, `8,30`, `0830`, `4:30pm`, `4:30 p.m.` and `06:30 +1`. */
export function readTyped(text: string): Typed {
  // Full-width digits are digits.
  const plain = text.normalize('NFKC').trim();
  if (plain === '') return { kind: 'none' };
  const match = TIME.exec(plain);
  if (!match) return { kind: 'unreadable' };
  const [, hourText = '', minuteText = '0', half, sign, days] = match;
  const hour = hourIn(Number(hourText), half);
  const minute = Number(minuteText);
  if (hour === null || hour > 24 || minute > 59 || (hour === 24 && minute > 0)) return { kind: 'unreadable' };
  // "24:00" is how people write the end of a day.
  const beyond = hour === 24 ? 1 : 0;
  const said = days === undefined ? null : Number(days) * (sign === '+' ? 1 : -1);
  return { kind: 'time', minutes: (hour % 24) * 60 + minute, days: said === null ? beyond || null : said + beyond };
}

function hourIn(hour: number, half: string | undefined): number | null {
  if (!half) return hour;
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0);
}

/** What a typed time means on a day in a zone. */
export interface Meant {
  readonly instant: string | null;
  /** The same in the form in which times are shown; the text itself where it could not be read. */
  readonly text: string;
  readonly problem: string | null;
  /** The hour that happens twice when summer time ends: the offsets of both, the earlier one first. */
  readonly twice: readonly [string, string] | null;
}

/** One typed time of a shift; `later` chooses the second of two that have the same wall clock. */
export interface TypedTime {
  readonly text: string;
  readonly later: boolean;
}

/**
 * What the times of one shift mean. The first of them stands on the work date; a later one with an earlier wall clock
 * is on the next day, unless somebody says otherwise.
 */
export function meantBy(times: readonly TypedTime[], workDate: string, timeZone: string): Meant[] {
  const read = times.map(({ text }) => readTyped(text));
  // Where the beginning of the shift can't be read nothing is known about what comes before or after it.
  const beginning = read.find((typed) => typed.kind !== 'none');
  const first = beginning?.kind === 'time' ? beginning : undefined;
  return times.map((time, index) => {
    const typed = read[index] ?? { kind: 'none' };
    if (typed.kind === 'none') return { instant: null, text: '', problem: null, twice: null };
    if (typed.kind === 'unreadable')
      return { instant: null, text: time.text, problem: 'Type a time such as 08:30, or 06:30 +1 for the next day.', twice: null };
    const beforeFirst = first !== undefined && typed !== first && typed.minutes < first.minutes;
    const days = typed.days ?? (beforeFirst ? Math.max(0, first.days ?? 0) + 1 : 0);
    return onDay({ workDate, days, minutes: typed.minutes, timeZone, later: time.later });
  });
}

interface Wanted {
  readonly workDate: string;
  readonly days: number;
  readonly minutes: number;
  readonly timeZone: string;
  readonly later: boolean;
}

function onDay({ workDate, days, minutes, timeZone, later }: Wanted): Meant {
  const wall = Temporal.PlainDate.from(workDate)
    .add({ days })
    .toPlainDateTime({ hour: Math.floor(minutes / 60), minute: minutes % 60 });
  const [one, other] = [
    wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' }),
    wall.toZonedDateTime(timeZone, { disambiguation: 'later' }),
  ];
  const text = `${String(wall.hour).padStart(2, '0')}:${String(wall.minute).padStart(2, '0')}${dayShift(workDate, wall.toPlainDate().toString())}`;
  if (one.epochMilliseconds === other.epochMilliseconds) return { instant: one.toInstant().toString(), text, problem: null, twice: null };
  if (!one.toPlainDateTime().equals(wall))
    return {
      instant: null,
      text,
      problem: `The clocks go forward then: there is no ${wall.toPlainTime().toString({ smallestUnit: 'minute' })} on this day in ${timeZone}.`,
      twice: null,
    };
  return { instant: (later ? other : one).toInstant().toString(), text, problem: null, twice: [`UTC${one.offset}`, `UTC${other.offset}`] };
}

/** Whether an instant is the second one with its wall clock, so that its text alone would mean the first. */
export function isLater(instant: string | null, workDate: string, timeZone: string): boolean {
  if (instant === null) return false;
  const [meant] = meantBy([{ text: showTime(instant, workDate, timeZone), later: true }], workDate, timeZone);
  return meant?.twice != null && meant.instant !== null && Date.parse(meant.instant) <= Date.parse(instant);
}
