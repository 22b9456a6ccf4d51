import { useRouteContext } from '@tanstack/react-router';
import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { PageState } from '../ui/page-state.tsx';

interface Props {
  readonly children: ReactNode;
  /** What everybody else is told: where theirs stands. */
  readonly otherwise: string;
}

/** A page that admins look after: others are told so, without asking the server for what it refuses. */
export function AdminsOnly({ children, otherwise }: Props) {
  const { user } = useRouteContext({ from: '/_app' });
  if (user.role === 'admin') return children;
  return (
    <PageState icon={Lock} title="Admins look after this">
      {otherwise}
    </PageState>
  );
}
