import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { client } from '../../api/link.ts';
import { problemOf, type Problem } from '../../api/problem.ts';
import type { EventFilter, EventView, OverviewView } from '../../api/views.ts';
import type { Feed } from '../trail/feed.ts';
import { grown } from './overview.ts';

export interface Overview {
  /** What was read, and what came in since. */
  readonly data: OverviewView | undefined;
  readonly problem: Problem | null;
  readonly retry: () => void;
}

/** A minute: what came in meanwhile is added here; what that misses comes with the next reading. */
const FRESH = 60_000;

/** What was read with what came in since, and up to which position that counts. */
interface Grown {
  readonly overview: OverviewView;
  readonly upTo: number;
}

/** Events come in many times a second: each is added once, to what has grown already. */
const known = new WeakMap<OverviewView, Grown>();

/** How many events the filter finds, kept up to date by the feed beside it. */
export function useOverview(filter: EventFilter, timeZone: string, feed: Feed | null): Overview {
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ['overview', filter, timeZone],
    queryFn: ({ signal }) => client.audit.overview.query({ ...filter, timeZone }, { signal }),
    staleTime: FRESH,
    refetchInterval: filter.to === undefined ? FRESH : false,
    placeholderData: keepPreviousData,
    // Each reading is a beginning of its own, also where it says the same as the last one: what had grown wrong on that ends here.
    structuralSharing: false,
  });
  const current = useMemo(() => data && withArrived(data, isPlaceholderData ? null : feed), [data, feed, isPlaceholderData]);
  const failed = error && !data ? error : null;
  return useMemo(() => ({ data: current, problem: failed && problemOf(failed), retry: () => void refetch() }), [current, failed, refetch]);
}

/** `feed`: null while another filter's counts are still to be read, which have nothing to do with what stands there meanwhile. */
function withArrived(read: OverviewView, feed: Feed | null): OverviewView {
  if (!feed) return known.get(read)?.overview ?? read;
  // What was read counts, as far as this page can tell, to where its feed knew the log when it came.
  const { overview, upTo } = known.get(read) ?? { overview: read, upTo: feed.head };
  const now = { overview: grown(overview, [...newerThan(upTo, feed.held), ...newerThan(upTo, feed.shown)]), upTo: feed.head };
  known.set(read, now);
  return now.overview;
}

/** Of events that stand newest first. */
function newerThan(position: number, events: readonly EventView[]): readonly EventView[] {
  const first = events.findIndex((event) => event.position <= position);
  return first < 0 ? events : events.slice(0, first);
}
