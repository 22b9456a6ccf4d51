import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { client } from '../../api/link.ts';
import { problemOf } from '../../api/problem.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { ListSkeleton } from '../../ui/list-skeleton.tsx';
import { PageState, ProblemState } from '../../ui/page-state.tsx';
import { Pagination } from '../../ui/pagination.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { useZones } from '../../ui/zone-context.tsx';

const PAGE = 20;

/** AUD-35: exports by others that held the reader's records. The log has one event for each, whomever it concerns. */
export function ExportsList() {
  const [page, setPage] = useState(1);
  const { choice, mine } = useZones();
  const input = { limit: PAGE, offset: (page - 1) * PAGE };
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['own-exports', input],
    queryFn: ({ signal }) => client.exports.ofMine.query(input, { signal }),
    placeholderData: keepPreviousData,
  });
  const late = useDelayed(isPending);
  return (
    <>
      <div role="region" aria-label="Exports" tabIndex={0} className="min-h-0 flex-1 overflow-y-auto -outline-offset-2">
        {!data && error && <ProblemState problem={problemOf(error)} what="who exported your records" onRetry={() => void refetch()} />}
        {!data && !error && late && <ListSkeleton what="who exported your records" />}
        {data?.data.length === 0 && (
          <PageState icon={Download} title="Nobody has exported your records">
            When somebody takes timecards away as a file and yours are among them, it stands here at once: who it was, when, and how many of
            them.
          </PageState>
        )}
        <ul aria-label="Exports, newest first" className="text-sm">
          {data?.data.map(({ change, by, through, at, timecards }) => (
            <li key={change} className="flex items-center gap-3 border-b border-line px-4 py-2.5 sm:px-5">
              <Avatar id={by.id} name={by.name} />
              <p className="min-w-0 flex-1">
                <span className="font-medium">{by.name}</span>
                {through && `, looking as ${through.name},`} exported{' '}
                {timecards === 1 ? 'a timecard' : `${timecards.toLocaleString('en')} timecards`} of yours
              </p>
              <TimeText instant={at} timeZone={choice === 'utc' ? 'UTC' : mine} as="full" className="text-xs text-ink-3" />
            </li>
          ))}
        </ul>
      </div>
      {data && <Pagination {...data.pagination} onPage={setPage} />}
    </>
  );
}
