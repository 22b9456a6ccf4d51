import { queryOptions } from '@tanstack/react-query';
import { client } from '../../api/link.ts';

/** Milliseconds between two looks while a comparison is under way, and for which an answer holds otherwise. */
const LOOK = 5_000;
const HOLDS = 60_000;

/** How far back a record's trail is complete. Not read anew with each event: what is added to a trail takes nothing from it. */
export const completenessQuery = (root: string) =>
  queryOptions({
    queryKey: ['completeness', root],
    queryFn: ({ signal }) => client.audit.completeness.query({ root }, { signal }),
    staleTime: HOLDS,
    refetchInterval: ({ state }) => (state.data?.underWay ? LOOK : false),
  });
