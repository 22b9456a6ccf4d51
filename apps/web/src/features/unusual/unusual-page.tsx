import { useNavigate, useRouteContext, useSearch } from '@tanstack/react-router';
import { Eye, Lock, SlidersHorizontal } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { UnusualView } from '../../api/views.ts';
import { PageHeader } from '../../layouts/page-header.tsx';
import { Button } from '../../ui/button.tsx';
import { ListSkeleton } from '../../ui/list-skeleton.tsx';
import { PageState, ProblemLine, ProblemState } from '../../ui/page-state.tsx';
import { NoSuchPage, Pagination } from '../../ui/pagination.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { AlertCard } from './alert-card.tsx';
import { Explaining } from './explaining.tsx';
import type { UnusualSearch } from './unusual-search.ts';
import { useUnusual, type UnusualAtHand } from './use-unusual.ts';

/** What a dialog takes comes with the first one. */
const LimitsDialog = lazy(() => import('./limits-dialog.tsx'));

const WHAT = 'what was unusual';

/** AUD-30: whose reading was unusual, and what somebody else says to it. */
export function UnusualPage() {
  const { user } = useRouteContext({ from: '/_app' });
  return (
    <>
      <PageHeader title="Unusual access" />
      {user.role === 'admin' || user.role === 'manager' ? (
        <Listed isAdmin={user.role === 'admin'} />
      ) : (
        <PageState icon={Lock} title="Admins and managers look after this">
          Who reads much more than usual, at unusual hours or elsewhere, is asked why.
        </PageState>
      )}
    </>
  );
}

function Listed({ isAdmin }: { readonly isAdmin: boolean }) {
  const search = useSearch({ from: '/_app/admin/unusual-access' });
  const navigate = useNavigate({ from: '/admin/unusual-access' });
  const change = (part: Partial<UnusualSearch>) => void navigate({ to: '.', search: (now) => ({ ...now, page: undefined, ...part }) });
  const unusual = useUnusual(search);
  const [limits, setLimits] = useState(false);
  const { list, problem, isPending, retry } = unusual;
  const late = useDelayed(isPending);
  return (
    <>
      <Which search={search} open={list?.open} onChange={change} onLimits={isAdmin ? () => setLimits(true) : null} />
      {problem && list && <ProblemLine problem={problem} what={WHAT} onRetry={retry} />}
      <div role="region" aria-label="Alerts" tabIndex={0} className="min-h-0 flex-1 overflow-y-auto -outline-offset-2">
        {list ? (
          <Alerts unusual={unusual} search={search} onChange={change} />
        ) : problem ? (
          <ProblemState problem={problem} what={WHAT} onRetry={retry} />
        ) : (
          late && <ListSkeleton what="Reading what was unusual" />
        )}
      </div>
      {list && <Pagination {...list.pagination} onPage={(page) => change({ page: page > 1 ? page : undefined })} />}
      {limits && (
        <Suspense>
          <LimitsDialog onClose={() => setLimits(false)} />
        </Suspense>
      )}
    </>
  );
}

interface WhichProps {
  readonly search: UnusualSearch;
  readonly open: number | undefined;
  readonly onChange: (part: Partial<UnusualSearch>) => void;
  /** Null for whoever may not change them. */
  readonly onLimits: (() => void) | null;
}

function Which({ search: { show, alert, reader }, open, onChange, onLimits }: WhichProps) {
  const narrowed = alert !== undefined || reader !== undefined;
  return (
    <div
      role="group"
      aria-label="Which alerts"
      className="flex shrink-0 items-center gap-x-3 border-b border-line px-4 py-2.5 text-sm sm:px-5"
    >
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-0.5">
        {narrowed ? (
          <Button onClick={() => onChange({ alert: undefined, reader: undefined })}>Show all people</Button>
        ) : (
          <label className="flex items-center gap-2 pointer-coarse:min-h-11">
            <input
              type="checkbox"
              checked={show === 'all'}
              onChange={({ target }) => onChange({ show: target.checked ? 'all' : undefined })}
              className="size-4 accent-(--accent)"
            />
            Explained too
          </label>
        )}
        <span className="whitespace-nowrap text-ink-2">
          {open !== undefined && (open === 0 ? 'Nothing to explain' : `${open.toLocaleString('en')} not explained`)}
        </span>
      </div>
      <Button icon={SlidersHorizontal} because={onLimits ? null : 'Admins change what counts as unusual'} onClick={() => onLimits?.()}>
        Limits
      </Button>
    </div>
  );
}

interface AlertsProps {
  readonly unusual: UnusualAtHand;
  readonly search: UnusualSearch;
  readonly onChange: (part: Partial<UnusualSearch>) => void;
}

function Alerts({ unusual: { list, explain }, search, onChange }: AlertsProps) {
  const [opened, setOpened] = useState<UnusualView | null>(null);
  const alerts = list?.data ?? [];
  return (
    <>
      {alerts.length ? (
        <ul aria-label="Alerts, newest first">
          {alerts.map((alert) => (
            <AlertCard key={alert.id} alert={alert} unfolded={search.alert === alert.id} onExplain={() => setOpened(alert)} />
          ))}
        </ul>
      ) : (
        <Nothing search={search} onFirst={() => onChange({})} />
      )}
      {opened && (
        <Explaining
          key={opened.id}
          opened={opened}
          listed={alerts.find(({ id }) => id === opened.id)}
          explain={explain}
          onClose={() => setOpened(null)}
        />
      )}
    </>
  );
}

const Nothing = ({ search, onFirst }: { readonly search: UnusualSearch; readonly onFirst: () => void }) =>
  search.page ? (
    <NoSuchPage page={search.page} icon={Eye} onFirst={onFirst} />
  ) : (
    <PageState icon={Eye} title={search.show === 'all' || search.reader ? 'Nothing unusual yet' : 'Nothing unusual waits to be explained'}>
      Whoever reads many records or rows in a short time, exports much, or reads at hours or of sites that are unusual for them, stands
      here.
    </PageState>
  );
