import { useQuery } from '@tanstack/react-query';
import { client } from '../../api/link.ts';
import { lookAgain } from '../../api/look-again.ts';
import { problemOf } from '../../api/problem.ts';
import type { HealthView } from '../../api/views.ts';
import { AdminsOnly } from '../../layouts/admins-only.tsx';
import { PageHeader } from '../../layouts/page-header.tsx';
import { Bone, ProblemLine, ProblemState } from '../../ui/page-state.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { useZones } from '../../ui/zone-context.tsx';
import { AttemptList } from './attempt-list.tsx';
import { CheckRow } from './check-row.tsx';

/** AUD-12: which protections of the log hold, and who tried to alter it. */
export function HealthPage() {
  return (
    <>
      <PageHeader title="Health of the log" />
      <AdminsOnly otherwise="Whether a record is whole, and proved, stands on its own page.">
        <Followed />
      </AdminsOnly>
    </>
  );
}

function Followed() {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => client.health.get.query(undefined, { signal }),
    refetchInterval: ({ state }) => lookAgain(state, 10_000),
  });
  const late = useDelayed(isPending);
  const problem = error && problemOf(error);
  return (
    <>
      {problem && data && <ProblemLine problem={problem} what="the health of the log" onRetry={() => void refetch()} />}
      <div role="region" aria-label="Protections and attempts" tabIndex={0} className="min-h-0 flex-1 overflow-y-auto -outline-offset-2">
        {data ? (
          <Health health={data} />
        ) : problem ? (
          <ProblemState problem={problem} what="the health of the log" onRetry={() => void refetch()} />
        ) : (
          late && <Skeleton />
        )}
      </div>
    </>
  );
}

function Health({ health: { checkedAt, checks, attempts } }: { readonly health: HealthView }) {
  const { choice, mine } = useZones();
  const zone = choice === 'utc' ? 'UTC' : mine;
  const broken = checks.filter(({ state }) => state === 'broken').length;
  return (
    <div className="mx-auto grid max-w-3xl gap-8 px-4 py-6 sm:px-6">
      <section aria-labelledby="protections">
        <h2 id="protections" className="text-base">
          {broken ? `${broken} of ${checks.length} protections ${broken === 1 ? 'does' : 'do'} not hold` : 'Every protection holds'}
        </h2>
        <p className="pb-3 text-sm text-ink-2">
          Looked at <TimeText instant={checkedAt} timeZone={zone} as="clock" />, by the node that answered.
        </p>
        <ul aria-label="Protections" className="border-t border-line text-sm">
          {checks.map((check) => (
            <CheckRow key={check.key} check={check} />
          ))}
        </ul>
      </section>
      <AttemptList attempts={attempts} timeZone={zone} />
    </div>
  );
}

const Skeleton = () => (
  <div role="status" className="mx-auto grid max-w-3xl gap-5 px-4 py-6 sm:px-6">
    <span className="sr-only">Looking at the protections of the log</span>
    <Bone className="w-52" />
    {Array.from({ length: 9 }, (_, index) => (
      <div key={index} aria-hidden className="grid gap-2">
        <Bone className={index % 2 ? 'w-72' : 'w-60'} />
        <Bone className="w-40" />
      </div>
    ))}
  </div>
);
