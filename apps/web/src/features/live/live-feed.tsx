import { useCallback, useMemo, useRef, useState } from 'react';
import type { Virtualizer } from '@tanstack/react-virtual';
import { AuditLogEntry } from '../trail/audit-log-entry.tsx';
import { feedItems, type FeedItem } from '../trail/feed-items.ts';
import { FeedList } from '../trail/feed-list.tsx';
import type { FeedSession, FeedState } from '../trail/feed-session.ts';
import { GroupedAuditEntry } from '../trail/grouped-audit-entry.tsx';
import { ProblemLine } from '../../ui/page-state.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useZones } from '../../ui/zone-context.tsx';
import { clockOf } from '@countersign/domain/wall-clock.rules';
import { FeedFoot } from '../trail/feed-foot.tsx';
import { FeedBeginning } from './feed-beginning.tsx';
import type { LiveSearch } from './live-search.ts';
import { NewEventsPill } from '../trail/new-events-pill.tsx';
import { useChangeSets } from '../trail/use-change-sets.ts';
import { newestOf } from '../trail/change-sets.ts';
import { useAnchor } from './use-anchor.ts';
import { useFeedKeys } from './use-feed-keys.ts';

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
  const { unfolded, toggle } = useUnfolded(session);
  const { choice, mine } = useZones();
  // The days of the headings are those of one zone for all rows: otherwise the list would not be in order.
  const timeZone = choice === 'utc' ? 'UTC' : mine;
  const today = clockOf(useNow(60_000), timeZone).day;
  const { feed, problem } = state;
  const sets = useChangeSets(feed?.shown);
  const items = useMemo(
    () => feedItems(sets, { unfolded, stoppedAt: feed?.stoppedAt ?? null, timeZone, today }),
    [sets, unfolded, feed?.stoppedAt, timeZone, today],
  );
  const toTop = useCallback(() => {
    scroller.current?.scrollTo({ top: 0 });
    session.resume();
  }, [session]);
  useFeedKeys({ items, list, session, toggle, toTop, opened });
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
            onList={onList}
            foot={<FeedFoot state={state} session={session} onLookBack={(before) => onChange({ before })} />}
            renderItem={(item) => <LiveItem item={item} timeZone={timeZone} opened={opened} onToggle={toggle} />}
          />
        ) : (
          <FeedBeginning state={state} search={search} onChange={onChange} onRetry={() => session.retry()} />
        )}
      </div>
    </div>
  );
}

/** Which sets are unfolded. Unfolding one means to read it: the list holds still. */
function useUnfolded(session: FeedSession) {
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback(
    (changeId: string) => {
      session.pause('reading');
      setUnfolded((before) => {
        const next = new Set(before);
        if (!next.delete(changeId)) next.add(changeId);
        return next;
      });
    },
    [session],
  );
  return { unfolded, toggle };
}

interface ItemProps {
  readonly item: Extract<FeedItem, { kind: 'set' | 'event' }>;
  readonly timeZone: string;
  readonly opened: number | null;
  readonly onToggle: (changeId: string) => void;
}

function LiveItem({ item, timeZone, opened, onToggle }: ItemProps) {
  const zones = useZones();
  if (item.kind === 'event') {
    return (
      <div className={`pl-13 pr-4 sm:pl-14 sm:pr-5 @2xl:pl-33 ${item.last ? 'border-b border-line pb-2.5' : ''}`}>
        <AuditLogEntry event={item.event} withAction={item.withAction} />
      </div>
    );
  }
  const { set, unfolded } = item;
  // Under "Site" each row tells the time of its own site, and says which zone that is.
  const atSite = zones.choice === 'site';
  const isOpened = opened !== null && set.events.some(({ position }) => position === opened);
  return (
    <div className={unfolded && set.events.length > 1 ? '' : 'border-b border-line'}>
      <GroupedAuditEntry
        as="feed"
        set={set}
        unfolded={unfolded}
        onToggle={onToggle}
        timeZone={atSite ? zones.ofEvent(newestOf(set.events)) : timeZone}
        {...(atSite && { headingZone: timeZone })}
        opened={isOpened}
      />
    </div>
  );
}
