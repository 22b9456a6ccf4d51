import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { client } from '../../api/link.ts';
import type { UploadShiftView } from '../../api/views.ts';

export type Outcome = UploadShiftView['outcome'];

/** Rows of one page of the preview. */
export const PAGE = 50;

export const uploadQuery = (id: string) =>
  queryOptions({ queryKey: ['import', id], queryFn: ({ signal }) => client.imports.get.query({ id }, { signal }) });

/** How far the server is with a file, while it works on it. */
export const progressQuery = (id: string) =>
  queryOptions({
    queryKey: ['import-progress', id],
    queryFn: async ({ signal }) => (await client.imports.get.query({ id }, { signal })).progress,
    refetchInterval: 500,
    gcTime: 0,
  });

export const shiftsQuery = (id: string, outcome: Outcome, page: number) =>
  queryOptions({
    queryKey: ['import', id, 'shifts', outcome, page],
    queryFn: ({ signal }) => client.imports.shifts.query({ id, outcome, limit: PAGE, offset: (page - 1) * PAGE }, { signal }),
    placeholderData: keepPreviousData,
  });

export const problemsQuery = (id: string, page: number) =>
  queryOptions({
    queryKey: ['import', id, 'problems', page],
    queryFn: ({ signal }) => client.imports.problems.query({ id, limit: PAGE, offset: (page - 1) * PAGE }, { signal }),
    placeholderData: keepPreviousData,
  });

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ['import-result', id],
    queryFn: ({ signal }) => client.imports.result.query({ id }, { signal }),
    staleTime: Infinity,
  });
