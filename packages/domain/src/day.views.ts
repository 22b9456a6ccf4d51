import { z } from 'zod';

/** A day, `2026-11-03`. */
export const day = z.iso
  .date('A day is needed, such as 2026-11-03.')
  .refine((text) => !text.startsWith('0000'), 'must be a day of the years 1 to 9999');

/** An instant with its offset, `2026-11-03T08:00:00+01:00`; answers give UTC. */
export const instant = z.iso
  .datetime({ offset: true, error: 'An instant with its offset is needed, such as 2026-11-03T08:00:00+01:00.' })
  .refine(hasItsYear, 'must be an instant of the years 1 to 9999 (UTC)')
  .refine(hasItsOffset, 'must have an offset between -15:59 and +15:59');

/** In UTC as well, as it is kept. What isn't an instant at all has been refused already. */
function hasItsYear(text: string): boolean {
  const year = new Date(text).getUTCFullYear();
  return Number.isNaN(year) || (year >= 1 && year <= 9999);
}

/** PostgreSQL takes no others; the earth needs -12:00 to +14:00. */
function hasItsOffset(text: string): boolean {
  const [, hours] = /[+-](\d\d):\d\d$/.exec(text) ?? [];
  return hours === undefined || Number(hours) <= 15;
}
