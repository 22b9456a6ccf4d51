import { Temporal } from 'temporal-polyfill';

/** The day on which an instant falls in a zone, as YYYY-MM-DD. */
export function dayOf(instant: string, timeZone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** The first instant of a day in a zone, and the first one after it: 23, 24 or 25 hours apart. */
export function boundsOf(day: string, timeZone: string): { readonly start: string; readonly end: string } {
  const date = Temporal.PlainDate.from(day);
  const startOf = (plain: Temporal.PlainDate) => plain.toZonedDateTime(timeZone).toInstant().toString();
  return { start: startOf(date), end: startOf(date.add({ days: 1 })) };
}

/** Whether there is a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.Now.zonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}
