import { type KeyboardEvent, memo, type PointerEvent, useId, useRef, useState } from 'react';
import type { OverviewView } from '../../api/views.ts';
import { clockOf, dayText } from '@countersign/domain/wall-clock.rules';
import { stretchOf } from './overview.ts';
import { stretchText } from './stretch-text.ts';
import type { Overview } from './use-overview.ts';

interface Props {
  readonly overview: Overview;
  readonly timeZone: string;
  readonly onRange: (range: { from: string | undefined; to: string | undefined }) => void;
}

type Bar = OverviewView['bars'][number];

/** Two bars and what lies between them: where it was begun, and where it is. */
interface Brush {
  readonly anchor: number;
  readonly at: number;
}

const within = (brush: Brush | null, index: number) =>
  brush !== null && index >= Math.min(brush.anchor, brush.at) && index <= Math.max(brush.anchor, brush.at);

/** When things were recorded, over all that the filter finds. Dragging over bars, or Shift and the arrow keys, choose a stretch of time. */
export const Histogram = memo(function Histogram({ overview: { data, problem, retry }, timeZone, onRange }: Props) {
  return (
    <div className="shrink-0 px-4 pt-2 sm:px-5 short:hidden">
      {problem ? (
        <p className="flex h-15 items-center gap-3 text-sm text-ink-2 sm:h-18">
          How many there are when could not be read.
          <button type="button" onClick={retry} className="rounded-md px-2 py-1 text-accent hover:bg-hover">
            Try again
          </button>
        </p>
      ) : data?.bars.length ? (
        <Bars bars={data.bars} timeZone={timeZone} onRange={onRange} />
      ) : (
        <div aria-hidden className="mb-4 h-11 border-b border-line-strong sm:h-14" />
      )}
    </div>
  );
});

/** How wide a bar gets where there are few. */
const WIDEST = 3;

function Bars({ bars, timeZone, onRange }: { readonly bars: readonly Bar[] } & Pick<Props, 'timeZone' | 'onRange'>) {
  const id = useId();
  const [brush, setBrush] = useState<Brush | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const chart = useRef<HTMLDivElement>(null);
  // A bar or two aren't a wall.
  const widest = `${bars.length * WIDEST}rem`;
  const highest = Math.max(1, ...bars.map(({ count }) => count));
  const choose = (chosen: Brush) => {
    setBrush(null);
    // All of it is what is shown already.
    if (Math.abs(chosen.at - chosen.anchor) < bars.length - 1) onRange(stretchOf(bars, chosen.anchor, chosen.at));
  };
  const pointer = usePointer({ chart, count: bars.length, brush, setBrush, setPointed, choose });
  const keys = (event: KeyboardEvent) => byKey(event, { brush, last: bars.length - 1, setBrush, choose });
  const named = brush ? textOf(bars, brush, timeZone) : pointed === null ? null : textOf(bars, { anchor: pointed, at: pointed }, timeZone);
  return (
    <div className="relative">
      <div className="border-b border-line-strong">
        <div
          ref={chart}
          style={{ maxWidth: widest }}
          role="listbox"
          tabIndex={0}
          aria-label="Events over time: Shift and arrows choose a stretch, Enter shows it"
          aria-orientation="horizontal"
          aria-multiselectable
          aria-activedescendant={brush ? `${id}-${brush.at}` : undefined}
          onKeyDown={keys}
          onFocus={({ currentTarget }) =>
            currentTarget.matches(':focus-visible') && setBrush({ anchor: bars.length - 1, at: bars.length - 1 })
          }
          onBlur={() => setBrush(null)}
          {...pointer}
          className="flex h-11 cursor-crosshair touch-pan-y items-stretch select-none sm:h-14"
        >
          {bars.map((bar, index) => (
            <BarShape
              key={bar.from}
              id={`${id}-${index}`}
              bar={bar}
              timeZone={timeZone}
              height={bar.count === 0 ? 0 : Math.max(5, Math.round((bar.count / highest) * 100))}
              chosen={within(brush, index)}
            />
          ))}
        </div>
      </div>
      <div style={{ maxWidth: widest }}>
        <Axis bars={bars} timeZone={timeZone} />
      </div>
      {named && (
        <p
          aria-hidden
          className="num pointer-events-none absolute right-0 top-0 rounded-md border border-line bg-sheet/95 px-2 py-0.5 text-xs text-ink-2 shadow-lift"
        >
          {named}
        </p>
      )}
    </div>
  );
}

interface ShapeProps {
  readonly id: string;
  readonly bar: Bar;
  readonly timeZone: string;
  /** Percent. */
  readonly height: number;
  readonly chosen: boolean;
}

const BarShape = memo(function BarShape({ id, bar, timeZone, height, chosen }: ShapeProps) {
  return (
    <div
      id={id}
      role="option"
      aria-selected={chosen}
      aria-label={textOf([bar], { anchor: 0, at: 0 }, timeZone)}
      className={`flex min-w-0 flex-1 items-end px-px hover:bg-hover ${chosen ? 'bg-accent-soft' : ''}`}
    >
      <div
        style={{ height: `${height}%` }}
        className={`w-full rounded-t-[2px] ${chosen ? 'bg-accent' : 'bg-[color-mix(in_oklab,var(--accent)_45%,var(--paper))]'}`}
      />
    </div>
  );
});

/** Where half a dozen of the bars begin. */
function Axis({ bars, timeZone }: { readonly bars: readonly Bar[]; readonly timeZone: string }) {
  const every = Math.max(1, Math.ceil(bars.length / 6));
  const ticks = bars.flatMap((bar, index) => (index % every === 0 && index + every / 2 <= bars.length ? [{ bar, index }] : []));
  return (
    <div aria-hidden className="num relative h-4 text-2xs text-ink-3">
      {ticks.map(({ bar, index }, tick) => (
        <span
          key={bar.from}
          style={{ left: `${(index / bars.length) * 100}%` }}
          className={`absolute top-0.5 whitespace-nowrap ${index > 0 ? 'max-sm:nth-[even]:hidden' : ''}`}
        >
          {tickText(bar, ticks[tick - 1]?.bar, timeZone)}
        </span>
      ))}
    </div>
  );
}

/** The day where it is another one than at the tick before, and the time where a bar is no day. */
function tickText(bar: Bar, before: Bar | undefined, timeZone: string): string {
  const { day, hour, minute } = clockOf(bar.from, timeZone);
  const date = dayText(day, 'short');
  if (Date.parse(bar.to) - Date.parse(bar.from) >= SHORTEST_DAY) return date;
  return before && clockOf(before.from, timeZone).day === day ? `${hour}:${minute}` : `${date}, ${hour}:${minute}`;
}

const SHORTEST_DAY = 23 * 3_600_000;

function textOf(bars: readonly Bar[], brush: Brush, timeZone: string): string {
  const [first, last] = [Math.min(brush.anchor, brush.at), Math.max(brush.anchor, brush.at)];
  const [begin, end] = [bars[first], bars[last]];
  if (!begin || !end) return '';
  const count = bars.slice(first, last + 1).reduce((sum, bar) => sum + bar.count, 0);
  const when = stretchText({ from: begin.from, to: new Date(Date.parse(end.to) - 1).toISOString() }, timeZone);
  return `${when}: ${count.toLocaleString('en')} ${count === 1 ? 'event' : 'events'}`;
}

interface PointerOptions {
  readonly chart: { readonly current: HTMLElement | null };
  readonly count: number;
  readonly brush: Brush | null;
  readonly setBrush: (brush: Brush | null) => void;
  readonly setPointed: (index: number | null) => void;
  readonly choose: (brush: Brush) => void;
}

function usePointer({ chart, count, brush, setBrush, setPointed, choose }: PointerOptions) {
  const dragging = useRef(false);
  const indexAt = ({ clientX }: PointerEvent) => {
    const { left, width } = (chart.current as HTMLElement).getBoundingClientRect();
    return Math.min(count - 1, Math.max(0, Math.floor(((clientX - left) / width) * count)));
  };
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.preventDefault();
      event.currentTarget.setPointerCapture(event.pointerId);
      dragging.current = true;
      setBrush({ anchor: indexAt(event), at: indexAt(event) });
    },
    onPointerMove: (event: PointerEvent) => {
      const at = indexAt(event);
      setPointed(at);
      if (dragging.current && brush && brush.at !== at) setBrush({ ...brush, at });
    },
    onPointerUp: () => {
      if (dragging.current && brush) choose(brush);
      dragging.current = false;
    },
    onPointerCancel: () => {
      dragging.current = false;
      setBrush(null);
    },
    onPointerLeave: () => setPointed(null),
  };
}

interface KeyOptions {
  readonly brush: Brush | null;
  readonly last: number;
  readonly setBrush: (brush: Brush | null) => void;
  readonly choose: (brush: Brush) => void;
}

function byKey(event: KeyboardEvent, { brush, last, setBrush, choose }: KeyOptions): void {
  const now = brush ?? { anchor: last, at: last };
  const go = (at: number) => {
    const there = Math.min(last, Math.max(0, at));
    setBrush({ anchor: event.shiftKey ? now.anchor : there, at: there });
  };
  const acts: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => go(now.at - 1),
    ArrowRight: () => go(now.at + 1),
    Home: () => go(0),
    End: () => go(last),
    Enter: () => choose(now),
    ' ': () => choose(now),
    Escape: () => setBrush(null),
  };
  const act = acts[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
}
