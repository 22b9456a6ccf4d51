import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { connection } from '../api/connection.ts';
import { checkSession } from '../api/queries.ts';
import { forgetAll, readAnew } from '../api/read-anew.ts';
import { type Session, sessionQuery, type SignedIn } from '../api/session.ts';
import { standing } from '../api/standing.ts';
import { useStandingChange } from '../api/use-standing-change.ts';
import { notify } from '../ui/notice.tsx';
import { useStore } from '../ui/store.ts';

const CHANGED = 'What you may see has changed. The page now shows that.';

/** Keeps what is shown to what the reader may see: on a change of their rights, and when their session is over. */
export function useStanding(user: SignedIn, session: Session | undefined): void {
  const queries = useQueryClient();
  const router = useRouter();
  const known = useRef(session?.rights ?? null);
  useStandingChange((why) => {
    if (why === 'session ended') return checkSession();
    notify({ text: CHANGED, tone: 'news' });
    // Their role decides what is offered at all: the route asks again who they are.
    const offeredAnew = queries.fetchQuery({ ...sessionQuery, staleTime: 0 }).then(({ rights }) => {
      known.current = rights;
      return router.invalidate();
    });
    void Promise.allSettled([readAnew(queries), offeredAnew]);
  });
  // Changed while the line was lost, when nobody could say so.
  useEffect(() => {
    const rights = session?.rights ?? null;
    const before = known.current;
    known.current = rights;
    if (before !== null && rights !== null && before !== rights) standing.ended('rights changed');
  }, [session?.rights]);
  useSomebodyElse(session !== undefined && session.user?.id !== user.id);
  useLineCheck();
}

/** Nobody is signed in any more, or somebody else in another tab: their route leads on, and nothing of what was read stays. */
function useSomebodyElse(someoneElse: boolean): void {
  const queries = useQueryClient();
  const router = useRouter();
  useEffect(() => {
    if (!someoneElse) return;
    forgetAll(queries);
    void router.invalidate().then(() => standing.ended('session ended'));
  }, [someoneElse, queries, router]);
}

/** A line that broke may have been cut because the session ended, and much may have changed until it stands again: only a question by HTTP can tell. */
function useLineCheck(): void {
  const lost = useStore(connection.store).state === 'lost';
  useEffect(() => {
    if (!lost) return;
    checkSession();
    return checkSession;
  }, [lost]);
}
