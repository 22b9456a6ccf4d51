import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { client } from '../../api/link.ts';
import { problemOf } from '../../api/problem.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { useZones } from '../../ui/zone-context.tsx';
import { Section } from './user-facts.tsx';

/** Alerts that are told of here; the others stand on a page of their own. */
const LATEST = 3;

/** AUD-30: what was unusual about somebody's reading. */
export function UnusualPart({ id }: { readonly id: string }) {
  const { mine, choice } = useZones();
  const { data, error } = useQuery({
    queryKey: ['unusual', { reader: id, limit: LATEST }],
    queryFn: ({ signal }) => client.unusualAccess.list.query({ reader: id, limit: LATEST }, { signal }),
  });
  if (!data)
    return error ? (
      <Section title="Reading">
        <p role="alert" className="text-refuse">
          Whether any of it was unusual could not be read. {problemOf(error).message}
        </p>
      </Section>
    ) : null;
  const { total } = data.pagination;
  return (
    <Section title="Reading">
      {total === 0 ? (
        <p className="text-ink-2">Nothing of it was unusual.</p>
      ) : (
        <ul className="grid gap-2.5">
          {data.data.map(({ id: alert, sentence, noticedAt, state }) => (
            <li key={alert}>
              <Link
                to="/admin/unusual-access"
                search={{ alert }}
                className="underline decoration-line-strong underline-offset-3 text-pretty"
              >
                {sentence}
              </Link>
              <p className="text-xs text-ink-3">
                <TimeText instant={noticedAt} timeZone={choice === 'utc' ? 'UTC' : mine} as="full" />,{' '}
                {state === 'open' ? 'not explained' : 'explained'}
              </p>
            </li>
          ))}
          {total > data.data.length && (
            <li>
              <Link to="/admin/unusual-access" search={{ reader: id, show: 'all' }} className="underline underline-offset-3">
                All {total.toLocaleString('en')}
              </Link>
            </li>
          )}
        </ul>
      )}
    </Section>
  );
}
