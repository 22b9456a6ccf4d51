import { useEffect, useMemo } from 'react';
import { standing } from '../../api/standing.ts';
import type { EventFilter } from '../../api/views.ts';
import { lastNavigation } from '../../ui/navigation.ts';
import { useStore } from '../../ui/store.ts';
import { FeedSession } from './feed-session.ts';
import type { FeedState } from './feed-state.ts';
import { useLegible } from './legible.ts';

interface Following {
  readonly session: FeedSession;
  readonly state: FeedState;
}

/** A page that somebody left is kept for its way back: one, since nobody goes back to two. */
interface Left {
  readonly key: string;
  readonly session: FeedSession;
  readonly at: number;
}
let left: Left | null = null;
// Read by other rights, or by somebody else.
standing.onChange(() => (left = null));
/** Older ones are read anew: the server would hardly replay that much. */
const REMEMBERED = 10 * 60_000;

/**
 * Follows the log for a filter as long as the component is there. Whoever goes back to a page finds the list that they
 * left, where they left it.
 */
export function useFeed(
  filter: EventFilter,
  { before, remember = false }: { before?: number | undefined; remember?: boolean } = {},
): Following {
  const key = JSON.stringify([filter, before ?? null]);
  const session = useMemo(() => {
    const [wanted, from] = JSON.parse(key) as [EventFilter, number | null];
    return (remember && taken(key)) || new FeedSession(wanted, from ?? undefined);
  }, [key, remember]);
  useEffect(() => {
    session.start();
    return () => {
      session.stop();
      if (remember) left = { key, session, at: Date.now() };
    };
  }, [session, key, remember]);
  const state = useStore(session.store);
  const legible = useLegible();
  // What came first waits for what it is told by.
  return { session, state: useMemo(() => (legible ? state : { ...state, feed: null }), [legible, state]) };
}

function taken(key: string): FeedSession | null {
  if (left?.key !== key || Date.now() - left.at > REMEMBERED || lastNavigation() !== 'back') return null;
  return left.session;
}
