import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { History } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { problemOf, Problem } from '../../api/problem.ts';
import type { TimecardView } from '../../api/views.ts';
import { PageHeader } from '../../layouts/page-header.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Bone, ProblemLine, ProblemState } from '../../ui/page-state.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { useMedia, WIDE } from '../../ui/use-media.ts';
import { whenIdle } from '../../ui/when-idle.ts';
import { AuditTrailSection } from '../trail/audit-trail-section.tsx';
import type { ChangeSet } from '../trail/change-sets.ts';
import type { FeedSession } from '../trail/feed-session.ts';
import { useLegible } from '../trail/legible.ts';
import { useLiveEvents } from '../trail/use-live-events.ts';
import { BackToList } from './back-to-list.tsx';
import { type FreshChanges, useFreshChanges } from './fresh-changes.ts';
import { TimecardActions } from './timecard-actions.tsx';
import { stepsQuery, timecardQuery } from './timecard-queries.ts';
import { TimecardSheet } from './timecard-sheet.tsx';
import { usePrint } from './use-print.ts';
import type { TrailSearch } from './timecards-search.ts';

/** What it takes to type times and to count with them comes with the first edit. */
const EditForm = lazy(() => import('./edit-form.tsx'));
/** Nothing of it is seen before somebody prints, and that is not at once. */
const PrintHead = lazy(() => import('./print-head.tsx'));
/** Looking back comes with the first look. */
const AsOfPane = lazy(() => import('../as-of/as-of-pane.tsx'));
/** What can be done with a change is worked out after the trail is there. */
const SetActions = lazy(() => import('./set-actions.tsx'));
/** Who else is here is asked after the card itself. */
const PresenceStack = lazy(() => import('../presence/presence-stack.tsx'));
/** Whether the trail is complete is read after the card itself. */
const Completeness = lazy(() => import('../completeness/completeness.tsx'));

/** One timecard: its days, what can be done with it, and everything that was ever done to it. */
export function TimecardPage() {
  const { id } = useParams({ from: '/_app/timecards/$id' });
  const search = useSearch({ from: '/_app/timecards/$id' });
  const navigate = useNavigate({ from: '/timecards/$id' });
  const wide = useMedia(WIDE);
  const page = useRef<HTMLDivElement>(null);
  const pane = useRef<HTMLDivElement>(null);
  const read = useCard(id);
  const { card, problem, refetch } = read;
  // Where one stands below the other, nobody knows where the trail begins while the card is being read.
  const placed = Boolean(card ?? problem);
  const [trail, setTrail] = useState<FeedSession | null>(null);
  const [editing, setEditing] = useState(false);
  const { fresh, add } = useFreshChanges();
  const refresh = useRefresh(id);
  useLiveEvents({ root: `Timecard:${id}` }, { onEvents: (events) => (add(events), refresh()), onStarted: refresh });
  useEditingAtHand();
  const change = useCallback(
    (part: TrailSearch) => void navigate({ to: '.', search: (now) => ({ ...now, ...part }), replace: true }),
    [navigate],
  );
  const setActions = useSetActions(card);
  return (
    <>
      <PageHeader
        title={card ? `${card.person.name} · ${card.label}` : 'Timecard'}
        before={<BackToList />}
        beside={card && <Present id={id} editing={editing} />}
      />
      {problem && card && <ProblemLine problem={problem} what="this timecard" onRetry={refetch} />}
      <div
        ref={page}
        className={`min-h-0 flex-1 lg:grid print:block print:overflow-visible lg:grid-cols-[minmax(0,6fr)_minmax(0,5fr)] ${placed ? 'max-lg:overflow-y-auto' : 'max-lg:overflow-hidden'}`}
      >
        <section aria-label="Timecard" className="min-h-0 lg:overflow-y-auto print:overflow-visible">
          <SheetOrPast id={id} read={read} search={search} trail={trail} fresh={fresh} onChange={change} onEditing={setEditing} />
        </section>
        <div
          ref={pane}
          className={`min-h-0 border-line max-lg:border-t lg:overflow-y-auto lg:border-l print:-mx-5 print:overflow-visible print:border-0 ${placed ? '' : 'max-lg:invisible'}`}
        >
          <AuditTrailSection
            root={`Timecard:${id}`}
            entities={ENTITIES}
            timeZone={card?.timeZone}
            gone={problem?.code === 'NOT_FOUND'}
            scroller={wide ? pane : page}
            search={search}
            onChange={change}
            onSession={setTrail}
            setActions={setActions}
          />
        </div>
      </div>
    </>
  );
}

/** Under each change set. */
const useSetActions = (card: TimecardView | undefined) =>
  useCallback(
    (set: ChangeSet) => (
      // As high as they are: what stands below must not move when they come.
      <Suspense fallback={<div className="mt-1 min-h-6 pointer-coarse:min-h-11" />}>
        <SetActions set={set} card={card} />
      </Suspense>
    ),
    [card],
  );

const Present = ({ id, editing }: { readonly id: string; readonly editing: boolean }) => (
  <Suspense>
    <PresenceStack root={`Timecard:${id}`} editing={editing} />
  </Suspense>
);

interface SheetProps extends Omit<PaneProps, 'card' | 'onLookBack'> {
  readonly id: string;
  readonly read: ReturnType<typeof useCard>;
  readonly onChange: (part: TrailSearch) => void;
}

/** The card as it is, or as it stood: of one that is gone the past is all that can be shown. */
function SheetOrPast({ id, read: { card, problem, late, refetch }, search, trail, fresh, onChange, onEditing }: SheetProps) {
  const past = search.asOf !== undefined;
  useFocusAfterLeaving(past, '[data-as-of]');
  return (
    <>
      {search.asOf !== undefined && (
        <Suspense fallback={<SheetSkeleton />}>
          <AsOfPane id={id} timeZone={card?.timeZone} asOf={search.asOf} vs={search.vs} onChange={onChange} />
        </Suspense>
      )}
      {card ? (
        // What is being typed into it outlasts a look back.
        <div hidden={past}>
          <CardPane
            card={card}
            search={search}
            trail={trail}
            fresh={fresh}
            onLookBack={() => onChange({ asOf: 'now' })}
            onEditing={onEditing}
          />
        </div>
      ) : past ? null : problem ? (
        <ProblemState problem={problem} what="this timecard" onRetry={refetch} wayOn={problem.code === 'NOT_FOUND' && <ToList />} />
      ) : (
        late && <SheetSkeleton />
      )}
    </>
  );
}

interface PaneProps {
  readonly card: TimecardView;
  readonly search: TrailSearch;
  /** What follows its trail, once there is one. */
  readonly trail: FeedSession | null;
  readonly fresh: FreshChanges;
  readonly onLookBack: () => void;
  /** Told whether it is being edited. */
  readonly onEditing: (editing: boolean) => void;
}

/** The card and what can be done with it, or its edit in their place. */
function CardPane({ card, search, trail, fresh, onLookBack, onEditing }: PaneProps) {
  const [editing, setEditing] = useState(false);
  useEffect(() => {
    onEditing(editing);
    return () => onEditing(false);
  }, [editing, onEditing]);
  const { preparing, print } = usePrint(trail, !editing);
  useFocusAfterLeaving(editing, '[data-edit]');
  return (
    <div className="mx-auto grid max-w-3xl gap-5 px-4 py-5 sm:px-6 print:max-w-none print:px-0 print:pt-0">
      <Suspense>
        <PrintHead card={card} filter={search} />
      </Suspense>
      {editing ? (
        <Suspense fallback={<SheetSkeleton />}>
          <EditForm card={card} onClose={() => setEditing(false)} />
        </Suspense>
      ) : (
        <>
          <TimecardSheet card={card} fresh={fresh} />
          <TimecardActions card={card} onEdit={() => setEditing(true)} onPrint={preparing ? null : print} />
          <p className="-ml-3 print:hidden">
            <Button look="quiet" icon={History} data-as-of onClick={onLookBack}>
              As it stood earlier
            </Button>
          </p>
          <Suspense fallback={<div className="min-h-10 print:hidden" />}>
            <Completeness root={`Timecard:${card.id}`} timeZone={card.timeZone} onCompare={onLookBack} />
          </Suspense>
        </>
      )}
    </div>
  );
}

/** What a card's trail is about: the fields to choose from. */
const ENTITIES = ['Timecard', 'TimecardEntry'];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NO_CARD = new Problem('There is no such timecard', {
  code: 'NOT_FOUND',
  details: 'The address may have been cut off when it was copied.',
});

/** The card of an address, or why there is none; what can be no card's address isn't asked for. */
function useCard(id: string) {
  const possible = UUID.test(id);
  const { data, error, refetch } = useQuery({ ...timecardQuery(id), enabled: possible });
  // Without these it would be shown twice: the second time with lines that push down what is below.
  const told = [useLegible(), useQuery({ ...stepsQuery(id), enabled: possible }).isFetched].every(Boolean);
  const card = told ? data : undefined;
  const late = useDelayed(possible && !card && !error);
  return { card, late, problem: possible ? error && problemOf(error) : NO_CARD, refetch: () => void refetch() };
}

const ToList = () => (
  <Link to="/timecards" className={buttonClass('plain')}>
    All timecards
  </Link>
);

/** What the next click may need is fetched while the card is being read. */
function useEditingAtHand(): void {
  useEffect(
    () =>
      whenIdle(() => {
        // What can't be fetched now is fetched when it is wanted.
        for (const part of [import('./edit-form.tsx'), import('./decision-dialog.tsx'), import('./reject-dialog.tsx')])
          part.catch(() => undefined);
      }),
    [],
  );
}

function useRefresh(id: string): () => void {
  const queries = useQueryClient();
  return useCallback(() => void queries.invalidateQueries({ queryKey: ['timecard', id] }), [queries, id]);
}

/** When a form or a look back goes, the focus goes back to the button that opened it. */
function useFocusAfterLeaving(there: boolean, opener: string): void {
  const before = useRef(there);
  useEffect(() => {
    const left = before.current && !there;
    before.current = there;
    if (left) document.querySelector<HTMLElement>(opener)?.focus({ preventScroll: true });
  }, [there, opener]);
}

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
