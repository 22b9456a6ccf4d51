import { useCallback, useState } from 'react';
import type { ChangeSet } from '../trail/change-sets.ts';
import type { FeedSession } from '../trail/feed-session.ts';

type Ids = ReadonlySet<string>;
const NONE: Ids = new Set();

/** Which sets are unfolded into their events, and which ones never stand behind the fold of a run. */
export interface Unfolded {
  readonly unfolded: Ids;
  readonly revealed: Ids;
  readonly toggle: (changeId: string) => void;
  readonly toggleRun: (sets: readonly ChangeSet[], unfold: boolean) => void;
}

/** Unfolding means to read: the list holds still. */
export function useUnfolded(session: FeedSession, sets: readonly ChangeSet[], opened: number | null): Unfolded {
  const [unfolded, setUnfolded] = useState(NONE);
  const [revealed, setRevealed] = useRevealed(sets, opened);
  const toggle = useCallback(
    (changeId: string) => {
      session.pause('reading');
      setUnfolded((before) => changed(before, [changeId], !before.has(changeId)));
    },
    [session],
  );
  const toggleRun = useCallback(
    (run: readonly ChangeSet[], unfold: boolean) => {
      session.pause('reading');
      const ids = run.map(({ changeId }) => changeId);
      setRevealed((before) => changed(before, ids, unfold));
    },
    [session, setRevealed],
  );
  return { unfolded, revealed, toggle, toggleRun };
}

function changed(before: Ids, ids: readonly string[], into: boolean): Ids {
  const next = new Set(before);
  for (const id of ids) {
    if (into) next.add(id);
    else next.delete(id);
  }
  return next;
}

/** What somebody opened, by its address too, is not folded away; unless they fold it themselves. */
function useRevealed(sets: readonly ChangeSet[], opened: number | null) {
  const [revealed, setRevealed] = useState(NONE);
  const [found, setFound] = useState<number | null>(null);
  if (opened !== found) {
    const set = opened === null ? undefined : sets.find(({ events }) => events.some(({ position }) => position === opened));
    // Set while rendering, as React has it for what follows from something that changed.
    if (opened === null || set) setFound(opened);
    if (set) setRevealed((before) => changed(before, [set.changeId], true));
  }
  return [revealed, setRevealed] as const;
}
