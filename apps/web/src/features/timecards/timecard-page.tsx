import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import { lazy, Suspense, useCallback, useRef, useState } from 'react';
import { problemOf } from '../../api/problem.ts';
import { PageHeader } from '../../layouts/page-header.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Bone, ProblemLine, ProblemState } from '../../ui/page-state.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { useMedia, WIDE } from '../../ui/use-media.ts';
import { AuditTrailSection } from '../trail/audit-trail-section.tsx';
import { useLiveEvents } from '../trail/use-live-events.ts';
import { useFreshChanges } from './fresh-changes.ts';
import { TimecardActions } from './timecard-actions.tsx';
import { timecardQuery } from './timecard-queries.ts';
import { TimecardSheet } from './timecard-sheet.tsx';
import type { TrailSearch } from './timecards-search.ts';

/** What it takes to type times and to count with them comes with the first edit. */
const EditForm = lazy(() => import('./edit-form.tsx'));

/** One timecard: its days, what can be done with it, and everything that was ever done to it. */
export function TimecardPage() {
  const { id } = useParams({ from: '/_app/timecards/$id' });
  const search = useSearch({ from: '/_app/timecards/$id' });
  const navigate = useNavigate({ from: '/timecards/$id' });
  const wide = useMedia(WIDE);
  const [editing, setEditing] = useState(false);
  const page = useRef<HTMLDivElement>(null);
  const pane = useRef<HTMLDivElement>(null);
  const { data: card, error, isPending, refetch } = useQuery(timecardQuery(id));
  const { fresh, add } = useFreshChanges();
  const refresh = useRefresh(id);
  useLiveEvents({ root: `Timecard:${id}` }, { onEvents: (events) => (add(events), refresh()), onStarted: refresh });
  const late = useDelayed(isPending);
  const problem = error && problemOf(error);
  const change = useCallback(
    (part: TrailSearch) => void navigate({ to: '.', search: (now) => ({ ...now, ...part }), replace: true }),
    [navigate],
  );
  return (
    <>
      <PageHeader title={card ? `${card.person.name} · ${card.label}` : 'Timecard'} before={<BackToList />} />
      {problem && card && <ProblemLine problem={problem} what="this timecard" onRetry={() => void refetch()} />}
      <div ref={page} className="min-h-0 flex-1 max-lg:overflow-y-auto lg:grid lg:grid-cols-[minmax(0,6fr)_minmax(0,5fr)]">
        <section aria-label="Timecard" className="min-h-0 lg:overflow-y-auto">
          {card ? (
            <div className="mx-auto grid max-w-3xl gap-5 px-4 py-5 sm:px-6">
              {editing ? (
                <Suspense fallback={<SheetSkeleton />}>
                  <EditForm card={card} onClose={() => setEditing(false)} />
                </Suspense>
              ) : (
                <>
                  <TimecardSheet card={card} fresh={fresh} />
                  <TimecardActions card={card} onEdit={() => setEditing(true)} />
                </>
              )}
            </div>
          ) : problem ? (
            <ProblemState problem={problem} what="this timecard" onRetry={() => void refetch()} />
          ) : (
            late && <SheetSkeleton />
          )}
        </section>
        <div ref={pane} className="min-h-0 border-line max-lg:border-t lg:overflow-y-auto lg:border-l">
          <AuditTrailSection
            root={`Timecard:${id}`}
            entities={ENTITIES}
            timeZone={card?.timeZone}
            scroller={wide ? pane : page}
            search={search}
            onChange={change}
          />
        </div>
      </div>
    </>
  );
}

/** What a card's trail is about: the fields to choose from. */
const ENTITIES = ['Timecard', 'TimecardEntry'];

function useRefresh(id: string): () => void {
  const queries = useQueryClient();
  return useCallback(() => void queries.invalidateQueries({ queryKey: ['timecard', id] }), [queries, id]);
}

const BackToList = () => (
  <Link
    to="/timecards"
    aria-label="All timecards"
    className="-ml-2 grid size-8 shrink-0 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink pointer-coarse:size-11"
  >
    <Icon of={ChevronLeft} size={18} />
  </Link>
);

const SheetSkeleton = () => (
  <div role="status" className="mx-auto grid max-w-3xl gap-5 px-6 py-6">
    <span className="sr-only">Reading the timecard</span>
    <Bone className="w-56" />
    {Array.from({ length: 6 }, (_, index) => (
      <div key={index} className="flex justify-between border-b border-line pb-4">
        <Bone className="w-20" />
        <Bone className="w-14" />
        <Bone className="w-24" />
        <Bone className="w-14" />
      </div>
    ))}
  </div>
);
