import { clockOf } from '@countersign/domain/wall-clock.rules';
import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useZones } from '../../ui/zone-context.tsx';
import { AuditLogEntry } from '../trail/audit-log-entry.tsx';
import type { ChangeSet } from '../trail/change-sets.ts';
import { FeedFoot } from '../trail/feed-foot.tsx';
import { feedItems, type FeedItem } from '../trail/feed-items.ts';
import { FeedList } from '../trail/feed-list.tsx';
import type { FeedSession } from '../trail/feed-session.ts';
import type { FeedState } from '../trail/feed-state.ts';
import { GroupedAuditEntry } from '../trail/grouped-audit-entry.tsx';
import { NewEventsPill } from '../trail/new-events-pill.tsx';

interface Props {
  readonly session: FeedSession;
  readonly state: FeedState;
  readonly sets: readonly ChangeSet[];
  readonly label: string;
  /** What can be said to each. */
  readonly actions: ((set: ChangeSet) => ReactNode) | undefined;
  /** What stands there where none of what was read is to be shown. */
  readonly nothing: ReactNode;
}

/** Change sets, newest first, each with what can be said to it. */
export function MyRecordsList({ session, state, sets, label, actions, nothing }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const { choice, mine } = useZones();
  const timeZone = choice === 'utc' ? 'UTC' : mine;
  const today = clockOf(useNow(60_000), timeZone).day;
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback(
    (id: string) => setUnfolded((before) => (before.has(id) ? new Set([...before].filter((one) => one !== id)) : new Set([...before, id]))),
    [],
  );
  const { feed } = state;
  const stoppedAt = feed?.stoppedAt ?? null;
  const items = useMemo(() => feedItems(sets, { unfolded, stoppedAt, timeZone, today }), [sets, unfolded, stoppedAt, timeZone, today]);
  const toTop = () => {
    scroller.current?.scrollTo({ top: 0 });
    session.resume();
  };
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <NewEventsPill feed={feed} onClick={toTop} />
      <div
        ref={scroller}
        role="region"
        aria-label={label}
        tabIndex={0}
        className="@container min-h-0 flex-1 overflow-y-auto overscroll-contain"
      >
        {items.length > 0 ? (
          <FeedList
            label={`${label}, newest first`}
            items={items}
            session={session}
            scroller={scroller}
            today={today}
            foot={<FeedFoot state={state} session={session} />}
            renderItem={(item) => <Row item={item} timeZone={timeZone} onToggle={toggle} actions={actions} />}
          />
        ) : (
          <>
            {nothing}
            {feed?.next !== null && (
              <div className="flex justify-center pb-8">
                <Button because={state.loadingOlder ? 'One moment' : null} onClick={() => void session.loadOlder()}>
                  Look further back
                </Button>
              </div>
            )}
          </>
        )}
      </div>
    </div>
  );
}

interface RowProps extends Pick<Props, 'actions'> {
  readonly item: FeedItem;
  readonly timeZone: string;
  readonly onToggle: (changeId: string) => void;
}

function Row({ item, timeZone, onToggle, actions }: RowProps) {
  if (item.kind === 'event') {
    return (
      <div className={`pl-13 pr-4 sm:pl-14 sm:pr-5 @2xl:pl-33 ${item.last ? 'border-b border-line pb-2.5' : ''}`}>
        <AuditLogEntry event={item.event} withAction={item.withAction} />
      </div>
    );
  }
  if (item.kind !== 'set') return null;
  const { set, unfolded } = item;
  return (
    <div className={unfolded && set.events.length > 1 ? '' : 'border-b border-line'}>
      <GroupedAuditEntry as="feed" set={set} unfolded={unfolded} onToggle={onToggle} timeZone={timeZone} actions={actions} />
    </div>
  );
}
