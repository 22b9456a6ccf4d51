import { createFileRoute, redirect } from '@tanstack/react-router';
import { sessionQuery } from '../api/session.ts';
import { failureFrom, type ProviderFailure } from '../features/sign-in/provider-failures.ts';
import { SignInPage } from '../features/sign-in/sign-in-page.tsx';
import { ownPath } from '../ui/address.ts';

export const Route = createFileRoute('/sign-in')({
  validateSearch: (search: Record<string, unknown>): { to?: string | undefined; provider?: ProviderFailure | undefined } => ({
    to: ownPath(search['to']),
    provider: failureFrom(search['provider']),
  }),
  beforeLoad: async ({ context, search }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery);
    if (session.user) throw redirect({ to: search.to ?? '/' });
  },
  component: SignInPage,
});
