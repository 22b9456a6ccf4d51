import { dayShift } from '@countersign/domain/record/value-format.rules';
import { clockOf } from '@countersign/domain/wall-clock.rules';

/** An instant as it is shown and typed on its work date: `06:30 +1` on the morning after; nothing for none. */
export function showTime(instant: string | null, workDate: string, timeZone: string): string {
  if (instant === null) return '';
  const { day, hour, minute } = clockOf(instant, timeZone);
  return `${hour}:${minute}${dayShift(workDate, day)}`;
}
