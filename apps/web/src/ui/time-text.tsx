import type { PointerEvent } from 'react';
import { clockOf, dayText, zoneName } from '@countersign/domain/wall-clock.rules';
import { useZones } from './zone-context.tsx';

interface Props {
  readonly instant: string;
  readonly timeZone: string;
  /** `clock`: 14:02:11 · `minute`: 14:02 · `day`: Tue 4 Nov, 14:02 · `full`: 4 Nov 2026, 14:02:11 CET */
  readonly as: 'clock' | 'minute' | 'day' | 'full';
  readonly className?: string;
}

/** An instant in the zone that was chosen; pointing at it shows it in the others too. */
export function TimeText({ instant, timeZone, as, className }: Props) {
  const { mine } = useZones();
  // Told only to those who point at it: a list has thousands of times, and hardly anybody asks.
  const tell = ({ currentTarget }: PointerEvent<HTMLElement>) => {
    const zones = [...new Set([timeZone, mine, 'UTC'])];
    currentTarget.title = zones.map((zone) => timeIn(instant, zone, 'full')).join('\n');
  };
  return (
    <time dateTime={instant} onPointerEnter={tell} className={`whitespace-nowrap ${className ?? ''}`}>
      {timeIn(instant, timeZone, as)}
    </time>
  );
}

export function timeIn(instant: string, timeZone: string, as: Props['as']): string {
  const { day, hour, minute, second } = clockOf(instant, timeZone);
  switch (as) {
    case 'clock':
      return `${hour}:${minute}:${second}`;
    case 'minute':
      return `${hour}:${minute}`;
    case 'day':
      return `${dayText(day, 'weekday')}, ${hour}:${minute}`;
    case 'full':
      return `${dayText(day, 'medium')}, ${hour}:${minute}:${second} ${zoneName(timeZone, instant)}`;
    default:
      return as satisfies never;
  }
}
