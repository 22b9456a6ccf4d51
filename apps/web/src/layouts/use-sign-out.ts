import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { isUnauthorized, problemOf } from '../api/problem.ts';
import { sessionQuery } from '../api/session.ts';
import { standing } from '../api/standing.ts';
import { endPush } from '../features/notifications/push-here.ts';
import { clearNotice, notify } from '../ui/notice.tsx';

/** Ends the session in this way, here alone or everywhere, and leaves nothing of it on the page. */
export function useSignOut(end: () => Promise<unknown>): () => void {
  const queries = useQueryClient();
  const router = useRouter();
  const navigate = useNavigate();
  return () => {
    const leave = async () => {
      try {
        // A browser that more than one person uses must not go on telling the next one.
        // Whatever keeps it from ending keeps nobody signed in.
        await endPush().catch(() => undefined);
        await end().catch((thrown: unknown) => {
          // It had ended already: that is what was wanted.
          if (!isUnauthorized(thrown)) throw thrown;
        });
        // Nothing that one person saw is left for the next one at the same screen.
        queries.clear();
        clearNotice();
        await queries.fetchQuery(sessionQuery);
        await router.invalidate();
        await navigate({ to: '/sign-in' });
        standing.ended('session ended');
      } catch (thrown) {
        notify({ text: `You are still signed in. ${problemOf(thrown).message}.`, tone: 'refuse' });
      }
    };
    void leave();
  };
}
