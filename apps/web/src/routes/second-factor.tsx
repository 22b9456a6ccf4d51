import { createFileRoute, redirect } from '@tanstack/react-router';
import { sessionQuery } from '../api/session.ts';
import { SetUpPage } from '../features/sign-in/set-up-page.tsx';
import { ownPath } from '../ui/address.ts';

export const Route = createFileRoute('/second-factor')({
  validateSearch: (search: Record<string, unknown>): { to?: string | undefined } => ({ to: ownPath(search['to']) }),
  beforeLoad: async ({ context, search }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery);
    if (!session.user) throw redirect({ to: '/sign-in', search });
    if (!session.confined) throw redirect({ to: search.to ?? '/' });
  },
  component: SetUpPage,
});
