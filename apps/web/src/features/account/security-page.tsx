import { useQuery } from '@tanstack/react-query';
import { useRouteContext } from '@tanstack/react-router';
import { ownProviders, ownSessions } from '../../api/account.ts';
import { problemOf } from '../../api/problem.ts';
import { sessionQuery } from '../../api/session.ts';
import { PageHeader } from '../../layouts/page-header.tsx';
import { Bone, ProblemLine, ProblemState } from '../../ui/page-state.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { FactorPart } from './factor-part.tsx';
import { PasswordPart } from './password-part.tsx';
import { PROVIDERS, ProvidersPart } from './providers-part.tsx';
import { SESSIONS, SessionsPart } from './sessions-part.tsx';

/** AC-5: how the reader signs in, and where they are signed in. */
export function SecurityPage() {
  const { user } = useRouteContext({ from: '/_app' });
  const { data, error, isPending, refetch } = useQuery({ queryKey: SESSIONS, queryFn: ({ signal }) => ownSessions(signal) });
  const { data: providers } = useQuery({ queryKey: PROVIDERS, queryFn: ({ signal }) => ownProviders(signal) });
  const { data: session } = useQuery(sessionQuery);
  const late = useDelayed(isPending);
  const problem = error && problemOf(error);
  return (
    <>
      <PageHeader title="Signing in" />
      {problem && data && <ProblemLine problem={problem} what="your sessions" onRetry={() => void refetch()} />}
      <div className="min-h-0 flex-1 overflow-y-auto">
        {data ? (
          <div className="mx-auto grid max-w-2xl gap-8 px-4 py-6 sm:px-6">
            {session?.passwords !== false && providers?.has_password !== false && (
              <PasswordPart user={user} onChanged={() => void refetch()} />
            )}
            <FactorPart timeZone={user.time_zone} onChanged={() => void refetch()} />
            {providers && providers.links.length > 0 && <ProvidersPart providers={providers} timeZone={user.time_zone} />}
            <SessionsPart sessions={data} timeZone={user.time_zone} />
          </div>
        ) : problem ? (
          <ProblemState problem={problem} what="your sessions" onRetry={() => void refetch()} />
        ) : (
          late && <Skeleton />
        )}
      </div>
    </>
  );
}

const Skeleton = () => (
  <div role="status" className="mx-auto grid max-w-2xl gap-6 px-4 py-6 sm:px-6">
    <span className="sr-only">Reading where you are signed in</span>
    {Array.from({ length: 5 }, (_, index) => (
      <Bone key={index} className={index % 2 ? 'w-72' : 'w-48'} />
    ))}
  </div>
);
