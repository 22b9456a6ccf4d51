import { queryOptions } from '@tanstack/react-query';
import { rest } from '../../api/session.ts';

/** Edits a second at most. */
export const MOST_TRAFFIC = 200;

/** How much traffic there is in the demonstration. */
export interface TrafficState {
  /** Edits a second that are wanted; 0 while it is off. */
  readonly wanted: number;
  /** As it was over the last seconds. */
  readonly actual: number;
  /** Edits since it was switched on. */
  readonly done: number;
  /** Why it ended by itself. */
  readonly ended: 'unwatched' | 'enough' | 'failed' | null;
}

const PATH = '/api/demo/traffic';

export const trafficQuery = queryOptions({
  queryKey: ['traffic'],
  queryFn: ({ signal }) => rest<TrafficState>(PATH, { signal }),
  staleTime: 500,
  retry: false,
});

/** So many edits a second from now on; 0 ends it. */
export const setTraffic = (rate: number): Promise<TrafficState> => rest(PATH, { method: 'POST', body: JSON.stringify({ rate }) });
