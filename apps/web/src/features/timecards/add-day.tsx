import { dayFields } from '@countersign/domain/timecards/times.rules';
import type { TimecardView } from '../../api/views.ts';
import { dayText } from '@countersign/domain/wall-clock.rules';

interface Props {
  readonly card: TimecardView;
  readonly taken: readonly (string | null)[];
  readonly locked: ReadonlySet<string>;
  readonly onAdd: (day: string) => void;
}

const DAY = 86_400_000;

/** Days of the card's period on which nothing is recorded yet. */
export function AddDay({ card, taken, locked, onAdd }: Props) {
  // A day without a check-in is none: where that is locked, nothing can be added.
  const free = daysOf(card.periodStart, card.periodEnd).filter((day) => !taken.includes(day) && !locked.has(dayFields(day).checkIn));
  if (!free.length) return null;
  return (
    <select
      aria-label="Add a day"
      value=""
      onChange={({ target }) => target.value && onAdd(target.value)}
      className="mt-3 h-8 rounded-md border border-line-strong bg-sheet px-2 text-sm text-ink-2 pointer-coarse:h-11"
    >
      <option value="">Add a day …</option>
      {free.map((day) => (
        <option key={day} value={day}>
          {dayText(day, 'weekday')}
        </option>
      ))}
    </select>
  );
}

function daysOf(from: string, to: string): string[] {
  const count = Math.round((Date.parse(to) - Date.parse(from)) / DAY) + 1;
  return Array.from({ length: count }, (_, index) => new Date(Date.parse(from) + index * DAY).toISOString().slice(0, 10));
}
