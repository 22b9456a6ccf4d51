import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type RefObject, useEffect, useRef } from 'react';
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
  const known = useKnownRights(session);
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
  useSomebodyElse(session !== undefined && session.user?.id !== user.id);
  useLineCheck();
}

/** What the reader may, as it was last heard; a change while the line was lost, when nobody could say so, is told. */
function useKnownRights(session: Session | undefined): RefObject<string | null> {
  const person = session?.user?.id ?? null;
  const rights = session?.rights ?? null;
  const whose = useRef(person);
  const known = useRef(rights);
  useEffect(() => {
    if (rights === null) return;
    const changed = known.current !== null && known.current !== rights;
    // Somebody else may something else: nothing of it has changed.
    const same = whose.current === person;
    whose.current = person;
    known.current = rights;
    if (changed && same) standing.ended('rights changed');
  }, [person, rights]);
  return known;
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
