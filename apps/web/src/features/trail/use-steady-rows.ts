import type { Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { FeedItem } from './feed-items.ts';
import type { FeedSession } from './feed-session.ts';

/** A visible row, and where in the list it begins. */
interface Held {
  readonly key: string;
  readonly start: number;
}

interface Rows {
  readonly virtual: Virtualizer<HTMLElement, HTMLLIElement>;
  readonly items: readonly FeedItem[];
  readonly session: FeedSession;
  readonly scroller: RefObject<HTMLElement | null>;
}

/**
 * While the list holds still, rows that come or go above leave those where they are that somebody reads. Not the
 * virtualizer's own anchor, since that may take hold of a heading, which belongs to whatever stands below it.
 */
export function useSteadyRows({ virtual, items, session, scroller }: Rows): void {
  const held = useRef<readonly Held[]>([]);
  const known = useRef(items);
  useLayoutEffect(() => {
    const changed = known.current !== items;
    known.current = items;
    if (changed && session.store.get().feed?.still)
      scroller.current?.scrollBy({ top: movedBy(held.current, virtual, items), behavior: 'instant' });
    held.current = visibleIn(virtual, items);
  });
}

/** Pixels by which the first of the rows that are still there has moved down. */
function movedBy(held: readonly Held[], virtual: Virtualizer<HTMLElement, HTMLLIElement>, items: readonly FeedItem[]): number {
  // What was measured while these rows were drawn counts already.
  virtual.getTotalSize();
  const indexes = new Map(items.map(({ key }, index) => [key, index]));
  for (const { key, start } of held) {
    const index = indexes.get(key);
    const now = index === undefined ? undefined : virtual.measurementsCache[index]?.start;
    if (now !== undefined) return now - start;
  }
  return 0;
}

function visibleIn(virtual: Virtualizer<HTMLElement, HTMLLIElement>, items: readonly FeedItem[]): Held[] {
  const edge = virtual.scrollOffset ?? 0;
  return virtual.getVirtualItems().flatMap(({ index, start, end }) => {
    const item = items[index];
    return item && end > edge && item.kind !== 'day' && item.kind !== 'stopped' ? [{ key: item.key, start }] : [];
  });
}
