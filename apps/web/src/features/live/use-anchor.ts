import { useLocation, useNavigate } from '@tanstack/react-router';
import type { Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useRef } from 'react';
import type { Feed } from '../trail/feed.ts';
import type { FeedItem } from '../trail/feed-items.ts';
import type { FeedSession } from '../trail/feed-session.ts';

interface Anchoring {
  readonly items: readonly FeedItem[];
  readonly list: RefObject<Virtualizer<HTMLElement, HTMLLIElement> | null>;
  readonly session: FeedSession;
  readonly feed: Feed | null;
  /** The position of the event in the drawer. */
  readonly opened: number | null;
}

/** Positions that a look back shows above the event whose address was opened. */
const CONTEXT = 20;

/**
 * An address of one event, opened on its own, finds the list at that event. One that is too old for the first screen is
 * shown among its neighbours, in a look back; who opens an event from the list has it before their eyes already.
 */
export function useAnchor({ items, list, session, feed, opened }: Anchoring): void {
  const fromFeed = useLocation({ select: ({ state }) => state.fromFeed === true });
  const navigate = useNavigate();
  const settled = useRef(opened === null || fromFeed);
  useEffect(() => {
    if (settled.current || !feed || opened === null) return;
    const index = items.findIndex((item) => item.kind === 'set' && item.set.events.some(({ position }) => position === opened));
    const oldest = feed.shown.at(-1)?.position;
    if (index >= 0) {
      settled.current = true;
      session.pause('reading');
      list.current?.scrollToIndex(index, { align: 'center' });
    } else if (feed.next !== null && oldest !== undefined && opened < oldest) {
      void navigate({
        to: '/live/e/$position',
        params: { position: String(opened) },
        search: (now) => ({ ...now, before: opened + CONTEXT + 1 }),
        replace: true,
      });
    } else settled.current = true;
  }, [items, list, session, feed, opened, navigate]);
}
