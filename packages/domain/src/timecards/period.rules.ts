import { Temporal } from 'temporal-polyfill';

/** The days that a card covers, both included, as YYYY-MM-DD. */
export interface Period {
  readonly periodStart: string;
  readonly periodEnd: string;
}

/** Days of the longest period that one card may cover. */
export const LONGEST_PERIOD = 366;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A card of one day has its times on the card itself, any other on its days. */
export const isOneDay = (period: Period): boolean => period.periodStart === period.periodEnd;

export const covers = (period: Period, day: string): boolean => day >= period.periodStart && day <= period.periodEnd;

/** How many days a period has; 0 or less where it ends before it begins. */
export function lengthOf(period: Period): number {
  return Temporal.PlainDate.from(period.periodStart).until(period.periodEnd, { largestUnit: 'days' }).days + 1;
}

/** Each day of a period, as YYYY-MM-DD. */
export function daysOf(period: Period): string[] {
  const first = Temporal.PlainDate.from(period.periodStart);
  return Array.from({ length: lengthOf(period) }, (_, days) => first.add({ days }).toString());
}

/** `3 Nov 2026`. Spelled out rather than by `Intl`, since labels stand in the log for years. */
export function dayLabel(day: string): string {
  const { day: number, month, year } = Temporal.PlainDate.from(day);
  return `${number} ${MONTHS[month - 1]} ${year}`;
}

/** Names a card by its period: `3 Nov 2026`, `Week of 2 Nov 2026` from Monday to Sunday, else `2–8 Nov 2026`. */
export function periodLabel({ periodStart, periodEnd }: Period): string {
  if (periodStart === periodEnd) return dayLabel(periodEnd);
  const start = Temporal.PlainDate.from(periodStart);
  const end = Temporal.PlainDate.from(periodEnd);
  if (start.dayOfWeek === 1 && lengthOf({ periodStart, periodEnd }) === 7) return `Week of ${dayLabel(periodStart)}`;
  if (start.year !== end.year) return `${dayLabel(periodStart)} – ${dayLabel(periodEnd)}`;
  if (start.month !== end.month) return `${start.day} ${MONTHS[start.month - 1]} – ${dayLabel(periodEnd)}`;
  return `${start.day}–${dayLabel(periodEnd)}`;
}
