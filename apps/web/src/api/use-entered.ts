import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { sessionQuery } from './session.ts';
import { standing } from './standing.ts';

/** Goes on where somebody wanted to go, once it is another session: nothing of the one before is left. */
export function useEntered(to: string | undefined): () => Promise<void> {
  const queries = useQueryClient();
  const router = useRouter();
  const navigate = useNavigate();
  return async () => {
    standing.ended('session ended');
    queries.clear();
    await queries.fetchQuery(sessionQuery);
    await router.invalidate();
    await navigate({ to: to ?? '/', replace: true });
  };
}
