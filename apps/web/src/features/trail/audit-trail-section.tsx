import { useQuery } from '@tanstack/react-query';
import { FilterX, History } from 'lucide-react';
import { type ReactNode, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { vocabularyQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { FilterMenu } from '../../ui/filter-menu.tsx';
import { PageState, ProblemLine, ProblemState } from '../../ui/page-state.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { usePaused } from '../../ui/use-paused.ts';
import { useNow } from '../../ui/use-now.ts';
import { usePrinting } from '../../ui/use-printing.ts';
import { useZones } from '../../ui/zone-context.tsx';
import { clockOf } from '@countersign/domain/wall-clock.rules';
import { DateRangeFilter } from '../../ui/date-range-filter.tsx';
import { AuditLogEntry } from './audit-log-entry.tsx';
import type { ChangeSet } from './change-sets.ts';
import { FeedFoot } from './feed-foot.tsx';
import { feedItems, type FeedItem } from './feed-items.ts';
import { FeedList } from './feed-list.tsx';
import { FeedSkeleton } from './feed-skeleton.tsx';
import type { FeedSession } from './feed-session.ts';
import { GroupedAuditEntry } from './grouped-audit-entry.tsx';
import { NewEventsPill } from './new-events-pill.tsx';
import { PrintedTrail } from './printed-trail.tsx';
import { StatusLine } from './status-line.tsx';
import { useChangeSets } from './use-change-sets.ts';
import { useFeed } from './use-feed.ts';
import { fieldChoices } from './vocabulary.ts';
import { withoutReading } from './without-reading.ts';

/** What of the trail is shown; stands in the address of the page. */
export interface TrailFilter {
  readonly action?: string[] | undefined;
  readonly field?: string[] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The change set that is looked for: it is unfolded and stands out. */
  readonly change?: string | undefined;
}

interface Props {
  /** `Timecard:…`. */
  readonly root: string;
  /** Of which entities fields can be chosen. */
  readonly entities: readonly string[];
  /** Of the record; undefined while it is being read. */
  readonly timeZone: string | undefined;
  readonly scroller: RefObject<HTMLElement | null>;
  /** The record itself can't be shown; its trail may be all that is left of it. */
  readonly gone?: boolean;
  readonly search: TrailFilter;
  readonly onChange: (part: TrailFilter) => void;
  /** Told what follows the trail, for who wants all of it. */
  readonly onSession?: (session: FeedSession) => void;
  /** What can be done with a change set; the same function as long as it answers the same. */
  readonly setActions?: ((set: ChangeSet) => ReactNode) | undefined;
}

/** Pixels of the head, which stays in sight. */
const HEAD = 92;

const NOTHING_CHOSEN: TrailFilter = { action: undefined, field: undefined, from: undefined, to: undefined };

/** Everything that was done to a record, grouped by change set, newest first, and live. */
export function AuditTrailSection({ root, entities, timeZone, scroller, gone = false, search, onChange, onSession, setActions }: Props) {
  const { action, field, from, to, change } = search;
  const { session, state } = useTrail(root, search);
  useEffect(() => onSession?.(session), [onSession, session]);
  const { feed, problem } = state;
  const section = useRef<HTMLElement>(null);
  const late = useDelayed(!feed && !problem);
  const filtered = [action, field, from, to].some((part) => part !== undefined);
  const toTop = () => {
    section.current?.scrollIntoView({ block: 'start' });
    session.resume();
  };
  return (
    <section ref={section} aria-label="Audit trail" className="relative">
      <header className="sticky top-0 z-3 border-b border-line bg-paper print:static">
        {/* Each has a place of its own: the count comes late, and the line says now this and now that. */}
        <div className="grid grid-cols-2 items-center gap-3 px-4 pt-3.5 print:block sm:px-5">
          <h2 className="text-base">
            Audit trail
            {feed && (
              <span className="num font-normal text-ink-3">
                {` ${feed.total.more ? 'more than ' : ''}${feed.total.count.toLocaleString('en')}`}
              </span>
            )}
          </h2>
          <span className="[&>p]:flex-row-reverse print:hidden">
            <StatusLine feed={state} />
          </span>
        </div>
        <TrailFilters entities={entities} search={search} onChange={onChange} filtered={filtered} />
        <div className="relative">
          <NewEventsPill feed={feed} onClick={toTop} />
        </div>
      </header>
      {problem && feed && <ProblemLine problem={problem} what="the audit trail" onRetry={() => session.retry()} />}
      {feed && feed.shown.length > 0 ? (
        <TrailList
          key={change}
          state={state}
          session={session}
          scroller={scroller}
          timeZone={timeZone}
          wanted={change}
          setActions={setActions}
        />
      ) : feed ? (
        <EmptyTrail filtered={filtered} gone={gone} onClear={() => onChange(NOTHING_CHOSEN)} />
      ) : problem ? (
        <ProblemState problem={problem} what="the audit trail" onRetry={() => session.retry()} />
      ) : (
        late && <FeedSkeleton rows={5} />
      )}
    </section>
  );
}

function useTrail(root: string, { action, field, from, to }: TrailFilter): ReturnType<typeof useFeed> {
  const filter = useMemo(() => {
    const chosen = { root, ...(action && { action }), ...(field && { field }), ...(from && { from }), ...(to && { to }) };
    return { ...chosen, ...withoutReading(chosen) };
  }, [root, action, field, from, to]);
  // Several choices in a row, and a day that is being typed, are asked for once.
  return useFeed(usePaused(filter));
}

interface EmptyProps {
  readonly filtered: boolean;
  readonly gone: boolean;
  readonly onClear: () => void;
}

const EmptyTrail = ({ filtered, gone, onClear }: EmptyProps) =>
  filtered ? (
    <PageState
      icon={FilterX}
      title="Nothing in this trail matches the filter"
      actions={<Button onClick={onClear}>Show everything</Button>}
    />
  ) : (
    <PageState icon={History} title="Nothing is recorded that you may see">
      {gone ? 'A record that was deleted keeps its trail here.' : 'Whatever is done to this record from now on appears here.'}
    </PageState>
  );

type ListProps = Pick<Props, 'scroller' | 'timeZone' | 'setActions'> & ReturnType<typeof useFeed> & { readonly wanted: string | undefined };

function TrailList({ state, session, scroller, timeZone, wanted, setActions }: ListProps) {
  const zones = useZones();
  const zone = zones.of(timeZone);
  const today = clockOf(useNow(60_000), zone).day;
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(() => new Set(wanted === undefined ? [] : [wanted]));
  const toggle = useCallback(
    (changeId: string) => {
      session.pause('reading');
      setUnfolded((before) =>
        before.has(changeId) ? new Set([...before].filter((id) => id !== changeId)) : new Set([...before, changeId]),
      );
    },
    [session],
  );
  const { feed } = state;
  const sets = useChangeSets(feed?.shown);
  // Each entry says its day itself: a record's trail is short, and its days are far apart.
  const printing = usePrinting();
  const items = useMemo(() => {
    const open = printing ? new Set(sets.map(({ changeId }) => changeId)) : unfolded;
    return feedItems(sets, { unfolded: open, stoppedAt: feed?.stoppedAt ?? null, timeZone: zone, today }).filter(
      ({ kind }) => kind !== 'day',
    );
  }, [sets, unfolded, printing, feed?.stoppedAt, zone, today]);
  const renderItem = (item: ItemProps['item']) => (
    <TrailItem item={item} timeZone={zone} onToggle={toggle} wanted={wanted} setActions={setActions} />
  );
  if (printing && feed) return <PrintedTrail feed={feed} items={items} renderItem={renderItem} />;
  return (
    <FeedList
      label="Change sets, newest first"
      items={items}
      session={session}
      scroller={scroller}
      cover={HEAD}
      today={today}
      foot={<FeedFoot state={state} session={session} />}
      // A record's own page shows each change: no run folds here.
      renderItem={(item) => item.kind !== 'run' && renderItem(item)}
    />
  );
}

interface ItemProps {
  readonly item: Extract<FeedItem, { kind: 'set' | 'event' }>;
  readonly timeZone: string;
  readonly onToggle: (changeId: string) => void;
  readonly wanted: string | undefined;
  readonly setActions: Props['setActions'];
}

function TrailItem({ item, timeZone, onToggle, wanted, setActions }: ItemProps) {
  if (item.kind === 'event') {
    return (
      <div className={`pl-13 pr-4 sm:pl-14 sm:pr-5 ${item.last ? 'border-b border-line pb-2.5' : ''}`}>
        <AuditLogEntry event={item.event} withAction={item.withAction} />
      </div>
    );
  }
  const { set, unfolded } = item;
  return (
    <div className={unfolded && set.events.length > 1 ? '' : 'border-b border-line'}>
      <GroupedAuditEntry
        as="trail"
        set={set}
        unfolded={unfolded}
        onToggle={onToggle}
        timeZone={timeZone}
        opened={set.changeId === wanted}
        actions={setActions}
      />
    </div>
  );
}

function TrailFilters({
  entities,
  search,
  onChange,
  filtered,
}: Pick<Props, 'entities' | 'search' | 'onChange'> & { readonly filtered: boolean }) {
  const { data: vocabulary } = useQuery(vocabularyQuery);
  const area = vocabulary?.entities.find(({ name }) => name === entities[0])?.area;
  const kinds = vocabulary?.actions.filter((action) => action.area === area).map(({ name, label }) => ({ value: name, label })) ?? [];
  return (
    <div
      role="group"
      aria-label="Filters of the audit trail"
      className="flex items-center gap-1.5 overflow-x-auto px-4 pb-3 pt-2.5 sm:flex-wrap sm:overflow-visible sm:px-5 print:hidden"
    >
      <FilterMenu
        label="Kind"
        choices={kinds}
        chosen={search.action ?? []}
        onChange={(action) => onChange({ action: action.length ? action : undefined })}
      />
      <FilterMenu
        label="Field"
        choices={fieldChoices(vocabulary, entities)}
        chosen={search.field ?? []}
        onChange={(field) => onChange({ field: field.length ? field : undefined })}
      />
      <DateRangeFilter label="When" from={search.from} to={search.to} onChange={onChange} />
      {filtered && (
        <button
          type="button"
          onClick={() => onChange(NOTHING_CHOSEN)}
          className="h-7 shrink-0 rounded-md px-2 text-sm text-ink-2 hover:bg-hover hover:text-ink pointer-coarse:h-11"
        >
          Clear
        </button>
      )}
    </div>
  );
}
