import { clockOf, dayText } from '@countersign/domain/wall-clock.rules';

interface Stretch {
  readonly from?: string | undefined;
  /** Inclusive: its last microsecond is shown as the instant that follows. */
  readonly to?: string | undefined;
}

/** `3 Nov, 14:00 – 15:00`, `3 Nov – 5 Nov`, `since 3 Nov, 14:00`. Whole days are named by the day. */
export function stretchText({ from, to }: Stretch, timeZone: string): string {
  const begin = from === undefined ? null : clockOf(from, timeZone);
  // Rounded up: what ends at 14:59:59.999999 ends at three.
  const end = to === undefined ? null : clockOf(Math.ceil(Date.parse(to) / 1000 + 0.0005) * 1000, timeZone);
  const isMidnight = (clock: typeof begin) => clock === null || `${clock.hour}${clock.minute}${clock.second}` === '000000';
  if (isMidnight(begin) && isMidnight(end)) return daysText(begin?.day, end && dayBefore(end.day));
  const text = (clock: NonNullable<typeof begin>) => `${dayText(clock.day, 'short')}, ${clock.hour}:${clock.minute}`;
  if (begin === null) return end === null ? '' : `until ${text(end)}`;
  if (end === null) return `since ${text(begin)}`;
  return `${text(begin)} – ${begin.day === end.day ? `${end.hour}:${end.minute}` : text(end)}`;
}

function daysText(first: string | undefined, last: string | null): string {
  if (first === undefined) return last === null ? '' : `until ${dayText(last, 'medium')}`;
  if (last === null) return `since ${dayText(first, 'medium')}`;
  return first === last ? dayText(first, 'medium') : `${dayText(first, 'short')} – ${dayText(last, 'medium')}`;
}

const dayBefore = (day: string) => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
