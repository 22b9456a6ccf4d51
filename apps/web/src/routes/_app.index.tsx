import { createFileRoute, redirect } from '@tanstack/react-router';

/** Whoever sees only their own records has little to watch: they begin with their timecards. */
const BEGIN_WITH_TIMECARDS = new Set(['worker', 'member', 'talent_escort']);

export const Route = createFileRoute('/_app/')({
  beforeLoad: ({ context }) => {
    throw redirect({ to: BEGIN_WITH_TIMECARDS.has(context.user.role) ? '/timecards' : '/live', replace: true });
  },
});
