import { createRouter } from '@tanstack/react-router';
import { queryClient } from './api/queries.ts';
import { readAddress, writeAddress } from './ui/address.ts';
import { LoadingPage, MissingPage, PageProblem } from './layouts/page-problem.tsx';
import { routeTree } from './routeTree.gen.ts';

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  // Query knows what is fresh.
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 150,
  defaultPendingMinMs: 0,
  defaultPendingComponent: LoadingPage,
  defaultErrorComponent: PageProblem,
  defaultNotFoundComponent: MissingPage,
  defaultStructuralSharing: true,
  parseSearch: readAddress,
  stringifySearch: writeAddress,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
