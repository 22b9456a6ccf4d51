import type { Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import { type Density, densityPreference, foldingPreference } from '../../ui/preferences.ts';
import type { FeedItem } from '../trail/feed-items.ts';

interface View {
  readonly items: readonly FeedItem[];
  readonly list: RefObject<Virtualizer<HTMLElement, HTMLLIElement> | null>;
  readonly density: Density;
  readonly folding: boolean;
}

/** Rows that stand closer, or fold, or no longer do: the one at the upper edge stays there. */
export function useSteadyView({ items, list, density, folding }: View): void {
  const latest = useRef(items);
  const first = useRef<string | null>(null);
  useEffect(() => {
    const remember = () => {
      const offset = list.current?.scrollOffset ?? 0;
      const row = offset > 0 ? list.current?.getVirtualItemForOffset(offset) : undefined;
      const item = row && latest.current[row.index];
      first.current = item ? (changeIdsIn(item)[0] ?? null) : null;
    };
    const stops = [densityPreference.subscribe(remember), foldingPreference.subscribe(remember)];
    return () => stops.forEach((stop) => stop());
  }, [list]);
  const looks = useRef({ density, folding });
  useLayoutEffect(() => {
    latest.current = items;
    const before = looks.current;
    looks.current = { density, folding };
    if (before.density === density && before.folding === folding) return;
    list.current?.measure();
    const index = first.current === null ? -1 : items.findIndex((item) => changeIdsIn(item).includes(first.current ?? ''));
    if (index >= 0) list.current?.scrollToIndex(index, { align: 'start' });
  }, [items, list, density, folding]);
}

function changeIdsIn(item: FeedItem): string[] {
  if (item.kind === 'set') return [item.set.changeId];
  if (item.kind === 'event') return [item.event.changeId];
  return item.kind === 'run' ? item.earlier.map(({ changeId }) => changeId) : [];
}
