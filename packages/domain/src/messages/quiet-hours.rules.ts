import { Temporal } from 'temporal-polyfill';

/** From when until when somebody wants quiet, as times of day `22:00`; from the evening into the morning, or within a day. */
export interface QuietHours {
  readonly from: string;
  readonly until: string;
}

/** */
export const DEFAULT_QUIET_HOURS: QuietHours = { from: '22:00', until: '07:00' };

/**
 * when the quiet hours end in which an instant falls in somebody's zone; null where it falls in none. An end that
 * the change to summer time leaves out comes when the clock has passed it; of one that the change back repeats, the
 * first that is still to come counts.
 */
export function endOfQuiet(at: Date, { from, until }: QuietHours, timeZone: string): Date | null {
  const here = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
  const time = here.toPlainTime().toString({ smallestUnit: 'minute' });
  const overnight = from > until;
  const inside = overnight ? time >= from || time < until : time >= from && time < until;
  if (!inside) return null;
  const day = overnight && time >= from ? here.toPlainDate().add({ days: 1 }) : here.toPlainDate();
  const end = (disambiguation: 'compatible' | 'later') =>
    day.toPlainDateTime(Temporal.PlainTime.from(until)).toZonedDateTime(timeZone, { disambiguation }).epochMilliseconds;
  const first = end('compatible');
  return new Date(first > at.getTime() ? first : end('later'));
}
