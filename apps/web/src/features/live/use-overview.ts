import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { client } from '../../api/link.ts';
import { problemOf, type Problem } from '../../api/problem.ts';
import type { EventFilter, OverviewView } from '../../api/views.ts';
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

/** Up to which position an overview counted, as far as this page can tell: to where its feed knew the log when it came. */
const bases = new WeakMap<OverviewView, number>();

/** How many events the filter finds, kept up to date by the feed beside it. */
export function useOverview(filter: EventFilter, timeZone: string, feed: Feed | null): Overview {
  const { data, error, refetch } = useQuery({
    queryKey: ['overview', filter, timeZone],
    queryFn: ({ signal }) => client.audit.overview.query({ ...filter, timeZone }, { signal }),
    staleTime: FRESH,
    refetchInterval: filter.to === undefined ? FRESH : false,
    placeholderData: keepPreviousData,
  });
  const current = useMemo(() => (data && feed ? grown(data, arrivedSince(data, feed)) : data), [data, feed]);
  return { data: current, problem: error && !data ? problemOf(error) : null, retry: () => void refetch() };
}

function arrivedSince(overview: OverviewView, feed: Feed) {
  const base = bases.get(overview) ?? feed.head;
  bases.set(overview, base);
  const newer = ({ position }: { readonly position: number }) => position > base;
  const oldest = feed.shown.findIndex((event) => !newer(event));
  return [...feed.held.filter(newer), ...(oldest < 0 ? feed.shown : feed.shown.slice(0, oldest))];
}
