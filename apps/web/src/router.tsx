import { createRouter, type RouterHistory } from '@tanstack/react-router';
import { queryClient } from './api/queries.ts';
import { LoadingPage, MissingPage, PageProblem } from './layouts/page-problem.tsx';
import { routeTree } from './routeTree.gen.ts';
import { readAddress, writeAddress } from './ui/address.ts';
import { watchNavigation } from './ui/navigation.ts';

/** The pages and how their addresses are written; the browser's own history unless another is given. */
export function createAppRouter(history?: RouterHistory) {
  const router = createRouter({
    routeTree,
    ...(history && { history }),
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
  watchNavigation(router.history);
  return router;
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
