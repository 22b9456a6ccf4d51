import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useRouteContext, useSearch } from '@tanstack/react-router';
import { FilterX, Clock3, FileUp, Plus } from 'lucide-react';
import { useRef } from 'react';
import { mayExport, mayImport } from '@countersign/domain/timecards/timecard.rules';
import { problemOf } from '../../api/problem.ts';
import { PageHeader } from '../../layouts/page-header.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ListSkeleton } from '../../ui/list-skeleton.tsx';
import { PageState, ProblemLine, ProblemState } from '../../ui/page-state.tsx';
import { NoSuchPage, Pagination } from '../../ui/pagination.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { ConnectionLine } from '../trail/connection-line.tsx';
import { useLiveEvents } from '../trail/use-live-events.ts';
import { ExportMenu } from '../import/export-menu.tsx';
import { NotExported } from '../import/not-exported.tsx';
import { timecardsQuery } from './timecard-queries.ts';
import { TimecardFilters } from './timecard-filters.tsx';
import { TimecardRows } from './timecard-rows.tsx';
import { isFiltered, type TimecardsSearch } from './timecards-search.ts';

const UNFILTERED: TimecardsSearch = {
  status: undefined,
  person: undefined,
  site: undefined,
  from: undefined,
  to: undefined,
  page: undefined,
};

/** The timecards that somebody may see, the newest period first. */
export function TimecardsPage() {
  const search = useSearch({ from: '/_app/timecards/' });
  const { user } = useRouteContext({ from: '/_app' });
  const role = user.role as Parameters<typeof mayImport>[0];
  const navigate = useNavigate({ from: '/timecards/' });
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(timecardsQuery(search));
  const top = useRef<HTMLDivElement>(null);
  useLiveList();
  const change = (part: Partial<TimecardsSearch>) => {
    void navigate({ to: '.', search: (now) => ({ ...now, page: undefined, ...part }), replace: !('page' in part) });
    if ('page' in part) top.current?.scrollTo({ top: 0 });
  };
  const late = useDelayed(isPending);
  const problem = error && problemOf(error);
  return (
    <>
      <PageHeader title="Timecards">
        <ConnectionLine />
      </PageHeader>
      <div className="flex shrink-0 items-center gap-2 border-b border-line pr-4 sm:pr-5">
        <TimecardFilters search={search} onChange={change} cards={data?.data} />
        {mayExport(role) && <ExportMenu search={search} />}
        {mayImport(role) && (
          <Link to="/timecards/import" className={buttonClass('plain', 'max-md:px-2.5')}>
            <Icon of={FileUp} />
            <span className="max-md:sr-only">Import</span>
          </Link>
        )}
        <Link to="/timecards/new" className={buttonClass('primary', 'max-sm:px-2.5')}>
          <Icon of={Plus} />
          <span className="max-sm:sr-only">New timecard</span>
        </Link>
      </div>
      {search.notExported && (
        <NotExported
          why={search.notExported}
          onClose={() => void navigate({ to: '.', search: (now) => ({ ...now, notExported: undefined }), replace: true })}
        />
      )}
      {problem && data && <ProblemLine problem={problem} what="the timecards" onRetry={() => void refetch()} />}
      <div ref={top} aria-busy={isPlaceholderData} className="@container min-h-0 flex-1 overflow-y-auto">
        {data ? (
          data.data.length > 0 ? (
            <TimecardRows cards={data.data} />
          ) : (
            <NoCards search={search} onClear={() => change(UNFILTERED)} onFirst={() => change({ page: undefined })} />
          )
        ) : problem ? (
          <ProblemState problem={problem} what="the timecards" onRetry={() => void refetch()} />
        ) : (
          late && <ListSkeleton what="the timecards" />
        )}
      </div>
      {data && <Pagination {...data.pagination} onPage={(page) => change({ page: page > 1 ? page : undefined })} />}
    </>
  );
}

/** At most once a second, and all that came in between at once: an import changes hundreds of cards in one go. */
const PACE = 1000;

function useLiveList(): void {
  const queries = useQueryClient();
  const waiting = useRef(0);
  const refresh = () => {
    if (waiting.current) return;
    waiting.current = window.setTimeout(() => {
      waiting.current = 0;
      void queries.invalidateQueries({ queryKey: ['timecards'] });
    }, PACE);
  };
  useLiveEvents({ area: 'timecards' }, { onEvents: refresh, onStarted: () => void queries.invalidateQueries({ queryKey: ['timecards'] }) });
}

interface NoCardsProps {
  readonly search: TimecardsSearch;
  readonly onClear: () => void;
  readonly onFirst: () => void;
}

function NoCards({ search, onClear, onFirst }: NoCardsProps) {
  if (search.page !== undefined) return <NoSuchPage page={search.page} icon={Clock3} onFirst={onFirst} />;
  if (isFiltered(search)) {
    return (
      <PageState icon={FilterX} title="No timecard matches this filter" actions={<Button onClick={onClear}>Clear the filter</Button>}>
        Only timecards that you may see are looked through.
      </PageState>
    );
  }
  return (
    <PageState
      icon={Clock3}
      title="There are no timecards yet"
      actions={
        <Link to="/timecards/new" className={buttonClass('plain')}>
          Make the first one
        </Link>
      }
    >
      As soon as hours are recorded for you, or for people and sites you are responsible for, they are listed here.
    </PageState>
  );
}
