import { createFileRoute, redirect } from '@tanstack/react-router';
import { sessionQuery } from '../api/session.ts';
import { SignInPage } from '../features/sign-in/sign-in-page.tsx';
import { textFrom } from '../ui/address.ts';

export const Route = createFileRoute('/sign-in')({
  // Where to go afterwards: only ever a path of this site.
  validateSearch: (search: Record<string, unknown>): { to?: string | undefined } => ({
    to: textFrom(search['to'])?.match(/^\/(?![/\\]).*/)?.[0],
  }),
  beforeLoad: async ({ context, search }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery);
    if (session.user) throw redirect({ to: search.to ?? '/' });
  },
  component: SignInPage,
});
