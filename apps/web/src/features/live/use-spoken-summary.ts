import { useEffect, useRef } from 'react';
import { announce } from '../../ui/announcer.tsx';
import type { Feed } from '../trail/feed.ts';

/** Ten seconds between two summaries: more would drown whatever else is being read. */
const EVERY = 10_000;

/** Tells screen readers how many events came in, at most every ten seconds. */
export function useSpokenSummary(feed: Feed | null): void {
  const newest = feed?.total.count ?? null;
  const told = useRef<number | null>(null);
  const latest = useRef(newest);
  useEffect(() => {
    latest.current = newest;
    // A first screen, or one that was read anew, is no news.
    if (newest === null || told.current === null || newest < told.current) told.current = newest;
  }, [newest]);
  useEffect(() => {
    const timer = setInterval(() => {
      const [now, before] = [latest.current, told.current];
      told.current = now;
      if (now === null || before === null || now <= before) return;
      announce(`${now - before} new ${now - before === 1 ? 'event' : 'events'}`);
    }, EVERY);
    return () => clearInterval(timer);
  }, []);
}
