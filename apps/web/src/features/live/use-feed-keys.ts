import { useNavigate } from '@tanstack/react-router';
import type { Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useShortcuts } from '../../ui/shortcuts.ts';
import type { FeedItem } from '../trail/feed-items.ts';
import type { FeedSession } from '../trail/feed-session.ts';

interface Keys {
  readonly items: readonly FeedItem[];
  readonly list: RefObject<Virtualizer<HTMLElement, HTMLLIElement> | null>;
  readonly session: FeedSession;
  readonly toggle: (changeId: string) => void;
  readonly toTop: () => void;
  readonly opened: number | null;
}

type SetItem = Extract<FeedItem, { kind: 'set' }>;

/** The list by keyboard: J and K walk through it, O opens, E unfolds, Space pauses, T goes back to the newest. */
export function useFeedKeys({ items, list, session, toggle, toTop, opened }: Keys): void {
  const navigate = useNavigate();
  const [wanted, setWanted] = useState<string | null>(null);
  const at = useRef<string | null>(null);
  const open = (item: SetItem, replace: boolean) =>
    void navigate({
      to: '/live/e/$position',
      params: { position: String(item.set.position) },
      search: (now) => now,
      replace,
      state: { fromFeed: true },
    });
  const walk = (step: 1 | -1) => {
    const found = nextSet(items, currentOf(at.current, opened, items), step);
    if (!found) return;
    session.pause('reading');
    at.current = found.item.key;
    list.current?.scrollToIndex(found.index, { align: 'auto' });
    setWanted(found.item.key);
    if (opened !== null) open(found.item, true);
  };
  const current = () => items.find((item): item is SetItem => item.kind === 'set' && item.key === currentOf(at.current, opened, items));
  useFocusOn(wanted, () => setWanted(null));
  useShortcuts({
    j: () => walk(1),
    k: () => walk(-1),
    o: () => {
      const item = current();
      if (item) open(item, opened !== null);
    },
    e: () => {
      const item = current();
      if (item) toggle(item.key);
    },
    ' ': () => (session.store.get().feed?.still ? session.resume() : session.pause('asked')),
    t: toTop,
  });
}

/** Where the keyboard is: at the focused row, else at the opened one, else where it last was. */
function currentOf(last: string | null, opened: number | null, items: readonly FeedItem[]): string | null {
  const focused = document.activeElement?.closest<HTMLElement>('[data-set]')?.dataset['set'];
  if (focused) return focused;
  const item =
    opened === null ? undefined : items.find((one) => one.kind === 'set' && one.set.events.some(({ position }) => position === opened));
  return item?.key ?? last;
}

function nextSet(items: readonly FeedItem[], from: string | null, step: 1 | -1): { item: SetItem; index: number } | null {
  const start = items.findIndex(({ key }) => key === from);
  for (let index = start < 0 ? 0 : start + step; index >= 0 && index < items.length; index += step) {
    const item = items[index];
    if (item?.kind === 'set') return { item, index };
  }
  return null;
}

/** Focuses a row once it exists: the list makes it only when it has scrolled there. */
function useFocusOn(key: string | null, done: () => void): void {
  const finished = useRef(done);
  useEffect(() => {
    finished.current = done;
  });
  useEffect(() => {
    if (key === null) return;
    let frame = 0;
    const look = (left: number) => {
      const link = document.querySelector<HTMLElement>(`[data-set="${CSS.escape(key)}"] [data-open]`);
      link?.focus({ preventScroll: true });
      if (link || left === 0) finished.current();
      else frame = requestAnimationFrame(() => look(left - 1));
    };
    look(30);
    return () => cancelAnimationFrame(frame);
  }, [key]);
}
