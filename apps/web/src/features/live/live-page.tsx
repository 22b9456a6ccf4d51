import { Outlet, useChildMatches, useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { PageHeader } from '../../layouts/page-header.tsx';
import { useMedia, WIDE } from '../../ui/use-media.ts';
import { useZones } from '../../ui/zone-context.tsx';
import type { FeedSession } from '../trail/feed-session.ts';
import { StatusLine } from '../trail/status-line.tsx';
import { useFeed } from '../trail/use-feed.ts';
import { Histogram } from './histogram.tsx';
import { LiveFeed } from './live-feed.tsx';
import { LiveToolbar } from './live-toolbar.tsx';
import { filterOf, type LiveSearch } from './live-search.ts';
import { OpenedSession } from './opened-session.ts';
import { useOverview } from './use-overview.ts';
import { useSpokenSummary } from './use-spoken-summary.ts';

/** Everything that is recorded, as it is recorded. */
export function LivePage() {
  const search = useSearch({ from: '/_app/live' });
  const filter = useMemo(() => filterOf(search), [search]);
  const { session, state } = useFeed(filter, { before: search.before, remember: true });
  const { choice, mine } = useZones();
  const timeZone = choice === 'utc' ? 'UTC' : mine;
  const overview = useOverview(filter, timeZone, state.feed);
  const opened = useOpened();
  const wide = useMedia(WIDE);
  const navigate = useNavigate({ from: '/live' });
  const change = useCallback(
    (part: Partial<LiveSearch>) => void navigate({ to: '.', search: (now) => ({ ...now, before: undefined, ...part }), replace: true }),
    [navigate],
  );
  useSpokenSummary(state.feed);
  useReturningFocus(opened);
  useReadingPause(opened, session);
  return (
    <OpenedSession value={session}>
      <div className="flex min-h-0 flex-1">
        <div inert={opened !== null && !wide} className="@container flex min-w-0 flex-1 flex-col">
          <PageHeader title="Live">
            <StatusLine feed={state} before={search.before} until={search.to} />
            {state.feed && <Total total={state.feed.total} />}
          </PageHeader>
          <Histogram overview={overview} onRange={change} timeZone={timeZone} />
          <LiveToolbar search={search} onChange={change} session={session} feed={state.feed} facets={overview.data?.facets} />
          <LiveFeed session={session} state={state} search={search} onChange={change} opened={opened} />
        </div>
        <Outlet />
      </div>
    </OpenedSession>
  );
}

/** The position of the event in the drawer. */
function useOpened(): number | null {
  const position = useChildMatches({
    select: (matches) => matches.map(({ params }) => params).find((params) => 'position' in params)?.position,
  });
  return position === undefined ? null : Number(position);
}

/** When the drawer closes the focus goes back to the row that it was about. */
function useReturningFocus(opened: number | null): void {
  const before = useRef(opened);
  useEffect(() => {
    const closed = before.current;
    before.current = opened;
    if (opened !== null || closed === null) return;
    document.querySelector<HTMLElement>(`[data-open="${closed}"]`)?.focus({ preventScroll: true });
  }, [opened]);
}

/** Whoever opens an event from the list reads: the list holds still beside it, until they go on. */
function useReadingPause(opened: number | null, session: FeedSession): void {
  const fromFeed = useLocation({ select: ({ state }) => state.fromFeed === true });
  useEffect(() => {
    if (opened !== null && fromFeed) session.pause('reading');
  }, [opened, fromFeed, session]);
}

const Total = ({ total }: { readonly total: { readonly count: number; readonly more: boolean } }) => (
  <span className="num ml-auto hidden whitespace-nowrap text-sm text-ink-3 lg:inline">
    {total.more && 'more than '}
    {total.count.toLocaleString('en')} {total.count === 1 ? 'event' : 'events'}
  </span>
);
