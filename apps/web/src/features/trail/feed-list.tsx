import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { dayText, daysBetween } from '@countersign/domain/wall-clock.rules';
import type { Density } from '../../ui/preferences.ts';
import { useStore } from '../../ui/store.ts';
import { type ChangeSet, reasonsIn } from './change-sets.ts';
import { effectOf } from '@countersign/domain/record/effect.rules';
import type { FeedItem } from './feed-items.ts';
import type { FeedSession } from './feed-session.ts';
import { useSteadyRows } from './use-steady-rows.ts';

interface Props {
  readonly label: string;
  readonly items: readonly FeedItem[];
  readonly session: FeedSession;
  /** What scrolls: the list itself is only as high as its rows. */
  readonly scroller: RefObject<HTMLElement | null>;
  readonly today: string;
  readonly renderItem: (item: Extract<FeedItem, { kind: 'set' | 'event' | 'run' }>) => ReactNode;
  readonly density?: Density;
  /** Pixels at the top that a sticky head covers. */
  readonly cover?: number;
  /** Above the first row. */
  readonly head?: ReactNode;
  /** Below the last row. */
  readonly foot: ReactNode;
  readonly onList?: (list: Virtualizer<HTMLElement, HTMLLIElement>) => void;
}

interface Ends {
  readonly virtual: Virtualizer<HTMLElement, HTMLLIElement>;
  /** Of all rows. */
  readonly count: number;
  readonly session: FeedSession;
  readonly scroller: RefObject<HTMLElement | null>;
}

/** Pixels from the top beyond which somebody has begun to read. */
const AWAY = 16;
/** Rows from either end at which older ones, or in a look back newer ones, are fetched. */
const AHEAD = 15;

/** Rows beyond the visible ones: many where somebody scrolls, few where rows come in and push each other out. */
const BESIDE_STILL = 6;
const BESIDE_MOVING = 2;

/** Pixels, before a row has been measured. */
const ESTIMATES: Readonly<Record<Density, Readonly<Record<FeedItem['kind'] | 'line', number>>>> = {
  comfortable: { set: 68, line: 24, event: 60, run: 34, day: 33, stopped: 30 },
  compact: { set: 33, line: 0, event: 56, run: 30, day: 33, stopped: 30 },
};

function estimateOf(item: FeedItem | undefined, density: Density): number {
  const heights = ESTIMATES[density];
  return item?.kind === 'set' ? heights.set + heights.line * linesBelow(item.set) : heights[item?.kind ?? 'set'];
}

/** What a card says below its changes: what they brought about, and why. */
function linesBelow(set: ChangeSet): number {
  const counted = lines.get(set) ?? reasonsIn(set).length + (set.events.some(({ effect }) => effectOf(effect).steps.length > 0) ? 1 : 0);
  lines.set(set, counted);
  return counted;
}

/** Thousands of sets are laid out anew for each that comes in: a set's lines are counted once. */
const lines = new WeakMap<ChangeSet, number>();

/** Where lists were scrolled to, for those who come back to them. */
const places = new WeakMap<
  FeedSession,
  { offset: number; measured: ReturnType<Virtualizer<HTMLElement, HTMLLIElement>['takeSnapshot']> }
>();

/**
 * A list of which only the visible rows exist. Scrolling away from the top holds it still, being back there lets it
 * go on: rows never move under somebody's eyes.
 */
export function FeedList(props: Props) {
  const { label, items, session, scroller, today, renderItem, head, foot, onList, cover = 0, density = 'comfortable' } = props;
  const list = useRef<HTMLUListElement>(null);
  const margin = useOffsetIn(scroller, list);
  const place = useState(() => places.get(session))[0];
  const virtual = useVirtualizer<HTMLElement, HTMLLIElement>({
    count: items.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => items[index]?.key ?? index,
    estimateSize: (index) => estimateOf(items[index], density),
    overscan: session.store.get().feed?.still ? BESIDE_STILL : BESIDE_MOVING,
    scrollMargin: margin,
    ...(place && { initialOffset: place.offset, initialMeasurementsCache: place.measured }),
  });
  useHoldingStill(scroller, session, Math.max(0, margin - cover));
  useEffect(() => onList?.(virtual), [onList, virtual]);
  const rows = virtual.getVirtualItems();
  useSteadyRows({ virtual, items, session, scroller });
  useMoreAtEnds({ virtual, count: items.length, session, scroller });
  useEffect(
    () => () => void places.set(session, { offset: virtual.scrollOffset ?? 0, measured: virtual.takeSnapshot() }),
    [session, virtual],
  );
  return (
    <>
      {head}
      <ul ref={list} aria-label={label} className="relative [overflow-anchor:none]" style={{ height: virtual.getTotalSize() }}>
        {rows.map(({ index, key, start }) => {
          const item = items[index];
          return (
            item && (
              <li
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                aria-setsize={items.length}
                aria-posinset={index + 1}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start - margin}px)` }}
              >
                {item.kind === 'day' ? (
                  <DayHeading day={item.day} today={today} />
                ) : item.kind === 'stopped' ? (
                  <Stopped />
                ) : (
                  renderItem(item)
                )}
              </li>
            )
          );
        })}
      </ul>
      {foot}
    </>
  );
}

/** Fetches what is older near the end, and near the beginning of a look back what is newer. */
function useMoreAtEnds({ virtual, count, session, scroller }: Ends): void {
  const rows = virtual.getVirtualItems();
  const upwards = useUpwards(scroller);
  const [start, end] = [rows[0]?.index ?? 0, rows.at(-1)?.index ?? 0];
  const { loadingNewer, newerProblem } = useStore(session.store);
  useEffect(() => {
    // Only for somebody on their way there: a look back begins where it was asked for.
    if (upwards && start <= AHEAD && !loadingNewer && !newerProblem) void session.loadNewer();
  }, [upwards, start, count, session, loadingNewer, newerProblem]);
  useEffect(() => {
    if (count && end >= count - AHEAD) void session.loadOlder();
  }, [end, count, session]);
}

/**
 * Whether somebody last scrolled up: at rest, too, since whoever came to the upper end waits there for what is newer.
 * Not by the virtualizer's own direction: on a busy machine a jump can pass by it without one.
 */
function useUpwards(scroller: RefObject<HTMLElement | null>): boolean {
  const [upwards, setUpwards] = useState(false);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let before = element.scrollTop;
    const scrolled = () => {
      if (element.scrollTop !== before) setUpwards(element.scrollTop < before);
      before = element.scrollTop;
    };
    element.addEventListener('scroll', scrolled, { passive: true });
    return () => element.removeEventListener('scroll', scrolled);
  }, [scroller]);
  return upwards;
}

/** How far below the beginning of what scrolls the list begins. */
function useOffsetIn(scroller: RefObject<HTMLElement | null>, list: RefObject<HTMLElement | null>): number {
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const measure = () => {
      if (!scroller.current || !list.current) return;
      const top = list.current.getBoundingClientRect().top - scroller.current.getBoundingClientRect().top + scroller.current.scrollTop;
      setOffset(Math.round(top));
    };
    measure();
    const observer = new ResizeObserver(measure);
    if (scroller.current) observer.observe(scroller.current);
    for (const child of scroller.current?.children ?? []) observer.observe(child);
    return () => observer.disconnect();
  }, [scroller, list]);
  return offset;
}

function useHoldingStill(scroller: RefObject<HTMLElement | null>, session: FeedSession, top: number): void {
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const scrolled = () => {
      const away = element.scrollTop > top + AWAY;
      const still = session.store.get().feed?.still;
      if (away && !still) session.pause('scrolled');
      else if (away && still === 'reading') session.pause('scrolled');
      else if (!away && still === 'scrolled') session.resume();
    };
    element.addEventListener('scroll', scrolled, { passive: true });
    return () => element.removeEventListener('scroll', scrolled);
  }, [scroller, session, top]);
}

function DayHeading({ day, today }: { readonly day: string; readonly today: string }) {
  const long = dayText(day, 'long');
  return (
    <h2 className="border-b border-line bg-well px-5 py-1.5 text-xs font-[560] tracking-normal text-ink-2">
      {daysBetween(day, today) === 1 ? `Yesterday, ${long}` : long}
    </h2>
  );
}

const Stopped = () => (
  <div className="flex items-center gap-3 border-b border-line px-5 py-1.5 text-xs font-[560] text-accent before:flex-1 before:border-t before:border-dashed before:border-accent/50 after:flex-1 after:border-t after:border-dashed after:border-accent/50">
    you stopped reading here
  </div>
);
