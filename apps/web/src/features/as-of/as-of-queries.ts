import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { client } from '../../api/link.ts';

/** The change sets of a timecard, oldest first; read anew with the card itself. */
export const momentsQuery = (id: string) =>
  queryOptions({
    queryKey: ['timecard', id, 'moments'],
    queryFn: ({ signal }) => client.audit.moments.query({ root: `Timecard:${id}` }, { signal }),
  });

/** A timecard as of a position; what has been doesn't change. */
export const asOfQuery = (id: string, position: number) =>
  queryOptions({
    queryKey: ['as-of', id, position],
    queryFn: ({ signal }) => client.audit.asOf.query({ root: `Timecard:${id}`, position }, { signal }),
    staleTime: Infinity,
    // What was shown stays until the next moment is there: the slider is dragged over many.
    placeholderData: keepPreviousData,
  });

/** A timecard as the record has it now, with whether its columns say the same. */
export const asOfNowQuery = (id: string) =>
  queryOptions({
    queryKey: ['timecard', id, 'as-of-now'],
    queryFn: ({ signal }) => client.audit.asOf.query({ root: `Timecard:${id}` }, { signal }),
    placeholderData: keepPreviousData,
  });
