import { useCallback, useMemo, useRef } from 'react';
import type { Virtualizer } from '@tanstack/react-virtual';
import { AuditLogEntry } from '../trail/audit-log-entry.tsx';
import { feedItems, type FeedItem } from '../trail/feed-items.ts';
import type { Feed } from '../trail/feed.ts';
import { FeedHead } from '../trail/feed-head.tsx';
import { FeedList } from '../trail/feed-list.tsx';
import type { FeedSession } from '../trail/feed-session.ts';
import type { FeedState } from '../trail/feed-state.ts';
import { GroupedAuditEntry } from '../trail/grouped-audit-entry.tsx';
import { RunRow } from '../trail/run-row.tsx';
import { ProblemLine } from '../../ui/page-state.tsx';
import { type Density, densityPreference, foldingPreference } from '../../ui/preferences.ts';
import { useStore } from '../../ui/store.ts';
import { useNow } from '../../ui/use-now.ts';
import { useZones, type Zones } from '../../ui/zone-context.tsx';
import { clockOf } from '@countersign/domain/wall-clock.rules';
import { FeedFoot } from '../trail/feed-foot.tsx';
import { FeedBeginning } from './feed-beginning.tsx';
import type { LiveSearch } from './live-search.ts';
import { NewEventsPill } from '../trail/new-events-pill.tsx';
import { useChangeSets } from '../trail/use-change-sets.ts';
import { type ChangeSet, newestOf } from '../trail/change-sets.ts';
import { useAnchor } from './use-anchor.ts';
import { useFeedKeys } from './use-feed-keys.ts';
import { useSteadyView } from './use-steady-view.ts';
import { type Unfolded, useUnfolded } from './use-unfolded.ts';

interface Props {
  readonly session: FeedSession;
  readonly state: FeedState;
  readonly search: LiveSearch;
  readonly onChange: (part: Partial<LiveSearch>) => void;
  /** The position of the event in the drawer. */
  readonly opened: number | null;
}

/** The list of the live page with everything that hangs on it: keys, pill, and what stands there when it is empty. */
export function LiveFeed({ session, state, search, onChange, opened }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<Virtualizer<HTMLElement, HTMLLIElement>>(null);
  const zones = useZones();
  const { choice, mine } = zones;
  // The days of the headings are those of one zone for all rows: otherwise the list would not be in order.
  const timeZone = choice === 'utc' ? 'UTC' : mine;
  const today = clockOf(useNow(60_000), timeZone).day;
  const { feed, problem } = state;
  const sets = useChangeSets(feed?.shown);
  const { unfolded, revealed, toggle, toggleRun } = useUnfolded(session, sets, opened);
  const density = useStore(densityPreference);
  const folds = useStore(foldingPreference) === 'on';
  const items = useItems(feed, { sets, unfolded, revealed: folds ? revealed : null, timeZone, today });
  const past = search.before !== undefined;
  const toTop = useCallback(() => {
    if (past) return onChange({ before: undefined });
    scroller.current?.scrollTo({ top: 0 });
    session.resume();
  }, [session, past, onChange]);
  useFeedKeys({ items, list, session, toggle, toTop, opened });
  useSteadyView({ items, list, density, folding: folds });
  useAnchor({ items, list, session, feed, opened });
  const onList = useCallback((virtual: Virtualizer<HTMLElement, HTMLLIElement>) => void (list.current = virtual), []);
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {problem && feed && <ProblemLine problem={problem} what="the feed" onRetry={() => session.retry()} />}
      <NewEventsPill feed={feed} onClick={toTop} />
      <div
        ref={scroller}
        role="region"
        aria-label="Feed"
        tabIndex={0}
        className="@container min-h-0 flex-1 overflow-y-auto overscroll-contain"
      >
        {feed && items.length > 0 ? (
          <FeedList
            label="Changes, newest first"
            items={items}
            session={session}
            scroller={scroller}
            today={today}
            density={density}
            onList={onList}
            head={<FeedHead state={state} session={session} />}
            foot={<FeedFoot state={state} session={session} onLookBack={(before) => onChange({ before })} />}
            renderItem={(item) => (
              <LiveItem item={item} timeZone={timeZone} opened={opened} density={density} onToggle={toggle} onToggleRun={toggleRun} />
            )}
          />
        ) : (
          <FeedBeginning state={state} search={search} onChange={onChange} onRetry={() => session.retry()} />
        )}
      </div>
    </div>
  );
}

interface Shown {
  readonly sets: readonly ChangeSet[];
  readonly unfolded: ReadonlySet<string>;
  /** Null where no run folds. */
  readonly revealed: ReadonlySet<string> | null;
  readonly timeZone: string;
  readonly today: string;
}

function useItems(feed: Feed | null, { sets, unfolded, revealed, timeZone, today }: Shown): FeedItem[] {
  const stoppedAt = feed?.stoppedAt ?? null;
  const seams = feed?.seams ?? NO_SEAMS;
  return useMemo(
    () => feedItems(sets, { unfolded, stoppedAt, timeZone, today, folding: revealed ? { revealed, seams } : undefined }),
    [sets, unfolded, revealed, stoppedAt, seams, timeZone, today],
  );
}

const NO_SEAMS: readonly number[] = [];

/** Under "Site" each row tells the time of its own site, and says which zone that is. */
const rowZone = (set: ChangeSet | undefined, zones: Zones, timeZone: string): string =>
  set && zones.choice === 'site' ? zones.ofEvent(newestOf(set.events)) : timeZone;

interface ItemProps {
  readonly item: Extract<FeedItem, { kind: 'set' | 'event' | 'run' }>;
  readonly timeZone: string;
  readonly opened: number | null;
  readonly density: Density;
  readonly onToggle: Unfolded['toggle'];
  readonly onToggleRun: Unfolded['toggleRun'];
}

function LiveItem({ item, timeZone, opened, density, onToggle, onToggleRun }: ItemProps) {
  const zones = useZones();
  if (item.kind === 'event') {
    return (
      <div
        className={`pl-13 pr-4 sm:pl-14 sm:pr-5 ${density === 'compact' ? '@2xl:pl-41' : '@2xl:pl-33'} ${item.last ? 'border-b border-line pb-2.5' : ''}`}
      >
        <AuditLogEntry event={item.event} withAction={item.withAction} />
      </div>
    );
  }
  if (item.kind === 'run') {
    const { earlier } = item;
    const zone = rowZone(earlier[0], zones, timeZone);
    return <RunRow earlier={earlier} unfolded={item.unfolded} onToggle={onToggleRun} timeZone={zone} density={density} />;
  }
  const { set, unfolded } = item;
  const atSite = zones.choice === 'site';
  const isOpened = opened !== null && set.events.some(({ position }) => position === opened);
  return (
    <div className={unfolded && set.events.length > 1 ? '' : 'border-b border-line'}>
      <GroupedAuditEntry
        as="feed"
        set={set}
        unfolded={unfolded}
        onToggle={onToggle}
        timeZone={rowZone(set, zones, timeZone)}
        density={density}
        {...(atSite && { headingZone: timeZone })}
        opened={isOpened}
      />
    </div>
  );
}
