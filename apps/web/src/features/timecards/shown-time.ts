import { dayShift } from '@countersign/domain/record/value-format.rules';
import { clockOf, zoneNames } from '@countersign/domain/wall-clock.rules';
import type { TimecardView } from '../../api/views.ts';

/** An instant as it is shown and typed on its work date: `06:30 +1` on the morning after; nothing for none. */
export function showTime(instant: string | null, workDate: string, timeZone: string): string {
  if (instant === null) return '';
  const { day, hour, minute } = clockOf(instant, timeZone);
  return `${hour}:${minute}${dayShift(workDate, day)}`;
}

/** What people call the clock that a card's times are shown by: on its own days, and not on that on which it is read. */
export function namesOfClock({ periodStart, periodEnd, checkInTime, checkOutTime, entries }: TimecardView, timeZone: string): string {
  const times = [checkInTime, checkOutTime, ...entries.flatMap(({ dailyCheckIn, dailyCheckOut }) => [dailyCheckIn, dailyCheckOut])];
  const recorded = times.filter((time) => time !== null);
  return zoneNames(timeZone, recorded.length ? recorded : [`${periodStart}T12:00:00Z`, `${periodEnd}T12:00:00Z`]);
}
