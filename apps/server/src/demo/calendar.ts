import { boundsOf, dayOf } from '@countersign/domain/day.rules';

const MINUTE = 60_000;
const DAY = 24 * 60;

/** The day so many days later, as YYYY-MM-DD. */
export const addDays = (day: string, days: number): string => new Date(Date.parse(day) + days * DAY * MINUTE).toISOString().slice(0, 10);

/** 1 is Monday, 7 is Sunday. */
export const weekdayOf = (day: string): number => ((new Date(day).getUTCDay() + 6) % 7) + 1;

export const mondayOf = (day: string): string => addDays(day, 1 - weekdayOf(day));

/** `Thursday`. */
export const weekdayName = (day: string): string =>
  ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'][weekdayOf(day) - 1] as string;

/** The hour by which every zone of the demo has changed to summer time or back, where it does on that day. In minutes. */
const CHANGED_BY = 3 * 60;

const bounds = new Map<string, { readonly start: number; readonly end: number }>();

function boundsAt(day: string, zone: string): { readonly start: number; readonly end: number } {
  const key = `${day} ${zone}`;
  const known = bounds.get(key);
  if (known) return known;
  const { start, end } = boundsOf(day, zone);
  const read = { start: Date.parse(start), end: Date.parse(end) };
  bounds.set(key, read);
  return read;
}

/** When a clock on the wall shows so many minutes after midnight of a day; beyond 24 hours it is the next day's clock. */
export function instantAt(day: string, minutes: number, zone: string): string {
  const days = Math.floor(minutes / DAY);
  const { start, end } = boundsAt(addDays(day, days), zone);
  const shown = minutes - days * DAY;
  // A day of 23 or 25 hours: what lies after the change is counted back from the day's end.
  return new Date(shown < CHANGED_BY ? start + shown * MINUTE : end - (DAY - shown) * MINUTE).toISOString();
}

/** So many minutes later, by the time that really passes. */
export const later = (instant: string, minutes: number): string => new Date(Date.parse(instant) + minutes * MINUTE).toISOString();

const clocks = new Map<string, Intl.DateTimeFormat>();

/** What a clock on the wall shows: `17:40`. */
export function clockTime(instant: string, zone: string): string {
  const clock =
    clocks.get(zone) ?? new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  clocks.set(zone, clock);
  return clock.format(new Date(instant));
}

/** The first working day, Monday to Friday, that is later than the day of an instant. */
export function nextWorkingDay(instant: string, zone: string): string {
  let day = addDays(dayOf(instant, zone), 1);
  while (weekdayOf(day) > 5) day = addDays(day, 1);
  return day;
}

/** The first Monday that is later than the day of an instant. */
export const nextMonday = (instant: string, zone: string): string => addDays(mondayOf(dayOf(instant, zone)), 7);
