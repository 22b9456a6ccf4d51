import { useEffect, useRef, useState } from 'react';
import { FilterChip } from './filter-menu.tsx';
import { PAUSE } from './use-paused.ts';
import { useNow } from './use-now.ts';
import { useZones } from './zone-context.tsx';
import { clockOf, dayText } from '@countersign/domain/wall-clock.rules';

interface Range {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

interface Props extends Range {
  readonly label: string;
  readonly onChange: (range: Range) => void;
}

/** From a day to a day, both included; either may be left open. */
export function DateRangeFilter({ label, from, to, onChange }: Props) {
  const { mine } = useZones();
  const today = clockOf(useNow(60_000), mine).day;
  return (
    <FilterChip label={label} text={rangeText({ from, to })} onClear={() => onChange({ from: undefined, to: undefined })}>
      {(close) => (
        <div className="grid gap-3 p-4 text-sm">
          <div className="flex flex-wrap gap-1.5">
            {quickRanges(today).map(({ name, range }) => (
              <button
                key={name}
                type="button"
                onClick={() => (onChange(range), close())}
                className="h-7 rounded-md border border-line-strong px-2.5 text-ink-2 hover:bg-hover pointer-coarse:h-11"
              >
                {name}
              </button>
            ))}
          </div>
          <div className="grid grid-cols-2 gap-3">
            <DayInput label="From" value={from} max={to} onChange={(day) => onChange({ from: day, to })} />
            <DayInput label="To" value={to} min={from} onChange={(day) => onChange({ from, to: day })} />
          </div>
        </div>
      )}
    </FilterChip>
  );
}

interface DayInputProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  readonly onChange: (day: string | undefined) => void;
}

/** A year is typed digit by digit, and each is a date: only the one that somebody stops at is meant. */
function DayInput({ label, value = '', onChange, ...bounds }: DayInputProps) {
  const [typed, setTyped] = useState(value);
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => latest.current(typed || undefined), PAUSE);
    return () => clearTimeout(timer);
  }, [typed, value]);
  return (
    <label className="grid gap-1">
      <span className="text-xs text-ink-3">{label}</span>
      <input
        type="date"
        value={typed}
        {...bounds}
        onChange={({ target }) => setTyped(target.value)}
        onBlur={() => typed !== value && onChange(typed || undefined)}
        className="num h-9 w-full min-w-0 rounded-md border border-edge bg-paper px-2 pointer-coarse:h-11"
      />
    </label>
  );
}

function rangeText({ from, to }: Range): string | null {
  if (from && to) return from === to ? dayText(from, 'medium') : `${dayText(from, 'short')} – ${dayText(to, 'medium')}`;
  if (from) return `since ${dayText(from, 'medium')}`;
  return to ? `until ${dayText(to, 'medium')}` : null;
}

const DAY = 86_400_000;
const shifted = (day: string, days: number) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);

function quickRanges(today: string): { name: string; range: Range }[] {
  const monday = shifted(today, -((new Date(today).getUTCDay() + 6) % 7));
  const firstOfMonth = `${today.slice(0, 8)}01`;
  return [
    { name: 'Today', range: { from: today, to: today } },
    { name: 'This week', range: { from: monday, to: shifted(monday, 6) } },
    { name: 'Last week', range: { from: shifted(monday, -7), to: shifted(monday, -1) } },
    { name: 'This month', range: { from: firstOfMonth, to: undefined } },
  ];
}
