/** A day as the calendar has it. */
export interface WrittenDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** An instant as somebody wrote it: a day, the milliseconds of its clock since midnight, and the offset where one is given. */
export interface WrittenInstant extends WrittenDay {
  readonly clock: number;
  /** Minutes east of UTC; null for the wall clock's time. */
  readonly offset: number | null;
}

/** What was read, or what is wrong with it. */
export type Read<Value> = { readonly value: Value } | { readonly wrong: string };

const wrong = (message: string) => ({ wrong: message });

const YEAR_FIRST = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/;
const DAY_FIRST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/;
const CLOCK = /^(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*([ap])?\.?(?:m\.?)?$/i;
const OFFSET = /\s*(?:(Z)|([+-])(\d{2}):?(\d{2}))$/i;

const FORMS_OF_DAY = 'Days are read as 2026-11-03 or, with the day first, as 03.11.2026 or 3/11/2026.';

export const isDayText = (text: string): boolean => YEAR_FIRST.test(text.trim()) || DAY_FIRST.test(text.trim());
export const isTimeText = (text: string): boolean => CLOCK.test(text.trim());
export const isInstantText = (text: string): boolean => {
  const parts = partsOf(text);
  return parts !== null && isDayText(parts.day) && CLOCK.test(parts.clock);
};

/** A day, year first as ISO writes it or day first; of two digits the year is one of this century. */
export function readDay(text: string): Read<WrittenDay> {
  const yearFirst = YEAR_FIRST.exec(text);
  if (yearFirst) return calendarDay(text, Number(yearFirst[1]), Number(yearFirst[3]), Number(yearFirst[4]));
  const dayFirst = DAY_FIRST.exec(text);
  if (!dayFirst) return wrong(`"${shown(text)}" is no day. ${FORMS_OF_DAY}`);
  const year = Number(dayFirst[4]);
  const [day, month] = [Number(dayFirst[1]), Number(dayFirst[3])];
  if (month > 12 && day <= 12)
    return wrong(`"${shown(text)}" has the month first: have the clock write the day first, or the year (2026-11-03).`);
  return calendarDay(text, year < 100 ? 2000 + year : year, month, day);
}

function calendarDay(text: string, year: number, month: number, day: number): Read<WrittenDay> {
  const lastOfMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > lastOfMonth) return wrong(`"${shown(text)}" is in no calendar. ${FORMS_OF_DAY}`);
  if (year < 1970 || year > 2199) return wrong(`"${shown(text)}" lies in the year ${year}: that can't be meant.`);
  return { value: { year, month, day } };
}

/** Milliseconds since midnight, from `8:00`, `08:00:30`, `20.15`, `8:15 pm`. */
export function readClock(text: string): Read<number> {
  const parts = CLOCK.exec(text);
  if (!parts) return wrong(`"${shown(text)}" is no time: it has to look like 08:30 or 08:30:00.`);
  const [, hours = '', minutes = '', seconds = '0', fraction = '', half] = parts;
  const hour = half ? (Number(hours) % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : Number(hours);
  const impossible =
    Number(minutes) > 59 || Number(seconds) > 59 || hour > 23 || (half !== undefined && (Number(hours) < 1 || Number(hours) > 12));
  if (impossible) return wrong(`"${shown(text)}" is on no clock: times go from 00:00 to 23:59.`);
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3));
  return { value: ((hour * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + milliseconds };
}

/** A day and a time in one cell, with an offset or without: `2026-11-03T08:00:00+01:00`, `03.11.2026 08:00`. */
export function readInstant(text: string): Read<WrittenInstant> {
  const parts = partsOf(text);
  if (!parts) return wrong(`"${shown(text)}" is no day with a time: it has to look like 2026-11-03 08:30 or 03.11.2026 08:30.`);
  const day = readDay(parts.day);
  if ('wrong' in day) return day;
  const clock = readClock(parts.clock);
  if ('wrong' in clock) return clock;
  if (parts.offset !== null && Math.abs(parts.offset) > 14 * 60) return wrong(`"${shown(text)}" has an offset that no place on earth has.`);
  return { value: { ...day.value, clock: clock.value, offset: parts.offset } };
}

interface Parts {
  readonly day: string;
  readonly clock: string;
  readonly offset: number | null;
}

function partsOf(text: string): Parts | null {
  const halves = /^(\S+?)(?:[T_]|,?\s+)(\d.*)$/i.exec(text.trim());
  if (!halves) return null;
  const [, day = '', rest = ''] = halves;
  const offset = OFFSET.exec(rest);
  if (!offset) return { day, clock: rest, offset: null };
  const [ending, utc, sign, hours, minutes] = offset;
  const value = utc ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  return { day, clock: rest.slice(0, -ending.length), offset: value };
}

/** What stands in a message: the beginning of a cell, whatever is in it. */
export const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
