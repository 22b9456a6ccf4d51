import { queryOptions } from '@tanstack/react-query';
import { client } from '../../api/link.ts';

/** The reasons that admins maintain, in their order, with the retired ones. */
export const reasonsQuery = queryOptions({
  queryKey: ['reasons'],
  queryFn: ({ signal }) => client.reasons.list.query({}, { signal }),
  staleTime: 60_000,
});
