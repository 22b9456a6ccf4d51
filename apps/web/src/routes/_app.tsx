import { createFileRoute, redirect, retainSearchParams } from '@tanstack/react-router';
import { sessionQuery } from '../api/session.ts';
import { fetchWhatRowsNeed } from '../features/trail/legible.ts';
import { AppShell } from '../layouts/app-shell.tsx';
import { textFrom } from '../ui/address.ts';
import { isZoneChoice, type ZoneChoice } from '../ui/zone.ts';

export const Route = createFileRoute('/_app')({
  validateSearch: (search: Record<string, unknown>): { tz?: ZoneChoice | undefined } => {
    const tz = textFrom(search['tz']);
    return { tz: isZoneChoice(tz) ? tz : undefined };
  },
  search: { middlewares: [retainSearchParams(['tz'])] },
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery);
    const wanted = { to: location.pathname === '/' ? undefined : location.href };
    if (!session.user) throw redirect({ to: '/sign-in', search: wanted });
    if (session.confined) throw redirect({ to: '/second-factor', search: wanted });
    return { user: session.user };
  },
  loader: ({ context }) => fetchWhatRowsNeed(context.queryClient),
  component: AppShell,
});
