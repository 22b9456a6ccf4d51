import { QueryCache, QueryClient, MutationCache, queryOptions } from '@tanstack/react-query';
import { everyPage } from './every-page.ts';
import { client } from './link.ts';
import { isUnauthorized, problemOf } from './problem.ts';
import { sessionQuery } from './session.ts';

/** Words, people and sites hardly ever change while a page is open. */
const SELDOM = 10 * 60_000;

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: signedOut }),
  mutationCache: new MutationCache({ onError: signedOut }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // The page itself says that nobody answers, rather than wait for a browser that believes to be online.
      networkMode: 'always',
      retry: (count, thrown) => count < 2 && ['OFFLINE', 'INTERNAL_SERVER_ERROR'].includes(problemOf(thrown).code),
      retryDelay: (attempt) => 400 * 2 ** attempt,
    },
    mutations: { networkMode: 'always' },
  },
});

/** The session ended behind the page's back: it asks who is signed in, and the layout leads to the sign-in. */
export function signedOut(thrown: unknown): void {
  if (isUnauthorized(thrown)) checkSession();
}

/** Asks who is signed in. A socket that was closed since a session ended can't say so itself. */
export const checkSession = (): void => void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });

export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: ({ signal }) => everyPage((page) => client.people.list.query(page, { signal })),
  staleTime: SELDOM,
});
export const sitesQuery = queryOptions({
  queryKey: ['sites'],
  queryFn: ({ signal }) => client.sites.list.query(undefined, { signal }),
  staleTime: SELDOM,
});
export const vocabularyQuery = queryOptions({
  queryKey: ['vocabulary'],
  queryFn: ({ signal }) => client.audit.vocabulary.query(undefined, { signal }),
  staleTime: SELDOM,
});
