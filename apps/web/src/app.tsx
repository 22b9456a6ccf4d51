import { QueryClientProvider } from '@tanstack/react-query';
import { type RouterHistory, RouterProvider } from '@tanstack/react-router';
import { useState } from 'react';
import { queryClient } from './api/queries.ts';
import { createAppRouter } from './router.tsx';

/** Everything, at the address that its history says. */
export function App({ history }: { readonly history?: RouterHistory }) {
  const [router] = useState(() => createAppRouter(history));
  return (
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
